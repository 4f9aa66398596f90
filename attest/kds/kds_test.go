// SPDX-License-Identifier: Apache-2.0

package kds_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

func TestProductOf(t *testing.T) {
	for cpu, want := range map[snp.CPUID]kds.Product{
		{Family: 0x19, Model: 0x01, Stepping: 1}: kds.Milan,
		{Family: 0x19, Model: 0x0f}:              kds.Milan,
		{Family: 0x19, Model: 0x11, Stepping: 1}: kds.Genoa,
		{Family: 0x19, Model: 0xa0, Stepping: 2}: kds.Genoa, // Bergamo, Siena
		{Family: 0x1a, Model: 0x02}:              kds.Turin,
		{Family: 0x1a, Model: 0x11}:              kds.Turin, // with dense cores
		{}:                                       "",
		{Family: 0x17, Model: 0x31}:              "", // Rome
		{Family: 0x19, Model: 0x20}:              "",
		{Family: 0x19, Model: 0xb0}:              "",
		{Family: 0x1a, Model: 0x20}:              "",
		{Family: 0x1b, Model: 0x02}:              "",
	} {
		if have, ok := kds.ProductOf(cpu); have != want || ok != (want != "") {
			t.Errorf("%+v is %q, %v, want %q", cpu, have, ok, want)
		}
	}
	for _, p := range kds.Products() {
		if !p.Valid() || p.HWIDSize() == 0 {
			t.Errorf("%s is not valid", p)
		}
	}
	for _, p := range []kds.Product{"", "milan", "Rome"} {
		if p.Valid() || p.HWIDSize() != 0 {
			t.Errorf("%q is valid", p)
		}
	}
	if kds.VCEK.String() != "VCEK" || kds.VLEK.String() != "VLEK" || kds.Signer(0).String() != "signer(0)" {
		t.Error("signers have other names")
	}
}

// The same word means other parts on Turin, whose lowest byte is FMC.
func TestTCBWords(t *testing.T) {
	parts := kds.TCB{Bootloader: 1, TEE: 2, SNP: 3, Microcode: 4}
	withFMC := parts
	withFMC.FMC = 5
	for _, f := range []struct {
		product kds.Product
		word    snp.TCBVersion
		parts   kds.TCB
	}{
		{kds.Milan, 0x04_03_00_00_00_00_02_01, parts},
		{kds.Genoa, 0x04_03_00_00_00_00_02_01, parts},
		{kds.Turin, 0x04_00_00_00_03_02_01_05, withFMC},
		{kds.Turin, 0x04_00_00_00_03_02_01_00, parts},
		{kds.Milan, 0, kds.TCB{}},
		{kds.Turin, 0xff_00_00_00_ff_ff_ff_ff, kds.TCB{Bootloader: 255, TEE: 255, SNP: 255, Microcode: 255, FMC: 255}},
	} {
		split, err := kds.SplitTCB(f.product, f.word)
		if err != nil || split != f.parts {
			t.Errorf("%s: %#x is %+v, %v, want %+v", f.product, uint64(f.word), split, err, f.parts)
		}
		joined, err := kds.JoinTCB(f.product, f.parts)
		if err != nil || joined != f.word {
			t.Errorf("%s: %+v is %#x, %v, want %#x", f.product, f.parts, uint64(joined), err, uint64(f.word))
		}
	}
}

func TestAT06TCBWordsOfNoProduct(t *testing.T) {
	reserved := map[kds.Product][]int{kds.Milan: {2, 3, 4, 5}, kds.Genoa: {2, 3, 4, 5}, kds.Turin: {4, 5, 6}}
	for product, places := range reserved {
		for n := range 8 {
			_, err := kds.SplitTCB(product, snp.TCBVersion(1)<<(8*n))
			if (err != nil) != slices.Contains(places, n) {
				t.Errorf("%s, byte %d: %v", product, n, err)
			}
		}
	}
	for _, p := range []kds.Product{"", "Rome"} {
		if _, err := kds.SplitTCB(p, 0); err == nil {
			t.Errorf("split for %q", p)
		}
		if _, err := kds.JoinTCB(p, kds.TCB{}); err == nil {
			t.Errorf("joined for %q", p)
		}
	}
	for _, p := range []kds.Product{kds.Milan, kds.Genoa} {
		if _, err := kds.JoinTCB(p, kds.TCB{FMC: 1}); err == nil {
			t.Errorf("%s has FMC", p)
		}
	}
}

func TestTCBBelow(t *testing.T) {
	floor := kds.TCB{Bootloader: 1, TEE: 2, SNP: 3, Microcode: 4, FMC: 5}
	if below := floor.Below(floor); below != nil {
		t.Errorf("below itself: %v", below)
	}
	higher := kds.TCB{Bootloader: 9, TEE: 9, SNP: 9, Microcode: 9, FMC: 9}
	if below := higher.Below(floor); below != nil {
		t.Errorf("higher is below: %v", below)
	}
	for name, change := range map[string]func(*kds.TCB){
		"bootloader": func(t *kds.TCB) { t.Bootloader-- },
		"TEE":        func(t *kds.TCB) { t.TEE-- },
		"SNP":        func(t *kds.TCB) { t.SNP-- },
		"microcode":  func(t *kds.TCB) { t.Microcode-- },
		"FMC":        func(t *kds.TCB) { t.FMC-- },
	} {
		lower := floor
		change(&lower)
		if below := lower.Below(floor); !slices.Equal(below, []string{name}) {
			t.Errorf("%s: below in %v", name, below)
		}
	}
}

func bundle() kds.Bundle {
	return kds.Bundle{VEK: []byte{1}, ASK: bytes.Repeat([]byte{2}, 4<<10), CRL: bytes.Repeat([]byte{3}, 64<<10)}
}

func TestBundle(t *testing.T) {
	raw, err := bundle().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b, err := kds.ParseBundle(raw)
	if err != nil || !reflect.DeepEqual(b, bundle()) {
		t.Errorf("%v", err)
	}
	if !bytes.HasPrefix(raw, []byte("escrin.collateral.snp\x01\x00\x00\x00\x01\x01\x00\x00\x10\x00\x02\x02")) {
		t.Errorf("encoded %x...", raw[:40])
	}
	for n := 0; n < len(raw); n += 97 {
		if _, err := kds.ParseBundle(raw[:n]); err == nil {
			t.Fatalf("accepted the first %d bytes", n)
		}
	}
}

func TestAT09BundleBounds(t *testing.T) {
	for name, change := range map[string]func(b *kds.Bundle){
		"no VEK": func(b *kds.Bundle) { b.VEK = nil }, "VEK too long": func(b *kds.Bundle) { b.VEK = make([]byte, 4<<10+1) },
		"no ASK": func(b *kds.Bundle) { b.ASK = nil }, "ASK too long": func(b *kds.Bundle) { b.ASK = make([]byte, 4<<10+1) },
		"no CRL": func(b *kds.Bundle) { b.CRL = nil }, "CRL too long": func(b *kds.Bundle) { b.CRL = make([]byte, 64<<10+1) },
	} {
		b := bundle()
		change(&b)
		if _, err := b.Marshal(); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
	const magic = "escrin.collateral.snp\x01"
	for name, f := range map[string]struct{ raw, says string }{
		"nothing":           {"", "not an SNP collateral bundle"},
		"version 2":         {"escrin.collateral.snp\x02", "not an SNP collateral bundle"},
		"of TDX":            {"escrin.collateral\x01", "not an SNP collateral bundle"},
		"no part":           {magic, "cut short"},
		"half a length":     {magic + "\x00\x00", "cut short"},
		"empty part":        {magic + "\x00\x00\x00\x00", "0 bytes"},
		"part beyond":       {magic + "\x00\x00\x00\x02a", "VEK certificate of 2 bytes, 1 left"},
		"part of 4 GiB":     {magic + "\xff\xff\xff\xffa", "4294967295 bytes"},
		"bytes left over":   {magic + "\x00\x00\x00\x01a\x00\x00\x00\x01b\x00\x00\x00\x01cd", "1 bytes left over"},
		"part too long":     {magic + "\x00\x00\x10\x01" + strings.Repeat("a", 4097), "VEK certificate of 4097 bytes"},
		"list missing":      {magic + "\x00\x00\x00\x01a\x00\x00\x00\x01b", "cut short"},
		"list of no length": {magic + "\x00\x00\x00\x01a\x00\x00\x00\x01b\x00\x00\x00\x00", "revocation list of 0 bytes"},
	} {
		if _, err := kds.ParseBundle([]byte(f.raw)); err == nil || !strings.Contains(err.Error(), f.says) {
			t.Errorf("%s: error is %v, want one that says %q", name, err, f.says)
		}
	}
}

func FuzzParseBundle(f *testing.F) {
	raw, err := bundle().Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte("escrin.collateral.snp\x01\x00\x00\x00\x01a\x00\x00\x00\x01b\x00\x00\x00\x01c"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := kds.ParseBundle(raw)
		if err != nil {
			return
		}
		if again, err := b.Marshal(); err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("two encodings of one bundle: %v", err)
		}
	})
}

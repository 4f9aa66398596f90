// SPDX-License-Identifier: Apache-2.0

package collateral_test

import (
	"bytes"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
)

func encoded(t testing.TB) []byte {
	t.Helper()
	p, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, raw, err := p.Start(attest.Registers{}).Quote([64]byte{})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestAT09BundleCutShortOrLonger(t *testing.T) {
	raw := encoded(t)
	if _, err := collateral.ParseBundle(raw); err != nil {
		t.Fatal(err)
	}
	for n := range raw {
		if _, err := collateral.ParseBundle(raw[:n]); err == nil {
			t.Fatalf("accepted the first %d bytes of %d", n, len(raw))
		}
	}
	if _, err := collateral.ParseBundle(append(raw, 0)); err == nil {
		t.Error("accepted a byte too many")
	}
}

func TestAT09BundleIsBounded(t *testing.T) {
	good, err := collateral.ParseBundle(encoded(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*collateral.Bundle){
		"no TCB info":  func(b *collateral.Bundle) { b.TCBInfo.Document = nil },
		"no signer":    func(b *collateral.Bundle) { b.TCBSigner = nil },
		"no root list": func(b *collateral.Bundle) { b.RootCRL = nil },
		"long list":    func(b *collateral.Bundle) { b.PlatformCRL = make([]byte, 128<<10+1) },
		"long in all": func(b *collateral.Bundle) {
			b.PlatformCRL, b.RootCRL = make([]byte, 128<<10), make([]byte, 128<<10)
		},
	} {
		b := good
		change(&b)
		if _, err := b.Marshal(); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
}

func TestStatusNames(t *testing.T) {
	for s := collateral.UpToDate; s <= collateral.Revoked; s++ {
		text, err := s.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back collateral.Status
		if err := back.UnmarshalText(text); err != nil || back != s {
			t.Errorf("%s: %v, %v", text, back, err)
		}
	}
	for _, name := range []string{"", "uptodate", "status(0)", "UpToDate "} {
		if s, err := collateral.ParseStatus(name); err == nil {
			t.Errorf("%q is %v", name, s)
		}
	}
	if _, err := collateral.Status(0).MarshalText(); err == nil {
		t.Error("encoded the zero status")
	}
}

func FuzzParseBundle(f *testing.F) {
	f.Add(encoded(f))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := collateral.ParseBundle(raw)
		if err != nil {
			return
		}
		again, err := b.Marshal()
		if err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("two encodings of one bundle: %v", err)
		}
	})
}

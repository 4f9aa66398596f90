// SPDX-License-Identifier: Apache-2.0

package kds_test

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-sev-guest/verify/testdata"

	"github.com/escrin/escrin/attest/internal/flaw"
	"github.com/escrin/escrin/attest/kds"
)

// chips returns one chip of each kind.
func chips() map[string]kds.Chip {
	hwid := bytes.Repeat([]byte{7}, 64)
	return map[string]kds.Chip{
		"Milan": {Signer: kds.VCEK, Product: kds.Milan, Stepping: "B0", HWID: hwid, TCB: kds.TCB{Bootloader: 1, TEE: 2, SNP: 3, Microcode: 200}},
		"Genoa": {Signer: kds.VCEK, Product: kds.Genoa, HWID: hwid, TCB: kds.TCB{Bootloader: 1, TEE: 2, SNP: 3, Microcode: 4}},
		"Turin": {Signer: kds.VCEK, Product: kds.Turin, HWID: hwid[:8], TCB: kds.TCB{Bootloader: 1, TEE: 2, SNP: 3, Microcode: 4, FMC: 5}},
		"VLEK":  {Signer: kds.VLEK, Product: kds.Milan, CSPID: "CN=cloud.example", TCB: kds.TCB{Microcode: 255}},
	}
}

// certificate returns one that has the extensions of c, changed.
func certificate(t testing.TB, c kds.Chip, change func([]pkix.Extension) []pkix.Extension) *x509.Certificate {
	t.Helper()
	list, err := c.Extensions()
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		list = change(list)
	}
	return &x509.Certificate{Extensions: list}
}

func TestChips(t *testing.T) {
	for name, c := range chips() {
		have, err := kds.ParseChip(certificate(t, c, nil))
		if err != nil || !reflect.DeepEqual(have, c) {
			t.Errorf("%s: %+v, %v", name, have, err)
		}
	}
}

// The VCEK of a Milan, as google/go-sev-guest publishes it.
func TestGenuineChip(t *testing.T) {
	cert, err := x509.ParseCertificate(testdata.VcekBytes)
	if err != nil {
		t.Fatal(err)
	}
	c, err := kds.ParseChip(cert)
	want := kds.Chip{Signer: kds.VCEK, Product: kds.Milan, Stepping: "B0", HWID: testdata.AttestationBytes[0x1a0:0x1e0],
		TCB: kds.TCB{Bootloader: 2, SNP: 5, Microcode: 0x44}}
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("%+v, %v", c, err)
	}
	word, err := kds.JoinTCB(c.Product, c.TCB)
	if err != nil || word != 0x44_05_00_00_00_00_00_02 {
		t.Errorf("TCB is %#x, %v", uint64(word), err)
	}
	list, err := c.Extensions()
	if err != nil || !reflect.DeepEqual(list, cert.Extensions) {
		t.Errorf("encoded otherwise: %v", err)
	}
}

func oid(tail ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3704, 1}, tail...)
}

// set gives an extension a value in hexadecimal, or adds it.
func set(value string, tail ...int) func([]pkix.Extension) []pkix.Extension {
	return func(list []pkix.Extension) []pkix.Extension {
		der, err := hex.DecodeString(value)
		if err != nil {
			panic(err)
		}
		e := pkix.Extension{Id: oid(tail...), Value: der}
		at := slices.IndexFunc(list, func(e pkix.Extension) bool { return e.Id.Equal(oid(tail...)) })
		if at < 0 {
			return append(list, e)
		}
		list[at] = e
		return list
	}
}

func without(tail ...int) func([]pkix.Extension) []pkix.Extension {
	return func(list []pkix.Extension) []pkix.Extension {
		return slices.DeleteFunc(list, func(e pkix.Extension) bool { return e.Id.Equal(oid(tail...)) })
	}
}

func twice(tail ...int) func([]pkix.Extension) []pkix.Extension {
	return func(list []pkix.Extension) []pkix.Extension {
		at := slices.IndexFunc(list, func(e pkix.Extension) bool { return e.Id.Equal(oid(tail...)) })
		return append(list, list[at])
	}
}

type chipFlaw struct {
	chip   string
	change func([]pkix.Extension) []pkix.Extension
	says   string
}

// numberFlaws are in numbers.
func numberFlaws() map[string]chipFlaw {
	return map[string]chipFlaw{
		"no version":               {"Milan", without(1), "3704.1.1 is missing"},
		"version 2":                {"Turin", set("020102", 1), "structure of version 2"},
		"version twice":            {"Milan", twice(1), "occurs twice"},
		"version is a text":        {"Milan", set("160130", 1), "not a number"},
		"no bootloader":            {"Milan", without(3, 1), "1.3.1 is missing"},
		"no TEE":                   {"Milan", without(3, 2), "1.3.2 is missing"},
		"no SNP":                   {"Milan", without(3, 3), "1.3.3 is missing"},
		"no microcode":             {"Milan", without(3, 8), "1.3.8 is missing"},
		"no FMC on Turin":          {"Turin", without(3, 9), "1.3.9 is missing"},
		"FMC on Milan":             {"Milan", set("020100", 3, 9), "1.3.9 is unknown"},
		"FMC on Genoa":             {"Genoa", set("020101", 3, 9), "1.3.9 is unknown"},
		"FMC of a VLEK for Milan":  {"VLEK", set("020101", 3, 9), "1.3.9 is unknown"},
		"TCB part 10":              {"Turin", set("020100", 3, 10), "1.3.10 is unknown"},
		"TCB part 0":               {"Milan", set("020100", 3, 0), "1.3.0 is unknown"},
		"TCB as one":               {"Milan", set("020100", 3), "1.3 is unknown"},
		"TCB part below":           {"Milan", set("020100", 3, 1, 1), "1.3.1.1 is unknown"},
		"part 0 of the version":    {"Milan", set("020100", 1, 0), "1.1.0 is unknown"},
		"part 6":                   {"Milan", set("020100", 6), "1.6 is unknown"},
		"AMD's arc itself":         {"Milan", set("020100"), "3704.1 is unknown"},
		"microcode twice":          {"Genoa", twice(3, 8), "occurs twice"},
		"reserved part 4 is not 0": {"Milan", set("020101", 3, 4), "reserved TCB part 4 is 1"},
		"reserved part 7 is not 0": {"Turin", set("020101", 3, 7), "reserved TCB part 7 is 1"},
		"number of 256":            {"Milan", set("02020100", 3, 8), "not a number"},
		"number below 0":           {"Milan", set("0201ff", 3, 8), "not a number"},
		"number of 128, below 0":   {"Milan", set("020180", 3, 8), "not a number"},
		"number of 127 and zero":   {"Milan", set("0202007f", 3, 8), "not a number"},
		"number with a zero":       {"Milan", set("02020044", 3, 8), "not a number"},
		"number without bytes":     {"Milan", set("0200", 3, 8), "not a number"},
		"number with a long form":  {"Milan", set("02810144", 3, 8), "not a number"},
		"number and more":          {"Milan", set("02014400", 3, 8), "not a number"},
		"number cut short":         {"Milan", set("0202", 3, 8), "not a number"},
		"number as octets":         {"Milan", set("040144", 3, 8), "not a number"},
		"number without a tag":     {"Milan", set("44", 3, 8), "not a number"},
		"number of no byte":        {"Milan", set("", 3, 8), "not a number"},
	}
}

// holderFlaws are in names and ids.
func holderFlaws() map[string]chipFlaw {
	const (
		milan  = "16084d696c616e2d4230"
		id     = "0707070707070707"
		tagged = "0440" + id + id + id + id + id + id + id + id
	)
	return map[string]chipFlaw{
		"no product":              {"Milan", without(2), "1.2 is missing"},
		"product twice":           {"Milan", twice(2), "occurs twice"},
		"product Rome":            {"Milan", set("1604526f6d65", 2), `"Rome" is unknown`},
		"product of none":         {"Milan", set("1600", 2), `"" is unknown`},
		"product in lower case":   {"Milan", set("16056d696c616e", 2), "is unknown"},
		"product and a dash":      {"Milan", set("16064d696c616e2d", 2), "is unknown"},
		"product, long stepping":  {"Milan", set("16094d696c616e2d423031", 2), "is unknown"},
		"product, other stepping": {"Milan", set("16084d696c616e2d3042", 2), "is unknown"},
		"product in UTF-8":        {"Milan", set("0c"+milan[2:], 2), "not a text"},
		"product and more":        {"Milan", set(milan+"00", 2), "not a text"},
		"product cut short":       {"Milan", set(milan[:len(milan)-2], 2), "not a text"},
		"product with NUL":        {"Milan", set("16064d696c616e00", 2), "not printable"},
		"product with 8 bits":     {"Milan", set("16054d696cc16e", 2), "not printable"},
		"Turin's name, Milan's":   {"Milan", set("1605547572696e", 2), "not a string of 8 bytes"},
		"Milan's name, Turin's":   {"Turin", set(milan, 2), "not a string of 64 bytes"},
		"no holder":               {"Milan", without(4), "not exactly one"},
		"two holders":             {"Milan", set("160161", 5), "not exactly one"},
		"no provider":             {"VLEK", without(5), "not exactly one"},
		"provider twice":          {"VLEK", twice(5), "occurs twice"},
		"provider of no letter":   {"VLEK", set("1600", 5), "provider id is empty"},
		"provider of 128 letters": {"VLEK", set("168180"+strings.Repeat("61", 128), 5), "not a text"},
		"provider with line end":  {"VLEK", set("1602610a", 5), "not printable"},
		"provider beyond letters": {"VLEK", set("1602617f", 5), "not printable"},
		"provider before letters": {"VLEK", set("1602611f", 5), "not printable"},
		"chip id of 63 bytes":     {"Milan", set(tagged[6:], 4), "not a string of 64 bytes"},
		"chip id of 65 bytes":     {"Milan", set(tagged[4:]+"07", 4), "not a string of 64 bytes"},
		"chip id, other tag":      {"Milan", set("03"+tagged[2:], 4), "not a string of 64 bytes"},
		"chip id tagged and more": {"Milan", set(tagged+"00", 4), "not a string of 64 bytes"},
		"chip id tagged, shorter": {"Milan", set("0408"+id, 4), "not a string of 64 bytes"},
		"chip id of no byte":      {"Milan", set("", 4), "not a string of 64 bytes"},
		"chip id of 9 on Turin":   {"Turin", set(id+"00", 4), "not a string of 8 bytes"},
		"chip id of 64 on Turin":  {"Turin", set(tagged[4:], 4), "not a string of 8 bytes"},
		"chip id twice":           {"Turin", twice(4), "occurs twice"},
	}
}

func TestAT06FlawedChips(t *testing.T) {
	for _, table := range []map[string]chipFlaw{numberFlaws(), holderFlaws()} {
		for name, f := range table {
			_, err := kds.ParseChip(certificate(t, chips()[f.chip], f.change))
			if err == nil || !strings.Contains(err.Error(), f.says) || flaw.Of(err) == flaw.Malformed {
				t.Errorf("%s: error is %v (%s), want one that says %q", name, err, flaw.Of(err), f.says)
			}
		}
	}
}

func TestLongTextsAreNotEncoded(t *testing.T) {
	for n, want := range map[int]bool{127: true, 128: false} {
		for _, c := range []kds.Chip{
			{Signer: kds.VLEK, Product: kds.Milan, CSPID: strings.Repeat("a", n)},
			{Signer: kds.VCEK, Product: kds.Product(strings.Repeat("a", n))},
		} {
			if _, err := c.Extensions(); (err == nil) != want {
				t.Errorf("%d: %v", n, err)
			}
		}
	}
}

func TestBoundsOfChips(t *testing.T) {
	for value, want := range map[string]uint8{"020100": 0, "02017f": 127, "02020080": 128, "020200ff": 255} {
		c, err := kds.ParseChip(certificate(t, chips()["Milan"], set(value, 3, 8)))
		if err != nil || c.TCB.Microcode != want {
			t.Errorf("%s: microcode %d, %v", value, c.TCB.Microcode, err)
		}
	}
	looksTagged := kds.Chip{Signer: kds.VCEK, Product: kds.Turin, HWID: []byte{4, 6, 1, 2, 3, 4, 5, 6}}
	if c, err := kds.ParseChip(certificate(t, looksTagged, nil)); err != nil || !bytes.Equal(c.HWID, looksTagged.HWID) {
		t.Errorf("chip id %x, %v", c.HWID, err)
	}
	longest := strings.Repeat(" ~", 63) + "~"
	c, err := kds.ParseChip(certificate(t, kds.Chip{Signer: kds.VLEK, Product: kds.Genoa, CSPID: longest}, nil))
	if err != nil || c.CSPID != longest {
		t.Errorf("provider of %d bytes: %v", len(c.CSPID), err)
	}
}

// What AMD has been seen to write in more than one way.
func TestOtherFormsOfChips(t *testing.T) {
	for name, f := range map[string]chipFlaw{
		"no reserved part":       {chip: "Turin", change: without(3, 4)},
		"chip id with a tag":     {chip: "Turin", change: set("04080707070707070707", 4)},
		"another's extension":    {chip: "Milan", change: func(l []pkix.Extension) []pkix.Extension { return append(l, pkix.Extension{Id: []int{1, 2, 3}}) }},
		"structure of version 1": {chip: "Turin", change: set("020101", 1)},
		"another arc of AMD's": {chip: "Milan", change: func(l []pkix.Extension) []pkix.Extension {
			return append(l, pkix.Extension{Id: []int{1, 3, 6, 1, 4, 1, 3704, 2}})
		}},
		"in another order":           {chip: "Genoa", change: func(l []pkix.Extension) []pkix.Extension { slices.Reverse(l); return l }},
		"a shorter object id before": {chip: "Genoa", change: func(l []pkix.Extension) []pkix.Extension { return append([]pkix.Extension{{Id: []int{1, 3}}}, l...) }},
	} {
		want := chips()[f.chip]
		if have, err := kds.ParseChip(certificate(t, want, f.change)); err != nil || !reflect.DeepEqual(have, want) {
			t.Errorf("%s: %+v, %v", name, have, err)
		}
	}
}

// FuzzParseChip changes one extension of a chip.
func FuzzParseChip(f *testing.F) {
	for n := range 12 {
		f.Add(n, []byte{2, 1, 0}, []byte{1, 2})
		f.Add(n, []byte("\x16\x05Milan"), []byte{9})
	}
	f.Fuzz(func(t *testing.T, at int, value, id []byte) {
		for name, want := range chips() {
			cert := certificate(t, want, func(l []pkix.Extension) []pkix.Extension {
				e := &l[uint(at)%uint(len(l))]
				e.Value = value
				if len(id) > 0 && len(id) < 4 {
					e.Id = oid()
					for _, n := range id {
						e.Id = append(e.Id, int(n))
					}
				}
				return l
			})
			have, err := kds.ParseChip(cert)
			if err != nil {
				continue
			}
			list, err := have.Extensions()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			again, err := kds.ParseChip(&x509.Certificate{Extensions: list})
			if err != nil || !reflect.DeepEqual(again, have) {
				t.Fatalf("%s: %+v, then %+v, %v", name, have, again, err)
			}
		}
	})
}

// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"cmp"
	"encoding/pem"
	"errors"
	"testing"
	"time"

	"github.com/google/go-sev-guest/verify/testdata"
	"github.com/google/go-sev-guest/verify/trust"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

// amdPair splits the two certificates that AMD's service gives out for a product.
func amdPair(t testing.TB, text []byte) (signer, ark []byte) {
	t.Helper()
	first, rest := pem.Decode(text)
	second, _ := pem.Decode(rest)
	if first == nil || second == nil {
		t.Fatal("not two certificates")
	}
	return first.Bytes, second.Bytes
}

// genuineRoots are AMD's own, as google/go-sev-guest v0.15.0 publishes them in
// verify/trust, fetched from AMD's key distribution service.
func genuineRoots(t testing.TB) Roots {
	t.Helper()
	var text []byte
	for _, chain := range [][]byte{trust.AskArkMilanVcekBytes, trust.AskArkGenoaVcekBytes, trust.AskArkTurinVcekBytes} {
		_, ark := amdPair(t, chain)
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ark})...)
	}
	roots, err := ParseRoots(text)
	if err != nil {
		t.Fatal(err)
	}
	return roots
}

// genuineTime is when the VCEK was valid and its TCB was current.
func genuineTime() time.Time { return time.Date(2023, 1, 2, 3, 4, 5, 0, time.UTC) }

// genuineChain opens the certificates of the report that google/go-sev-guest
// publishes. The library has no revocation list of AMD's, without which nothing
// is verified: TestGenuineReportNeedsAList.
func genuineChain(t testing.TB) *amdChain {
	t.Helper()
	v := NewVerifier(genuineRoots(t))
	c, err := v.openVEK(testdata.VcekBytes)
	if err != nil {
		t.Fatal(err)
	}
	ask, _ := amdPair(t, trust.AskArkMilanVcekBytes)
	if c.ask, err = pki.Parse(ask); err != nil {
		t.Fatal(err)
	}
	if err := cmp.Or(pki.CheckAMD(c.ask, c.ark, pki.ASK, "Milan"), pki.CheckAMD(c.vek, c.ask, pki.VCEK, "Milan")); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGenuineReport(t *testing.T) {
	c := genuineChain(t)
	r, err := snp.Parse(testdata.AttestationBytes)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.checkReport(r, testdata.AttestationBytes); err != nil {
		t.Error(err)
	}
	for at, want := range map[time.Time]string{
		genuineTime(): "", time.Date(2022, 9, 24, 0, 55, 27, 0, time.UTC): "not valid before", time.Date(2029, 9, 24, 0, 55, 29, 0, time.UTC): "not valid after",
	} {
		if err := pki.Valid(c.vek, at); (err == nil) != (want == "") {
			t.Errorf("at %v: %v", at, err)
		}
	}
}

func TestAT05GenuineReportNeedsAList(t *testing.T) {
	ask, ark := amdPair(t, trust.AskArkMilanVcekBytes)
	asvk, _ := amdPair(t, trust.AskArkMilanVlekBytes)
	genoa, _ := amdPair(t, trust.AskArkGenoaVcekBytes)
	v := NewVerifier(genuineRoots(t))
	for name, f := range map[string]struct {
		bundle kds.Bundle
		code   Code
	}{
		"no list":         {kds.Bundle{VEK: testdata.VcekBytes, ASK: ask, CRL: []byte{0x30, 0}}, "snp.crl.malformed"},
		"ARK for a list":  {kds.Bundle{VEK: testdata.VcekBytes, ASK: ask, CRL: ark}, "snp.crl.malformed"},
		"under ASVK":      {kds.Bundle{VEK: testdata.VcekBytes, ASK: asvk, CRL: []byte{1}}, "snp.ask.subject"},
		"under Genoa":     {kds.Bundle{VEK: testdata.VcekBytes, ASK: genoa, CRL: []byte{1}}, "snp.ask.subject"},
		"under the root":  {kds.Bundle{VEK: testdata.VcekBytes, ASK: ark, CRL: []byte{1}}, "snp.ask.subject"},
		"ASK for VCEK":    {kds.Bundle{VEK: ask, ASK: ask, CRL: []byte{1}}, "snp.chip.missing"},
		"VCEK for itself": {kds.Bundle{VEK: testdata.VcekBytes, ASK: testdata.VcekBytes, CRL: []byte{1}}, "snp.ask.subject"},
	} {
		raw, err := f.bundle.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		_, err = v.Verify(attest.Evidence{TEE: attest.SNP, Signed: testdata.AttestationBytes, Collateral: raw}, genuineTime())
		var refused *Error
		if !errors.As(err, &refused) || refused.Code != f.code {
			t.Errorf("%s: %v, want %s", name, err, f.code)
		}
	}
}

// Every byte of a genuine report matters: each of them changed in one bit, and in
// all, is refused, before or by its signature.
func TestAT09FlipsOfAGenuineReport(t *testing.T) {
	c := genuineChain(t)
	for at := range testdata.AttestationBytes {
		for _, mask := range []byte{1 << (at % 8), 0xff} {
			raw := bytes.Clone(testdata.AttestationBytes)
			raw[at] ^= mask
			r, err := snp.Parse(raw)
			if err == nil {
				err = c.checkReport(r, raw)
			}
			if err == nil {
				t.Errorf("byte %#x changed by %#x: accepted", at, mask)
			}
		}
	}
}

// Every byte of genuine certificates matters as well.
func TestAT10FlipsOfGenuineCertificates(t *testing.T) {
	c := genuineChain(t)
	for name, f := range map[string]struct {
		der   []byte
		check func(der []byte) error
	}{
		"VCEK": {c.vek.Raw, func(der []byte) error {
			cert, err := pki.Parse(der)
			if err != nil {
				return err
			}
			return pki.CheckAMD(cert, c.ask, pki.VCEK, "Milan")
		}},
		"ASK": {c.ask.Raw, func(der []byte) error {
			cert, err := pki.Parse(der)
			if err != nil {
				return err
			}
			return pki.CheckAMD(cert, c.ark, pki.ASK, "Milan")
		}},
	} {
		for at := range f.der {
			der := bytes.Clone(f.der)
			der[at] ^= 1 << (at % 8)
			if f.check(der) == nil {
				t.Errorf("%s, byte %#x: accepted", name, at)
			}
		}
	}
}

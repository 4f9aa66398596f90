// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// with returns b with the quotes that can have the flaw.
func (b bench) with(f simulator.TDXFlaw) bench {
	if f.V5 {
		return b.quoting(tdx.Version5, tdx.TDX15)
	}
	return b
}

// tdxCodes are the codes of TDX evidence.
func tdxCodes() []verify.Code {
	return slices.DeleteFunc(verify.Codes(), func(c verify.Code) bool { return !strings.HasPrefix(string(c), "tdx.") })
}

// Every code is given to somebody, and each flaw of the catalogue has either a
// code or claims, however the verifier has been used before.
func TestEveryCodeIsGiven(t *testing.T) {
	b := newBench(t)
	v := verify.NewVerifier(b.roots)
	given := map[verify.Code]bool{}
	refuse := func(name string, e attest.Evidence, at time.Time) {
		c, err := v.Verify(e, at)
		code := codeOf(t, err)
		if given[code] = true; c.Verified() != (code == "") {
			t.Errorf("%s: code %q, and claims %v", name, code, c.Verified())
		}
	}
	good := b.evidence(t, simulator.Flaws{})
	refuse("good", good, time.Now())
	for _, f := range simulator.TDXFlaws() {
		refuse(f.Name, b.with(f).evidence(t, f.Flaws), time.Now())
	}
	sha384 := func(l *x509.RevocationList) { l.SignatureAlgorithm = x509.ECDSAWithSHA384 }
	refuse("root CRL by SHA-384", b.evidence(t, onCRL(rootCA, sha384)), time.Now())
	refuse("platform CRL by SHA-384", b.evidence(t, onCRL(platformCA, sha384)), time.Now())
	refuse("the year 1900", good, time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC))
	refuse("the year 2500", good, time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, c := range tdxCodes() {
		if !given[c] {
			t.Errorf("%s was given to nobody", c)
		}
	}
}

func TestCodesHaveMeanings(t *testing.T) {
	all := verify.Codes()
	if len(slices.Compact(slices.Clone(all))) != len(all) || !slices.IsSorted(all) {
		t.Error("codes are not sorted, or one is listed twice")
	}
	for _, c := range all {
		if c.Meaning() == "" || strings.HasSuffix(c.Meaning(), ".") {
			t.Errorf("%s means %q", c, c.Meaning())
		}
		if strings.ToLower(string(c)) != string(c) || strings.ContainsAny(string(c), " _-") {
			t.Errorf("%s is misspelled", c)
		}
	}
	if unknown := verify.Code("tdx.nothing"); unknown.Meaning() != "" || unknown.Inconclusive() {
		t.Error("an unknown code means something")
	}
}

// What may be authentic and cannot be told is told apart from what is not.
func TestInconclusiveCodes(t *testing.T) {
	for _, c := range tdxCodes() {
		_, flaw, _ := strings.Cut(strings.TrimPrefix(string(c), "tdx."), ".")
		unknown := []string{"expired", "future", "absent", "unlisted", "family"}
		kinds := []verify.Code{
			"tdx.quote.version", "tdx.quote.keytype", "tdx.quote.teetype", "tdx.quote.body", "tdx.quote.certification", "tdx.module.version",
		}
		if want := slices.Contains(unknown, flaw) || slices.Contains(kinds, c); c.Inconclusive() != want {
			t.Errorf("%s: inconclusive is %v", c, c.Inconclusive())
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package crosscheck_test

import (
	"os"
	"testing"

	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/corpus"
	"github.com/escrin/escrin/attest/crosscheck"
	"github.com/escrin/escrin/attest/verify"
)

// AT-04: a verifier that was given nothing believes nothing, were it genuine.
func TestAT04ZeroVerifiersRefuse(t *testing.T) {
	files := os.DirFS("../corpus/testdata")
	cases, err := corpus.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	judge, tried := corpus.NewJudge(files), 0
	for _, c := range cases {
		if c.Expect != corpus.Acceptable {
			continue
		}
		tried++
		e, err := judge.Evidence(c)
		if err != nil {
			t.Fatal(err)
		}
		for name, verified := range map[string]func() (claims.Claims, error){
			"nil":           func() (claims.Claims, error) { return (*verify.Verifier)(nil).Verify(e, c.Time) },
			"zero":          func() (claims.Claims, error) { return new(verify.Verifier).Verify(e, c.Time) },
			"no roots":      func() (claims.Claims, error) { return verify.Verify(e, verify.Roots{}, c.Time) },
			"two, zero":     func() (claims.Claims, error) { return new(crosscheck.Verifier).Verify(e, c.Time) },
			"two, nil":      func() (claims.Claims, error) { return (*crosscheck.Verifier)(nil).Verify(e, c.Time) },
			"two, no roots": func() (claims.Claims, error) { return crosscheck.New(verify.Roots{}).Verify(e, c.Time) },
		} {
			if got, err := verified(); err == nil || got.Verified() {
				t.Errorf("%s, %s: believed", c.Name, name)
			}
		}
	}
	if tried < 8 {
		t.Errorf("only %d genuine evidences", tried)
	}
}

// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"testing"

	"github.com/google/go-tdx-guest/testing/testdata"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/verify"
)

// Whatever is presented as TDX evidence under Intel's root is refused with a code
// that is listed: there is nothing that Intel signed and that passes here.
func FuzzVerifyTDX(f *testing.F) {
	roots := intelRoots(f)
	for _, quote := range genuineQuotes(f) {
		for _, info := range [][]byte{testdata.TcbInfoBody, testdata.TcbInfoBodyV5} {
			f.Add(quote, intelBundle(f, info))
		}
		f.Add(quote, []byte{})
	}
	v := verify.NewVerifier(roots)
	f.Fuzz(func(t *testing.T, signed, collateral []byte) {
		c, err := v.Verify(attest.Evidence{TEE: attest.TDX, Signed: signed, Collateral: collateral}, hardwareTime())
		if codeOf(t, err) == "" || c.Verified() {
			t.Fatal("accepted")
		}
	})
}

// Text that is taken for roots is certificates and nothing else.
func FuzzParseRoots(f *testing.F) {
	f.Add(intelRootText(f))
	f.Fuzz(func(t *testing.T, text []byte) {
		roots, err := verify.ParseRoots(text)
		if err == nil && roots.Intel() == nil && roots.AMD("Milan") == nil && roots.AMD("Genoa") == nil && roots.AMD("Turin") == nil {
			t.Fatal("no roots and no error")
		}
	})
}

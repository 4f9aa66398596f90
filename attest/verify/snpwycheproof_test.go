// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"math/big"
	"slices"
	"testing"

	"github.com/c2sp/wycheproof"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/escrin/escrin/attest/internal/pki"
	"github.com/escrin/escrin/attest/snp"
)

// wycheproofFile is a file of Wycheproof's on ECDSA, as far as it matters.
type wycheproofFile struct {
	TestGroups []struct {
		PublicKey struct{ Uncompressed string }
		Tests     []struct {
			TcID             int
			Msg, Sig, Result string
		}
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// scalars decodes a signature: r ‖ s, or both in DER.
func scalars(signature []byte, der bool) (r, s *big.Int, ok bool) {
	if !der {
		if len(signature) != 96 {
			return nil, nil, false
		}
		return new(big.Int).SetBytes(signature[:48]), new(big.Int).SetBytes(signature[48:]), true
	}
	r, s = new(big.Int), new(big.Int)
	rest, inner := cryptobyte.String(signature), cryptobyte.String(nil)
	ok = rest.ReadASN1(&inner, casn1.SEQUENCE) && rest.Empty() && inner.ReadASN1Integer(r) && inner.ReadASN1Integer(s) && inner.Empty()
	return r, s, ok
}

// signedReport returns a report with this signature, if reports have room for it.
func signedReport(r, s *big.Int) ([]byte, bool) {
	raw := snp.Report{Version: snp.MaxVersion, SignatureAlgorithm: snp.ECDSAP384}.Marshal()
	for i, n := range []*big.Int{r, s} {
		if n.Sign() < 0 || n.BitLen() > 8*72 {
			return nil, false
		}
		field := raw[snp.SignedSize+72*i:][:72]
		n.FillBytes(field)
		slices.Reverse(field)
	}
	return raw, true
}

// Every vector for P-384 with SHA-384 goes through the code that reads signatures
// from reports and the code that checks them.
func TestAT11WycheproofP384(t *testing.T) {
	for _, f := range []struct {
		name           string
		der            bool
		valid, invalid int // that a report can carry
	}{
		{"ecdsa_secp384r1_sha384_p1363_test.json", false, 193, 68},
		{"ecdsa_secp384r1_sha384_test.json", true, 194, 89},
	} {
		raw, err := fs.ReadFile(wycheproof.TestVectors, f.name)
		if err != nil {
			t.Fatal(err)
		}
		var file wycheproofFile
		if err := json.Unmarshal(raw, &file); err != nil {
			t.Fatal(err)
		}
		var valid, invalid, other int
		for _, g := range file.TestGroups {
			key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P384(), unhex(t, g.PublicKey.Uncompressed))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range g.Tests {
				r, s, ok := scalars(unhex(t, c.Sig), f.der)
				var raw []byte
				if ok {
					raw, ok = signedReport(r, s)
				}
				if !ok {
					other++
					if c.Result == "valid" {
						t.Errorf("%s, case %d: valid, and no report can carry it", f.name, c.TcID)
					}
					continue
				}
				report, err := snp.Parse(raw)
				verifies := err == nil && pki.VerifyP384(key, unhex(t, c.Msg), report.Signature.R, report.Signature.S)
				if verifies != (c.Result == "valid") {
					t.Errorf("%s, case %d: %v, want %s", f.name, c.TcID, verifies, c.Result)
				}
				if verifies {
					valid++
				} else {
					invalid++
				}
			}
		}
		if valid != f.valid || invalid != f.invalid {
			t.Errorf("%s: %d valid, %d invalid, %d that no report can carry", f.name, valid, invalid, other)
		}
	}
}

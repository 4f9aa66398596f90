// SPDX-License-Identifier: Apache-2.0

package collateral_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-tdx-guest/testing/testdata"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
)

// signer is a vendor that signs whatever it is given.
type signer struct{ key *ecdsa.PrivateKey }

func newSigner(t testing.TB) signer {
	t.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), append(make([]byte, 31), 7))
	if err != nil {
		t.Fatal(err)
	}
	return signer{key}
}

func (s signer) sign(t testing.TB, document []byte) (signed collateral.Signed) {
	t.Helper()
	digest := sha256.Sum256(document)
	r, v, err := ecdsa.Sign(rand.Reader, s.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	signed.Document = document
	r.FillBytes(signed.Signature[:32])
	v.FillBytes(signed.Signature[32:])
	return signed
}

// document returns one document of Intel's, without the envelope.
func document(t testing.TB, body []byte, name string) []byte {
	t.Helper()
	return unwrap(t, body)[name]
}

// Whatever is signed can be read or refused, and what was read can be asked about
// any platform.
func FuzzTCBInfo(f *testing.F) {
	s := newSigner(f)
	for _, body := range [][]byte{testdata.TcbInfoBody, testdata.TcbInfoBodyV5} {
		f.Add(document(f, body, "tcbInfo"), []byte{1, 2, 3})
	}
	f.Fuzz(func(t *testing.T, text, versions []byte) {
		info, err := collateral.OpenTCBInfo(s.sign(t, text), &s.key.PublicKey)
		if err != nil {
			return
		}
		var r tdx.Report
		var p collateral.Platform
		copy(p.CPUSVN[:], versions)
		copy(r.TEETCBSVN[:], versions[min(len(versions), 16):])
		if platform, err := info.PlatformVerdict(p, r.TEETCBSVN); err == nil {
			if !platform.Status.Valid() || platform.Date.IsZero() {
				t.Fatalf("verdict is %+v", platform)
			}
			module, err := info.ModuleVerdict(r.TEETCBSVN, platform)
			if err == nil && (!module.Status.Valid() || module.Date.IsZero()) {
				t.Fatalf("verdict is %+v", module)
			}
		}
		if info.Genuine(r, r.TEETCBSVN) == nil && info.Valid(time.Time{}) == nil {
			t.Fatal("valid at no time")
		}
	})
}

func FuzzQEIdentity(f *testing.F) {
	s := newSigner(f)
	f.Add(document(f, testdata.QeIdentityBody, "enclaveIdentity"), uint16(4))
	f.Fuzz(func(t *testing.T, text []byte, svn uint16) {
		identity, err := collateral.OpenQEIdentity(s.sign(t, text), &s.key.PublicKey)
		if err != nil {
			return
		}
		verdict, err := identity.Evaluate(tdx.QEReport{ISVSVN: svn})
		if err == nil && (!verdict.Status.Valid() || verdict.Date.IsZero()) {
			t.Fatalf("verdict is %+v", verdict)
		}
	})
}

func unwrap(t testing.TB, body []byte) (members map[string]json.RawMessage) {
	t.Helper()
	if err := json.Unmarshal(body, &members); err != nil {
		t.Fatal(err)
	}
	return members
}

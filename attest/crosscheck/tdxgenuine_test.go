// SPDX-License-Identifier: Apache-2.0

package crosscheck

import (
	"os"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/verify"
)

// genuine is evidence of real hardware, whose origin is told beside it.
func genuine(t *testing.T, name string) (attest.Evidence, verify.Roots) {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile("../verify/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	roots, err := verify.ParseRoots(read("intel-sgx-root-ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return attest.Evidence{
		TEE: attest.TDX, Signed: read("genuine/" + name + ".quote"), Collateral: read("genuine/" + name + ".collateral"),
	}, roots
}

// Both verify what Intel signed, with collateral and revocation, and both refuse
// the platform that no level fits.
func TestBothAgreeOnGenuineEvidence(t *testing.T) {
	e, roots := genuine(t, "tdx-v4")
	if _, err := New(roots).Verify(e, time.Date(2025, time.June, 20, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Error(err)
	}
	e, roots = genuine(t, "tdx-v5")
	at := time.Date(2026, time.February, 19, 0, 0, 0, 0, time.UTC)
	if _, err := New(roots).Verify(e, at); codeOf(t, err) != "tdx.platform.unlisted" {
		t.Errorf("we say %v", err)
	}
	if err := guarded(func() error { return askTDX(e, roots, true, at) }); err == nil {
		t.Error("go-tdx-guest accepts a platform that no level fits")
	}
}

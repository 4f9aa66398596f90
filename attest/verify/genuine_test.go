// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// genuine is evidence of real hardware with collateral of its time; see
// testdata/README.md.
func genuine(t testing.TB, name string) (e attest.Evidence) {
	t.Helper()
	var err error
	if e.Signed, err = os.ReadFile("testdata/genuine/" + name + ".quote"); err != nil {
		t.Fatal(err)
	}
	if e.Collateral, err = os.ReadFile("testdata/genuine/" + name + ".collateral"); err != nil {
		t.Fatal(err)
	}
	e.TEE = attest.TDX
	return e
}

// When the collateral of the two was valid.
func genuineTimes() map[string]time.Time {
	return map[string]time.Time{
		"tdx-v4": time.Date(2025, time.June, 20, 0, 0, 0, 0, time.UTC),
		"tdx-v5": time.Date(2026, time.February, 19, 0, 0, 0, 0, time.UTC),
	}
}

func TestGenuineEvidenceIsAuthentic(t *testing.T) {
	c, err := verify.Verify(genuine(t, "tdx-v4"), intelRoots(t), genuineTimes()["tdx-v4"])
	if err != nil {
		t.Fatal(err)
	}
	facts, _ := c.TDX()
	for part, v := range map[string]collateral.Verdict{"platform": facts.TCB.Platform, "module": facts.TCB.Module, "QE": facts.TCB.QE} {
		if v.Status != collateral.UpToDate || len(v.AdvisoryIDs) != 0 || !v.Date.Equal(time.Date(2024, 3, 13, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %+v", part, v)
		}
	}
	p := facts.Platform
	if facts.TCB.EvaluationNumber != 17 || p.FMSPC != [6]byte{0xb0, 0xc0, 0x6f} || p.PCESVN != 11 || p.SGXType != 1 ||
		p.PPID == [16]byte{} || p.InstanceID == [16]byte{} || p.DynamicPlatform != collateral.True ||
		p.CachedKeys != collateral.True || p.SMTEnabled != collateral.True {
		t.Errorf("%+v", facts)
	}
	if facts.Version != tdx.Version4 || facts.Body != tdx.TDX10 || facts.Report.TEETCBSVN != [16]byte{6, 1, 3} {
		t.Errorf("%+v", facts)
	}
	if n := len(c.Editions()); n != 4 {
		t.Errorf("%d editions", n)
	}
}

// The other platform's eighth SGX component is 3 and every level asks for 5: Intel
// says nothing of it.
func TestGenuineEvidenceOfAnUnlistedPlatform(t *testing.T) {
	_, err := verify.Verify(genuine(t, "tdx-v5"), intelRoots(t), genuineTimes()["tdx-v5"])
	if codeOf(t, err) != "tdx.platform.unlisted" {
		t.Fatalf("error is %v", err)
	}
}

func TestAT05GenuineEvidenceInTime(t *testing.T) {
	e := genuine(t, "tdx-v4")
	// The last part was issued, and the first one ends, at these seconds.
	from, until := time.Date(2025, 6, 19, 10, 32, 27, 0, time.UTC), time.Date(2025, 7, 19, 10, 0, 35, 0, time.UTC)
	for _, c := range []struct {
		at   time.Time
		code verify.Code
	}{
		{from, ""}, {from.Add(-time.Second), "tdx.qeidentity.future"}, {until, ""}, {until.Add(time.Second), "tdx.platformcrl.expired"},
		{until.AddDate(20, 0, 0), "tdx.platformca.expired"}, {until.AddDate(40, 0, 0), "tdx.root.expired"}, {from.AddDate(-10, 0, 0), "tdx.root.future"},
	} {
		if _, err := verify.Verify(e, intelRoots(t), c.at); codeOf(t, err) != c.code {
			t.Errorf("at %v: error is %v, want code %q", c.at, err, c.code)
		}
	}
}

// AT-09: any change of one byte of genuine evidence is noticed, in the padding
// behind the quote and in every part of the collateral too.
func TestAT09EveryByteOfGenuineEvidenceCounts(t *testing.T) {
	for name, at := range genuineTimes() {
		e := genuine(t, name)
		v := verify.NewVerifier(intelRoots(t))
		_, err := v.Verify(e, at)
		unchanged := codeOf(t, err)
		parts := []*[]byte{&e.Signed}
		if unchanged == "" { // the verifier remembers the other part, which makes it feasible
			parts = append(parts, &e.Collateral)
		}
		for _, part := range parts {
			whole := bytes.Clone(*part)
			for i := range whole {
				(*part)[i] ^= byte(1 << (i % 8))
				if _, err := v.Verify(e, at); codeOf(t, err) == unchanged || codeOf(t, err) == "" {
					t.Errorf("%s: byte %d of %d may change: %v", name, i, len(whole), err)
				}
				(*part)[i] = whole[i]
			}
		}
	}
}

// Evidence without its padding is the same evidence.
func TestGenuineEvidenceWithoutPadding(t *testing.T) {
	e := genuine(t, "tdx-v4")
	q, err := tdx.ParseQuote(e.Signed)
	if err != nil || q.Padding == 0 {
		t.Fatalf("padding is %d: %v", q.Padding, err)
	}
	q.Padding = 0
	e.Signed = q.Marshal()
	if _, err := verify.Verify(e, intelRoots(t), genuineTimes()["tdx-v4"]); err != nil {
		t.Error(err)
	}
}

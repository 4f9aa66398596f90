// SPDX-License-Identifier: Apache-2.0

package collateral_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-tdx-guest/testing/testdata"
	"pgregory.net/rapid"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/internal/flaw"
	"github.com/escrin/escrin/attest/tdx"
)

// intelInfo is a TCB info that Intel published in February 2026.
func intelInfo(t testing.TB) collateral.TCBInfo {
	t.Helper()
	s := newSigner(t)
	info, err := collateral.OpenTCBInfo(s.sign(t, document(t, testdata.TcbInfoBodyV5, "tcbInfo")), &s.key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// Levels of Intel's own documents: the verdicts are read off them.
func TestIntelTCBInfo(t *testing.T) {
	info := intelInfo(t)
	if info.EvaluationNumber != 18 || len(info.Levels) == 0 || len(info.Identities) != 2 {
		t.Fatalf("%+v", info)
	}
	for name, c := range map[string]struct {
		svn    [16]byte
		status collateral.Status
		flaw   flaw.Flaw
	}{
		"module 3.3":  {[16]byte{3, 3}, collateral.UpToDate, ""},
		"module 3.9":  {[16]byte{9, 3}, collateral.UpToDate, ""},
		"module 3.2":  {[16]byte{2, 3}, 0, flaw.Unlisted},
		"module 1.6":  {[16]byte{6, 1}, collateral.UpToDate, ""},
		"module 1.5":  {[16]byte{5, 1}, collateral.OutOfDate, ""},
		"module 1.4":  {[16]byte{4, 1}, collateral.OutOfDate, ""},
		"module 1.2":  {[16]byte{2, 1}, collateral.OutOfDate, ""},
		"module 1.1":  {[16]byte{1, 1}, 0, flaw.Unlisted},
		"module 2.9":  {[16]byte{9, 2}, 0, "version"},
		"module 16.9": {[16]byte{9, 16}, 0, "version"},
	} {
		got, err := info.ModuleVerdict(c.svn, collateral.Verdict{})
		if err == nil && (c.flaw != "" || got.Status != c.status) || err != nil && flaw.Of(err) != c.flaw {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	old, err := info.ModuleVerdict([16]byte{4, 1}, collateral.Verdict{})
	if err != nil || !slices.Equal(old.AdvisoryIDs, []string{"INTEL-SA-01036", "INTEL-SA-01099"}) ||
		!old.Date.Equal(time.Date(2024, 3, 13, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v, %v", old, err)
	}
}

// At the first level's own versions a platform is at that level; one below in any
// part, and it is not.
func TestEveryComponentCounts(t *testing.T) {
	info := intelInfo(t)
	top := info.Levels[0]
	at := func() (p collateral.Platform, svn [16]byte) {
		for i := range 16 {
			p.CPUSVN[i], svn[i] = top.TCB.SGX[i].SVN, top.TCB.TDX[i].SVN
		}
		p.PCESVN, svn[1] = top.TCB.PCESVN, 1
		return p, svn
	}
	p, svn := at()
	if got, err := info.PlatformVerdict(p, svn); err != nil || got.Status != top.Status || !got.Date.Equal(top.Date) {
		t.Fatalf("%+v, %v", got, err)
	}
	lowered := 0
	check := func(what string, i int, p collateral.Platform, svn [16]byte) {
		lowered++
		if got, err := info.PlatformVerdict(p, svn); err == nil && got.Date.Equal(top.Date) && got.Status == top.Status {
			t.Errorf("%s %d does not count", what, i)
		}
	}
	for i := range 16 {
		if p, svn := at(); p.CPUSVN[i] > 0 {
			p.CPUSVN[i]--
			check("SGX component", i, p, svn)
		}
		if p, svn := at(); i >= 2 && svn[i] > 0 {
			svn[i]--
			check("TDX component", i, p, svn)
		}
	}
	p, svn = at()
	p.PCESVN--
	check("PCESVN", 0, p, svn)
	if lowered < 5 {
		t.Errorf("only %d parts of the level ask for anything", lowered)
	}
}

// Better versions never make a verdict worse, where levels are listed best first.
func TestVerdictsAreMonotonous(t *testing.T) {
	info := intelInfo(t)
	rank := func(p collateral.Platform, svn [16]byte) int {
		v, err := info.PlatformVerdict(p, svn)
		if err != nil {
			return len(info.Levels)
		}
		return slices.IndexFunc(info.Levels, func(l collateral.PlatformLevel) bool {
			return l.Date.Equal(v.Date) && l.Status == v.Status
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		var p collateral.Platform
		svn := [16]byte{1: 1}
		for i := range 16 {
			p.CPUSVN[i] = rapid.ByteRange(0, 12).Draw(t, "cpu")
			if i >= 2 {
				svn[i] = rapid.ByteRange(0, 12).Draw(t, "tdx")
			}
		}
		p.PCESVN = rapid.Uint16Range(0, 20).Draw(t, "pce")
		before := rank(p, svn)
		i := rapid.IntRange(2, 15).Draw(t, "raised")
		p.CPUSVN[i]++
		svn[i]++
		p.PCESVN++
		if rank(p, svn) > before {
			t.Fatal("worse after an update")
		}
	})
}

// A TDX module before version 1 is judged with the platform, and a level for
// another one does not count.
func TestFirstModule(t *testing.T) {
	info := intelInfo(t)
	p := collateral.Platform{PCESVN: 99}
	for i := range p.CPUSVN {
		p.CPUSVN[i] = 99
	}
	svn := [16]byte{99, 0, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99}
	platform, err := info.PlatformVerdict(p, svn)
	if err != nil {
		t.Fatal(err)
	}
	if module, err := info.ModuleVerdict(svn, platform); err != nil || module.Status != platform.Status || !module.Date.Equal(platform.Date) {
		t.Errorf("%+v, %v", module, err)
	}
	for i := range info.Levels {
		info.Levels[i].TCB.TDX[1].SVN = 1
	}
	if _, err := info.PlatformVerdict(p, svn); flaw.Of(err) != flaw.Unlisted {
		t.Errorf("a level for another TDX module: %v", err)
	}
}

// Signer and attributes are those of the identity that the version names.
func TestGenuineModule(t *testing.T) {
	info := intelInfo(t)
	r := tdx.Report{TEETCBSVN: [16]byte{3, 3}}
	for name, c := range map[string]struct {
		change func(*tdx.Report)
		flaw   flaw.Flaw
	}{
		"signer":           {func(r *tdx.Report) { r.MRSIGNERSEAM[47] = 1 }, "signer"},
		"attributes":       {func(r *tdx.Report) { r.SEAMAttributes[0] = 1 }, "attributes"},
		"last attribute":   {func(r *tdx.Report) { r.SEAMAttributes[7] = 0x80 }, "attributes"},
		"unknown version":  {func(r *tdx.Report) { r.TEETCBSVN[1] = 200 }, "version"},
		"first, by signer": {func(r *tdx.Report) { r.TEETCBSVN[1] = 0; r.MRSIGNERSEAM[0] = 1 }, "signer"},
	} {
		other := r
		if c.change(&other); flaw.Of(info.Genuine(other, other.TEETCBSVN)) != c.flaw {
			t.Errorf("%s: %v", name, info.Genuine(other, other.TEETCBSVN))
		}
	}
	if err := info.Genuine(r, r.TEETCBSVN); err != nil {
		t.Error(err)
	}
}

func TestWorseVerdict(t *testing.T) {
	early, late := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	a := collateral.Verdict{Date: late, Status: collateral.UpToDate, AdvisoryIDs: []string{"B", "A"}}
	b := collateral.Verdict{Date: early, Status: collateral.OutOfDate, AdvisoryIDs: []string{"C", "A"}}
	for _, got := range []collateral.Verdict{a.Worse(b), b.Worse(a)} {
		if got.Status != collateral.OutOfDate || !got.Date.Equal(early) || !slices.Equal(got.AdvisoryIDs, []string{"A", "B", "C"}) {
			t.Errorf("%+v", got)
		}
	}
	if got := a.Worse(a); got.Status != a.Status || !got.Date.Equal(late) || len(got.AdvisoryIDs) != 2 {
		t.Errorf("%+v", got)
	}
	if !slices.Equal(a.AdvisoryIDs, []string{"B", "A"}) {
		t.Error("a verdict was changed")
	}
}

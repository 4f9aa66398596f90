// SPDX-License-Identifier: Apache-2.0

package collateral_test

import (
	"testing"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/tdx"
)

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// What is out of date has been so since there was something better, and not since
// its own date: in Intel's documents that lies before the recovery.
func TestSupersededModuleOfIntel(t *testing.T) {
	info := intelInfo(t)
	for name, c := range map[string]struct {
		svn        [16]byte
		date, want time.Time
	}{
		"module 1.6, up to date": {[16]byte{6, 1}, date(2024, 11, 13), time.Time{}},
		"module 1.5":             {[16]byte{5, 1}, date(2024, 3, 13), date(2024, 11, 13)},
		"module 1.4":             {[16]byte{4, 1}, date(2024, 3, 13), date(2024, 11, 13)},
		"module 1.2":             {[16]byte{2, 1}, date(2023, 8, 9), date(2024, 3, 13)},
	} {
		got, err := info.ModuleVerdict(c.svn, collateral.Verdict{})
		if err != nil || !got.Date.Equal(c.date) || !got.Superseded.Equal(c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// The rule is one for modules, quoting enclaves and platforms: of all that a list
// has before, the earliest counts, whatever it is worth; and where there is
// nothing before, nothing is known to be better.
func TestSupersededIsTheOldestBetter(t *testing.T) {
	const good, hard, conf, old, oldConf = collateral.UpToDate, collateral.SWHardeningNeeded, collateral.ConfigurationNeeded, collateral.OutOfDate, collateral.OutOfDateConfigurationNeeded
	day := func(n int) time.Time { return date(2024, 1, 1).AddDate(0, 0, n) }
	type level struct {
		status collateral.Status
		day    int
	}
	for name, c := range map[string]struct {
		list []level
		want time.Time
	}{
		"one better":                {[]level{{good, 9}, {old, 3}}, day(9)},
		"two better":                {[]level{{good, 9}, {old, 6}, {old, 3}}, day(6)},
		"order does not matter":     {[]level{{good, 6}, {hard, 9}, {oldConf, 3}}, day(6)},
		"better, with an old date":  {[]level{{good, 1}, {old, 3}}, day(1)},
		"nothing better":            {[]level{{old, 3}}, time.Time{}},
		"nothing better, revoked":   {[]level{{collateral.Revoked, 3}}, time.Time{}},
		"revoked":                   {[]level{{good, 9}, {collateral.Revoked, 3}}, time.Time{}},
		"up to date below another":  {[]level{{good, 9}, {good, 3}}, time.Time{}},
		"needs configuration":       {[]level{{good, 9}, {conf, 9}}, time.Time{}},
		"out of date and needs one": {[]level{{good, 9}, {conf, 9}, {oldConf, 3}}, day(9)},
	} {
		var info collateral.TCBInfo
		var identity collateral.QEIdentity
		for i, l := range c.list {
			least := uint16(len(c.list) - 1 - i)
			verdict := collateral.Verdict{Date: day(l.day), Status: l.status}
			svn := collateral.SVNLevel{Verdict: verdict}
			svn.TCB.ISVSVN = least
			identity.Levels = append(identity.Levels, svn)
			platform := collateral.PlatformLevel{Verdict: verdict}
			platform.TCB.PCESVN = least
			platform.TCB.SGX, platform.TCB.TDX = make([]collateral.Component, 16), make([]collateral.Component, 16)
			info.Levels = append(info.Levels, platform)
		}
		info.Identities = []collateral.ModuleIdentity{{ID: "TDX_01", Levels: identity.Levels}}
		platform, err := info.PlatformVerdict(collateral.Platform{}, [16]byte{})
		if err != nil || !platform.Superseded.Equal(c.want) {
			t.Errorf("%s: platform is %+v, %v", name, platform, err)
		}
		module, err := info.ModuleVerdict([16]byte{1: 1}, platform)
		if err != nil || !module.Superseded.Equal(c.want) {
			t.Errorf("%s: module is %+v, %v", name, module, err)
		}
		if first, err := info.ModuleVerdict([16]byte{}, platform); err != nil || !first.Superseded.Equal(c.want) {
			t.Errorf("%s: first module is %+v, %v", name, first, err)
		}
		qe, err := identity.Evaluate(tdx.QEReport{})
		if err != nil || !qe.Superseded.Equal(c.want) {
			t.Errorf("%s: QE is %+v, %v", name, qe, err)
		}
	}
}

// Of two verdicts the one that was superseded earlier counts, and what is not out
// of date says nothing of that.
func TestWorseVerdictIsSupersededEarlier(t *testing.T) {
	early, late := date(2024, 1, 1), date(2025, 1, 1)
	old := func(at time.Time) collateral.Verdict {
		return collateral.Verdict{Date: late, Status: collateral.OutOfDate, Superseded: at}
	}
	configured := old(early)
	configured.Status = collateral.OutOfDateConfigurationNeeded
	good := collateral.Verdict{Date: late, Status: collateral.UpToDate}
	for name, c := range map[string]struct {
		a, b collateral.Verdict
		want time.Time
	}{
		"both":                      {old(early), old(late), early},
		"one of the two":            {good, old(late), late},
		"neither":                   {good, good, time.Time{}},
		"one, nobody knows since":   {old(late), old(time.Time{}), time.Time{}},
		"the better of two earlier": {old(late), configured, early},
	} {
		for _, got := range []collateral.Verdict{c.a.Worse(c.b), c.b.Worse(c.a)} {
			if !got.Superseded.Equal(c.want) {
				t.Errorf("%s: %+v", name, got)
			}
		}
	}
}

// A document cannot say of itself when a level was superseded.
func TestSupersededIsNoKey(t *testing.T) {
	s := newSigner(t)
	body := []byte(`{"id":"TD_QE","version":2,"issueDate":"2026-01-01T00:00:00Z","nextUpdate":"2026-02-01T00:00:00Z","tcbEvaluationDataNumber":1,` +
		`"tcbLevels":[{"tcb":{"isvsvn":0},"tcbDate":"2024-03-13T00:00:00Z","tcbStatus":"OutOfDate","superseded":"2030-01-01T00:00:00Z","Superseded":"2030-01-01T00:00:00Z"}]}`)
	identity, err := collateral.OpenQEIdentity(s.sign(t, body), &s.key.PublicKey)
	if err == nil && !identity.Levels[0].Superseded.IsZero() {
		t.Errorf("%+v", identity.Levels[0])
	}
}

// Signer and attributes of a module are asked of the identity that a version
// names, not of the one that another version in the same report does.
func TestGenuineModuleByVersion(t *testing.T) {
	info := intelInfo(t)
	changed, other := [16]byte{3, 3}, [16]byte{6, 1}
	for i := range info.Identities {
		if info.Identities[i].ID == "TDX_03" {
			info.Identities[i].MRSigner[0] ^= 1
		}
	}
	if err := info.Genuine(tdx.Report{TEETCBSVN: changed}, other); err != nil {
		t.Error(err)
	}
	if info.Genuine(tdx.Report{TEETCBSVN: other}, changed) == nil {
		t.Error("signed by another")
	}
}

// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"testing"
	"time"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/collateral"
)

// AT-08: what the PCK certificate says of the platform's configuration is as the
// policy wants it; what it does not say is not so.
func TestAT08FlagsOfThePlatform(t *testing.T) {
	for code, flag := range map[appraise.Code]struct {
		of   func(*collateral.Platform) *collateral.Flag
		rule func(*appraise.TDXRules) *appraise.Bit
	}{
		appraise.TDXSMT: {
			func(p *collateral.Platform) *collateral.Flag { return &p.SMTEnabled }, func(r *appraise.TDXRules) *appraise.Bit { return &r.SMT },
		},
		appraise.TDXDynamicPlatform: {
			func(p *collateral.Platform) *collateral.Flag { return &p.DynamicPlatform }, func(r *appraise.TDXRules) *appraise.Bit { return &r.DynamicPlatform },
		},
		appraise.TDXCachedKeys: {
			func(p *collateral.Platform) *collateral.Flag { return &p.CachedKeys }, func(r *appraise.TDXRules) *appraise.Bit { return &r.CachedKeys },
		},
	} {
		for _, want := range []appraise.Bit{appraise.MustBeSet, appraise.MustBeClear, appraise.EitherWay} {
			for _, have := range []collateral.Flag{collateral.Unsaid, collateral.False, collateral.True} {
				rules, f := tdxRules(), goodTDX(t)
				*flag.rule(rules), *flag.of(&f.TDX.Platform) = want, have
				codes := []appraise.Code{}
				if want == appraise.MustBeSet && have != collateral.True || want == appraise.MustBeClear && have == collateral.True {
					codes = append(codes, code)
				}
				expect(t, want.String()+" and "+have.String(), newPolicy(t, appraise.Rules{TDX: rules}).Appraise(claim(f), wanted(f)), codes...)
			}
		}
	}
}

// The window is counted from the recovery and not from the level's own date, as
// Intel's TCB info of February 2026 has them: level 2024-03-13 is out of date
// since 2024-11-13. Where nothing better is known there is no window.
func TestGraceWindowCountsFromTheRecovery(t *testing.T) {
	level, recovery := time.Date(2024, 3, 13, 0, 0, 0, 0, time.UTC), time.Date(2024, 11, 13, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		superseded, at time.Time
		good           bool
	}{
		"on the day of the recovery":    {recovery, recovery, true},
		"on the last day":               {recovery, recovery.AddDate(0, 0, 90), true},
		"a nanosecond late":             {recovery, recovery.AddDate(0, 0, 90).Add(1), false},
		"before the recovery":           {recovery, recovery.Add(-1), false},
		"within 90 days of the level":   {recovery, level.AddDate(0, 0, 30), false},
		"nothing better":                {time.Time{}, level.AddDate(0, 0, 30), false},
		"nothing better, at the time 0": {time.Time{}, time.Time{}, false},
		"nothing better, just after 0":  {time.Time{}, time.Time{}.Add(1), false},
	} {
		for _, part := range tdxParts() {
			rules, f := tdxRules(), goodTDX(t)
			rules.GraceDays = appraise.AtLeast(90)
			verdict := part.of(&f.TDX.TCB)
			verdict.Status, verdict.Date, verdict.Superseded = collateral.OutOfDate, level, c.superseded
			want := []appraise.Code{part.code}
			if c.good {
				want = []appraise.Code{}
			}
			expect(t, name, newPolicy(t, appraise.Rules{TDX: rules}).Appraise(claim(f), wanted(f).At(c.at)), want...)
		}
	}
}

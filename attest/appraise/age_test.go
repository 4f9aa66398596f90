// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
)

// aging are claims of either TEE, with documents of these ages, under rules that
// bound them.
func aging(t *testing.T, limit appraise.Age, ages ...time.Duration) map[appraise.Code]func(at time.Time) []appraise.Reason {
	t.Helper()
	rules := bothRules()
	rules.TDX.CollateralAge, rules.SNP.CollateralAge = limit, limit
	p := newPolicy(t, rules)
	appraiser := func(f claims.Facts) func(time.Time) []appraise.Reason {
		f.Editions = nil
		for _, age := range ages {
			f.Editions = append(f.Editions, collateral.Edition{Issued: today.Add(-age)})
		}
		return func(at time.Time) []appraise.Reason { return p.Appraise(claim(f), wanted(f).At(at)) }
	}
	return map[appraise.Code]func(time.Time) []appraise.Reason{
		appraise.TDXCollateralAge: appraiser(goodTDX(t)), appraise.SNPCollateralAge: appraiser(goodSNP(t, kds.Genoa)),
	}
}

// AT-05: a document or list that is older than the policy allows vouches for
// nothing, whichever of them it is.
func TestAT05CollateralIsOfAnAge(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		limit uint32
		ages  []time.Duration
		old   int
	}{
		"as old as allowed":      {30, []time.Duration{30 * day, 0, 1, 30 * day}, 0},
		"a nanosecond older":     {30, []time.Duration{30*day + 1}, 1},
		"the last of four":       {30, []time.Duration{0, 0, 0, 31 * day}, 1},
		"the first of four":      {30, []time.Duration{31 * day, 0, 0, 0}, 1},
		"each":                   {1, []time.Duration{2 * day, 3 * day, 4 * day, 366 * day}, 4},
		"a year":                 {366, []time.Duration{366 * day}, 0},
		"a year and more":        {366, []time.Duration{366*day + 1}, 1},
		"issued later":           {1, []time.Duration{-day}, 0},
		"nobody knows how old":   {366, []time.Duration{today.Sub(time.Time{})}, 1},
		"nothing that is of age": {366, nil, 1},
	} {
		for code, appraiseAt := range aging(t, appraise.WithinDays(c.limit), c.ages...) {
			want := []appraise.Code{}
			for range c.old {
				want = append(want, code)
			}
			expect(t, name, appraiseAt(today), want...)
		}
	}
}

// Without a time nothing has an age that a number could allow.
func TestAT05CollateralAgeNeedsATime(t *testing.T) {
	for code, appraiseAt := range aging(t, appraise.WithinDays(366), 0, 0) {
		expect(t, "no time", appraiseAt(time.Time{}), code)
	}
	for code, appraiseAt := range aging(t, appraise.AnyAge(), 9999*time.Hour) {
		expect(t, string(code)+": any age", appraiseAt(today))
		expect(t, string(code)+": any age, no time", appraiseAt(time.Time{}))
	}
}

// The reason says which document it is and how old.
func TestCollateralAgeInDetail(t *testing.T) {
	f := goodSNP(t, kds.Genoa)
	f.Editions[0].Series.Document = collateral.DocumentVLEKCRL
	rules := bothRules()
	rules.SNP.CollateralAge = appraise.WithinDays(29)
	got := newPolicy(t, rules).Appraise(claim(f), wanted(f))
	if want := "[snp.collateral.age: revocation list for VLEKs was issued at 2026-10-22T12:00:00Z, more than 29 days ago]"; fmt.Sprint(got) != want {
		t.Errorf("reasons are %v, want %s", got, want)
	}
}

func TestREG03CollateralAgeInAFile(t *testing.T) {
	good := string(example(t, "every-choice.json"))
	for value, ok := range map[string]bool{
		`"any"`: true, `1`: true, `366`: true, `0`: false, `367`: false, `4294967297`: false, `-1`: false, `1.0`: false, `1e1`: false,
		`"30"`: false, `null`: false, `"Any"`: false, `""`: false, `[30]`: false, `true`: false,
	} {
		for _, tee := range []int{1, 2} { // how many of the two are replaced
			_, err := appraise.ParsePolicy([]byte(strings.Replace(good, `"maxCollateralAgeDays": "any"`, `"maxCollateralAgeDays": `+value, tee)))
			if (err == nil) != ok || err != nil && !strings.HasPrefix(err.Error(), "parse policy: ") {
				t.Errorf("%s: %v", value, err)
			}
		}
	}
	for _, limit := range []appraise.Age{{}, appraise.WithinDays(0), appraise.WithinDays(367)} {
		tdx, snp := bothRules(), bothRules()
		tdx.TDX.CollateralAge, snp.SNP.CollateralAge = limit, limit
		for name, rules := range map[string]appraise.Rules{"tdx": tdx, "snp": snp} {
			if _, err := appraise.NewPolicy(rules); err == nil || !strings.Contains(err.Error(), name+".maxCollateralAgeDays: is ") {
				t.Errorf("%+v: %v", limit, err)
			}
		}
	}
}

// An advisory that is not spelled as Intel does would never apply: refusing it
// would refuse nothing.
func TestAT18AdvisoriesAreSpelledAsIntelDoes(t *testing.T) {
	good, s := string(example(t, "every-choice.json")), readSchema(t)
	for id, ok := range map[string]bool{
		"INTEL-SA-00960": true, "INTEL-DOC-00960": true,
		"INTEL-SA-960": false, "INTEL-SA-000960": false, "intel-sa-00960": false, "Intel-SA-00960": false, "INTEL-SA-00960 ": false, " INTEL-SA-00960": false,
		"INTEL-SA-0096O": false, "INTEL-SA-00960-1": false, "SA-00960": false, "INTEL-SB-00960": false, "INTEL_SA_00960": false, "CVE-2024-00960": false,
		`INTEL-SA-00960\n`: false, "INTEL-SA-٠٠٩٦٠": false, "": false, "any": false,
	} {
		for _, key := range []string{`"toleratedAdvisories": ["INTEL-SA-00001"`, `"refusedAdvisories": ["INTEL-SA-00002"`} {
			file := strings.Replace(good, key, key+`, "`+id+`"`, 1)
			if _, err := appraise.ParsePolicy([]byte(file)); (err == nil) != ok || file == good {
				t.Errorf("%s after %s: %v", id, key, err)
			}
			var v any
			if err := json.Unmarshal([]byte(file), &v); err != nil || s.accepts(s, v) != ok {
				t.Errorf("%s after %s: schema says %t (%v)", id, key, !ok, err)
			}
		}
		for name, list := range map[string]func(*appraise.TDXRules){
			"toleratedAdvisories": func(r *appraise.TDXRules) { r.ToleratedAdvisories = appraise.NoneBut(id) },
			"refusedAdvisories":   func(r *appraise.TDXRules) { r.RefusedAdvisories = []string{id} },
		} {
			rules := tdxRules()
			list(rules)
			if _, err := appraise.NewPolicy(appraise.Rules{TDX: rules}); (err == nil) != ok {
				t.Errorf("%q in %s: %v", id, name, err)
			}
		}
	}
}

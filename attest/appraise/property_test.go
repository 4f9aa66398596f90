// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/kds"
)

// distinct returns the different codes of some alterations, without those that
// must not matter.
func distinct[T any](altered []alteration[T]) []appraise.Code {
	var codes []appraise.Code
	for _, a := range altered {
		if a.code != "" {
			codes = append(codes, a.code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// some draws alterations that can be made together, none with the code hider.
func some[T any](t *rapid.T, all []alteration[T], hider appraise.Code) []alteration[T] {
	list := slices.DeleteFunc(slices.Clone(all), func(a alteration[T]) bool { return a.code == hider })
	field := func(a alteration[T]) string { name, _, _ := strings.Cut(a.name, ":"); return name }
	return rapid.SliceOfNDistinct(rapid.SampledFrom(list), 0, 8, field).Draw(t, "alterations")
}

func sortedCodes(reasons []appraise.Reason) []appraise.Code {
	codes := codesOf(reasons)
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Whatever several alterations are made, the codes are those of each: claims are
// acceptable if and only if nothing that matters was altered.
func TestAcceptableIffNothingIsAltered(t *testing.T) {
	p := newPolicy(t, bothRules())
	tdxAll, snpAll := tdxAlterations(), snpAlterations()
	rapid.Check(t, func(rt *rapid.T) {
		td, sev := goodTDX(t), goodSNP(t, kds.Genoa)
		toTDX := some(rt, tdxAll, "none")
		for _, a := range toTDX {
			a.apply(td.TDX)
		}
		if got, want := sortedCodes(p.Appraise(claim(td), wanted(td))), distinct(toTDX); !slices.Equal(got, want) {
			rt.Fatalf("codes are %v, want %v", got, want)
		}
		toSNP := some(rt, snpAll, appraise.SNPProduct) // without a product there are no floors
		for _, a := range toSNP {
			a.apply(sev.SNP)
		}
		if got, want := sortedCodes(p.Appraise(claim(sev), wanted(sev))), distinct(toSNP); !slices.Equal(got, want) {
			rt.Fatalf("codes are %v, want %v", got, want)
		}
	})
}

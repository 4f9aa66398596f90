// SPDX-License-Identifier: Apache-2.0

package appraise

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
)

// Bounds of choices.
const (
	maxDays = 366
	maxName = 256 // bytes
)

// NewPolicy refuses rules for no TEE at all, rules with any choice left open, and
// choices that make no sense. It names all of them. Later changes to r do not
// change the policy.
func NewPolicy(r Rules) (Policy, error) {
	var p Policy
	var found faults
	if r.TDX != nil {
		found.in("tdx", r.TDX.check())
		p.rules.TDX = r.TDX.clone()
	}
	if r.SNP != nil {
		found.in("snp", r.SNP.check())
		p.rules.SNP = r.SNP.clone()
	}
	if p.rules == (Rules{}) {
		found.add("tdx and snp", errors.New("both are missing"))
	}
	if len(found) > 0 {
		return Policy{}, fmt.Errorf("make policy: %w", errors.Join(found...))
	}
	return p, nil
}

// faults are what is wrong with rules, each with the name of the choice.
type faults []error

func (f *faults) add(name string, err error) {
	if err != nil {
		*f = append(*f, fmt.Errorf("%s: %w", name, err))
	}
}

// in adds the faults of a group of choices.
func (f *faults) in(group string, inner faults) {
	for _, err := range inner {
		*f = append(*f, fmt.Errorf("%s.%w", group, err))
	}
}

// unchosen adds the choices in a group that were not made. It looks at all that
// there are, so that none can be forgotten here.
func (f *faults) unchosen(group reflect.Value) {
	for i := range group.NumField() {
		field, name := group.Field(i), group.Type().Field(i).Tag.Get("json")
		switch {
		case isGroup(field.Type()):
			var inner faults
			inner.unchosen(field)
			f.in(name, inner)
		case field.IsZero():
			f.add(name, errors.New("is not chosen"))
		}
	}
}

// isGroup reports whether t holds choices and is not one itself.
func isGroup(t reflect.Type) bool { return t.Kind() == reflect.Struct && t.Field(0).IsExported() }

func (r *TDXRules) check() (f faults) {
	if f.unchosen(reflect.ValueOf(*r)); len(f) > 0 {
		return f
	}
	f.add("accept", checkList(r.Accept, Exceptions(attest.TDX)))
	f.add("quoteVersions", checkSome(r.QuoteVersions, []uint16{tdx.Version4, tdx.Version5}))
	f.add("xfam", checkXFAM(r.XFAM.bits))
	for _, v := range []struct {
		name       string
		values     Values
		anyAllowed bool
	}{
		{"mrServiceTd", r.MRSERVICETD, false},
		{"mrConfigId", r.MRCONFIGID, true},
		{"mrOwner", r.MROWNER, true},
		{"mrOwnerConfig", r.MROWNERCONFIG, true},
		{"rtmr3", r.RTMR3, true},
		{"mrSeam", r.MRSEAM, true},
	} {
		f.add(v.name, v.values.check(v.anyAllowed, 0, len(attest.Register{})))
	}
	f.add("platformTcb", checkSome(r.PlatformTCB, acceptable()))
	f.add("moduleTcb", checkSome(r.ModuleTCB, acceptable()))
	f.add("qeTcb", checkSome(r.QETCB, acceptable()))
	f.add("graceDays", r.GraceDays.check(0, maxDays))
	f.add("minTcbEvaluation", r.Evaluation.check(1, ^uint32(0)))
	f.add("maxCollateralAgeDays", r.CollateralAge.check())
	f.add("toleratedAdvisories", checkAdvisories(r.ToleratedAdvisories.list))
	f.add("refusedAdvisories", checkAdvisories(r.RefusedAdvisories))
	for _, id := range r.RefusedAdvisories {
		if slices.Contains(r.ToleratedAdvisories.list, id) {
			f.add("refusedAdvisories", fmt.Errorf("%s is tolerated as well", id))
		}
	}
	f.add("platforms", r.Platforms.check(true, 16))
	f.add("refusedFamilies", checkList(r.RefusedFamilies, r.RefusedFamilies))
	if slices.Contains(r.RefusedFamilies, Family{}) {
		f.add("refusedFamilies", errors.New("lists a family of zeros"))
	}
	return f
}

// acceptable returns the verdicts that a policy may list.
func acceptable() []collateral.Status {
	return []collateral.Status{
		collateral.UpToDate, collateral.SWHardeningNeeded, collateral.ConfigurationNeeded,
		collateral.ConfigurationAndSWHardeningNeeded, collateral.OutOfDate, collateral.OutOfDateConfigurationNeeded,
	}
}

func (r *SNPRules) check() (f faults) {
	if f.unchosen(reflect.ValueOf(*r)); len(f) > 0 {
		return f
	}
	f.add("accept", checkList(r.Accept, Exceptions(attest.SNP)))
	versions := []uint32{}
	for v := uint32(snp.MinVersion); v <= snp.MaxVersion; v++ {
		versions = append(versions, v)
	}
	f.add("reportVersions", checkSome(r.ReportVersions, versions))
	f.in("products", r.checkProducts())
	for _, v := range []struct {
		name       string
		values     Values
		anyAllowed bool
		size       int
	}{
		{"hostData", r.HostData, true, 32},
		{"familyId", r.FamilyID, true, 16},
		{"imageId", r.ImageID, true, 16},
		{"idKeys", r.IDKeys, false, 48},
		{"authorKeys", r.AuthorKeys, false, 48},
	} {
		f.add(v.name, v.values.check(v.anyAllowed, 0, v.size))
	}
	f.add("chips", r.Chips.check(true, kds.Turin.HWIDSize(), kds.Genoa.HWIDSize()))
	f.add("vlekProviders", checkNames(r.VLEKProviders))
	f.add("maxCollateralAgeDays", r.CollateralAge.check())
	return f
}

func (r *SNPRules) checkProducts() (f faults) {
	var products []kds.Product
	for _, p := range r.Products {
		products = append(products, p.Product)
		f.in(string(p.Product), p.check())
	}
	f.add("all", checkSome(products, kds.Products()))
	if slices.Contains(products, kds.Milan) != slices.Contains(r.Accept, AcceptMilan) {
		f.add(string(kds.Milan), fmt.Errorf("must be listed if and only if %q are accepted", AcceptMilan))
	}
	return f
}

func (r ProductRules) check() (f faults) {
	f.unchosen(reflect.ValueOf(r))
	for _, word := range []struct {
		name  string
		floor TCBFloor
	}{
		{"minReportedTcb", r.Reported}, {"minCommittedTcb", r.Committed}, {"minCurrentTcb", r.Current}, {"minLaunchTcb", r.Launch},
	} {
		f.in(word.name, word.floor.check(r.Product))
	}
	return f
}

func (t TCBFloor) check(p kds.Product) (f faults) {
	maxFMC := uint32(0)
	if p == kds.Turin {
		maxFMC = 255
	}
	f.add("fmc", t.FMC.check(0, maxFMC))
	f.add("bootloader", t.Bootloader.check(0, 255))
	f.add("tee", t.TEE.check(0, 255))
	f.add("snp", t.SNP.check(0, 255))
	f.add("microcode", t.Microcode.check(0, 255))
	return f
}

func (f Floor) check(low, high uint32) error {
	if f.least < low || f.least > high {
		return fmt.Errorf("is %d, want %d to %d", f.least, low, high)
	}
	return nil
}

// checkList checks that a list has nothing twice and nothing that is not known.
func checkList[T comparable](list, known []T) error {
	for i, item := range list {
		if !slices.Contains(known, item) {
			return fmt.Errorf("lists %v, want some of %v", item, known)
		}
		if slices.Contains(list[:i], item) {
			return fmt.Errorf("lists %v twice", item)
		}
	}
	return nil
}

// checkSome is checkList for lists that must not be empty.
func checkSome[T comparable](list, known []T) error {
	if len(list) == 0 {
		return errors.New("lists nothing")
	}
	return checkList(list, known)
}

// advisory is how Intel spells the ids of its advisories. An id that is spelled in
// another way would never apply: a policy that refuses it would refuse nothing.
const advisory = `^INTEL-(SA|DOC)-[0-9]{5}$`

func checkAdvisories(ids []string) error {
	spelled := regexp.MustCompile(advisory)
	for _, id := range ids {
		if !spelled.MatchString(id) {
			return fmt.Errorf("lists %.40q, which is not INTEL-SA- or INTEL-DOC- and five digits", id)
		}
	}
	return checkList(ids, ids)
}

func checkNames(names []string) error {
	for _, name := range names {
		if name == "" || len(name) > maxName {
			return fmt.Errorf("lists a name of %d bytes, want 1 to %d", len(name), maxName)
		}
	}
	return checkList(names, names)
}

// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
)

func example(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parsed(t testing.TB, data []byte) appraise.Policy {
	t.Helper()
	p, err := appraise.ParsePolicy(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A file with every choice says what the same rules in Go say.
func TestFileAndRulesAgree(t *testing.T) {
	if got, want := parsed(t, example(t, "every-choice.json")), newPolicy(t, bothRules()); !reflect.DeepEqual(got, want) {
		t.Errorf("file says %+v, rules %+v", got, want)
	}
}

func TestExamplesAreGoodPolicies(t *testing.T) {
	for name, want := range map[string][2][]appraise.Code{
		"strict-tdx.json": {{}, {appraise.PolicyTEE}},
		"strict-snp.json": {{appraise.PolicyTEE}, {}},
		"tolerant.json":   {{}, {}},
	} {
		p := parsed(t, example(t, name))
		td, sev := exemplary(t)
		if got := codesOf(p.Appraise(claim(td), wanted(td))); !slices.Equal(got, want[0]) {
			t.Errorf("%s: TDX: %v, want %v", name, got, want[0])
		}
		if got := codesOf(p.Appraise(claim(sev), wanted(sev))); !slices.Equal(got, want[1]) {
			t.Errorf("%s: SNP: %v, want %v", name, got, want[1])
		}
	}
}

// exemplary are facts that the example policies accept.
func exemplary(t *testing.T) (td, sev claims.Facts) {
	t.Helper()
	id := []byte("\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff")
	td, sev = goodTDX(t), goodSNP(t, kds.Genoa)
	for _, r := range tdxRegisters()[4:9] {
		*r.of(&td.TDX.Report) = [48]byte{}
	}
	td.TDX.Platform.PPID, td.TDX.Platform.CPUSVN = [16]byte(id), [16]byte(bytes.Repeat([]byte{9}, 16))
	td.TDX.Platform.SMTEnabled = collateral.False
	td.TDX.Report.TEETCBSVN, td.TDX.Report.TEETCBSVN2 = [16]byte{5, 1, 2}, [16]byte{5, 1, 2}
	td.TDX.TCB.Platform.AdvisoryIDs, td.TDX.TCB.Module.AdvisoryIDs, td.TDX.TCB.QE.AdvisoryIDs = nil, nil, nil
	r := &sev.SNP.Report
	r.Policy, r.PlatformInfo, r.KeyInfo.AuthorKeyEnabled = 0x2_0000, 0x24, false
	r.HostData, r.FamilyID, r.ImageID, r.IDKeyDigest, r.AuthorKeyDigest = [32]byte{}, [16]byte{}, [16]byte{}, [48]byte{}, [48]byte{}
	sev.SNP.Chip.HWID = bytes.Repeat(id, 4)
	tcb := word(t, kds.Genoa, kds.TCB{Bootloader: 10, SNP: 23, Microcode: 84})
	r.ReportedTCB, r.CommittedTCB, r.CurrentTCB, r.LaunchTCB = tcb, tcb, tcb, tcb
	r.CommittedVersion.Build = 39
	return td, sev
}

// The tolerant example says in words what it tolerates, and no more.
func TestTolerantExample(t *testing.T) {
	p := parsed(t, example(t, "tolerant.json"))
	td, sev := exemplary(t)
	sev.SNP.Chip.Product = kds.Milan
	expect(t, "Milan", p.Appraise(claim(sev), wanted(sev)))
	sev.SNP.Report.Policy |= 1 << 19
	expect(t, "debug", p.Appraise(claim(sev), wanted(sev)), appraise.SNPPolicyDebug)
	td.TDX.TCB.Platform.AdvisoryIDs = []string{"INTEL-SA-00960"}
	td.TDX.Platform.FMSPC = [6]byte{0, 0x90, 0x6e, 0xd5}
	expect(t, "bans", p.Appraise(claim(td), wanted(td)), appraise.TDXAdvisoryRefused, appraise.TDXFamily)
}

// edit replaces one piece of a good file.
type edit struct{ old, new string }

// Everything but the exact form is refused.
func TestREG03FilesThatAreNotPolicies(t *testing.T) {
	good := string(example(t, "every-choice.json"))
	edits := []edit{
		{`"version": 1`, `"version": 2`}, {`"version": 1`, `"version": 0`}, {`"version": 1,`, ``}, {`"version": 1`, `"version": "1"`}, {`"version": 1`, `"version": 1, "version": 1`},
		{`"version"`, `"Version"`}, {`"version": 1`, `"version": 1, "other": 1`},
		{`"accept": []`, `"accept": null`}, {`"accept": []`, `"accept": [null]`}, {`"accept": []`, `"accept": ["any"]`}, {`"accept": []`, `"accept": "any"`},
		{`"accept": []`, `"Accept": []`}, {`"accept": []`, `"accept": [], "accept": []`}, {`"accept": [],`, ``}, {`"accept": []`, `"accept": ["guests under debug "]`},
		{`"quoteVersions": [5]`, `"quoteVersions": [null]`}, {`"quoteVersions": [5]`, `"quoteVersions": [5.0]`}, {`"quoteVersions": [5]`, `"quoteVersions": [65541]`},
		{`"quoteVersions": [5]`, `"quoteVersions": 5`}, {`"quoteVersions"`, `"quoteversions"`},
		{`"0x602e7"`, `"0x602E7"`}, {`"0x602e7"`, `"0x0602e7"`}, {`"0x602e7"`, `"602e7"`}, {`"0x602e7"`, `"0x"`}, {`"0x602e7"`, `""`}, {`"0x602e7"`, `null`},
		{`"0x602e7"`, `393959`}, {`"0x602e7"`, `"0x10000000000000003"`}, {`"0x602e7"`, `"0x+3"`}, {`"0x602e7"`, `"any"`}, {`"0x602e7"`, `"0x6_02e7"`}, {`"0x602e7"`, `"0X602e7"`},
		{`["0x060504030201"]`, `["0x0605040302"]`}, {`["0x060504030201"]`, `["zero"]`}, {`["0x060504030201"]`, `"any"`}, {`["0x060504030201"]`, `["0x06050403020A"]`}, {`["0x060504030201"]`, `["0x06050403020100"]`}, {`["0x060504030201"]`, `[""]`},
		{`"minPceSvn": 300`, `"minPceSvn": null`}, {`"minPceSvn": 300`, `"minPceSvn": -1`}, {`"minPceSvn": 300`, `"minPceSvn": 3e2`}, {`"minPceSvn": 300`, `"minPceSvn": "300"`},
		{`"minPceSvn": 300`, `"minPceSvn": 4294967296`}, {`"minPceSvn": 300`, `"minPceSvn": 300.0`}, {`"minPceSvn": 300`, `"minPceSvn": -0`}, {`"minPceSvn": 300`, `"minPceSvn": true`},
		{`[1, 2, 3, 4`, `[256, 2, 3, 4`}, {`[1, 2, 3, 4`, `[-1, 2, 3, 4`}, {`[1, 2, 3, 4`, `[null, 2, 3, 4`}, {`[1, 2, 3, 4`, `[2, 3, 4`}, {`[1, 2, 3, 4`, `[1, 1, 2, 3, 4`}, {`[1, 2, 3, 4`, `[1.0, 2, 3, 4`},
		{`[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]`, `null`}, {`[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]`, `"AQIDBAUGBwgJCgsMDQ4PEA=="`},
		{`"UpToDate", "SW`, `"UptoDate", "SW`}, {`"UpToDate", "SW`, `"Revoked", "SW`}, {`"UpToDate", "SW`, `null, "SW`}, {`"UpToDate", "SW`, `1, "SW`}, {`"platformTcb": [`, `"platformTcb": "any", "x": [`},
		{`"graceDays": 0`, `"graceDays": 367`}, {`"graceDays": 0`, `"graceDays": "0"`},
		{`"toleratedAdvisories": ["INTEL-SA-00001"]`, `"toleratedAdvisories": null`}, {`"toleratedAdvisories": ["INTEL-SA-00001"]`, `"toleratedAdvisories": "all"`},
		{`"toleratedAdvisories": ["INTEL-SA-00001"]`, `"toleratedAdvisories": [null]`}, {`"toleratedAdvisories": ["INTEL-SA-00001"]`, `"toleratedAdvisories": [1]`}, {`"toleratedAdvisories": ["INTEL-SA-00001"]`, `"toleratedAdvisories": {}`},
		{`"refusedAdvisories": ["INTEL-SA-00002"]`, `"refusedAdvisories": "any"`}, {`"refusedAdvisories": ["INTEL-SA-00002"]`, `"refusedAdvisories": [null]`},
		{`"platforms": ["0x17`, `"platforms": ["0X17`}, {`"platforms": ["0x17`, `"platforms": ["17`}, {`"platforms": ["0x17`, `"platforms": ["0x1`}, {`"platforms": ["0x17`, `"platforms": ["0x1g`}, {`"platforms": ["0x17`, `"platforms": ["0x`},
		{`"platforms": ["0x17`, `"platforms": ["0x1A`}, {`"platforms": ["0x17`, `"platforms": ["", "0x17`}, {`"platforms": ["0x17`, `"platforms": ["0x", "0x17`}, {`"platforms": ["0x17`, `"platforms": [null, "0x17`}, {`"platforms": ["0x17`, `"platforms": ["any", "0x17`},
		{`"platforms": ["0x17`, `"platforms": ["zero", "0x17`}, {`"platforms": ["0x17`, `"platforms": ["Zero", "0x17`}, {`"platforms"`, `"Platforms"`},
		{`"mrOwner": [`, `"mrOwner": ["0x", `}, {`"mrOwner": [`, `"mrOwner": ["", `}, {`"mrOwner": [`, `"mrOwner": [null, `}, {`"mrOwner": [`, `"mrOwner": [], "x": [`},
		{`"abi": "1.33"`, `"abi": "1"`}, {`"abi": "1.33"`, `"abi": "1.33.0"`}, {`"abi": "1.33"`, `"abi": "1.256"`}, {`"abi": "1.33"`, `"abi": "01.33"`}, {`"abi": "1.33"`, `"abi": "1."`}, {`"abi": "1.33"`, `"abi": "+1.33"`},
		{`"abi": "1.33"`, `"abi": ""`}, {`"abi": "1.33"`, `"abi": null`}, {`"abi": "1.33"`, `"abi": 1.33`}, {`"abi": "1.33"`, `"abi": "1,33"`}, {`"abi": "1.33"`, `"abi": "Any"`},
		{`"singleSocket": "set"`, `"singleSocket": "Set"`}, {`"singleSocket": "set"`, `"singleSocket": true`}, {`"singleSocket": "set"`, `"singleSocket": ""`}, {`"singleSocket": "set"`, `"singleSocket": null`},
		{`"singleSocket": "set"`, `"singleSocket": "any"`}, {`"singleSocket": "set"`, `"singleSocket": 1`}, {`"singleSocket"`, `"singlesocket"`}, {`"singleSocket": "set",`, ``},
		{`"minCommittedVersion": "1.55.9"`, `"minCommittedVersion": "1.55"`}, {`"minCommittedVersion": "1.55.9"`, `"minCommittedVersion": "1.55.9.0"`}, {`"minCommittedVersion": "1.55.9"`, `"minCommittedVersion": "1.55.256"`},
		{`"minCommittedVersion": "1.55.9"`, `"minCommittedVersion": "any"`}, {`"product": "Genoa"`, `"product": "genoa"`}, {`"product": "Genoa"`, `"product": "Milan"`}, {`"product": "Genoa"`, `"product": "Turin"`},
		{`"product": "Genoa"`, `"Product": "Genoa"`}, {`"product": "Genoa"`, `"product": null`}, {`"fmc": 0`, `"fmc": 1`}, {`"fmc": 0`, `"Fmc": 0`}, {`"fmc": 33`, `"fmc": 256`},
		{`"snp": {`, `"snp": [], "x": {`}, {`"vlekProviders": []`, `"vlekProviders": [null]`}, {`"vlekProviders": []`, `"vlekProviders": "any"`}, {`"vlekProviders": []`, `"vlekProviders": null`},
		{`"0x5"`, `"0x05"`}, {`"0x5"`, `5`}, {`"0x5"`, `"0x-5"`},
	}
	for _, e := range edits {
		file := strings.Replace(good, e.old, e.new, 1)
		if file == good {
			t.Errorf("there is no %s", e.old)
		}
		if p, err := appraise.ParsePolicy([]byte(file)); err == nil || !reflect.DeepEqual(p, appraise.Policy{}) || !strings.HasPrefix(err.Error(), "parse policy: ") {
			t.Errorf("%s for %s: error is %v", e.new, e.old, err)
		}
	}
	for _, file := range []string{"", "null", "{}", "[]", `"any"`, `{"version":1}`, `{"version":1,"tdx":null,"snp":null}`, `{"version":1,"tdx":{}}`, good + "{}", good + good, "\xff" + good} {
		if _, err := appraise.ParsePolicy([]byte(file)); err == nil {
			t.Errorf("%.20q is a policy", file)
		}
	}
}

// Errors say what is wrong with a file.
func TestErrorsOfPolicyFiles(t *testing.T) {
	good := string(example(t, "every-choice.json"))
	for _, c := range []struct{ old, new, want string }{
		{`"version": 1`, `"version": 1, "other": 1`, `"other": unknown field`},
		{`"version": 1`, `"version": 1, "version": 1`, `"version": the key appears twice`},
		{`"version": 1`, `"Version": 1`, `must be written "version"`},
		{`"version": 1`, `"version": 2`, "version is 2, want 1"},
		{`"0x602e7"`, `"0x602E7"`, `"0x602E7" is not 0x and a lower-case`},
		{`"singleSocket": "set"`, `"singleSocket": "on"`, `"on" is none of "set", "clear" and "either"`},
		{`"abi": "1.33"`, `"abi": "1.333"`, `"1.333" has a part that is not a number below 256`},
		{`"abi": "1.33"`, `"abi": "1.3.3"`, `"1.3.3" has 3 parts, want 2`},
		{`"minPceSvn": 300`, `"minPceSvn": 3e2`, "3e2 is not a number from 0 to 2³²−1"},
		{`[1, 2, 3, 4`, `[null, 2, 3, 4`, "component 0 is null"},
		{`[1, 2, 3, 4`, `[2, 3, 4`, "is not a list of 16 numbers below 256"},
		{`"platforms": ["0x17`, `"platforms": ["0X17`, `nor 0x and pairs of lower-case hexadecimal digits`},
		{`"platforms": [`, `"platforms": "all", "x": [`, `"all" is neither "any" nor a list of strings`},
		{`["0x060504030201"]`, `["0x0605040302"]`, `"0x0605040302" is not 0x and 12 lower-case hexadecimal digits`},
		{`"toleratedAdvisories": ["INTEL-SA-00001"]`, `"toleratedAdvisories": "all"`, `"all" is neither "any" nor a list of strings`},
		{`"accept": []`, `"accept": ["any"]`, "make policy: tdx.accept: lists any, want some of [guests under debug"},
	} {
		_, err := appraise.ParsePolicy([]byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "parse policy: ") {
			t.Errorf("%s: error is %v, want %s", c.new, err, c.want)
		}
	}
}

// Forms that a file may have besides those of the examples.
func TestOtherFormsOfChoices(t *testing.T) {
	good := string(example(t, "every-choice.json"))
	for _, e := range []edit{
		{`"accept": []`, `"accept": ["guests under debug", "guests with key locker"]`}, {`"minPceSvn": 300`, `"minPceSvn": 0`}, {`"minPceSvn": 300`, `"minPceSvn": 4294967295`},
		{`[1, 2, 3, 4`, `[255, 0, 3, 4`}, {`"abi": "1.33"`, `"abi": "255.0"`}, {`"abi": "1.33"`, `"abi": "any"`}, {`"singleSocket": "set"`, `"singleSocket": "either"`},
		{`"toleratedAdvisories": ["INTEL-SA-00001"]`, `"toleratedAdvisories": []`}, {`"toleratedAdvisories": ["INTEL-SA-00001"]`, `"toleratedAdvisories": "any"`},
		{`"refusedAdvisories": ["INTEL-SA-00002"]`, `"refusedAdvisories": []`}, {`"refusedFamilies": ["0x060504030201"]`, `"refusedFamilies": []`}, {`"0x5"`, `"0x0"`}, {`"0x5"`, `"0xffffffffffffffff"`},
		{`"mrOwner": [`, `"mrOwner": ["zero", `}, {`"quoteVersions": [5]`, `"quoteVersions": [4, 5]`}, {`"fmc": 33`, `"fmc": 255`}, {`"vlekProviders": []`, `"vlekProviders": ["aws"]`},
	} {
		file := strings.Replace(good, e.old, e.new, 1)
		if _, err := appraise.ParsePolicy([]byte(file)); file == good || err != nil {
			t.Errorf("%s: %v", e.new, err)
		}
	}
}

// "zero" is a field of zeros and nothing else.
func TestZeroInAFile(t *testing.T) {
	good := string(example(t, "every-choice.json"))
	p := parsed(t, []byte(strings.Replace(good, `"mrOwner": [`, `"mrOwner": ["zero", `, 1)))
	f := goodTDX(t)
	expect(t, "the other", p.Appraise(claim(f), wanted(f)))
	f.TDX.Report.MROWNER = [48]byte{}
	expect(t, "zero", p.Appraise(claim(f), wanted(f)))
	f.TDX.Report.MROWNER = [48]byte{47: 1}
	expect(t, "neither", p.Appraise(claim(f), wanted(f)), appraise.TDXMROWNER)
}

// A policy file may be MaxPolicySize long and no longer.
func TestPolicyFilesAreBounded(t *testing.T) {
	good := example(t, "every-choice.json")
	padded := append(bytes.Repeat([]byte(" "), appraise.MaxPolicySize-len(good)), good...)
	parsed(t, padded)
	if _, err := appraise.ParsePolicy(append([]byte(" "), padded...)); err == nil {
		t.Error("a file beyond the bound is a policy")
	}
}

// Every choice that is left out of a file is named.
func TestAT04FileWithoutChoices(t *testing.T) {
	_, err := appraise.ParsePolicy([]byte(`{"version":1,"tdx":{},"snp":{"products":[{}]}}`))
	if err == nil {
		t.Fatal("there is a policy")
	}
	for _, name := range []string{"tdx.accept", "tdx.platforms", "tdx.refusedFamilies", "snp.guestPolicy.abi", "snp.platformInfo.tio", "snp.mitigations"} {
		if !strings.Contains(err.Error(), name+": is not chosen") {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	for _, name := range []string{"strict-tdx.json", "strict-snp.json", "tolerant.json", "every-choice.json"} {
		f.Add(example(f, name))
	}
	f.Add([]byte(`{"version":1,"tdx":{"accept":[],"platforms":"any","minPceSvn":1}}`))
	td, sev := claim(goodTDX(f)), claim(goodSNP(f, kds.Turin))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := appraise.ParsePolicy(data)
		if err != nil {
			if !reflect.DeepEqual(p, appraise.Policy{}) {
				t.Fatal("error and policy")
			}
			return
		}
		for _, c := range []claims.Claims{td, sev} {
			if len(p.Appraise(c, appraise.Expectation{})) == 0 {
				t.Fatal("nothing was expected, and that was met")
			}
			p.Appraise(c, appraise.Statement(c.Binding()).At(today))
		}
		var loose map[string]json.RawMessage
		if err := json.Unmarshal(data, &loose); err != nil || fmt.Sprintf("%s", loose["version"]) != "1" {
			t.Fatalf("policy of version %s, %v", loose["version"], err)
		}
	})
}

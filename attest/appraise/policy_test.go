// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/snp"
)

// eachChoice calls f with every choice in a group and its name in a policy file.
func eachChoice(name string, group reflect.Value, f func(name string, choice reflect.Value)) {
	for i := range group.NumField() {
		field, inner := group.Field(i), name+"."+group.Type().Field(i).Tag.Get("json")
		switch {
		case field.Kind() == reflect.Struct && field.Type().Field(0).IsExported():
			eachChoice(inner, field, f)
		case field.Type() == reflect.TypeFor[[]appraise.ProductRules]():
			f(inner, field)
			for j := range field.Len() {
				eachChoice(inner+"."+field.Index(j).FieldByName("Product").String(), field.Index(j), f)
			}
		default:
			f(inner, field)
		}
	}
}

// Every choice must be made: with any one at its zero there is no policy, and the
// error names that one and no other.
func TestAT04NoChoiceIsOptional(t *testing.T) {
	count := 0
	rules := bothRules()
	leaveOut := func(name string, choice reflect.Value) {
		count++
		kept := reflect.New(choice.Type()).Elem()
		kept.Set(choice)
		choice.SetZero()
		_, err := appraise.NewPolicy(rules)
		choice.Set(kept)
		if strings.HasSuffix(name, ".product") {
			name = strings.TrimSuffix(name[:strings.LastIndex(name, ".")], ".Genoa")
			name = strings.TrimSuffix(name, ".Turin")
		}
		switch {
		case err == nil:
			t.Errorf("%s may be left open", name)
		case !strings.Contains(err.Error(), "make policy: "+name) || !strings.Contains(err.Error(), "is not chosen"):
			t.Errorf("without %s: %v", name, err)
		case strings.Contains(err.Error(), "\n") && !strings.HasSuffix(name, "products"):
			t.Errorf("without %s alone: %v", name, err)
		}
	}
	eachChoice("tdx", reflect.ValueOf(rules.TDX).Elem(), leaveOut)
	eachChoice("snp", reflect.ValueOf(rules.SNP).Elem(), leaveOut)
	if count != 26+27+2*22 {
		t.Errorf("%d choices were left out", count)
	}
	newPolicy(t, rules)
}

func TestAT04NoRulesAtAll(t *testing.T) {
	if p, err := appraise.NewPolicy(appraise.Rules{}); err == nil || !reflect.DeepEqual(p, appraise.Policy{}) {
		t.Errorf("policy is %v, error %v", p, err)
	}
}

// Everything that was not chosen is named at once.
func TestEveryMissingChoiceIsNamed(t *testing.T) {
	_, err := appraise.NewPolicy(appraise.Rules{TDX: &appraise.TDXRules{}, SNP: &appraise.SNPRules{}})
	if err == nil || strings.Count(err.Error(), "is not chosen") != 26+27 {
		t.Errorf("error is %v", err)
	}
}

// badChoice is a choice that makes no sense, and what the error says.
type badChoice struct {
	name   string
	change func(*appraise.Rules)
	want   string
}

func badTDXChoices() []badChoice {
	tdx := func(name, want string, change func(*appraise.TDXRules)) badChoice {
		return badChoice{name, func(r *appraise.Rules) { change(r.TDX) }, want}
	}
	all := []badChoice{
		tdx("unknown exception", "tdx.accept", func(r *appraise.TDXRules) { r.Accept = []appraise.Exception{"everything"} }),
		tdx("exception for SNP", "tdx.accept", func(r *appraise.TDXRules) { r.Accept = []appraise.Exception{appraise.AcceptSMT} }),
		tdx("exception in another case", "tdx.accept", func(r *appraise.TDXRules) { r.Accept = []appraise.Exception{"Guests under debug"} }),
		tdx("exception twice", "tdx.accept", func(r *appraise.TDXRules) {
			r.Accept = []appraise.Exception{appraise.AcceptDebug, appraise.AcceptPKS, appraise.AcceptDebug}
		}),
		tdx("no quote version", "tdx.quoteVersions", func(r *appraise.TDXRules) { r.QuoteVersions = []uint16{} }),
		tdx("quote version 3", "tdx.quoteVersions", func(r *appraise.TDXRules) { r.QuoteVersions = []uint16{4, 3} }),
		tdx("quote version 6", "tdx.quoteVersions", func(r *appraise.TDXRules) { r.QuoteVersions = []uint16{6} }),
		tdx("quote version twice", "tdx.quoteVersions", func(r *appraise.TDXRules) { r.QuoteVersions = []uint16{4, 5, 4} }),
		tdx("no SSE", "tdx.xfam", func(r *appraise.TDXRules) { r.XFAM = appraise.Bits(0x602e5) }),
		tdx("no x87", "tdx.xfam", func(r *appraise.TDXRules) { r.XFAM = appraise.Bits(0x602e6) }),
		tdx("no feature", "tdx.xfam", func(r *appraise.TDXRules) { r.XFAM = appraise.Bits(0) }),
		tdx("feature 3", "tdx.xfam", func(r *appraise.TDXRules) { r.XFAM = appraise.Bits(0xb) }),
		tdx("feature 63", "tdx.xfam", func(r *appraise.TDXRules) { r.XFAM = appraise.Bits(1<<63 | 3) }),
		tdx("any service TD", "tdx.mrServiceTd", func(r *appraise.TDXRules) { r.MRSERVICETD = appraise.Any() }),
		tdx("zero platform", "tdx.platforms", func(r *appraise.TDXRules) { r.Platforms = appraise.Zero() }),
		tdx("long platform", "tdx.platforms", func(r *appraise.TDXRules) { r.Platforms = listed(1, 17) }),
		tdx("short platform", "tdx.platforms", func(r *appraise.TDXRules) { r.Platforms = listed(1, 15) }),
		tdx("family twice", "tdx.refusedFamilies", func(r *appraise.TDXRules) { r.RefusedFamilies = []appraise.Family{{1}, {1}} }),
		tdx("zero family", "tdx.refusedFamilies", func(r *appraise.TDXRules) { r.RefusedFamilies = []appraise.Family{{1}, {}} }),
		tdx("grace of 367 days", "tdx.graceDays", func(r *appraise.TDXRules) { r.GraceDays = appraise.AtLeast(367) }),
		tdx("evaluation number 0", "tdx.minTcbEvaluation", func(r *appraise.TDXRules) { r.Evaluation = appraise.AtLeast(0) }),
		tdx("advisory twice", "tdx.toleratedAdvisories", func(r *appraise.TDXRules) {
			r.ToleratedAdvisories = appraise.NoneBut("INTEL-SA-00003", "INTEL-SA-00003")
		}),
		tdx("advisory without name", "tdx.toleratedAdvisories", func(r *appraise.TDXRules) { r.ToleratedAdvisories = appraise.NoneBut("") }),
		tdx("refused advisory twice", "tdx.refusedAdvisories", func(r *appraise.TDXRules) { r.RefusedAdvisories = []string{"INTEL-DOC-00003", "INTEL-DOC-00003"} }),
		tdx("long advisory", "tdx.refusedAdvisories", func(r *appraise.TDXRules) { r.RefusedAdvisories = []string{strings.Repeat("a", 257)} }),
		tdx("advisory tolerated and refused", "tdx.refusedAdvisories", func(r *appraise.TDXRules) { r.ToleratedAdvisories = appraise.NoneBut("INTEL-SA-00002") }),
	}
	for name, field := range map[string]func(*appraise.TDXRules) *appraise.Values{
		"mrServiceTd": func(r *appraise.TDXRules) *appraise.Values { return &r.MRSERVICETD },
		"mrConfigId":  func(r *appraise.TDXRules) *appraise.Values { return &r.MRCONFIGID },
		"mrOwner":     func(r *appraise.TDXRules) *appraise.Values { return &r.MROWNER }, "mrOwnerConfig": func(r *appraise.TDXRules) *appraise.Values { return &r.MROWNERCONFIG },
		"rtmr3": func(r *appraise.TDXRules) *appraise.Values { return &r.RTMR3 }, "mrSeam": func(r *appraise.TDXRules) *appraise.Values { return &r.MRSEAM },
	} {
		for _, size := range []int{1, 47, 49} {
			all = append(all, tdx(name+" of another size", "tdx."+name, func(r *appraise.TDXRules) {
				*field(r) = appraise.OneOf(make([]byte, 48), make([]byte, size))
			}))
		}
	}
	for _, part := range []string{"platformTcb", "moduleTcb", "qeTcb"} {
		for _, statuses := range [][]collateral.Status{{}, {0}, {collateral.Revoked}, {collateral.UpToDate, collateral.Revoked}, {8}, {255}, {collateral.OutOfDate, collateral.OutOfDate}} {
			all = append(all, tdx(part, "tdx."+part, func(r *appraise.TDXRules) {
				*map[string]*[]collateral.Status{"platformTcb": &r.PlatformTCB, "moduleTcb": &r.ModuleTCB, "qeTcb": &r.QETCB}[part] = statuses
			}))
		}
	}
	return all
}

func badSNPChoices() []badChoice {
	snp := func(name, want string, change func(*appraise.SNPRules)) badChoice {
		return badChoice{name, func(r *appraise.Rules) { change(r.SNP) }, want}
	}
	all := []badChoice{
		snp("unknown exception", "snp.accept", func(r *appraise.SNPRules) { r.Accept = []appraise.Exception{"everything"} }),
		snp("exception for TDX", "snp.accept", func(r *appraise.SNPRules) { r.Accept = []appraise.Exception{appraise.AcceptPKS} }),
		snp("exception twice", "snp.accept", func(r *appraise.SNPRules) { r.Accept = []appraise.Exception{appraise.AcceptSMT, appraise.AcceptSMT} }),
		snp("no report version", "snp.reportVersions", func(r *appraise.SNPRules) { r.ReportVersions = []uint32{} }),
		snp("report version 1", "snp.reportVersions", func(r *appraise.SNPRules) { r.ReportVersions = []uint32{1, 2} }),
		snp("report version 6", "snp.reportVersions", func(r *appraise.SNPRules) { r.ReportVersions = []uint32{6} }),
		snp("no product", "snp.products", func(r *appraise.SNPRules) { r.Products = []appraise.ProductRules{} }),
		snp("product twice", "snp.products", func(r *appraise.SNPRules) { r.Products = append(r.Products, productRules(kds.Genoa)) }),
		snp("unknown product", "snp.products", func(r *appraise.SNPRules) { r.Products = append(r.Products, productRules("Venice")) }),
		snp("AT-08 Milan unsaid", "snp.products", func(r *appraise.SNPRules) { r.Products = append(r.Products, productRules(kds.Milan)) }),
		snp("Milan said and not listed", "snp.products", func(r *appraise.SNPRules) { r.Accept = []appraise.Exception{appraise.AcceptMilan} }),
		snp("FMC of a Genoa", "snp.products.Genoa.minLaunchTcb.fmc", func(r *appraise.SNPRules) { r.Products[0].Launch.FMC = appraise.AtLeast(1) }),
		snp("any ID key", "snp.idKeys", func(r *appraise.SNPRules) { r.IDKeys = appraise.Any() }),
		snp("any author key", "snp.authorKeys", func(r *appraise.SNPRules) { r.AuthorKeys = appraise.Any() }),
		snp("zero chip", "snp.chips", func(r *appraise.SNPRules) { r.Chips = appraise.Zero() }),
		snp("chip of 63 bytes", "snp.chips", func(r *appraise.SNPRules) { r.Chips = listed(1, 63) }),
		snp("chip of 9 bytes", "snp.chips", func(r *appraise.SNPRules) { r.Chips = listed(1, 9) }),
		snp("provider twice", "snp.vlekProviders", func(r *appraise.SNPRules) { r.VLEKProviders = []string{"a", "a"} }),
		snp("provider without name", "snp.vlekProviders", func(r *appraise.SNPRules) { r.VLEKProviders = []string{""} }),
		snp("long provider", "snp.vlekProviders", func(r *appraise.SNPRules) { r.VLEKProviders = []string{strings.Repeat("a", 257)} }),
	}
	for name, field := range map[string]func(*appraise.SNPRules) *appraise.Values{
		"hostData": func(r *appraise.SNPRules) *appraise.Values { return &r.HostData }, "familyId": func(r *appraise.SNPRules) *appraise.Values { return &r.FamilyID },
		"imageId": func(r *appraise.SNPRules) *appraise.Values { return &r.ImageID }, "idKeys": func(r *appraise.SNPRules) *appraise.Values { return &r.IDKeys },
		"authorKeys": func(r *appraise.SNPRules) *appraise.Values { return &r.AuthorKeys },
	} {
		for _, size := range []int{1, 15, 17, 31, 33, 47, 49} {
			all = append(all, snp(name+" of another size", "snp."+name, func(r *appraise.SNPRules) { *field(r) = listed(1, size) }))
		}
	}
	return append(all, badFloors()...)
}

// badFloors are floors that no version can reach.
func badFloors() []badChoice {
	var all []badChoice
	for i, name := range []string{"fmc", "bootloader", "tee", "snp", "microcode"} {
		for j, wordName := range []string{"minReportedTcb", "minCommittedTcb", "minCurrentTcb", "minLaunchTcb"} {
			all = append(all, badChoice{wordName + " " + name, func(r *appraise.Rules) {
				p := &r.SNP.Products[1]
				floor := []*appraise.TCBFloor{&p.Reported, &p.Committed, &p.Current, &p.Launch}[j]
				*[]*appraise.Floor{&floor.FMC, &floor.Bootloader, &floor.TEE, &floor.SNP, &floor.Microcode}[i] = appraise.AtLeast(256)
			}, "snp.products.Turin." + wordName + "." + name})
		}
	}
	return all
}

func TestChoicesThatMakeNoSense(t *testing.T) {
	for _, c := range append(badTDXChoices(), badSNPChoices()...) {
		rules := bothRules()
		c.change(&rules)
		p, err := appraise.NewPolicy(rules)
		if err == nil || !strings.HasPrefix(err.Error(), "make policy: "+c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error is %v, want one about %s", c.name, err, c.want)
		}
		if !reflect.DeepEqual(p, appraise.Policy{}) {
			t.Errorf("%s: there is a policy", c.name)
		}
	}
}

// Choices at their bounds are good.
func TestChoicesAtTheirBounds(t *testing.T) {
	for name, change := range map[string]func(*appraise.Rules){
		"grace of 366 days":     func(r *appraise.Rules) { r.TDX.GraceDays = appraise.AtLeast(366) },
		"evaluation number 1":   func(r *appraise.Rules) { r.TDX.Evaluation = appraise.AtLeast(1) },
		"evaluation number max": func(r *appraise.Rules) { r.TDX.Evaluation = appraise.AtLeast(math.MaxUint32) },
		"x87 and SSE":           func(r *appraise.Rules) { r.TDX.XFAM = appraise.Bits(3) },
		"every feature":         func(r *appraise.Rules) { r.TDX.XFAM = appraise.Bits(0x6dbe7) },
		"both quote versions":   func(r *appraise.Rules) { r.TDX.QuoteVersions = []uint16{5, 4} },
		"all report versions":   func(r *appraise.Rules) { r.SNP.ReportVersions = []uint32{5, 4, 3, 2} },
		"name of 256 bytes":     func(r *appraise.Rules) { r.SNP.VLEKProviders = []string{strings.Repeat("a", 256), "a"} },
		"floor of 255":          func(r *appraise.Rules) { r.SNP.Products[1].Reported.FMC = appraise.AtLeast(255) },
		"floor of 0":            func(r *appraise.Rules) { r.SNP.Products[0].Reported.SNP = appraise.AtLeast(0) },
		"one product":           func(r *appraise.Rules) { r.SNP.Products = r.SNP.Products[:1] },
		"any where it may be": func(r *appraise.Rules) {
			a := appraise.Any()
			r.TDX.MRCONFIGID, r.TDX.MROWNER, r.TDX.MROWNERCONFIG, r.TDX.RTMR3, r.TDX.MRSEAM, r.TDX.Platforms = a, a, a, a, a, a
			r.SNP.HostData, r.SNP.FamilyID, r.SNP.ImageID, r.SNP.Chips = a, a, a, a
			r.TDX.ToleratedAdvisories, r.SNP.GuestPolicy.ABI = appraise.AnyName(), appraise.AnyABI()
		},
		"all exceptions": func(r *appraise.Rules) {
			r.TDX.Accept, r.SNP.Accept = appraise.Exceptions(attest.TDX), appraise.Exceptions(attest.SNP)
			r.SNP.Products = append(r.SNP.Products, productRules(kds.Milan))
		},
	} {
		rules := bothRules()
		change(&rules)
		if _, err := appraise.NewPolicy(rules); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Where any value may be, every value may, and no other check is lifted by that.
func TestAnyMeansAny(t *testing.T) {
	rules := bothRules()
	a := appraise.Any()
	rules.TDX.MRCONFIGID, rules.TDX.MROWNER, rules.TDX.MROWNERCONFIG, rules.TDX.RTMR3, rules.TDX.MRSEAM, rules.TDX.Platforms = a, a, a, a, a, a
	rules.SNP.HostData, rules.SNP.FamilyID, rules.SNP.ImageID, rules.SNP.Chips, rules.SNP.GuestPolicy.ABI = a, a, a, a, appraise.AnyABI()
	p := newPolicy(t, rules)
	td := goodTDX(t)
	for _, r := range tdxRegisters()[4:10] {
		if r.code != appraise.TDXMRSERVICETD {
			*r.of(&td.TDX.Report) = register(0x77)
		}
	}
	td.TDX.Platform.PPID = [16]byte{}
	expect(t, "TDX", p.Appraise(claim(td), wanted(td)))
	sev := goodSNP(t, kds.Genoa)
	r := &sev.SNP.Report
	r.HostData, r.FamilyID, r.ImageID, sev.SNP.Chip.HWID, r.Policy = [32]byte{7}, [16]byte{7}, [16]byte{}, nil, r.Policy&^0xffff|snp.Policy(0x77)
	expect(t, "SNP", p.Appraise(claim(sev), wanted(sev)))
}

// What is changed in rules later does not change the policy that was made.
func TestPolicyKeepsItsOwnRules(t *testing.T) {
	rules := bothRules()
	mrOwner := []byte(strings.Repeat("\x13", 48))
	rules.TDX.MROWNER = appraise.OneOf(mrOwner)
	names := []string{"INTEL-SA-00001"}
	rules.TDX.ToleratedAdvisories = appraise.NoneBut(names...)
	rules.TDX.Accept, rules.SNP.Accept = []appraise.Exception{appraise.AcceptPKS}, []appraise.Exception{appraise.AcceptSMT}
	rules.SNP.VLEKProviders = []string{"one"}
	p := newPolicy(t, rules)
	mrOwner[0], names[0] = 0, ""
	rules.TDX.Accept[0], rules.SNP.Accept[0] = appraise.AcceptDebug, appraise.AcceptDebug
	rules.TDX.QuoteVersions[0], rules.SNP.ReportVersions[0] = 4, 4
	rules.TDX.PlatformTCB[0], rules.TDX.ModuleTCB[0], rules.TDX.QETCB[0] = 5, 5, 5
	rules.TDX.RefusedAdvisories[0], rules.TDX.RefusedFamilies[0] = "INTEL-SA-00001", appraise.Family{1, 2, 3, 4, 5, 6}
	rules.SNP.Products[0].Product, rules.SNP.VLEKProviders[0] = kds.Turin, "two"
	*rules.TDX, *rules.SNP = appraise.TDXRules{}, appraise.SNPRules{}

	td, sev := goodTDX(t), goodSNP(t, kds.Genoa)
	td.TDX.Report.TDAttributes[3] |= 0x40 // PKS
	sev.SNP.Report.Policy |= snp.PolicySMT
	sev.SNP.Chip.Signer, sev.SNP.Chip.CSPID = kds.VLEK, "one"
	expect(t, "TDX", p.Appraise(claim(td), wanted(td)))
	expect(t, "SNP", p.Appraise(claim(sev), wanted(sev)))
}

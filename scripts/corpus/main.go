// SPDX-License-Identifier: Apache-2.0

// Command corpus makes the negative corpus of package attest/corpus anew: one
// evidence for every flaw that the simulator knows, under new keys. What a case
// expects is kept: evidence that is refused for another reason than before is an
// error, unless -expect-anew is given, and then the difference is to be read.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/corpus"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
)

// noon is the time at which all of the corpus is made and judged.
func noon() time.Time { return time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC) }

// genuine stands in place of a threat where nothing is wrong.
const genuine = "none"

// Names of the files that cases share.
const (
	policyFile   = "policy.json"
	widePolicy   = "policy-every-product.json"
	tdxReference = "reference/tdx.json"
	snpReference = "reference/snp.json"
	tdxRoots     = "roots/intel.pem"
)

func main() {
	dir := flag.String("o", "attest/corpus/testdata", "where the corpus is")
	anew := flag.Bool("expect-anew", false, "expect what is found")
	flag.Parse()
	if err := run(*dir, *anew); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func run(dir string, anew bool) error {
	before, err := expectations(dir)
	if err != nil {
		return err
	}
	w := &writer{dir: dir}
	keys, err := os.MkdirTemp("", "corpus-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(keys)
	for _, name := range []string{"tdx", "snp", "collateral", "roots", "reference"} {
		if err := errors.Join(os.RemoveAll(filepath.Join(dir, name)), os.MkdirAll(filepath.Join(dir, name), 0o755)); err != nil {
			return err
		}
	}
	wide, err := everyProduct()
	if err := errors.Join(err, w.write(policyFile, policy()), w.write(widePolicy, wide)); err != nil {
		return err
	}
	if err := w.tdx(keys); err != nil {
		return err
	}
	if err := w.snp(keys); err != nil {
		return err
	}
	return w.judge(before, anew)
}

// policy is that of development networks, for the one simulated TDX platform.
func policy() []byte {
	const platform = "escrin simulated"
	return []byte(strings.Replace(string(simulator.Policy()), `"platforms": "any"`, fmt.Sprintf(`"platforms": ["%#x"]`, platform), 1))
}

// everyProduct is the same policy, for every product and the simulated provider.
func everyProduct() ([]byte, error) {
	var p map[string]any
	if err := json.Unmarshal(policy(), &p); err != nil {
		return nil, err
	}
	rules, ok := p["snp"].(map[string]any)
	if !ok {
		return nil, errors.New("the simulator's policy has no rules for SNP")
	}
	products, ok := rules["products"].([]any)
	if !ok || len(products) != 1 {
		return nil, errors.New("the simulator's policy is not for one product")
	}
	var all []any
	for _, name := range kds.Products() {
		one := maps.Clone(products[0].(map[string]any))
		one["product"] = name
		for _, floor := range []string{"minReportedTcb", "minCommittedTcb", "minCurrentTcb", "minLaunchTcb"} {
			one[floor] = floors(name)
		}
		all = append(all, one)
	}
	rules["products"], rules["vlekProviders"] = all, []string{simulator.CloudProvider}
	rules["accept"] = []string{string(appraise.AcceptMilan)}
	return json.MarshalIndent(p, "", "  ")
}

// floors are the versions that the simulated machines have.
func floors(p kds.Product) map[string]int {
	switch p {
	case kds.Milan:
		return map[string]int{"fmc": 0, "bootloader": 4, "tee": 1, "snp": 24, "microcode": 219}
	case kds.Genoa:
		return map[string]int{"fmc": 0, "bootloader": 10, "tee": 1, "snp": 23, "microcode": 84}
	}
	return map[string]int{"fmc": 1, "bootloader": 2, "tee": 1, "snp": 4, "microcode": 75}
}

// expectations returns what the cases that are there expect, by name.
func expectations(dir string) (map[string]string, error) {
	before := map[string]string{}
	cases, err := corpus.Read(os.DirFS(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return before, nil
	}
	for _, c := range cases {
		before[c.Name] = c.Expect
	}
	return before, err
}

type writer struct {
	dir   string
	cases []corpus.Case
}

func (w *writer) write(name string, data []byte) error {
	return os.WriteFile(filepath.Join(w.dir, name), data, 0o644)
}

// add keeps a case, and its collateral under the digest of its bytes.
func (w *writer) add(c corpus.Case, bundle []byte) error {
	digest := sha256.Sum256(bundle)
	c.Name = c.TEE.String() + "-" + c.Name
	c.Time = noon()
	c.Collateral = path.Join("collateral", hex.EncodeToString(digest[:8]))
	w.cases = append(w.cases, c)
	return w.write(c.Collateral, corpus.EncodeBase64(bundle))
}

func (w *writer) writeReference(name string, m attest.Measurement) error {
	text, err := json.MarshalIndent([]attest.Measurement{m}, "", "  ")
	if err != nil {
		return err
	}
	return w.write(name, append(text, '\n'))
}

func (w *writer) tdx(keys string) error {
	platform, err := simulator.OpenAt(filepath.Join(keys, "tdx"), noon)
	if err != nil {
		return err
	}
	registers := attest.Registers{MRTD: attest.Register{1}, RTMR0: attest.Register{2}, RTMR1: attest.Register{3}, RTMR2: attest.Register{4}}
	err = errors.Join(w.write(tdxRoots, platform.RootPEM()),
		w.writeReference(tdxReference, attest.Measurement{TEE: attest.TDX, Registers: registers}))
	if err != nil {
		return err
	}
	v4, v5 := platform.Start(registers), platform.Quoting(tdx.Version5, tdx.TDX15).Start(registers)
	flaws := append([]simulator.TDXFlaw{
		{Name: "genuine-v4", Says: "Nothing is wrong.", Threat: genuine},
		{Name: "genuine-v5", Says: "Nothing is wrong.", Threat: genuine, V5: true},
	}, simulator.TDXFlaws()...)
	for _, f := range flaws {
		td := v4
		if f.V5 {
			td = v5
		}
		c := corpus.Case{Name: f.Name, Says: f.Says, Threat: f.Threat, TEE: attest.TDX, Roots: tdxRoots, Policy: policyFile, Reference: tdxReference, ReportData: reportData()}
		var bundle []byte
		if c.Signed, bundle, err = td.QuoteWith(c.ReportData, f.Flaws); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if err := w.add(c, bundle); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) snp(keys string) error {
	digest := attest.Register{5}
	if err := w.writeReference(snpReference, attest.Measurement{TEE: attest.SNP, LaunchDigest: digest}); err != nil {
		return err
	}
	platforms := map[kds.Product]*simulator.SNPPlatform{}
	flaws := []simulator.SNPFlaw{{Name: "genuine-v5", Says: "Nothing is wrong.", Threat: genuine}}
	for _, version := range []uint32{3, 4} {
		name := fmt.Sprintf("genuine-v%d", version)
		flaws = append(flaws, simulator.SNPFlaw{Name: name, Says: "Nothing is wrong.", Threat: genuine, On: simulator.SNPMachineKind{Version: version}})
	}
	for _, product := range kds.Products() {
		for _, vlek := range []bool{false, true} {
			flaws = append(flaws, genuineOn(simulator.SNPMachineKind{Product: product, VLEK: vlek}))
		}
	}
	for _, f := range append(flaws, simulator.SNPFlawList()...) {
		product := f.On.Product
		if product == "" {
			product = kds.Genoa
		}
		roots := path.Join("roots", strings.ToLower(string(product))+".pem")
		if platforms[product] == nil {
			p, err := simulator.OpenSNPAt(filepath.Join(keys, string(product)), product, noon)
			if err != nil {
				return err
			}
			if err := w.write(roots, p.RootPEM()); err != nil {
				return err
			}
			platforms[product] = p
		}
		on, ok, err := f.On.Of(platforms[product])
		if err != nil || !ok {
			return fmt.Errorf("%s: no such machine: %w", f.Name, err)
		}
		c := corpus.Case{Name: f.Name, Says: f.Says, Threat: f.Threat, TEE: attest.SNP, Roots: roots, Policy: policyOf(f), Reference: snpReference, ReportData: reportData()}
		var bundle []byte
		if c.Signed, bundle, err = on.Start(digest).ReportWith(c.ReportData, f.Flaws); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if err := w.add(c, bundle); err != nil {
			return err
		}
	}
	return nil
}

// genuineOn is no flaw, on a machine.
func genuineOn(k simulator.SNPMachineKind) simulator.SNPFlaw {
	name := "genuine-" + strings.ToLower(string(k.Product))
	if k.VLEK {
		name += "-vlek"
	}
	return simulator.SNPFlaw{Name: name, Says: "Nothing is wrong.", Threat: genuine, On: k}
}

// policyOf is the policy that accepts the machine, unless the machine is what is
// wrong.
func policyOf(f simulator.SNPFlaw) string {
	k := f.On
	if machine := f.Threat != genuine && reflect.ValueOf(f.Flaws).IsZero(); machine {
		return policyFile
	}
	if k.VLEK || k.Product != "" && k.Product != kds.Genoa {
		return widePolicy
	}
	return policyFile
}

// reportData is 32 bytes, and then zeros, as escrin's is.
func reportData() (data [64]byte) {
	copy(data[:], "report data of the corpus, v. 1.")
	return data
}

// judge finds out what is expected of each case, and writes it.
func (w *writer) judge(before map[string]string, anew bool) error {
	judge := corpus.NewJudge(os.DirFS(w.dir))
	names := map[string]bool{}
	for _, c := range w.cases {
		found, err := judge.Judge(c)
		if err != nil {
			return err
		}
		if expect, ok := before[c.Name]; ok && expect != found && !anew {
			return fmt.Errorf("%s: is %q, and %q was expected", c.Name, found, expect)
		}
		if names[c.Name] {
			return fmt.Errorf("two cases are called %s", c.Name)
		}
		names[c.Name], c.Expect = true, found
		if err := w.write(path.Join(c.TEE.String(), c.Name+corpus.Extension), c.Format()); err != nil {
			return err
		}
	}
	fmt.Printf("%d cases\n", len(w.cases))
	return nil
}

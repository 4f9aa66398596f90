// SPDX-License-Identifier: Apache-2.0

package describe_test

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/describe"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
)

// genuine is evidence of both vendors, made once: RSA keys take seconds.
var genuine = sync.OnceValues(makeEvidence)

func evidence(t testing.TB) map[string]attest.Evidence {
	t.Helper()
	all, err := genuine()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// makeEvidence makes evidence in every version of quotes, and of every product.
func makeEvidence() (map[string]attest.Evidence, error) {
	dir, err := os.MkdirTemp("", "describe")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	platform, err := simulator.Open(dir)
	if err != nil {
		return nil, err
	}
	makers := map[string]func([64]byte) ([]byte, []byte, error){
		"TDX 4": platform.Start(attest.Registers{}).Quote,
		"TDX 5": platform.Quoting(tdx.Version5, tdx.TDX15).Start(attest.Registers{}).Quote,
	}
	for _, product := range kds.Products() {
		machine, err := simulator.OpenSNP(dir, product)
		if err != nil {
			return nil, err
		}
		makers["SNP "+string(product)] = machine.Start(attest.Register{}).Report
	}
	all := map[string]attest.Evidence{}
	for name, sign := range makers {
		e := attest.Evidence{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 2, MemoryMiB: 2048}}
		if strings.HasPrefix(name, "SNP") {
			e.TEE = attest.SNP
		}
		e.ChannelKey = bytes.Repeat([]byte{7}, attest.ChannelKeySize)
		e.Binding = attest.Binding{ChainID: 31337, ChannelKeyHash: attest.HashChannelKey(e.ChannelKey), Duration: 60}
		if e.Signed, e.Collateral, err = sign(e.Binding.ReportData()); err != nil {
			return nil, err
		}
		all[name] = e
	}
	return all, nil
}

func field(d describe.Description, section, name string) (describe.Field, bool) {
	for _, s := range d {
		if at := slices.IndexFunc(s.Fields, func(f describe.Field) bool { return f.Name == name }); s.Name == section && at >= 0 {
			return s.Fields[at], true
		}
	}
	return describe.Field{}, false
}

// Names are unique, stable in form, and all of it can be read.
func TestDescribesGenuineEvidence(t *testing.T) {
	name := regexp.MustCompile(`^[a-zA-Z0-9_.]+$`)
	for what, e := range evidence(t) {
		d := describe.Envelope(e)
		if problems := d.Problems(); len(problems) > 0 {
			t.Errorf("%s: %q", what, problems)
		}
		seen := map[string]bool{}
		for _, s := range d {
			for _, f := range s.Fields {
				path := s.Name + "." + f.Name
				if seen[path] || !name.MatchString(path) {
					t.Errorf("%s: %s stands there twice, or is malformed", what, path)
				}
				seen[path] = true
				if strings.HasPrefix(f.Value, "unknown") || strings.Contains(f.Name, "unknown") {
					t.Errorf("%s: %s is %s: %s", what, path, f.Value, f.Meaning)
				}
			}
		}
		if len(seen) < 60 {
			t.Errorf("%s: only %d fields", what, len(seen))
		}
	}
}

// Each bit has its own name and meaning, and those that have none are seen too.
func TestMB08NamesEveryBit(t *testing.T) {
	all := evidence(t)
	for bit := range 64 {
		q, err := tdx.ParseQuote(all["TDX 4"].Signed)
		if err != nil {
			t.Fatal(err)
		}
		q.Report.TDAttributes = [8]byte{}
		q.Report.TDAttributes[bit/8] = 1 << (bit % 8)
		q.Report.XFAM = q.Report.TDAttributes
		d := describe.Signed(attest.TDX, q.Marshal(), nil)
		for _, word := range []string{"tdAttributes", "xfam"} {
			wantOneBit(t, d, "tdx.report", word, bit)
		}
		r, err := snp.Parse(all["SNP Genoa"].Signed)
		if err != nil {
			t.Fatal(err)
		}
		r.Policy, r.PlatformInfo = 1<<bit, 1<<bit
		d = describe.Signed(attest.SNP, r.Marshal(), nil)
		wantOneBit(t, d, "snp.report", "policy", bit)
		wantOneBit(t, d, "snp.platform", "platformInfo", bit)
	}
}

// wantOneBit checks that a word with one set bit shows as one set part, or as one
// that is unknown.
func wantOneBit(t *testing.T, d describe.Description, section, word string, bit int) {
	t.Helper()
	set := 0
	for _, s := range d {
		for _, f := range s.Fields {
			if s.Name == section && strings.HasPrefix(f.Name, word+".") && f.Value != "clear" && f.Value != "0.0" {
				set++
			}
		}
	}
	if set != 1 {
		t.Errorf("%s: bit %d shows as %d set parts", word, bit, set)
	}
}

// What is cut short or changed is described as far as it goes, without a panic.
func TestAT09DescribesWhatCannotBeRead(t *testing.T) {
	for what, e := range evidence(t) {
		for _, damage := range []func(*attest.Evidence){
			func(e *attest.Evidence) { e.Signed = e.Signed[:len(e.Signed)-1] },
			func(e *attest.Evidence) { e.Signed = nil },
			func(e *attest.Evidence) { e.Collateral = e.Collateral[:len(e.Collateral)/2] },
			func(e *attest.Evidence) { e.TEE = 3 - e.TEE },
			func(e *attest.Evidence) { e.TEE = 9 },
		} {
			damaged := e
			damage(&damaged)
			if d := describe.Envelope(damaged); len(d.Problems()) == 0 {
				t.Errorf("%s: nothing is wrong with %v", what, d)
			}
		}
		if d := describe.Signed(e.TEE, e.Signed, nil); len(d.Problems()) != 0 {
			t.Errorf("%s: no collateral is a problem: %q", what, d.Problems())
		}
	}
}

// The binding and the Merkle path are compared with what stands beside them.
func TestSaysWhatContradictsItself(t *testing.T) {
	e := evidence(t)["TDX 4"]
	for _, c := range []struct {
		name, section, field string
		change               func(*attest.Evidence)
	}{
		{"channel key", "binding", "channelKeyHash", func(e *attest.Evidence) { e.Binding.ChannelKeyHash[0]++ }},
		{"report data", "binding", "digest", func(e *attest.Evidence) { e.Binding.Duration++ }},
	} {
		before, _ := field(describe.Envelope(e), c.section, c.field)
		changed := e
		c.change(&changed)
		after, ok := field(describe.Envelope(changed), c.section, c.field)
		if !ok || strings.Contains(before.Meaning, "NOT") || !strings.Contains(after.Meaning, "NOT") {
			t.Errorf("%s: %q, then %q", c.name, before.Meaning, after.Meaning)
		}
	}
}

// What the collateral is worth to the quote is said, and that is the status.
func TestSaysWhichLevelsMatch(t *testing.T) {
	d := describe.Envelope(evidence(t)["TDX 4"])
	for _, name := range []string{"platform", "module"} {
		if f, _ := field(d, "collateral.tcbInfo", name); f.Value != collateral.UpToDate.String() {
			t.Errorf("%s is %+v", name, f)
		}
	}
	if f, _ := field(d, "collateral.qeIdentity", "qe"); f.Value != collateral.UpToDate.String() {
		t.Errorf("quoting enclave is %+v", f)
	}
}

// The log of a guest on hardware is shown event by event; it does not replay to
// the registers of another guest, and what is no log is a problem.
func TestMB24EventLog(t *testing.T) {
	e := evidence(t)["TDX 4"]
	var err error
	if e.EventLog, err = os.ReadFile("../eventlog/testdata/cos-113/ccel_data.dat"); err != nil {
		t.Fatal(err)
	}
	hardware, err := os.ReadFile("../tdx/testdata/cos-113-tdx-quote.dat")
	if err != nil {
		t.Fatal(err)
	}
	d := describe.Envelope(e)
	if f, _ := field(d, "eventLog", "findings"); f.Value == "0" || len(d.Problems()) > 0 {
		t.Errorf("the log of another guest has %s findings, %q", f.Value, d.Problems())
	}
	e.Signed = hardware
	if f, _ := field(describe.Envelope(e), "eventLog", "findings"); f.Value != "0" {
		t.Errorf("the guest's own log has %s findings", f.Value)
	}
	if f, _ := field(describe.Envelope(e), "eventLog", "event.0"); !strings.Contains(f.Meaning, "RTMR") {
		t.Errorf("first event: %+v", f)
	}
	e.EventLog = []byte("no log\x1b[2J")
	if len(describe.Envelope(e).Problems()) == 0 {
		t.Error("garbage is a log")
	}
}

func TestRecognise(t *testing.T) {
	for what, e := range evidence(t) {
		if got := describe.Recognise(e.Signed); got != e.TEE {
			t.Errorf("%s: recognised as %v", what, got)
		}
		if got := describe.Recognise(e.Collateral); got != 0 {
			t.Errorf("%s: its collateral is recognised as %v", what, got)
		}
	}
	hardware, err := os.ReadFile("../tdx/testdata/cos-113-tdx-quote.dat")
	if err != nil {
		t.Fatal(err)
	}
	if got := describe.Recognise(hardware); got != attest.TDX {
		t.Errorf("a quote of hardware is recognised as %v", got)
	}
}

// What is of another version, cut short or too long is recognised as what it is
// meant to be: it is the verifier that says what is wrong.
func TestRecogniseWhatIsFlawed(t *testing.T) {
	all := evidence(t)
	set := func(raw []byte, at int, value byte) []byte {
		raw = bytes.Clone(raw)
		raw[at] = value
		return raw
	}
	quote, report := all["TDX 4"].Signed, all["SNP Genoa"].Signed
	for name, c := range map[string]struct {
		raw  []byte
		want attest.TEE
	}{
		"quote of version 3":       {set(quote, 0, 3), attest.TDX},
		"quote of version 6":       {set(quote, 0, 6), attest.TDX},
		"key type 3":               {set(quote, 2, 3), attest.TDX},
		"TEE type 0":               {set(quote, 4, 0), attest.TDX},
		"head of a quote alone":    {quote[:tdx.HeaderSize], attest.TDX},
		"quote cut in its head":    {quote[:20], attest.TDX},
		"report of version 6":      {set(report, 0, 6), attest.SNP},
		"report of version 1":      {set(report, 0, 1), attest.SNP},
		"report with another key":  {set(report, 52, 2), attest.SNP},
		"guest of version 0x81":    {set(report, 4, 0x81), attest.SNP},
		"report without its end":   {report[:len(report)-1], attest.SNP},
		"report with a byte more":  {append(bytes.Clone(report), 0), attest.SNP},
		"report padded to a page":  {append(bytes.Clone(report), make([]byte, 4096-len(report))...), attest.SNP},
		"quote padded":             {append(bytes.Clone(quote), make([]byte, 100)...), attest.TDX},
		"no byte":                  {nil, 0},
		"zeros":                    {make([]byte, snp.ReportSize), 0},
		"three bytes":              {quote[:3], 0},
		"a PEM file":               {[]byte("-----BEGIN CERTIFICATE-----\n"), 0},
		"a report of version 1000": {set(report, 1, 4), 0},
	} {
		if got := describe.Recognise(c.raw); got != c.want {
			t.Errorf("%s: recognised as %v, want %v", name, got, c.want)
		}
	}
}

func FuzzDescribe(f *testing.F) {
	platform, err := simulator.Open(f.TempDir()) // of AMD's nothing: each worker would make RSA keys
	if err != nil {
		f.Fatal(err)
	}
	signed, bundle, err := platform.Start(attest.Registers{}).Quote([64]byte{1})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(attest.TDX), signed, bundle)
	f.Add(uint8(attest.SNP), snp.Report{Version: 5, SignatureAlgorithm: snp.ECDSAP384}.Marshal(), []byte("escrin.collateral.snp\x01"))
	f.Fuzz(func(t *testing.T, tee uint8, signed, bundle []byte) {
		// Must not panic, whatever it is given.
		describe.Signed(attest.TEE(tee), signed, bundle)
		describe.Collateral(attest.TEE(tee), bundle)
	})
}

// SPDX-License-Identifier: Apache-2.0

package corpus_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/corpus"
	"github.com/escrin/escrin/attest/verify"
)

func read(t *testing.T) []corpus.Case {
	t.Helper()
	cases, err := corpus.Read(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// Evidence with one flaw is refused for that flaw, and evidence with none is not.
func TestEveryCaseIsJudgedAsExpected(t *testing.T) {
	judge := corpus.NewJudge(os.DirFS("testdata"))
	flawed := 0
	for _, c := range read(t) {
		got, err := judge.Judge(c)
		if err != nil {
			t.Error(err)
		}
		if got != c.Expect {
			t.Errorf("%s (%s, %s): %s, want %s", c.Name, c.Threat, c.Says, got, c.Expect)
		}
		if genuine := strings.Contains(c.Name, "-genuine-"); genuine != (c.Expect == corpus.Acceptable) {
			t.Errorf("%s: expects %q", c.Name, c.Expect)
		} else if !genuine {
			flawed++
		}
	}
	if flawed < 300 {
		t.Errorf("only %d evidences with a flaw", flawed)
	}
}

// A case must not pass because of what it lacks: at the times around its own, and
// to a verifier that trusts another root, genuine evidence is refused as well.
func TestGenuineEvidenceIsNotAcceptedAnyway(t *testing.T) {
	judge := corpus.NewJudge(os.DirFS("testdata"))
	for _, c := range read(t) {
		if c.Expect != corpus.Acceptable {
			continue
		}
		for what, change := range map[string]func(*corpus.Case){
			"years later":  func(c *corpus.Case) { c.Time = c.Time.AddDate(40, 0, 0) },
			"years before": func(c *corpus.Case) { c.Time = c.Time.AddDate(-40, 0, 0) },
			"another root": func(c *corpus.Case) {
				c.Roots = map[bool]string{true: "roots/genoa.pem", false: "roots/intel.pem"}[c.Roots == "roots/intel.pem"]
			},
			"another program": func(c *corpus.Case) {
				c.Reference = map[bool]string{true: "reference/snp.json", false: "reference/tdx.json"}[c.TEE.String() == "tdx"]
			},
			"another use": func(c *corpus.Case) { c.ReportData[63] ^= 1 },
		} {
			other := c
			change(&other)
			if got, err := judge.Judge(other); err != nil || got == corpus.Acceptable {
				t.Errorf("%s, %s: %s, %v", c.Name, what, got, err)
			}
		}
	}
}

// unseen are the codes of verification that no case has, and why.
func unseen() map[string]string {
	const byRoot = "a root is trusted by decision: the simulator makes none that is wrong"
	return map[string]string{
		"evidence.tee":     "the form of a case has no room for an unknown TEE",
		"snp.chip.twice":   "the standard library reads no certificate with an extension twice",
		"snp.vek.version":  "the standard library reads extensions in version 3 alone: without them, the chip's are missing",
		"tdx.root.expired": byRoot,
		"tdx.root.future":  byRoot,
		"snp.ark.expired":  byRoot,
		"snp.ark.future":   byRoot,
		"snp.ark.revoked":  byRoot,
	}
}

// Every code of verification is that of some case, or it is said why not; what a
// policy refuses is told by more codes than one policy has.
func TestEveryCodeIsSeen(t *testing.T) {
	var seen []string
	for _, c := range read(t) {
		seen = append(seen, strings.Fields(c.Expect)...)
	}
	var known []string
	for _, c := range verify.Codes() {
		known = append(known, string(c))
		why, excused := unseen()[string(c)]
		if slices.Contains(seen, string(c)) == excused {
			t.Errorf("%s: seen is %v, excuse is %q", c, !excused, why)
		}
	}
	for _, c := range appraise.Codes() {
		known = append(known, string(c))
	}
	for _, code := range seen {
		if code != corpus.Acceptable && !slices.Contains(known, code) {
			t.Errorf("%s is not documented", code)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := read(t)[0]
	text := string(good.Format())
	if again, err := corpus.Parse([]byte(text)); err != nil || !bytes.Equal(again.Format(), []byte(text)) {
		t.Fatalf("does not read what it wrote: %v", err)
	}
	for what, damage := range map[string][2]string{
		"no key":              {"name: ", ""},
		"another key":         {"says: ", "says; "},
		"no empty line":       {"\n\n", "\n"},
		"a line more":         {"name: ", "name: \nname: "},
		"unknown TEE":         {"tee: ", "tee: x"},
		"no time":             {"time: 2", "time: x"},
		"report data not hex": {"report-data: ", "report-data: x"},
		"short report data":   {"report-data: 72", "report-data: "},
		"body not base64":     {"\n\n", "\n\n-"},
	} {
		if _, err := corpus.Parse([]byte(strings.Replace(text, damage[0], damage[1], 1))); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

func TestFilesAreBounded(t *testing.T) {
	large := fstest.MapFS{"tdx/large.evidence": {Data: make([]byte, 1<<20)}}
	if _, err := corpus.Read(large); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("read a file of 1 MiB: %v", err)
	}
}

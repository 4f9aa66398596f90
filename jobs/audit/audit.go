// SPDX-License-Identifier: Apache-2.0

// Package audit re-checks a finished task from public data alone: what the chain recorded, what the stores hold
// under the digests on chain, and the enclave in the registry. It needs no key and asks no party for its word.
//
// [Collect] fetches and judges nothing. [Check] judges and fetches nothing: it is a pure function of a [Record]
// and of what the caller trusts, so a record can be kept and judged again.
//
// # What it shows
//
// That the chain accepted, for this task, a result signed by a key which lived in a VM whose launch registers are
// those of the enclave that the identity's policy named, on hardware that the given root certificate vouches
// for; that the key network's threshold certified it; that this key named the runner who was paid; and that the inputs
// and the sealed output are the ones whose digests were submitted and signed.
//
// # What it does not show
//
// That the chain's data is final or that the RPC endpoint tells the truth about it: the caller chooses the
// endpoint. That the enclave's program is the one that its author's source describes: that is what rebuilding it
// and `escrin verify` are for. What the inputs and outputs say: they are sealed.
package audit

import (
	"fmt"
	"strings"
)

// Verdict is the outcome of one check. The zero value is no verdict.
type Verdict uint8

// The verdicts of a check.
const (
	OK         Verdict = iota + 1
	Failed             // what was found contradicts what was expected
	NotChecked         // something it builds on failed
)

// String returns the word that begins a line of the report.
func (v Verdict) String() string {
	switch v {
	case OK:
		return "ok"
	case Failed:
		return "FAILED"
	case NotChecked:
		return "unknown"
	}
	return fmt.Sprintf("verdict(%d)", uint8(v))
}

// MarshalText is String, for JSON.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(strings.ToLower(v.String())), nil }

// Finding is one line of a report.
type Finding struct {
	Check   string  `json:"check"`
	Verdict Verdict `json:"verdict"`
	Words   string  `json:"words"` // what was found, one line
}

// Report holds a finding for every check, in the order of a task's life.
type Report []Finding

// OK reports whether every check was made and passed. An empty report is not OK.
func (r Report) OK() bool {
	for _, f := range r {
		if f.Verdict != OK {
			return false
		}
	}
	return len(r) > 0
}

// Check judges a record. It makes every check that can still be made after one has failed.
func Check(r Record, trust Trust) Report {
	a := auditor{record: r, trust: trust}
	passed := map[string]bool{}
	var report Report
	for _, c := range checks() {
		if missing := firstMissing(c.needs, passed); missing != "" {
			report = append(report, Finding{c.name, NotChecked, "not checked: it builds on " + missing})
			continue
		}
		findings := c.run(&a)
		passed[c.name] = Report(findings).OK()
		report = append(report, findings...)
	}
	return report
}

func firstMissing(needs []string, passed map[string]bool) string {
	for _, need := range needs {
		if !passed[need] {
			return need
		}
	}
	return ""
}

// check is one row of the table of checks. needs names earlier rows whose results it uses.
type check struct {
	name  string
	needs []string
	run   func(*auditor) []Finding
}

// one makes the run of a check that has a single line.
func one(name string, f func(*auditor) (string, error)) func(*auditor) []Finding {
	return func(a *auditor) []Finding {
		words, err := f(a)
		if err != nil {
			return []Finding{{name, Failed, err.Error()}}
		}
		return []Finding{{name, OK, words}}
	}
}

// checks is the whole audit, in the order of a task's life.
func checks() []check {
	row := func(name string, f func(*auditor) (string, error), needs ...string) check {
		return check{name, needs, one(name, f)}
	}
	return []check{
		row("chain", (*auditor).chain),
		row("task", (*auditor).task),
		row("terms", (*auditor).terms),
		row("manifest", (*auditor).readManifest),
		row("input identity", (*auditor).inputIdentity, "manifest"),
		row("input policy", (*auditor).inputPolicy, "manifest"),
		{"inputs", []string{"manifest"}, (*auditor).inputs},
		row("key name", (*auditor).keyName, "inputs"),
		row("group key", (*auditor).groupKey, "manifest"),
		row("evidence", (*auditor).readEvidence),
		row("quote", (*auditor).quote, "evidence"),
		row("binding", (*auditor).binding, "evidence"),
		row("platform", (*auditor).platform, "quote"),
		row("policy", (*auditor).policy),
		row("registers", (*auditor).registers, "quote"),
		row("enclave", (*auditor).enclave, "quote"),
		row("freshness", (*auditor).freshness),
		row("certificate", (*auditor).certificate),
		row("permit", (*auditor).permit),
		row("requester", (*auditor).requester),
		row("claim", (*auditor).claim),
		row("signature", (*auditor).signature),
		row("result", (*auditor).result),
		row("output", (*auditor).output),
	}
}

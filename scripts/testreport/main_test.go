// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"
)

const run = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: only root can\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"noise\n"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
{"Action":"pass","Package":"p"}
`

func TestSkipsAreReported(t *testing.T) {
	var out strings.Builder
	ok, err := report(strings.NewReader(run), &out)
	const want = "ok  \tp\t0.1s\nSKIPPED p TestA: a_test.go:3: only root can\n1 packages, 1 tests skipped\n"
	if !ok || err != nil || out.String() != want {
		t.Errorf("%v, %v:\n%s", ok, err, out.String())
	}
}

func TestFailuresFail(t *testing.T) {
	for what, events := range map[string]string{
		"test": `{"Action":"output","Package":"p","Test":"TestA","Output":"boom\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
		"build": `{"Action":"build-output","ImportPath":"p","Output":"boom\n"}
{"Action":"build-fail","ImportPath":"p"}
{"Action":"fail","Package":"p"}`,
		"package": `{"Action":"output","Package":"p","Output":"boom\n"}
{"Action":"fail","Package":"p"}`,
	} {
		var out strings.Builder
		if ok, err := report(strings.NewReader(run+events), &out); ok || err != nil || !strings.Contains(out.String(), "boom") {
			t.Errorf("%s: %v, %v:\n%s", what, ok, err, out.String())
		}
	}
}

func TestNothingIsNoSuccess(t *testing.T) {
	for _, events := range []string{"", "{}\n", "FAIL\n", `{"Action":"pass","Package":"p","Test":"TestA"}`} {
		if ok, err := report(strings.NewReader(events), new(strings.Builder)); ok || err == nil {
			t.Errorf("%q: %v, %v", events, ok, err)
		}
	}
}

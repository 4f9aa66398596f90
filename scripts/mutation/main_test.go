// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	const output = `{"files": [
		{"file_name": "b.go", "mutations": [
			{"type": "X", "status": "TIMED OUT", "line": 9, "column": 2}, {"type": "X", "status": "KILLED", "line": 1, "column": 1},
			{"type": "X", "status": "NOT VIABLE", "line": 3, "column": 3}, {"type": "Y", "status": "LIVED", "line": 9, "column": 1}]},
		{"file_name": "a.go", "mutations": [
			{"type": "X", "status": "KILLED", "line": 1, "column": 1}, {"type": "X", "status": "NOT COVERED", "line": 10, "column": 4}]}]}`
	r, err := parse("p", []byte(output))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.String(), "p\t2\t1\t1\t1\t50.0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var lines []string
	for _, m := range r.unnoticed {
		lines = append(lines, m.String())
	}
	if want := []string{"p/a.go:10:4\tX\tNOT COVERED", "p/b.go:9:1\tY\tLIVED", "p/b.go:9:2\tX\tTIMED OUT"}; !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
	for _, bad := range []string{
		`{`, `{"files": []}`, `{"files": [{"mutations": [{"status": "RUNNABLE"}, {"status": "KILLED"}]}]}`,
	} {
		if _, err := parse("p", []byte(bad)); err == nil {
			t.Errorf("%s is a result", bad)
		}
	}
}

func TestSandboxHasWhatPackagesNeed(t *testing.T) {
	t.Chdir("../..")
	s := sandbox{dir: t.TempDir()}
	if err := s.make(t.Context(), []string{"attest/appraise"}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"go.mod", "attest/appraise/tdx.go", "attest/appraise/testdata/strict-tdx.json", "strictjson"} {
		if _, err := os.Stat(filepath.Join(s.source(), path)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(s.source(), "jobs")); err == nil {
		t.Error("there is more than they need")
	}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestParse(t *testing.T) {
	const output = `{"files": [
		{"mutations": [{"status": "TIMED OUT"}, {"status": "KILLED"}, {"status": "NOT VIABLE"}, {"status": "LIVED"}]},
		{"mutations": [{"status": "KILLED"}, {"status": "NOT COVERED"}]}]}`
	r, err := parse("p", []byte(output))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := r.String(), "p\t2\t1\t1\t1\t50.0"; got != want {
		t.Errorf("%q, want %q", got, want)
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

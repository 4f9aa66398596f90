// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a_test.go":              "package a\n\nfunc FuzzOne(f *testing.F) {\n}\n\nfunc FuzzTwo(t *testing.F) {\n",
		"b.go":                   "func FuzzNoTest(f *testing.F) {",
		"sub/c_test.go":          "func FuzzThree(f *testing.F) {\n// func FuzzFour(f *testing.F)",
		"testdata/sub/d_test.go": "func FuzzFive(f *testing.F) {",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sub := filepath.Join(dir, "sub")
	got, err := find([]string{dir})
	if want := []target{{dir, "FuzzOne"}, {dir, "FuzzTwo"}, {sub, "FuzzThree"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestCounts(t *testing.T) {
	const output = `fuzz: elapsed: 0s, gathering baseline coverage: 0/28 completed
fuzz: elapsed: 3s, execs: 102 (34/sec), new interesting: 7 (total: 35)
fuzz: elapsed: 6s, execs: 204 (34/sec), new interesting: 9 (total: 37)
PASS
`
	if executions, interesting, err := counts([]byte(output)); executions != 204 || interesting != 9 || err != nil {
		t.Errorf("%d, %d, %v", executions, interesting, err)
	}
	if _, _, err := counts([]byte("PASS\n")); err == nil {
		t.Error("a run that fuzzed nothing passed")
	}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite deps.txt")

// What a keyholder links is what its operator trusts: a change of the list is a
// change to review.
func TestDependenciesAreThoseCommitted(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	cmd.Stderr = os.Stderr
	listed, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(listed))
	slices.Sort(packages)
	out := []byte(strings.Join(packages, "\n") + "\n")
	if *update {
		if err := os.WriteFile("deps.txt", out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("deps.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, want) {
		t.Errorf("dependencies differ from deps.txt:\n%s\nreview, then run with -update", difference(string(want), string(out)))
	}
}

func difference(want, got string) string {
	var lines []string
	for _, p := range strings.Fields(got) {
		if !strings.Contains("\n"+want, "\n"+p+"\n") {
			lines = append(lines, "+ "+p)
		}
	}
	for _, p := range strings.Fields(want) {
		if !strings.Contains("\n"+got, "\n"+p+"\n") {
			lines = append(lines, "- "+p)
		}
	}
	return strings.Join(lines, "\n")
}

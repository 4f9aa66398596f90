// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestDependenciesAreTheCommittedOnes keeps in view what reads the bytes of strangers in a guest: a package that the
// gateway starts to link must be added to deps.txt by hand.
func TestDependenciesAreTheCommittedOnes(t *testing.T) {
	want, err := os.ReadFile("deps.txt")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(string(out))
	slices.Sort(got)
	if !slices.Equal(got, strings.Fields(string(want))) {
		t.Errorf("deps.txt is not what the gateway links, which is:\n%s", strings.Join(got, "\n"))
	}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestDependenciesAreTheCommittedOnes keeps the trusted computing base in view: a package that the guest
// starts to link must be added to deps.txt by hand.
func TestDependenciesAreTheCommittedOnes(t *testing.T) {
	want, err := os.ReadFile("deps.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := linked(t, "{{if not .Standard}}{{.ImportPath}}{{end}}")
	if !slices.Equal(got, strings.Fields(string(want))) {
		t.Errorf("deps.txt is not what the guest links, which is:\n%s", strings.Join(got, "\n"))
	}
}

func TestGuestLinksNoNetworkProtocols(t *testing.T) {
	for _, name := range linked(t, "{{.ImportPath}}") {
		if name == "net/http" || name == "net/rpc" || strings.HasPrefix(name, "crypto/tls") || strings.Contains(name, "go-ethereum") {
			t.Errorf("the guest links %s", name)
		}
	}
}

func linked(t *testing.T, format string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", format, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Fields(string(out))
	slices.Sort(names)
	return names
}

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

// maxLines bounds the source lines of the guest's own packages, comments and empty lines not counted. Those that
// it shares with others, who test them too, are not counted: attest, keyholder and strictjson.
const maxLines = 8000

// TestDependenciesAreTheCommittedOnes keeps the trusted computing base in view: a package that the guest
// starts to link must be added to deps.txt by hand, below its module, and a module with a reason.
func TestDependenciesAreTheCommittedOnes(t *testing.T) {
	want, err := os.ReadFile("deps.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := described(linked(t, "{{if not .Standard}}{{.Module.Path}} {{.ImportPath}}{{end}}"), reasons(t, string(want)))
	if *update {
		if err := os.WriteFile("deps.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != string(want) {
		t.Errorf("deps.txt is not what the guest links, which is:\n%s", got)
	}
}

var update = flag.Bool("update", false, "rewrite deps.txt, with the reasons that it has")

const heading = "# What the guest links: each module with the reason for it, and its packages.\n"

// reasons reads why each module is there.
func reasons(t *testing.T, document string) map[string]string {
	t.Helper()
	why := map[string]string{}
	for line := range strings.Lines(strings.TrimPrefix(document, heading)) {
		name, reason, isModule := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if isModule && len(reason) < 10 {
			t.Errorf("%s: %q is no reason", name, reason)
		}
		why[name] = reason
	}
	return why
}

// described is deps.txt for lines of a module and a package.
func described(list []string, why map[string]string) string {
	text, last := heading, ""
	for _, line := range list {
		name, pkg, _ := strings.Cut(line, " ")
		if name != last {
			text += "\n" + name + ": " + why[name] + "\n"
		}
		last = name
		text += "\t" + pkg + "\n"
	}
	return text
}

// TestGuestLinksLittle: no network protocols in PID 1, and nothing that is large for what it does.
func TestGuestLinksLittle(t *testing.T) {
	for _, name := range linked(t, "{{.ImportPath}}") {
		for _, banned := range []string{"os/exec", "net/http", "net/rpc", "crypto/tls", "crypto/x509", "regexp", "text/template", "compress/flate", "go-ethereum", "dcrec/secp256k1"} {
			if name == banned || strings.HasPrefix(name, banned+"/") || strings.Contains(name, "/"+banned) {
				t.Errorf("the guest links %s", name)
			}
		}
	}
}

// TestGuestReadsJSONInOneWay: what the guest reads and writes is strictjson's. A package of another module names Go's codec, of which the
// linker keeps two kB that initialize it.
func TestGuestReadsJSONInOneWay(t *testing.T) {
	const other = "github.com/bits-and-blooms/bitset"
	for _, line := range linked(t, `{{$path := .ImportPath}}{{range .Imports}}{{$path}} {{.}}{{"\n"}}{{end}}`) {
		if importer, name, _ := strings.Cut(line, " "); name == "encoding/json" && importer != other {
			t.Errorf("%s imports %s", importer, name)
		}
	}
}

func TestGuestIsReadable(t *testing.T) {
	lines := 0
	for _, line := range linked(t, `{{$path := .ImportPath}}{{$dir := .Dir}}{{range .GoFiles}}{{$path}} {{$dir}}/{{.}}{{"\n"}}{{end}}`) {
		path, file, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(path, "github.com/escrin/escrin/guestagent") && path != "github.com/escrin/escrin/cmd/escrin-guest" {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(source) {
			if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
				lines++
			}
		}
	}
	t.Logf("%d source lines, without comments and empty ones", lines)
	if lines == 0 || lines > maxLines {
		t.Errorf("the guest's own packages have %d source lines, more than %d", lines, maxLines)
	}
}

// linked lists the packages that the guest links, sorted, as the format says.
func linked(t *testing.T, format string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", format, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	names := strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
	slices.Sort(names)
	return names
}

// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// prepared is an enclave in the registry with an identity on chain.
type prepared struct {
	*network
	reference string
	identity  string
}

// prepare wraps an image, pushes it and makes an identity for it.
func (n *network) prepare(image, name string) prepared {
	return n.prepareAs(image, name, "version: 1\n")
}

// prepareAs is prepare with an escrin.yaml.
func (n *network) prepareAs(image, name, spec string) prepared {
	n.t.Helper()
	reference := n.file().Registry + "/" + name
	n.run("enclave", image, "-t", reference, "--spec", n.write("escrin.yaml", spec))
	n.run("push", reference)
	return prepared{n, reference, n.run("identity", "create", "--enclave", reference, "--quiet")}
}

// submit submits one task with one input and returns its id.
func (p prepared) submit(input string) string {
	p.t.Helper()
	return p.run("job", "submit", "--identity", p.identity, "--input", p.write("input.txt", input), "--quiet")
}

// write makes a file for a command to read.
func (n *network) write(name, content string) string {
	n.t.Helper()
	path := filepath.Join(n.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		n.t.Fatal(err)
	}
	return path
}

// shell is an image whose single input is the script that it runs.
func shell(t *testing.T) string {
	return busybox(t, v1.Config{Entrypoint: []string{"/bin/sh"}, Env: []string{"PATH=/bin", "COLOUR=blue"}, WorkingDir: "/tmp", User: "1000:1000"})
}

// TestReadme runs every command of the README's walk, as it stands there but for the port of the registry.
func TestReadme(t *testing.T) {
	n := start(t)
	script := n.write("walk.sh", "set -eu\n"+walk(t, n.file().Registry))
	out := n.script(script)
	for _, want := range []string{"bob wins and pays 120"} {
		if !strings.Contains(out, want) {
			t.Errorf("the walk does not print %q:\n%s", want, out)
		}
	}
	for _, name := range []string{"alice.sealed", "bob.sealed", "carol.sealed"} {
		os.Remove(filepath.Join("..", name))
	}
}

// walk returns the README's shell blocks with this network's registry in place of the default one.
func walk(t *testing.T, registry string) string {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	inside := false
	for _, line := range strings.Split(string(readme), "\n") {
		switch {
		case line == "```sh":
			inside = true
		case strings.HasPrefix(line, "```"):
			inside = false
		case inside:
			script.WriteString(line + "\n")
		}
	}
	if !strings.Contains(script.String(), "escrin dev up") {
		t.Fatal("the README's walk does not start a network")
	}
	return strings.ReplaceAll(script.String(), "localhost:5000", registry)
}

// TestOrdinaryImages runs images that know nothing of escrin: a shell with a user, a working directory and an
// environment of its own, and a static program FROM scratch.
func TestOrdinaryImages(t *testing.T) {
	n := start(t)
	p := n.prepare(shell(t), "shell")
	task := p.submit("id -u 2>/dev/null; echo $COLOUR; pwd; cat /input/input.txt | head -c 2 >/output/copy; printf %032d 42 >/output/public; exit 7\n")
	done := p.accepted(task)
	if done.Result.ExitStatus != 7 {
		t.Errorf("exit status on chain: %d, want 7", done.Result.ExitStatus)
	}
	if word := done.Result.PublicOutput; string(word[:]) != strings.Repeat("0", 30)+"42" {
		t.Errorf("public word on chain: %q", word)
	}
	dir := filepath.Join(t.TempDir(), "result")
	out := p.run("job", "result", task, "-o", dir)
	if !strings.Contains(out, "blue\n/tmp") {
		t.Errorf("standard output of the workload: %q", out)
	}
	p.run("job", "verify", task)

	source := `package main
import ("fmt"; "io"; "os")
func main() {
	in, _ := io.ReadAll(os.Stdin)
	os.WriteFile("/output/length", []byte(fmt.Sprint(len(in))), 0o644)
	fmt.Printf("%d bytes, args %v\n", len(in), os.Args[1:])
}`
	q := n.prepare(static(t, source, v1.Config{Entrypoint: []string{"/app"}, Cmd: []string{"one", "two"}}), "static")
	second := q.submit("hello")
	q.accepted(second)
	if out := q.run("job", "result", second); !strings.Contains(out, "5 bytes, args [one two]") {
		t.Errorf("standard output of the static program: %q", out)
	}
}

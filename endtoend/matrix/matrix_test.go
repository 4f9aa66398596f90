// SPDX-License-Identifier: Apache-2.0

package matrix

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/escrin/escrin/scripts/images/fixture"
)

// outcome is what a program left.
type outcome struct {
	stdout, stderr string
	code           int
}

// execute fails the test only if the command could not be run at all.
func execute(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// guest is an escrin with a store and a cache of its own.
type guest struct {
	program string
	env     []string
}

func newGuest(t *testing.T) guest {
	t.Helper()
	program, err := filepath.Abs("../../bin/escrin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		t.Fatalf("%v\nthe matrix runs what `make build` has built: run that first", err)
	}
	dir := t.TempDir()
	return guest{program, append(os.Environ(), "XDG_DATA_HOME="+filepath.Join(dir, "data"), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"))}
}

func (g guest) escrin(t *testing.T, args ...string) outcome {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), g.program, args...)
	cmd.Env = g.env
	return execute(t, cmd)
}

// run makes an enclave of the image and boots it. The limit turns a hang into a failure.
func (g guest) run(t *testing.T, name, layout string) outcome {
	t.Helper()
	ref := "localhost:5000/matrix/" + name
	if made := g.escrin(t, "enclave", layout+":"+fixture.Tag, "-t", ref); made.code != 0 {
		t.Fatalf("escrin enclave: exit %d\n%s", made.code, made.stderr)
	}
	return g.escrin(t, "run", "--limit", "10m", ref)
}

// capability is the one variable that a guest adds (package api), in the lists that env and Go print.
var capability = regexp.MustCompile(`\bESCRIN_CAPABILITY=[0-9a-f]{64}\s`)

// TestProgramsDoTheSameAsOnAnyHost is the compatibility matrix.
func TestProgramsDoTheSameAsOnAnyHost(t *testing.T) {
	builder, err := fixture.NewBuilder(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	guest, host := newGuest(t), newHost(t)
	for _, name := range fixture.Matrix() {
		t.Run(name, func(t *testing.T) {
			layout, err := builder.Image(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			there := host.run(t, layout)
			here := guest.run(t, name, layout)
			here.stdout = capability.ReplaceAllString(here.stdout, "")
			if here.code != there.code || here.stdout != there.stdout {
				t.Errorf("exit %d, on the host %d; standard output:\n%s== on the host:\n%s== standard error:\n%s== on the host:\n%s",
					here.code, there.code, here.stdout, there.stdout, here.stderr, there.stderr)
			}
			if len(there.stdout) < 20 {
				t.Errorf("the image says too little to compare: %q\n%s", there.stdout, there.stderr)
			}
		})
	}
}

// TestGuestsGrantNothingElse runs as root what the README says cannot work.
func TestGuestsGrantNothingElse(t *testing.T) {
	builder, err := fixture.NewBuilder(os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	layout, err := builder.Image(t.Context(), fixture.Limits)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/limits.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := newGuest(t).run(t, fixture.Limits, layout); got.code != 0 || got.stdout != string(want) {
		t.Errorf("exit %d\n%s%s", got.code, got.stdout, got.stderr)
	}
}

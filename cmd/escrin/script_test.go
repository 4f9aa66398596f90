// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/escrin/escrin/enclaver/imagetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"escrin": main})
}

// TestEnclaveScripts runs the transcripts of the commands that need no chain. Each has a registry of its
// own ($REGISTRY), a guest base ($GUEST_BASE) and one with another initrd that is not pinned ($OTHER_BASE); `image KIND DIR` writes an image.
func TestEnclaveScripts(t *testing.T) {
	base, other := t.TempDir(), t.TempDir()
	if err := errors.Join(imagetest.GuestBase(base), imagetest.OtherGuestBase(other)); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "enclave"),
		Setup: func(env *testscript.Env) error {
			host, stop := imagetest.StartRegistry()
			env.Defer(stop)
			env.Setenv("REGISTRY", host)
			env.Setenv("GUEST_BASE", base)
			env.Setenv("OTHER_BASE", other)
			env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
			env.Setenv("DOCKER_CONFIG", env.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"image": writeImage,
			"flip":  flipByte,
		},
	})
}

// writeImage writes an image of a KIND to a DIR.
func writeImage(ts *testscript.TestScript, _ bool, args []string) {
	write := imagetest.Flaws()[args[0]]
	if write == nil {
		ts.Fatalf("no image is called %s", args[0])
	}
	write(ts.MkAbs(args[1]))
}

// flipByte changes one bit of the largest file that matches a pattern.
func flipByte(ts *testscript.TestScript, _ bool, args []string) {
	matches, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	var largest []byte
	var path string
	for _, match := range matches {
		data, err := os.ReadFile(match)
		ts.Check(err)
		if len(data) > len(largest) {
			largest, path = data, match
		}
	}
	if path == "" {
		ts.Fatalf("nothing matches %s", args[0])
	}
	largest[len(largest)/2] ^= 1
	ts.Check(os.Chmod(path, 0o644))
	ts.Check(os.WriteFile(path, largest, 0o644))
}

func TestExitStatusTellsUsageFromFailure(t *testing.T) {
	store := t.TempDir()
	for _, c := range []struct {
		args   string
		status int
		stderr string
	}{
		{"", exitOK, ""},
		{"--help", exitOK, ""},
		{"help push", exitOK, ""},
		{"pusch", exitUsage, `did you mean "push"?`},
		{"push", exitUsage, "missing argument REF"},
		{"push a b", exitUsage, `unexpected argument "b"`},
		{"push --nope a", exitUsage, "unknown flag: --nope"},
		{"push UPPER", exitUsage, "parse reference"},
		{"enclave ./a", exitUsage, "missing -t REF"},
		{"enclave ./a -t UPPER", exitUsage, "-t: parse reference"},
		{"completion ksh", exitUsage, `unknown command "ksh"`},
		{"completion bash", exitOK, ""},
		{"completion bash x", exitUsage, `unexpected argument "x"`},
		{"--version", exitOK, ""},
		{"enclave ./a -t localhost:5000/a@sha256:00", exitUsage, "-t: "},
		{"push localhost:5000/a --store " + store, exitError, "not in the local store"},
	} {
		var stdout, stderr bytes.Buffer
		status := run(strings.Fields(c.args), strings.NewReader(""), &stdout, &stderr)
		if status != c.status || !strings.Contains(stderr.String(), c.stderr) {
			t.Errorf("escrin %s: status %d, %s", c.args, status, stderr.String())
		}
		if status != exitOK && !strings.Contains(stderr.String(), "hint: ") {
			t.Errorf("escrin %s: no hint: %s", c.args, stderr.String())
		}
	}
}

func TestEveryCommandHasItsManualPage(t *testing.T) {
	dir := t.TempDir()
	if status := run([]string{"man", dir}, nil, os.Stdout, os.Stderr); status != exitOK {
		t.Fatalf("status %d", status)
	}
	for _, page := range []string{"escrin", "escrin-enclave", "escrin-verify", "escrin-job", "escrin-keynet-audit"} {
		if info, err := os.Stat(filepath.Join(dir, page+".1")); err != nil || info.Size() < 100 {
			t.Errorf("%s: %v", page, err)
		}
	}
}

func TestNoExitStatusOfAWorkloadTurnsIntoSuccess(t *testing.T) {
	for status, want := range map[exitStatus]int{1: 1, 7: 7, 255: 255, 256: exitError, 257: exitError, 512: exitError} {
		if got := report(io.Discard, status, strings.Clone, false); got != want {
			t.Errorf("%d ends with %d, want %d", status, got, want)
		}
	}
}

func TestHostileTextCannotDrawOnTheTerminal(t *testing.T) {
	for text, want := range map[string]string{
		"a\x1b[2Jb\nc\x7f": "a [2Jb c ", "a\u009b2J\u0085b": "a 2J b", "a\u2028b\u2029c": "a b c", "a\u202eb\u2066c\u200fd": "a b c d",
		"a\u200bb\ufeffc": "a b c", "größe, „x“ – 1…2": "größe, „x“ – 1…2", "a\xffb": "a\ufffdb",
	} {
		if got := oneLine(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestHostileTextCannotDrawInAHint(t *testing.T) {
	err := withHint(errors.New("a\x1b[2J"), "b\x1b[2J\nhint: c\u202e")
	for _, asJSON := range []bool{false, true} {
		var out bytes.Buffer
		report(&out, err, strings.Clone, asJSON)
		if text := out.String(); strings.ContainsAny(text, "\x1b\u202e") || strings.Contains(text, `\u`) || strings.Contains(text, "\nhint: c") || !strings.Contains(text, "b [2J hint: c") {
			t.Errorf("%q", text)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ethereum/go-ethereum/common"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver/imagetest"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/outcome"
)

// TestRunBootsWhatEnclaveMade boots the real guest base with two images that know nothing of escrin, from their
// layouts to the exit status.
func TestRunBootsWhatEnclaveMade(t *testing.T) {
	base := realGuestBase(t)
	shell, err := imagetest.Busybox(`cat /input/name; echo; echo $GREETING; id -u; pwd; tr a-z A-Z </input/name >/output/loud; exit 7`)
	if err != nil {
		t.Fatal(err)
	}
	scratch, err := imagetest.Scratch(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	layout := imagetest.Layout(t.TempDir(), map[string]v1.Image{"shell": shell, "scratch": scratch})
	input := filepath.Join(t.TempDir(), "name")
	if err := os.WriteFile(input, []byte("alice"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tag    string
		status int
		stdout string
		file   string
	}{
		{"shell", 7, "alice\nhello\n1000\n/work\n", "ALICE"},
		{"scratch", 0, "hello alice", ""},
	} {
		escrin(t, 0, "enclave", layout+":"+c.tag, "-t", "localhost:5000/"+c.tag, "--guest-base", base)
		out := t.TempDir()
		got := escrin(t, c.status, "run", "localhost:5000/"+c.tag, "--input", input, "-o", out)
		if got != c.stdout {
			t.Errorf("%s: %q, want %q", c.tag, got, c.stdout)
		}
		if file, err := os.ReadFile(filepath.Join(out, "output", "loud")); c.file != "" && (err != nil || string(file) != c.file) {
			t.Errorf("%s: output %q, %v", c.tag, file, err)
		}
	}
}

// escrin runs a command and returns what it printed.
func escrin(t *testing.T, status int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(args, strings.NewReader(""), &stdout, &stderr); got != status {
		t.Fatalf("escrin %s: status %d, want %d\n%s", strings.Join(args, " "), got, status, stderr.String())
	}
	return stdout.String()
}

func realGuestBase(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("go", "run", "github.com/escrin/escrin/scripts/guestbase", "-o", dir).CombinedOutput(); err != nil {
		t.Fatalf("build the guest base: %v\n%s", err, out)
	}
	return dir
}

func TestRunPrintsItsResultAsJSON(t *testing.T) {
	out := readback.Output{Stdout: []byte("hello\n"), Stderr: []byte("oops\n"), Files: []readback.OutputFile{{Name: "d", Dir: true}, {Name: "x", Data: []byte("hi")}}}
	for _, c := range []struct {
		dir  string
		data []byte
	}{{"", []byte("hi")}, {t.TempDir(), nil}} {
		var stdout, stderr bytes.Buffer
		cmd := newRootCommand()
		cmd.SetOut(&stdout)
		cmd.SetErr(&stderr)
		if err := cmd.ParseFlags([]string{"--json"}); err != nil {
			t.Fatal(err)
		}
		if err := (enclaveRun{output: c.dir}).print(cmd, 3, out); err != nil {
			t.Fatal(err)
		}
		var got runDescription
		if err := json.Unmarshal(stdout.Bytes(), &got); err != nil || stderr.Len() != 0 {
			t.Fatalf("%v: %s%s", err, stdout.String(), stderr.String())
		}
		want := runDescription{3, "hello\n", "oops\n", []fileDescription{{Name: "x", Size: 2, Data: c.data}}}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

// TestDirectoriesAreWritten: also those that nothing is in, of a trial and of a job; they are no files to count or to show.
func TestDirectoriesAreWritten(t *testing.T) {
	var archive bytes.Buffer
	if err := task.WriteOutput(&archive, nil, nil, fstest.MapFS{"empty": {Mode: fs.ModeDir}, "x": {Data: []byte("hi")}}); err != nil {
		t.Fatal(err)
	}
	for want, show := range map[string]func(cmd *cobra.Command, dir string) error{
		"output/x (2 B)\n": func(cmd *cobra.Command, dir string) error {
			s, err := newSession(cmd, nil, false, "", newProgress(cmd))
			if err != nil {
				return err
			}
			digest := wire.DigestOf(archive.Bytes())
			err = errors.Join(s.host.Store(t.Context(), digest, bytes.NewReader(archive.Bytes()), uint64(archive.Len())),
				s.host.Ended(t.Context(), hostlink.TrialResult{Output: digest}))
			if err != nil {
				return err
			}
			return enclaveRun{output: dir}.show(cmd, s, "")
		},
		"(files: 1)": func(cmd *cobra.Command, dir string) error {
			out, err := outcome.Parse(archive.Bytes())
			if err != nil {
				return err
			}
			return (&jobResult{dir: dir}).show(cmd, common.Hash{}, chain.Task{}, out)
		},
	} {
		var said bytes.Buffer
		dir, cmd := t.TempDir(), newRootCommand()
		cmd.SetOut(&said)
		cmd.SetErr(&said)
		if err := show(cmd, dir); err != nil {
			t.Fatal(err)
		}
		if empty, err := os.Stat(filepath.Join(dir, "output", "empty")); err != nil || !empty.IsDir() {
			t.Errorf("the empty directory: %v", err)
		}
		if !strings.Contains(said.String(), want) || strings.Contains(said.String(), "empty") {
			t.Errorf("%q, want %q", said.String(), want)
		}
	}
}

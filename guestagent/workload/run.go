// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/opencontainers/runtime-spec/specs-go"
)

// MaxStream is the number of bytes of standard output, and of standard error, that are kept.
const MaxStream = 1 << 20

// Container is a workload that is ready to run.
type Container struct {
	Runtime string     // program of the OCI runtime
	State   string     // directory for the runtime's own files and the bundle, in RAM
	Spec    specs.Spec // OCI runtime configuration
	Stdin   string     // file to read, or "" for nothing
}

// Outcome is what the workload left beside its files.
type Outcome struct {
	Status uint32 // exit status, or 128 + n where signal n ended the workload
	Stdout []byte // the first MaxStream bytes
	Stderr []byte // likewise
}

// ErrNotStarted says that the container runtime could not start the workload.
var ErrNotStarted = errors.New("the workload could not be started")

// Run runs the container until its first process ends. It calls firstOutput once the
// workload has written.
func (c Container) Run(ctx context.Context, firstOutput func()) (Outcome, error) {
	bundle := filepath.Join(c.State, "bundle")
	if err := writeSpec(bundle, c.Spec); err != nil {
		return Outcome{}, err
	}
	stdin, err := os.Open(orNull(c.Stdin))
	if err != nil {
		return Outcome{}, err
	}
	defer stdin.Close()
	notice := &once{do: firstOutput}
	stdout, stderr := &capture{first: notice}, &capture{first: notice}
	pidFile := filepath.Join(c.State, "pid")
	cmd := exec.CommandContext(ctx, c.Runtime, "--root", filepath.Join(c.State, "runtime"), "--log", filepath.Join(c.State, "log"),
		"run", "--bundle", bundle, "--pid-file", pidFile, "workload")
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = stdin, stdout, stderr, []string{"PATH=/"}
	err = cmd.Run()
	if _, missing := os.Stat(pidFile); missing != nil {
		return Outcome{}, errors.Join(ErrNotStarted, err, runtimeLog(filepath.Join(c.State, "log")))
	}
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() < 0) {
		return Outcome{}, fmt.Errorf("wait for workload: %w", err)
	}
	return Outcome{Status: uint32(cmd.ProcessState.ExitCode()), Stdout: stdout.kept, Stderr: stderr.kept}, nil
}

func writeSpec(bundle string, spec specs.Spec) error {
	document, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(bundle, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(bundle, "config.json"), document, 0o600)
}

// runtimeLog returns the end of the runtime's log as an error.
func runtimeLog(path string) error {
	const tail = 1 << 10
	text, err := os.ReadFile(path)
	if err != nil || len(text) == 0 {
		return nil
	}
	return errors.New(string(text[max(0, len(text)-tail):]))
}

func orNull(path string) string {
	if path == "" {
		return os.DevNull
	}
	return path
}

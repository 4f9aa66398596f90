// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/escrin/escrin/guestagent/workload/oci"
	"github.com/escrin/escrin/strictjson"
)

// MaxStream is the number of bytes of standard output, and of standard error, that are kept for the owner of a task.
const MaxStream = 1 << 20

// maxRefusal is how many bytes of standard error are looked at for why the runtime does not start a container.
const maxRefusal = 8 << 10

// Container is a workload that is ready to run.
type Container struct {
	Name    string
	Runtime string   // program of the OCI runtime
	State   string   // directory for the runtime's own files and the bundle, in RAM
	Spec    oci.Spec // OCI runtime configuration
	Stdin   string   // file to read, or "" for nothing

	Completes  bool   // the next one of its group starts when it has ended with status 0
	StopSignal string // that ends it, e.g. "SIGTERM"
}

// Exit statuses of a workload that never ran, as docker run has them. Standard error says more.
const (
	ExitContainerUnfit = 125 // the image does not make a container
	ExitNotExecutable  = 126 // its entrypoint cannot be executed
	ExitNotFound       = 127 // its entrypoint does not exist
)

// ErrRuntime says that the container runtime did not run to its end.
var ErrRuntime = errors.New("the container runtime did not run to its end")

// Run runs the container until its first process ends, and returns its exit status: 128 + n where signal n ended it, or one of the above. What
// the workload writes, heard is told. A container that the runtime refuses to start has a status too: image and configuration are
// measured, so that another attempt would end the same way.
func (c Container) Run(ctx context.Context, heard Listener) (uint32, error) {
	cmd, err := c.command(ctx)
	if err != nil {
		return 0, err
	}
	stdin, err := os.Open(orNull(c.Stdin))
	if err != nil {
		return 0, err
	}
	defer stdin.Close()
	said := &capture{limit: maxRefusal}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, heard.to(Stdout), io.MultiWriter(heard.to(Stderr), said)
	return c.status(cmd, cmd.Run(), said)
}

// command is the runtime, told to run the container.
func (c Container) command(ctx context.Context) (*exec.Cmd, error) {
	bundle := filepath.Join(c.State, "bundle")
	if err := writeSpec(bundle, c.Spec); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, c.Runtime, "--root", filepath.Join(c.State, "runtime"), "--log", filepath.Join(c.State, "log"),
		"run", "--bundle", bundle, "--pid-file", c.pidFile(), "workload")
	cmd.Env = []string{"PATH=/"}
	cmd.Cancel = func() error { return c.kill(cmd.Process) }
	return cmd, nil
}

// kill ends the runtime, which starts nothing more then, and what is left of the container, which would outlive it.
func (c Container) kill(runtime *os.Process) error {
	err := runtime.Kill()
	_ = os.WriteFile(filepath.Join("/sys/fs/cgroup", c.Spec.Linux.CgroupsPath, "cgroup.kill"), []byte("1"), 0) // gone if it has ended
	return err
}

func (c Container) pidFile() string { return filepath.Join(c.State, "pid") }

// status is how the workload ended, when the runtime has ended with err and said what it had to say.
func (c Container) status(cmd *exec.Cmd, err error, said *capture) (uint32, error) {
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() < 0) {
		return 0, fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	if _, missing := os.Stat(c.pidFile()); missing != nil {
		return refusal(c.Spec.Process.Args[0], string(said.kept)), nil
	}
	return uint32(cmd.ProcessState.ExitCode()), nil
}

// refusal is the exit status for what the runtime said of the program.
func refusal(program, said string) uint32 {
	switch {
	case strings.HasPrefix(said, "executable file `"+program+"` not found"):
		return ExitNotFound
	case strings.HasPrefix(said, "the path `"+program+"` "): // is no regular file, or nobody may execute it
		return ExitNotExecutable
	}
	return ExitContainerUnfit
}

func writeSpec(bundle string, spec oci.Spec) error {
	document, err := strictjson.Encode(spec)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(bundle, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(bundle, "config.json"), document, 0o600)
}

func orNull(path string) string {
	if path == "" {
		return os.DevNull
	}
	return path
}

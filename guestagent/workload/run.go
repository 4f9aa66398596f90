// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/child"
	"github.com/escrin/escrin/guestagent/workload/oci"
	"github.com/escrin/escrin/strictjson"
)

// MaxStream is the number of bytes of standard output, and of standard error, that are kept for the owner of a task.
const MaxStream = 1 << 20

// maxRefusal is how many bytes of standard error are looked at for why the runtime does not start a container.
const maxRefusal = 8 << 10

// maxPiece is how many bytes are read at a time of what a workload writes.
const maxPiece = 16 << 10

// Container is a workload that is ready to run.
type Container struct {
	Name    string
	Runtime string   // program of the OCI runtime
	State   string   // directory for the runtime's own files and the bundle, in RAM
	Spec    oci.Spec // OCI runtime configuration
	Stdin   string   // file to read, or "" for nothing

	Completes  bool   // the next one of its group starts when it has ended with status 0
	StopSignal string // that ends it, e.g. "SIGTERM"
	Alone      bool   // no other container runs, and no gateway
}

// Exit statuses of a workload that never ran, as docker run has them. Standard error says more.
const (
	ExitContainerUnfit = 125 // the image does not make a container
	ExitNotExecutable  = 126 // its entrypoint cannot be executed
	ExitNotFound       = 127 // its entrypoint does not exist
	ExitNotProgram     = 255 // the kernel does not execute its entrypoint: no program, or one without its interpreter
)

// ErrRuntime says that the container runtime did not run to its end.
var ErrRuntime = errors.New("the container runtime did not run to its end")

// Run runs the container until its first process ends, and returns its exit status: 128 + n where signal n ended it, or one of the above. What
// the workload writes, heard is told. A container that the runtime refuses to start has a status too: image and configuration are
// measured, so that another attempt would end the same way.
func (c Container) Run(ctx context.Context, heard Listener) (uint32, error) {
	r, err := c.start(ctx, streams{out: []io.Writer{heard.to(Stdout), heard.to(Stderr)}})
	if err != nil {
		return 0, err
	}
	return r.wait()
}

// streams are the standard streams of a container.
type streams struct {
	stdin    *os.File    // nil for the container's own
	out      []io.Writer // hear what is written: standard output and standard error, or one hears both; a file is passed on itself
	terminal bool        // stdin is one, which the container's processes are to be controlled by
}

// running is the runtime, running a container.
type running struct {
	Container
	*child.Process
	pipes   []*os.File    // out of which comes what is written
	passed  chan error    // has how each of them ended
	said    *capture      // what was written to standard error
	unwatch func() bool   // as context.AfterFunc has it
	killed  chan struct{} // closed when the context has ended, and with it the container
	refused bool          // when it has ended: its entrypoint was never executed
	linger  time.Duration // how long others may hold the streams when the runtime has ended; 0 for as long as they like
}

// start has the runtime run the container until the context ends. Files are closed here as soon as the runtime has them.
func (c Container) start(ctx context.Context, s streams) (*running, error) {
	r := &running{Container: c, passed: make(chan error, len(s.out)), said: &capture{limit: maxRefusal}, killed: make(chan struct{})}
	files, err := r.connect(s)
	defer func() {
		for _, f := range files {
			f.Close()
		}
	}()
	bundle := c.State + "/bundle"
	if err == nil {
		err = writeSpec(bundle, c.Spec)
	}
	if err != nil {
		return nil, err
	}
	if err = ctx.Err(); err == nil {
		if c.Alone && !s.terminal { // elsewhere others' work could hold up the start, or what is typed
			defer yield()()
		}
		r.Process, err = child.Start(c.Runtime, []string{c.Runtime, "--root", c.State + "/runtime", "--log", c.State + "/log",
			"run", "--bundle", bundle, "--pid-file", c.pidFile(), "workload"}, files,
			syscall.ProcAttr{Env: []string{"PATH=/"}, Sys: &syscall.SysProcAttr{Setsid: s.terminal, Setctty: s.terminal}}) // its first descriptor
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	r.unwatch = context.AfterFunc(ctx, func() {
		r.kill()
		close(r.killed)
	})
	return r, nil
}

// yield has what the caller starts run only when nobody else wants to, until back is called: what the runtime notes of a container is not to come
// before what the container does.
func yield() (back func()) {
	runtime.LockOSThread()
	_ = unix.SchedSetAttr(0, &unix.SchedAttr{Policy: unix.SCHED_IDLE}, 0) // nothing is lost without it
	return func() {
		_ = unix.SchedSetAttr(0, &unix.SchedAttr{}, 0) // root may
		runtime.UnlockOSThread()
	}
}

// connect makes the runtime's descriptors.
func (r *running) connect(s streams) (files []*os.File, err error) {
	if s.stdin == nil {
		if s.stdin, err = os.Open(cmp.Or(r.Stdin, os.DevNull)); err != nil {
			return nil, err
		}
	}
	files = []*os.File{s.stdin}
	last := len(s.out) - 1
	s.out[last] = io.MultiWriter(s.out[last], r.said)
	for _, to := range s.out {
		file, isFile := to.(*os.File)
		if !isFile {
			if file, err = r.pipe(to); err != nil {
				return files, err
			}
		}
		files = append(files, file)
	}
	return append(files, files[1+last])[:3], nil
}

// pipe is what the runtime writes into, for to to hear.
func (r *running) pipe(to io.Writer) (*os.File, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	r.pipes = append(r.pipes, out)
	go func() {
		_, err := io.CopyBuffer(to, struct{ io.Reader }{out}, make([]byte, maxPiece)) // the reader alone: a file has ways of its own, which are not for this
		out.Close()
		r.passed <- err
	}()
	return in, nil
}

// kill ends the runtime, which starts nothing more then, and what is left of the container, which would outlive it.
func (r *running) kill() {
	r.Signal(unix.SIGKILL)
	_ = os.WriteFile("/sys/fs/cgroup"+r.Spec.Linux.CgroupsPath+"/cgroup.kill", []byte("1"), 0) // gone if it has ended
}

// wait waits until the runtime has ended and all that was written has been heard, and returns how the workload ended.
func (r *running) wait() (uint32, error) {
	status, err := r.Wait()
	for _, p := range r.pipes {
		if r.linger > 0 {
			_ = p.SetReadDeadline(time.Now().Add(r.linger)) // it is closed if all was heard
		}
	}
	for range r.pipes {
		if heard := <-r.passed; err == nil && status == 0 { // how the workload ended comes first
			err = heard
		}
	}
	if !r.unwatch() {
		<-r.killed
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrRuntime, err)
	}
	said := string(r.said.kept)
	_, missing := os.Stat(r.pidFile())
	if r.refused = missing != nil || status == 1 && strings.HasPrefix(said, notExecuted); r.refused {
		return refusal(r.Spec.Process.Args[0], said), nil
	}
	return uint32(status), nil
}

func (c Container) pidFile() string { return c.State + "/pid" }

// executes says whether the container's first process runs a program of its own. Until then it is the runtime, which the kernel may
// refuse to execute the program for.
func (r *running) executes() bool {
	pid, _ := os.ReadFile(r.pidFile()) // which there may not be yet
	program, err := os.Stat("/proc/" + strings.TrimSpace(string(pid)) + "/exe")
	own, none := os.Stat(r.Runtime)
	return err == nil && none == nil && !os.SameFile(program, own)
}

// notExecuted begins what the runtime says in the container's place where the kernel refuses to execute the entrypoint. A workload that says it
// before anything else and ends with 1 is taken at its word.
const notExecuted = "exec container process "

// refusal is the exit status for what the runtime said of the program.
func refusal(program, said string) uint32 {
	switch {
	case strings.HasPrefix(said, notExecuted) && strings.Contains(said, "`: Permission denied"):
		return ExitNotExecutable
	case strings.HasPrefix(said, notExecuted):
		return ExitNotProgram
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
	return os.WriteFile(bundle+"/config.json", document, 0o600)
}

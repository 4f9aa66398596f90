// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/workload"
)

const (
	inputPath   = "/run/input"
	outputPath  = "/run/output"
	statePath   = "/run/workload"
	runtimePath = "/runtime"
	reservedMiB = 128 // of the machine's memory, for the agent, its seals and the kernel
)

// PutInput makes an opened input readable for the workload.
func (Machine) PutInput(name string, content []byte) error {
	if err := os.MkdirAll(inputPath, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(inputPath, name), content, 0o444)
}

// Run runs the workload of the config to its end. With exactly one input, that is its standard input.
func (Machine) Run(ctx context.Context, c config.Config, firstOutput func()) (workload.Outcome, error) {
	if err := makeDirectories(c); err != nil {
		return workload.Outcome{}, err
	}
	limit, err := memoryLimit()
	if err != nil {
		return workload.Outcome{}, err
	}
	stdin, err := onlyInput()
	if err != nil {
		return workload.Outcome{}, err
	}
	paths := workload.Paths{Root: rootPath, Input: inputPath, Output: outputPath}
	container := workload.Container{Runtime: runtimePath, State: statePath, Spec: workload.Spec(c, paths, limit), Stdin: stdin}
	return container.Run(ctx, firstOutput)
}

// Output is what the workload left in its output directory.
func (Machine) Output() (fs.FS, error) {
	root, err := os.OpenRoot(outputPath)
	if err != nil {
		return nil, err
	}
	return root.FS(), nil
}

// makeDirectories makes the two directories of the interface.
func makeDirectories(c config.Config) error {
	if err := os.MkdirAll(inputPath, 0o755); err != nil {
		return err
	}
	size := fmt.Sprintf("mode=0700,size=%dm,nr_inodes=%d,uid=%d,gid=%d",
		c.Bounds.OutputMiB, 2*task.MaxOutputEntries, c.Process.User.UID, c.Process.User.GID)
	return mount{"tmpfs", outputPath, "tmpfs", quietFlags, size}.do()
}

// memoryLimit leaves the agent enough to seal the output when the workload takes all it can.
func memoryLimit() (int64, error) {
	info, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	have, err := memoryMiB(string(info))
	if err != nil {
		return 0, err
	}
	return max(int64(have)-reservedMiB, int64(have)/2) << 20, nil
}

// onlyInput returns the path of the input if there is exactly one, else "".
func onlyInput() (string, error) {
	entries, err := os.ReadDir(inputPath)
	if err != nil || len(entries) != 1 {
		return "", err
	}
	return filepath.Join(inputPath, entries[0].Name()), nil
}

// Scratch returns an unnamed file in RAM.
func (Machine) Scratch() (*os.File, error) {
	fd, err := unix.MemfdCreate("output", unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "output"), nil
}

// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"

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
	return errors.Join(os.MkdirAll(inputPath, 0o755), os.WriteFile(inputPath+"/"+name, content, 0o444))
}

// PutSecret keeps a secret that its owner alone may read.
func (Machine) PutSecret(container int, name string, owner config.User, content []byte) error {
	secrets := folderOf(container).secrets()
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		return err
	}
	path := workload.Paths{Secrets: secrets}.Secret(name)
	return errors.Join(os.WriteFile(path, content, 0o400), os.Chown(path, int(owner.UID), int(owner.GID)))
}

// Run runs the workload of the config to its end. With exactly one input, that is the main container's standard input.
func (Machine) Run(ctx context.Context, c config.Config, heard workload.Listener) (uint32, error) {
	group, err := prepare(c)
	if unfit := new(workload.UnfitError); errors.As(err, &unfit) {
		heard(workload.Stderr, fmt.Appendf(nil, "escrin: %v\n", err))
		return workload.ExitContainerUnfit, nil
	}
	if err != nil {
		return 0, err
	}
	return group.Run(ctx, heard)
}

// Attach runs the workload of a trial to its end.
func (Machine) Attach(ctx context.Context, c config.Config, s workload.Stdio) (uint32, error) {
	group, err := prepare(c)
	if unfit := new(workload.UnfitError); errors.As(err, &unfit) {
		_, err = fmt.Fprintf(s.Stderr, "escrin: %v\n", err)
		return workload.ExitContainerUnfit, err
	}
	if err == nil && s.Terminal != nil {
		err = mount{"devpts", "/dev/pts", "devpts", unix.MS_NOSUID | unix.MS_NOEXEC, "mode=0600"}.do()
	}
	if err != nil {
		return 0, err
	}
	return group.Attach(ctx, s)
}

// prepare makes all directories before anything runs, and says how the containers are run.
func prepare(c config.Config) (workload.Group, error) {
	if err := makeDirectories(c); err != nil {
		return nil, err
	}
	limit, err := memoryLimit(c)
	if err != nil {
		return nil, err
	}
	if err := limitGroup(cgroupPath+workload.Cgroup, limit, int(c.Bounds.MaxProcesses)); err != nil {
		return nil, err
	}
	if err := openBetween(c); err != nil {
		return nil, err
	}
	stdin, err := onlyInput()
	if err != nil {
		return nil, err
	}
	var group workload.Group
	for i, container := range c.Containers {
		spec := forKernel(workload.Spec(container, c.Bounds, paths(c, i), limit))
		err := stackRoot(folderOf(i), spec)
		if others := len(c.Containers) > 1 || c.Tasks.PerBoot > 1; others && err == nil {
			err = keepEntries(spec.Linux)
		}
		if err != nil {
			return nil, inContainer(c, i, err)
		}
		group = append(group, workload.Container{
			Name: container.Name, Runtime: runtimePath, State: statePath + "/" + strconv.Itoa(i), Spec: spec,
			Completes: container.Completes, StopSignal: container.StopSignal, Alone: !sharesNetwork(c),
		})
	}
	group[len(group)-1].Stdin = stdin
	return group, nil
}

// inContainer says which one an error is of, if there are several.
func inContainer(c config.Config, container int, err error) error {
	if len(c.Containers) > 1 {
		err = fmt.Errorf("container %s: %w", c.Containers[container].Name, err)
	}
	return err
}

// Output is what the workload left in its output directory, until it is closed.
func (Machine) Output() (_ fs.FS, closeFiles func() error, err error) {
	root, err := os.OpenRoot(outputPath)
	if err != nil {
		return nil, nil, err
	}
	return root.FS(), root.Close, nil
}

// Inputs is the directory of the inputs.
func (Machine) Inputs() fs.FS { return os.DirFS(inputPath) }

// PutOutput makes a file of the output directory's owner, in the place of what is there. It opens nothing that the workload made.
func (Machine) PutOutput(name string, content []byte) error {
	return putOutput(outputPath, name, content)
}

func putOutput(directory, name string, content []byte) error {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return err
	}
	defer root.Close()
	owner, err := root.Stat(".")
	if err != nil {
		return err
	}
	fresh := ".escrin-" + rand.Text()
	file, err := root.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	user := owner.Sys().(*syscall.Stat_t) // what os returns on Linux
	err = errors.Join(err, file.Chown(int(user.Uid), int(user.Gid)), file.Close())
	if err == nil {
		err = root.Rename(fresh, name)
	}
	if err != nil {
		_ = root.Remove(fresh)
	}
	return err
}

// makeDirectories makes the two directories of the interface, and the volumes, each once.
func makeDirectories(c config.Config) error {
	if err := os.MkdirAll(inputPath, 0o755); err != nil {
		return err
	}
	user := c.Main().Process.User
	size := fmt.Sprintf("mode=0700,size=%dm,nr_inodes=%d,uid=%d,gid=%d",
		c.Bounds.OutputMiB, 2*task.MaxOutputEntries, user.UID, user.GID)
	if err := (mount{"tmpfs", outputPath, "tmpfs", quietFlags, size}).do(); err != nil {
		return err
	}
	for i, container := range c.Containers {
		for j, v := range container.Volumes {
			if home, at := c.Home(i, j); home != i || at != j {
				continue
			}
			if err := makeVolume(folderOf(i).lower(), folderOf(i).volume(j), v, container.Process.User); err != nil {
				return inContainer(c, i, fmt.Errorf("make volume %s: %w", v.Path, err))
			}
		}
	}
	return nil
}

// memoryLimit is what the workload may take in bytes. It leaves the agent enough to seal the output, the gateway its part, the scratch disk its
// tags, and all that the agent writes its place: inputs and secrets, which are there, and outputs. What opening them took is given back first.
func memoryLimit(c config.Config) (int64, error) {
	have, err := memoryMiB()
	var files unix.Statfs_t
	err = errors.Join(err, unix.Statfs(filesPath, &files))
	written := (files.Blocks - files.Bfree) * uint64(files.Bsize) >> 20
	if written > 0 { // a collection takes longer than a small input
		debug.FreeOSMemory()
	}
	reserved := reservedMiB + c.ScratchTagsMiB() + uint64(c.Bounds.OutputMiB) + written + 1
	if !c.Network.None() {
		reserved += gatewayMiB
	}
	return max(int64(have)-int64(reserved), int64(have)/4) << 20, err
}

// onlyInput returns the path of the input if there is exactly one, else "".
func onlyInput() (string, error) {
	entries, err := os.ReadDir(inputPath)
	if err != nil || len(entries) != 1 {
		return "", err
	}
	return inputPath + "/" + entries[0].Name(), nil
}

// Scratch returns an unnamed file in RAM.
func (Machine) Scratch() (*os.File, error) {
	fd, err := unix.MemfdCreate("output", unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "output"), nil
}

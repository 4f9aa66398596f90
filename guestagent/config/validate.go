// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

const (
	agentPath = "/run/escrin" // of the agent's socket, and of secrets that the config does not put elsewhere

	// MaxContainers is the largest number of containers.
	MaxContainers = 16

	maxName      = 63
	maxTasks     = 65536      // in one boot
	maxStrings   = 4096       // entries of args and env each
	maxPath      = 4095       // bytes of a path
	maxBlocks    = 1 << 36    // 256 TiB
	maxMiB       = 1 << 22    // 4 TiB
	maxProcesses = 1 << 22    // the kernel's PID_MAX_LIMIT
	maxGIDs      = 65536      // the kernel's NGROUPS_MAX
	noID         = ^uint32(0) // (uid_t)-1 means "leave as it is" to the kernel
)

// Validate holds the rules of SPEC.md; a zero Config fails it.
func (c Config) Validate() error {
	if c.Version != Version {
		return fmt.Errorf("version %d, want %d", c.Version, Version)
	}
	if len(c.Containers) == 0 || len(c.Containers) > MaxContainers {
		return fmt.Errorf("containers: want 1…%d", MaxContainers)
	}
	var names []string
	for i, container := range c.Containers {
		err := container.validate(i == len(c.Containers)-1)
		if err == nil && slices.Contains(names, container.Name) {
			err = errors.New("another container has this name")
		}
		if err != nil {
			return fmt.Errorf("container %q: %w", container.Name, err)
		}
		names = append(names, container.Name)
	}
	if c.Tasks.PerBoot < 1 || c.Tasks.PerBoot > maxTasks {
		return fmt.Errorf("tasks.perBoot %d is not in 1…%d", c.Tasks.PerBoot, maxTasks)
	}
	for _, err := range []error{c.Bounds.validate(), c.Network.validate(), c.Confidential.validate(c.Main()), c.validScratch(), c.validShared()} {
		if err != nil {
			return err
		}
	}
	return nil
}

// validScratch refuses volumes on a disk that the machine does not have, and a disk whose tags would take more than an eighth of
// the RAM.
func (c Config) validScratch() error {
	for _, container := range c.Containers {
		for _, v := range container.Volumes {
			if v.Disk && c.Bounds.ScratchMedium != ScratchDisk {
				return fmt.Errorf("volume %s is on the scratch disk, and bounds.scratchMedium is %q", v.Path, c.Bounds.ScratchMedium)
			}
		}
	}
	if c.ScratchTagsMiB() > max(1, uint64(c.Bounds.MinMemoryMiB)/8) {
		return fmt.Errorf("the scratch disk has %d MiB, more than 32 times bounds.minMemoryMiB", c.ScratchBlocks()/blocksPerMiB)
	}
	return nil
}

// validate checks a container, of which the main one alone has the workload interface, and nothing after it.
func (c Container) validate(main bool) error {
	io := IO{}
	if main {
		io = IO{Input: InputPath, Output: OutputPath}
	}
	switch {
	case !validName(c.Name):
		return fmt.Errorf("want a name of at most %d lower-case letters, digits, '_', '.' and '-'", maxName)
	case c.IO != io:
		return fmt.Errorf("io must be %q and %q", io.Input, io.Output)
	case main && c.Completes:
		return errors.New("it is the last one: nothing waits for it to complete")
	}
	for _, err := range []error{ValidSignal(c.StopSignal), c.validMounts(), c.Process.validate(), c.Disk.validate()} {
		if err != nil {
			return err
		}
	}
	return nil
}

func validName(name string) bool {
	other := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-", r))
	}
	return name != "" && len(name) <= maxName && !strings.ContainsFunc(name, other) && strings.IndexByte("_.-", name[0]) < 0
}

func (p Process) validate() error {
	if len(p.Args) == 0 || p.Args[0] == "" {
		return errors.New("process.args is empty: the workload needs a command")
	}
	if err := validStrings("process.args", p.Args); err != nil {
		return err
	}
	if err := validStrings("process.env", p.Env); err != nil {
		return err
	}
	for _, e := range p.Env {
		if strings.IndexByte(e, '=') < 1 {
			return errors.New("process.env: every entry must be NAME=value")
		}
	}
	if err := validPath("process.cwd", p.Cwd); err != nil {
		return err
	}
	return p.User.validate()
}

func (u User) validate() error {
	if u.AdditionalGIDs == nil || len(u.AdditionalGIDs) > maxGIDs {
		return fmt.Errorf("process.user.additionalGids: want a list of at most %d", maxGIDs)
	}
	for i, gid := range u.AdditionalGIDs {
		if i > 0 && gid <= u.AdditionalGIDs[i-1] {
			return errors.New("process.user.additionalGids must be sorted and unique")
		}
	}
	if u.UID == noID || u.GID == noID || slices.Contains(u.AdditionalGIDs, noID) {
		return fmt.Errorf("process.user: id %d is reserved", noID)
	}
	return nil
}

func (d Disk) validate() error {
	switch {
	case d.OffsetBlocks > maxBlocks:
		return fmt.Errorf("disk.offsetBlocks %d is not in 0…%d", d.OffsetBlocks, uint64(maxBlocks))
	case d.DataBlocks == 0 || d.DataBlocks > maxBlocks:
		return fmt.Errorf("disk.dataBlocks %d is not in 1…%d", d.DataBlocks, uint64(maxBlocks))
	case d.HashOffsetBlocks < d.OffsetBlocks+d.DataBlocks || d.HashOffsetBlocks > maxBlocks:
		return fmt.Errorf("disk.hashOffsetBlocks %d is not in offsetBlocks + dataBlocks…%d", d.HashOffsetBlocks, uint64(maxBlocks))
	case d.RootHash == [32]byte{}:
		return errors.New("disk.rootHash is zero")
	}
	return nil
}

func (b Bounds) validate() error {
	for _, n := range []uint32{b.MinMemoryMiB, b.ScratchMiB, b.OutputMiB} {
		if err := validMiB("bounds", n); err != nil {
			return err
		}
	}
	if b.MinVCPUs == 0 || b.MinVCPUs > b.MaxVCPUs || b.MaxVCPUs > MaxVCPUs {
		return fmt.Errorf("bounds: %d…%d processors is not within 1…%d", b.MinVCPUs, b.MaxVCPUs, MaxVCPUs)
	}
	if b.ScratchMedium != ScratchMemory && b.ScratchMedium != ScratchDisk {
		return fmt.Errorf("bounds.scratchMedium %q is neither %q nor %q", b.ScratchMedium, ScratchMemory, ScratchDisk)
	}
	if b.MaxProcesses == 0 || b.MaxProcesses > maxProcesses {
		return fmt.Errorf("bounds.maxProcesses %d is not in 1…%d", b.MaxProcesses, maxProcesses)
	}
	return nil
}

func validMiB(what string, n uint32) error {
	if n == 0 || n > maxMiB {
		return fmt.Errorf("%s: %d MiB is not in 1…%d", what, n, maxMiB)
	}
	return nil
}

// validMounts checks volumes and secrets, which share the file system.
func (c Container) validMounts() error {
	if c.Volumes == nil || len(c.Volumes) > MaxVolumes {
		return fmt.Errorf("volumes: want a list of at most %d", MaxVolumes)
	}
	for i, v := range c.Volumes {
		if err := v.Validate(); err != nil {
			return err
		}
		if i > 0 && v.Path <= c.Volumes[i-1].Path {
			return errors.New("volumes must be sorted by path, and paths unique")
		}
	}
	return c.validSecrets()
}

// Validate requires a clean path that does not hide the system or the interface, and a size.
func (v Volume) Validate() error {
	if err := validTarget("volumes", v.Path); err != nil {
		return err
	}
	if v.Name != "" && !validName(v.Name) {
		return fmt.Errorf("volume %s: %q is no name", v.Path, v.Name)
	}
	return validMiB("volume "+v.Path, v.SizeMiB)
}

// validTarget accepts paths outside what the agent itself puts into the workload's file system.
func validTarget(what, p string) error {
	if err := validPath(what, p); err != nil {
		return err
	}
	top, _, _ := strings.Cut(p[1:], "/")
	if slices.Contains([]string{"", "proc", "sys", "dev", InputPath[1:], OutputPath[1:]}, top) || p == agentPath || strings.HasPrefix(p, agentPath+"/") {
		return fmt.Errorf("%s: %q is taken", what, p)
	}
	return nil
}

func validStrings(what string, list []string) error {
	if list == nil || len(list) > maxStrings {
		return fmt.Errorf("%s: want a list of at most %d", what, maxStrings)
	}
	for _, s := range list {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return fmt.Errorf("%s: an entry is not UTF-8 text without NUL", what)
		}
	}
	return nil
}

func validPath(what, p string) error {
	if !path.IsAbs(p) || path.Clean(p) != p || len(p) > maxPath {
		return fmt.Errorf("%s: %q is not a clean absolute path", what, p)
	}
	return validStrings(what, []string{p})
}

// Signal is the number of a signal by its name, or 0 if there is none: SIGRTMIN and SIGRTMIN+1 to SIGRTMIN+30, which are 34 to 64 as
// glibc counts, and those that Linux itself names.
func Signal(name string) unix.Signal {
	switch {
	case name == "SIGTERM": // as nearly always, where a boot is not to make a table of all
		return unix.SIGTERM
	case !strings.HasPrefix(name, "SIGRTMIN"):
		return unix.SignalNum(name)
	}
	for n := range 31 {
		if name == strings.TrimSuffix(fmt.Sprintf("SIGRTMIN+%d", n), "+0") {
			return unix.Signal(34 + n)
		}
	}
	return 0
}

// ValidSignal accepts the name of a signal. It refuses those that stop a program, which does not end then, and those that every
// program passes over unless it asks. SIGWINCH is one of the latter, and how web servers are told to end.
func ValidSignal(s string) error {
	switch Signal(s) {
	case 0:
		return fmt.Errorf("stopSignal %q is not a signal's name", s)
	case unix.SIGSTOP, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU, unix.SIGCONT, unix.SIGCHLD, unix.SIGURG:
		return fmt.Errorf("stopSignal %s ends no program", s)
	}
	return nil
}

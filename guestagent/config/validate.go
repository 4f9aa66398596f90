// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxStrings   = 4096            // entries of args, env and volumes each
	maxPath      = 4095            // bytes of a path
	maxBlocks    = 1 << 36         // 256 TiB
	maxMiB       = 1 << 22         // 4 TiB
	maxProcesses = 1 << 22         // the kernel's PID_MAX_LIMIT
	maxGIDs      = 65536           // the kernel's NGROUPS_MAX
	noID         = ^uint32(0)      // (uid_t)-1 means "leave as it is" to the kernel
	sigPrefix    = "SIG"           // of every stop signal
	maxSignal    = len("SIGRTMAX") // bytes of a signal's name, without an offset
)

// validate holds the rules of SPEC.md; a zero Config fails it.
func (c Config) validate() error {
	if c.Version != Version {
		return fmt.Errorf("version %d, want %d", c.Version, Version)
	}
	if c.Network != NetworkNone {
		return fmt.Errorf("network %q, want %q", c.Network, NetworkNone)
	}
	if c.IO != (IO{Input: InputPath, Output: OutputPath}) {
		return errors.New("io must be " + InputPath + " and " + OutputPath)
	}
	if err := validSignal(c.StopSignal); err != nil {
		return err
	}
	if err := validVolumes(c.Volumes); err != nil {
		return err
	}
	if err := c.Process.validate(); err != nil {
		return err
	}
	if err := c.Disk.validate(); err != nil {
		return err
	}
	return c.Bounds.validate()
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
	case d.DataBlocks == 0 || d.DataBlocks > maxBlocks:
		return fmt.Errorf("disk.dataBlocks %d is not in 1…%d", d.DataBlocks, uint64(maxBlocks))
	case d.HashOffsetBlocks < d.DataBlocks || d.HashOffsetBlocks > maxBlocks:
		return fmt.Errorf("disk.hashOffsetBlocks %d is not in dataBlocks…%d", d.HashOffsetBlocks, uint64(maxBlocks))
	case d.RootHash == [32]byte{}:
		return errors.New("disk.rootHash is zero")
	}
	return nil
}

func (b Bounds) validate() error {
	for _, n := range []uint32{b.MinMemoryMiB, b.ScratchMiB, b.OutputMiB} {
		if n == 0 || n > maxMiB {
			return fmt.Errorf("bounds: %d MiB is not in 1…%d", n, maxMiB)
		}
	}
	if b.MaxProcesses == 0 || b.MaxProcesses > maxProcesses {
		return fmt.Errorf("bounds.maxProcesses %d is not in 1…%d", b.MaxProcesses, maxProcesses)
	}
	return nil
}

// validVolumes requires clean, sorted, unique paths that do not hide the system or the interface.
func validVolumes(volumes []string) error {
	if err := validStrings("volumes", volumes); err != nil {
		return err
	}
	for i, v := range volumes {
		if err := validPath("volumes", v); err != nil {
			return err
		}
		if i > 0 && v <= volumes[i-1] {
			return errors.New("volumes must be sorted and unique")
		}
		top, _, _ := strings.Cut(v[1:], "/")
		if slices.Contains([]string{"", "proc", "sys", "dev", InputPath[1:], OutputPath[1:]}, top) {
			return fmt.Errorf("volumes: %q is taken", v)
		}
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

// validSignal accepts SIG and upper-case letters, digits, + and -; the agent knows which exist.
func validSignal(s string) error {
	name, ok := strings.CutPrefix(s, sigPrefix)
	bad := func(r rune) bool { return !(r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '-') }
	if !ok || name == "" || len(s) > maxSignal+3 || strings.ContainsFunc(name, bad) {
		return fmt.Errorf("stopSignal %q is not a signal's name", s)
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package guestkernel

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// layout names how makeRoot lays out the packages, for the cache's key: a change there changes it.
const layout = "1"

// build makes dir of the packages.
func build(cache, dir string, packages []Package, say func(string)) (err error) {
	work, err := os.MkdirTemp(cache, "build-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	root := filepath.Join(work, "root")
	say("unpacking the source and the toolchain of the guest's kernel")
	if err := makeRoot(root, packages); err != nil {
		return err
	}
	if err := inside(root, "configure"); err != nil {
		return err
	}
	config, err := os.ReadFile(filepath.Join(root, "build/config"))
	if err != nil {
		return err
	}
	if err := checkConfig(config); err != nil {
		return err
	}
	say("compiling the guest's kernel: about fifteen minutes of one processor, once for each configuration")
	if err := inside(root, "compile", strconv.Itoa(runtime.NumCPU())); err != nil {
		return err
	}
	return keep(filepath.Join(root, "build"), work, dir)
}

// makeRoot unpacks the packages into root. Their own scripts are not run: of what those do, one link is needed.
func makeRoot(root string, packages []Package) error {
	for _, dir := range []string{"build", "dev"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			return err
		}
	}
	for _, p := range packages {
		if err := unpack(root, p); err != nil {
			return fmt.Errorf("unpack %s: %w", p.Path, err)
		}
	}
	if err := os.Symlink("mawk", filepath.Join(root, "usr/bin/awk")); err != nil {
		return err
	}
	for name, text := range map[string]string{"build/options": options, "build/build.sh": buildScript, "dev/null": ""} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// unpack checks a package's file and unpacks it into root.
func unpack(root string, p Package) error {
	content, err := os.ReadFile(p.Path)
	if err != nil {
		return err
	}
	if sha256.Sum256(content) != p.Digest {
		return errors.New("not the file that was pinned")
	}
	return run(exec.Command("dpkg-deb", "--extract", p.Path, root))
}

// enter is what a shell does in the new namespaces: it gives the root its only device and goes there.
const enter = `mount --bind /dev/null "$0/dev/null" && exec chroot "$0" /bin/sh /build/build.sh "$@"`

// inside runs build.sh in the root, as the root user of namespaces of its own, with no other name for anything there.
func inside(root string, words ...string) error {
	cmd := exec.Command("/bin/sh", append([]string{"-c", enter, root}, words...)...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/build", "LC_ALL=C", "TZ=UTC0"}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC |
			syscall.CLONE_NEWUTS | syscall.CLONE_NEWPID,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	return run(cmd)
}

// maxReport bounds what an error repeats of a program's output, in bytes.
const maxReport = 4 << 10

func run(cmd *exec.Cmd) error {
	report, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd.Path, err, report[max(0, len(report)-maxReport):])
	}
	return nil
}

// keep moves what was built to dir, all of it or nothing.
func keep(from, work, dir string) error {
	out := filepath.Join(work, "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"image", "release", "config"} {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(out, name)); err != nil {
			return err
		}
	}
	return os.Rename(out, dir)
}

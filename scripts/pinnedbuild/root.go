// SPDX-License-Identifier: Apache-2.0

package pinnedbuild

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Root unpacks packages into the folder root, as dpkg would, and source archives to /build/source.tar; files go to /build.
// The packages' own scripts are not run: of what those do, one link is needed.
func Root(root string, packages []Package, files map[string]string) error {
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
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, "build", name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(root, "dev/null"), nil, 0o644)
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
	if strings.HasSuffix(p.Path, ".tar.gz") {
		return gunzip(content, filepath.Join(root, "build/source.tar"))
	}
	return run(exec.Command("dpkg-deb", "--extract", p.Path, root))
}

// gunzip spares the root a program that only a source archive needs.
func gunzip(content []byte, to string) error {
	r, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return err
	}
	archive, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return os.WriteFile(to, archive, 0o644)
}

// enter is what a shell does in the new namespaces: it gives the root its only device and goes there.
const enter = `mount --bind /dev/null "$0/dev/null" && exec chroot "$0" /bin/sh /build/build.sh "$@"`

// Inside runs /build/build.sh in the root, as the root user of namespaces of its own, with no other name for anything there.
func Inside(root string, words ...string) error {
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

// SPDX-License-Identifier: Apache-2.0

package qemu

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// program is the QEMU system emulator of the only architecture that escrin's guests have.
const program = "qemu-system-x86_64"

// minMajor is the oldest QEMU that boots a 6.12 guest reliably: 7.2 panics in about one boot of five.
const minMajor = 10

// Binary is an installed QEMU that is new enough.
type Binary struct {
	path    string
	release string
}

// Release is QEMU's version, for example 10.0.2.
func (b Binary) Release() string { return b.release }

// VersionError says that QEMU is missing or too old. It carries a hint for the user.
type VersionError struct{ problem string }

func (e *VersionError) Error() string { return e.problem }

// Hint says what to do.
func (e *VersionError) Hint() string {
	return "install qemu-system-x86 10 or newer; on Debian 12: apt install -t bookworm-backports qemu-system-x86 (scripts/setup.sh does it)"
}

// Find locates QEMU in PATH and asks it for its version. The error is a *VersionError if there is none or if it
// is older than 10.
func Find(ctx context.Context) (Binary, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return Binary{}, &VersionError{program + " is not installed"}
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return Binary{}, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	release, err := parseVersion(string(out))
	if err != nil {
		return Binary{}, err
	}
	return Binary{path: path, release: release}, nil
}

var versionPattern = regexp.MustCompile(`^QEMU emulator version ([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})[^0-9.]`)

// parseVersion reads the first line of `qemu-system-x86_64 --version`.
func parseVersion(out string) (string, error) {
	m := versionPattern.FindStringSubmatch(out + "\n")
	if m == nil {
		return "", &VersionError{fmt.Sprintf("cannot read QEMU's version from %.80q", out)}
	}
	release := strings.Join(m[1:], ".")
	if major, err := strconv.Atoi(m[1]); err != nil || major < minMajor {
		return "", &VersionError{fmt.Sprintf("QEMU %s is too old: %d or newer is needed", release, minMajor)}
	}
	return release, nil
}

// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/imagebuild/initrd"
)

// guestDisk is what the observer in the guest is told about one file system.
type guestDisk struct {
	Offset, Size, DataBlocks uint64
	RootHash, Listing        string
}

// bootObserver boots the kernel of the guest base, with its initrd but for /init, and one disk that holds all file
// systems, and returns the digest or the listing that the guest saw of each.
func bootObserver(t *testing.T, path string, disks []guestDisk) []string {
	t.Helper()
	dir := t.TempDir()
	tool(t, "go", "run", "github.com/escrin/escrin/scripts/guestbase", "-o", dir)
	tool(t, "go", "build", "-o", filepath.Join(dir, "observer"), "./testdata/observer")
	if err := addInit(dir, disks); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	console, answer := filepath.Join(dir, "console"), filepath.Join(dir, "answer")
	cmd := exec.CommandContext(ctx, "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", "1024",
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-kernel", filepath.Join(dir, "kernel"), "-initrd", filepath.Join(dir, "initrd"),
		"-append", "console=ttyS0 quiet panic=-1 rcupdate.rcu_expedited=1", "-serial", "file:"+console,
		"-device", "virtio-serial-pci", "-chardev", "file,id=answer,path="+answer, "-device", "virtserialport,chardev=answer",
		"-drive", "if=none,id=disk,readonly=on,format=raw,file="+path, "-device", "virtio-blk-pci,drive=disk")
	complaint, err := cmd.CombinedOutput()
	said, _ := os.ReadFile(console)
	if err != nil {
		t.Fatalf("QEMU: %v %s\nconsole:\n%s", err, complaint, said)
	}
	seen, err := readAnswer(answer, disks)
	if err != nil {
		t.Fatalf("%v\nconsole:\n%s", err, said)
	}
	return seen
}

// tool runs a program of the Go toolchain for a guest.
func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// addInit appends an archive to the initrd: the kernel unpacks one after the other, so that its files replace earlier ones.
func addInit(dir string, disks []guestDisk) error {
	archive, err := os.ReadFile(filepath.Join(dir, "initrd"))
	if err != nil {
		return err
	}
	program, err := os.ReadFile(filepath.Join(dir, "observer"))
	if err != nil {
		return err
	}
	document, err := json.Marshal(disks)
	if err != nil {
		return err
	}
	b := bytes.NewBuffer(append(archive, make([]byte, -len(archive)&3)...))
	err = initrd.Write(b, []initrd.Entry{{Name: "init", Mode: 0o500, Data: program}, {Name: "disks.json", Mode: 0o400, Data: document}})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "initrd"), b.Bytes(), 0o600)
}

// readAnswer reads one line for each disk, in any order: number, digest, and the listing if it is not the expected one.
func readAnswer(path string, disks []guestDisk) ([]string, error) {
	answer, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(answer), "\n")
	if len(lines) != len(disks)+2 || lines[len(disks)] != "end" {
		return nil, fmt.Errorf("the guest answered %d lines for %d disks", len(lines)-1, len(disks))
	}
	seen := make([]string, len(disks))
	for _, line := range lines[:len(disks)] {
		number, rest, _ := strings.Cut(line, " ")
		digest, text, differs := strings.Cut(rest, " ")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n >= len(seen) || seen[n] != "" || len(digest) != 64 {
			return nil, fmt.Errorf("the guest says %q", line)
		}
		seen[n] = digest
		if differs {
			if seen[n], err = strconv.Unquote(text); err != nil {
				return nil, err
			}
		}
	}
	return seen, nil
}

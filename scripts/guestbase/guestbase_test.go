// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func guestInputs() string { return filepath.Join(defaultCache(), "guest-inputs") }

// made is the base of this commit, or of what took the place of lost packages where that was asked for.
var made = sync.OnceValues(func() (base, error) {
	in, err := loadInputs(guestInputs(), os.Getenv(unpinnedVariable) == "1")
	if err != nil {
		return base{}, fmt.Errorf("%w: run scripts/setup.sh", err)
	}
	work, err := os.MkdirTemp("", "guestbase-")
	if err != nil {
		return base{}, err
	}
	defer os.RemoveAll(work)
	return assemble(in, work)
})

func build(t *testing.T) base {
	t.Helper()
	b, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestMB17InitrdHoldsNothingElse is the list of what an enclave's initrd is made of.
func TestMB17InitrdHoldsNothingElse(t *testing.T) {
	b := build(t)
	got := strings.Join(slices.Sorted(maps.Keys(b.about.Contents)), " ")
	want := "init lib/libc.so.6 lib/libcap.so.2 lib/libm.so.6 lib/libseccomp.so.2 lib/libsystemd.so.0 lib/libyajl.so.2 " +
		"lib64/ld-linux-x86-64.so.2 modules-tdx/00-configfs.ko modules-tdx/01-tsm.ko modules-tdx/02-tdx_guest.ko " +
		"modules/00-virtio_blk.ko modules/01-sha256_ssse3.ko modules/02-dm_mod.ko modules/03-dm_bufio.ko modules/04-reed_solomon.ko " +
		"modules/05-dm_verity.ko modules/06-libcrc32c.ko modules/07-erofs.ko modules/08-overlay.ko runtime"
	if got != want {
		t.Errorf("contents %s\nwant     %s", got, want)
	}
}

// TestTheBaseIsSmall: every guest loads kernel and initrd, and every registry keeps them.
func TestTheBaseIsSmall(t *testing.T) {
	b := build(t)
	if n := len(b.files["kernel"]) + len(b.files["initrd"]) + len(b.files["firmware.zst"]); n > 20_000_000 {
		t.Errorf("kernel, initrd and compressed firmware have %d bytes", n)
	}
}

func TestAMissingInputIsNamed(t *testing.T) {
	if _, err := loadInputs(t.TempDir(), false); err == nil || !strings.Contains(err.Error(), "read kernel") {
		t.Errorf("error is %v", err)
	}
}

// copyInputs is a copy of the machine's inputs that a test may spoil.
func copyInputs(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, input := range []string{kernelInput, firmwareInput, runtimeInput} {
		if err := os.CopyFS(filepath.Join(root, input, "deb"), os.DirFS(filepath.Join(guestInputs(), input, "deb"))); err != nil {
			t.Fatal(err)
		}
		copyFile(t, filepath.Join(guestInputs(), input, "fetched"), filepath.Join(root, input, "fetched"))
	}
	return root
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestSC01AnotherPackageIsRefused: neither another file under a pinned name nor another name goes into the base.
func TestSC01AnotherPackageIsRefused(t *testing.T) {
	unpinned := os.Getenv(unpinnedVariable) == "1"
	root := copyInputs(t)
	if _, err := loadInputs(root, unpinned); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, runtimeInput, "deb", "libcap2.deb")
	deb, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	deb[len(deb)-1] ^= 1
	if err := os.WriteFile(file, deb, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := loadInputs(root, true); err == nil || !strings.Contains(err.Error(), "libcap2") {
		t.Errorf("a changed package: error is %v", err)
	}
	list := filepath.Join(root, runtimeInput, "fetched")
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	digest := fmt.Sprintf("%x", sha256.Sum256(deb))
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if fields := strings.Fields(line); len(fields) == 6 && fields[1] == "libcap2" {
			lines[i] = strings.ReplaceAll(line, fields[5], digest)
		}
	}
	if err := os.WriteFile(list, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := loadInputs(root, false); err == nil || !strings.Contains(err.Error(), "pins.lock") {
		t.Errorf("a package that is not pinned: error is %v", err)
	}
}

func TestPinsAreReadStrictly(t *testing.T) {
	digest := strings.Repeat("0a", 32)
	for _, line := range []string{"\n", "kernel linux 1 trixie 5", "kernel linux 1 trixie 5 " + digest + " more", "kernel linux 1 trixie 0 " + digest,
		"kernel linux 1 trixie 5x " + digest, "kernel linux 1 trixie 5 " + digest[2:], "kernel linux 1 trixie 5 " + digest[:62] + "xx"} {
		if _, err := parsePins(line); err == nil {
			t.Errorf("%q is read", line)
		}
	}
	pins, err := parsePins(pinsLock)
	if err != nil || len(pins) == 0 {
		t.Errorf("pins.lock: %v", err)
	}
}

func TestArchivesThatAreNoPackages(t *testing.T) {
	member := fmt.Sprintf("%-48s%-10d`\n", "data.tar.xz/", 9)
	for name, archive := range map[string]string{
		"empty": "", "magic": "!<arch>", "no member": arMagic, "short header": arMagic + member[:59],
		"short member": arMagic + member + "12345678", "not xz": arMagic + member + "123456789",
		"negative": arMagic + strings.Replace(member, "9 ", "-9", 1),
	} {
		if err := newTree().unpack([]byte(archive)); err == nil {
			t.Errorf("%s: unpacked", name)
		}
	}
}

// TestSC01TheAgentIsCheckedForHowItWasBuilt: the program of this test was built otherwise.
func TestSC01TheAgentIsCheckedForHowItWasBuilt(t *testing.T) {
	b := build(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkBuild(program, b.about.Go); err == nil {
		t.Error("a test passes for the agent")
	}
	if err := checkBuild(nil, b.about.Go); err == nil {
		t.Error("nothing passes for the agent")
	}
	work := t.TempDir()
	agent, toolchain, err := buildAgent(work)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkBuild(agent, "go1.26"); err == nil || !strings.Contains(err.Error(), toolchain) {
		t.Errorf("another toolchain: error is %v", err)
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{root, work, defaultCache()} {
		if bytes.Contains(agent, []byte(word)) {
			t.Errorf("the agent knows the builder's %s", word)
		}
	}
}

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

	"github.com/escrin/escrin/scripts/guestkernel"
	"github.com/escrin/escrin/scripts/guestruntime"
)

// maxAgent bounds the guest's PID 1 in bytes. There were 4,350,078 when this was written. What makes the agent smaller lowers it.
const maxAgent = 4_500_000

func guestInputs() string { return filepath.Join(defaultCache(), "guest-inputs") }

// made are the bases of this commit, or of what took the place of lost packages where that was asked for.
var made = map[variant]func() (base, error){
	small:  sync.OnceValues(func() (base, error) { return makeBase(small) }),
	debian: sync.OnceValues(func() (base, error) { return makeBase(debian) }),
}

func makeBase(v variant) (base, error) {
	in, err := loadInputs(defaultCache(), v, os.Getenv(unpinnedVariable) == "1")
	if err != nil {
		return base{}, fmt.Errorf("%w: run scripts/setup.sh", err)
	}
	work, err := os.MkdirTemp("", "guestbase-")
	if err != nil {
		return base{}, err
	}
	defer os.RemoveAll(work)
	return assemble(in, work)
}

func build(t *testing.T, v variant) base {
	t.Helper()
	b, err := made[v]()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestMB17InitrdHoldsNothingElse is the list of what an enclave's initrd is made of.
func TestMB17InitrdHoldsNothingElse(t *testing.T) {
	const modules = "modules-scratch/00-cryptd.ko modules-scratch/01-crypto_simd.ko modules-scratch/02-gf128mul.ko modules-scratch/03-aesni_intel.ko " +
		"modules-scratch/04-xts.ko modules-scratch/05-dm_crypt.ko modules-scratch/06-xor.ko modules-scratch/07-async_tx.ko modules-scratch/08-async_xor.ko " +
		"modules-scratch/09-dm_integrity.ko modules-scratch/10-brd.ko modules-tdx/00-configfs.ko modules-tdx/01-tsm.ko modules-tdx/02-tdx_guest.ko " +
		"modules/00-virtio_blk.ko modules/01-sha256_ssse3.ko modules/02-dm_mod.ko modules/03-dm_bufio.ko modules/04-reed_solomon.ko " +
		"modules/05-dm_verity.ko modules/06-libcrc32c.ko modules/07-erofs.ko modules/08-overlay.ko "
	for v, more := range map[variant]string{small: "", debian: modules} {
		got := strings.Join(slices.Sorted(maps.Keys(build(t, v).about.Contents)), " ")
		want := "gateway/gateway init " + more + "runtime"
		if got != want {
			t.Errorf("%s: contents %s\nwant     %s", v, got, want)
		}
	}
}

// TestSC01WhatIsBuiltIsKnown: a change of what the small kernel and the container runtime are built of comes with the digest
// of what it gives.
func TestSC01WhatIsBuiltIsKnown(t *testing.T) {
	b := build(t, small)
	in, err := loadInputs(defaultCache(), small, os.Getenv(unpinnedVariable) == "1")
	if err != nil {
		t.Fatal(err)
	}
	if line, right := guestkernel.Built(in.kernelPackages(), b.files["kernel"]); in.pinned && !right {
		t.Errorf("scripts/guestkernel/built is not %q", line)
	}
	program, err := in.runtime()
	if err != nil {
		t.Fatal(err)
	}
	if line, right := guestruntime.Built(in.runtimePackages(), program); in.pinned && !right {
		t.Errorf("scripts/guestruntime/built is not %q", line)
	}
}

// TestTheBaseIsSmall: every guest loads kernel and initrd, and every registry keeps them.
func TestTheBaseIsSmall(t *testing.T) {
	for v, most := range map[variant]int{small: 7_900_000, debian: 17_500_000} {
		b := build(t, v)
		if n := len(b.files["kernel"]) + len(b.files["initrd"]); n > most {
			t.Errorf("%s: kernel and initrd have %d bytes", v, n)
		}
	}
}

func TestAMissingInputIsNamed(t *testing.T) {
	for v, want := range map[variant]string{small: "read linux-source", debian: "read linux-image"} {
		if _, err := loadInputs(t.TempDir(), v, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v", err)
		}
	}
}

// inputsWithout is a copy of the machine's inputs whose package of that name is another file, under its own digest, and
// the lines of pins.lock for both.
func inputsWithout(t *testing.T, name string) (cache string, pinned, other pin) {
	t.Helper()
	have, err := loadInputs(defaultCache(), debian, os.Getenv(unpinnedVariable) == "1")
	if err != nil {
		t.Fatal(err)
	}
	pins, err := parsePins(pinsLock)
	if err != nil {
		t.Fatal(err)
	}
	pins = slices.DeleteFunc(pins, func(p pin) bool { return debian.leavesOut(p.input) })
	cache = t.TempDir()
	for i, p := range pins {
		deb, err := os.ReadFile(have.packages[i].file(guestInputs()))
		if err != nil {
			t.Fatal(err)
		}
		if p.name == name {
			deb = append(deb, '\n')
			pinned, other = p, p
			other.size, other.digest = int64(len(deb)), sha256.Sum256(deb)
			p = other
		}
		place(t, cache, p, deb)
	}
	return cache, pinned, other
}

// place puts a package where the pin's digest says it is.
func place(t *testing.T, cache string, p pin, deb []byte) {
	t.Helper()
	file := p.file(filepath.Join(cache, "guest-inputs"))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, deb, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestSC01AnotherPackageIsRefused: nothing takes the place of a pinned package but what was asked for.
func TestSC01AnotherPackageIsRefused(t *testing.T) {
	cache, pinned, other := inputsWithout(t, "ovmf")
	refused := func(what string, unpinned bool) {
		if _, err := loadInputs(cache, debian, unpinned); err == nil || !strings.Contains(err.Error(), "read ovmf") {
			t.Errorf("%s: error is %v", what, err)
		}
	}
	refused("absent", false)
	refused("absent and nothing in its place", true)
	line := fmt.Sprintf("%s %s %s %s %d %x\n", other.input, other.name, other.version, other.suite, other.size, other.digest)
	note := filepath.Join(cache, "guest-inputs/instead", fmt.Sprintf("%s-%x", pinned.input, pinned.digest))
	if err := os.MkdirAll(filepath.Dir(note), 0o755); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"empty": "", "another input": strings.Replace(line, "ovmf", "kernel", 1)} {
		if err := os.WriteFile(note, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		refused(what, true)
	}
	if err := os.WriteFile(note, []byte(line), 0o644); err != nil {
		t.Fatal(err)
	}
	refused("in its place, but not asked for", false)
	if in, err := loadInputs(cache, debian, true); err != nil || in.pinned {
		t.Errorf("asked for: pinned %t, %v", in.pinned, err)
	}
	place(t, cache, pinned, []byte("another file"))
	refused("another file", false)
	refused("another file", true)
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
	b := build(t, small)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := checkBuild(program, agentPackage, b.about.Go); err == nil {
		t.Error("a test passes for the agent")
	}
	if err := checkBuild(nil, agentPackage, b.about.Go); err == nil {
		t.Error("nothing passes for the agent")
	}
	work := t.TempDir()
	agent, toolchain, err := buildProgram(work, agentPackage)
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("agent of %d bytes", len(agent)); len(agent) > maxAgent {
		t.Errorf("the agent has %d bytes, more than %d: see what is in it with go tool nm -size", len(agent), maxAgent)
	}
	if err := checkBuild(agent, agentPackage, "go1.26"); err == nil || !strings.Contains(err.Error(), toolchain) {
		t.Errorf("another toolchain: error is %v", err)
	}
	signals := bytes.ReplaceAll(agent, []byte("asyncpreemptoff=1"), []byte("asyncpreemptoff=0"))
	if err := checkBuild(signals, agentPackage, toolchain); err == nil || !strings.Contains(err.Error(), runtimeSettings) {
		t.Errorf("a runtime that sends itself signals: error is %v", err)
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

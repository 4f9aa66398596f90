// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/imagebuild/initrd"
)

// mutations are command lines that a host may try instead of the measured one.
func mutations(line string) map[string]string {
	all := map[string]string{
		"empty": "", "first word gone": strings.TrimPrefix(line, "console=ttyS0 "), "twice": line + " " + line, "reversed": reversed(line),
		"tab": strings.Replace(line, " ", "\t", 1), "two spaces": strings.Replace(line, " ", "  ", 1), "space before": " " + line, "space after": line + " ",
		"line break": line + "\nx", "carriage return": line + "\r", "NUL": line + "\x00x", "upper case": strings.ToUpper(line),
		"quoted": strings.Replace(line, "escrin.config=", `"escrin.config=`, 1) + `"`, "quoted value": strings.Replace(line, "escrin.config=", `escrin.config="`, 1) + `"`,
		"capital digest": capital(line), "plus": strings.Replace(line, ",", ",+", 1), "zero before": strings.Replace(line, ",", ",0", 1),
		"hexadecimal": strings.Replace(line, ",", ",0x", 1), "negative": strings.Replace(line, ",", ",-", 1), "no size": line[:strings.LastIndexByte(line, ',')],
		"fourth field": line + ",1", "dash": strings.Replace(line, "escrin.config", "escrin-config", 1), "underscore": strings.Replace(line, "escrin.config", "escrin_config", 1),
		"longer than the kernel keeps": line + " " + strings.Repeat("x", 2048), "firmware's words twice": line + " initrd=initrd initrd=initrd", "firmware's words of another file": line + " initrd=other",
		"other digest": swapDigit(line), "other word order": strings.Replace(line, "quiet panic=-1", "panic=-1 quiet", 1),
	}
	for _, word := range strings.Fields(`init=/runtime rdinit=/runtime rdinit=/bin/sh single emergency systemd.debug_shell rd.break debug ignore_loglevel loglevel=7 earlyprintk=ttyS0
		mitigations=off nokaslr nosmep nosmap lockdown=none lsm= random.trust_bootloader=on random.trust_cpu=off kvm-clock no-tsc clocksource=hpet panic=0 oops=continue
		ia32_emulation=1 vsyscall=emulate iomem=relaxed crashkernel=64M hibernate=on acpi_rsdp=0x1 swiotlb=force escrin.config=0 escrin.debug=1 module.sig_enforce=0
		dm-mod.create=x root=/dev/vda ro rootflags=x -- net.ifnames=0`) {
		all["appended "+word], all["prepended "+word] = line+" "+word, word+" "+line
	}
	return all
}

func reversed(line string) string {
	words := strings.Fields(line)
	slices.Reverse(words)
	return strings.Join(words, " ")
}

// capital spells the digest in capital letters, swapDigit changes one of its digits.
func capital(line string) string {
	head, tail, _ := strings.Cut(line, "escrin.config=")
	return head + "escrin.config=" + strings.ToUpper(tail)
}

func swapDigit(line string) string {
	head, tail, _ := strings.Cut(line, "escrin.config=")
	digit := "0"
	if tail[0] == '0' {
		digit = "1"
	}
	return head + "escrin.config=" + digit + tail[1:]
}

// TestMB03CommandLineHasOneSpelling: each of the mutations is refused by the parser that the guest has, or names another
// document, which the disk does not have.
func TestMB03CommandLineHasOneSpelling(t *testing.T) {
	digest := config.Digest([]byte("config"))
	line := config.Location{Digest: digest, OffsetBlocks: 1234, Size: 567}.CommandLine()
	tried := 0
	for name, mutated := range mutations(line) {
		tried++
		where, err := config.ParseCommandLine(mutated)
		if mutated == line || err == nil && where.Digest == digest {
			t.Errorf("%s: taken as %+v", name, where)
		}
	}
	if tried < 60 {
		t.Errorf("%d mutations, want 60", tried)
	}
}

// TestMB03GuestRefusesOtherCommandLines boots what the kernel itself might act upon before the agent reads it.
func TestMB03GuestRefusesOtherCommandLines(t *testing.T) {
	t.Parallel()
	d := makeDisk(t, shellWorkload("echo ran"))
	all := mutations(d.cmdline)
	for _, name := range []string{"appended escrin.config=0", "prepended lockdown=none", "appended --", "quoted value"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			boot(t, h, vm{disk: d, cmdline: all[name]})
			if heard := h.Heard(); heard.Evidence != nil || heard.Failure != hostlink.FailDisk && heard.Failure != hostlink.FailSetup {
				t.Errorf("the guest went on: %+v", heard)
			}
		})
	}
}

// TestMB03ARuntimeAsFirstProcessIsNoGuest: the kernel starts another program of the initrd; nothing comes of it.
func TestMB03ARuntimeAsFirstProcessIsNoGuest(t *testing.T) {
	t.Parallel()
	d := makeDisk(t, shellWorkload("echo ran"))
	h := newHost(t)
	boot(t, h, vm{disk: d, cmdline: d.cmdline + " rdinit=/runtime"})
	if heard := h.Heard(); len(heard.Steps) > 0 || heard.Evidence != nil {
		t.Errorf("%+v", heard)
	}
}

// TestMB04EveryByteOfTheInitrdIsMeasured: what is put before or behind it, or changed in it, has another prediction.
func TestMB04EveryByteOfTheInitrdIsMeasured(t *testing.T) {
	t.Parallel()
	base, err := guestBases[smallKernel]()
	check(t, err)
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(base, name))
		check(t, err)
		return content
	}
	firmware, kernel, own := read("firmware"), read("kernel"), read("initrd")
	measured := func(initrd []byte) predict.Files {
		files, err := predict.MeasureFiles(firmware, bytes.NewReader(kernel), bytes.NewReader(initrd))
		check(t, err)
		return files
	}
	want := measured(own)
	flipped := slices.Clone(own)
	flipped[len(flipped)/2] ^= 1
	for name, other := range map[string][]byte{
		"appended /init": slices.Concat(own, evil(t, "init")), "appended module": slices.Concat(own, evil(t, "modules/99-evil.ko")),
		"tables of ACPI before": slices.Concat(evil(t, "kernel/firmware/acpi/dsdt.aml"), own), "microcode before": slices.Concat(evil(t, "kernel/x86/microcode/GenuineIntel.bin"), own),
		"junk behind": slices.Concat(own, []byte("junk")), "zeros behind": slices.Concat(own, make([]byte, 4096)), "cut": own[:len(own)-1], "one bit": flipped,
	} {
		if reflect.DeepEqual(measured(other), want) {
			t.Errorf("%s: the measurement is the same", name)
		}
	}
}

// evil is an archive with one file.
func evil(t *testing.T, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, initrd.Write(&b, []initrd.Entry{{Name: name, Mode: 0o755, Data: []byte("evil")}}))
	return b.Bytes()
}

// TestMB04UnsignedModuleIsRefused: an appended archive with a module is another measurement, and no module either.
func TestMB04UnsignedModuleIsRefused(t *testing.T) {
	t.Parallel()
	base, err := guestBases[smallKernel]()
	check(t, err)
	own, err := os.ReadFile(filepath.Join(base, "initrd"))
	check(t, err)
	path := filepath.Join(t.TempDir(), "initrd")
	check(t, os.WriteFile(path, behind(own, evil(t, "modules/99-evil.ko")), 0o600))
	refuse(t, vm{disk: makeDisk(t, shellWorkload("true")), initrd: path}, hostlink.FailSetup)
}

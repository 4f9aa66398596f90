// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
)

func readJSON[V any](t *testing.T, name string) (v V) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// firmwareLog is what the real firmware and the real kernel measured.
type firmwareLog struct {
	KernelSHA256 string
	Cmdline      string
	InitrdSHA384 attest.Register
	Events       []struct {
		PCR    int
		Type   string
		SHA384 attest.Register
		Event  string
	}
}

// of returns the digests of one type in one PCR.
func (l firmwareLog) of(pcr int, kind string) (digests []attest.Register) {
	for _, e := range l.Events {
		if e.PCR == pcr && e.Type == kind {
			digests = append(digests, e.SHA384)
		}
	}
	return digests
}

// The firmware's own log, written for a TPM, has the same events as for TDX, in
// other registers. All digests that depend on neither memory nor devices must be
// the predicted ones.
func TestMB24EventsOfRealFirmware(t *testing.T) {
	log := readJSON[firmwareLog](t, "testdata/firmware_log.json")
	l := realLaunch(t)
	l.Cmdline = log.Cmdline
	events, err := Events(l)
	if err != nil {
		t.Fatal(err)
	}
	predicted := map[string]attest.Register{}
	for _, e := range events {
		predicted[e.Name] = e.Digest
	}
	expect := func(pcr int, kind string, names ...string) {
		t.Helper()
		logged := log.of(pcr, kind)
		if len(logged) != len(names) {
			t.Fatalf("PCR %d, %s: %d events, want %d", pcr, kind, len(logged), len(names))
		}
		for i, name := range names {
			if logged[i] != predicted[name] {
				t.Errorf("%s: predicted %v, firmware measured %v", name, predicted[name], logged[i])
			}
		}
	}
	expect(7, "EV_EFI_VARIABLE_DRIVER_CONFIG", "SecureBoot", "PK", "KEK", "db", "dbx")
	expect(7, "EV_SEPARATOR", "separator")
	expect(1, "EV_EFI_VARIABLE_BOOT", "BootOrder", "Boot0000")
	expect(4, "EV_EFI_ACTION", "calling application")
	expect(5, "EV_EFI_ACTION", "exit boot services", "boot services exited")
	if got := log.of(9, "EV_EVENT_TAG"); len(got) != 2 || got[0] != predicted["command line"] || got[1] != log.InitrdSHA384 {
		t.Errorf("PCR 9: %v", got)
	}
	testKernelOfLog(t, log, l.Kernel)
}

// testKernelOfLog compares the kernel's digest, if it is the kernel of the log.
func testKernelOfLog(t *testing.T, log firmwareLog, kernel []byte) {
	t.Helper()
	sum := sha256.Sum256(kernel)
	if "0x"+hex.EncodeToString(sum[:]) != log.KernelSHA256 {
		t.Log("the kernel at hand is another than the log's: its digest is not compared")
		return
	}
	got, err := authenticode(bytes.NewReader(kernel))
	if logged := log.of(4, "EV_EFI_BOOT_SERVICES_APPLICATION"); err != nil || len(logged) != 1 || got != logged[0] {
		t.Errorf("kernel: predicted %v (%v), firmware measured %v", got, err, logged)
	}
}

// thirdPartyEvents are digests that others collected from real TDX guests.
type thirdPartyEvents struct {
	Cmdlines []struct {
		Cmdline string `json:"cmdline"`
		SHA384  string `json:"sha384"`
	} `json:"cmdline_rtmr2"`
	HOBs []struct {
		MemoryMiB uint64 `json:"memory_mib"`
		SHA384    string `json:"sha384"`
	} `json:"td_hob"`
}

// Their firmware has the sections of ours, but the last starts a page lower.
func TestHandoffOfOthers(t *testing.T) {
	fw := firmware{
		{address: 0x810000, size: 0x10000, kind: temporaryMemory},
		{address: 0x80b000, size: 0x2000, kind: temporaryMemory},
		{address: 0x809000, size: 0x2000, kind: handoffBlock},
		{address: 0x800000, size: 0x6000, kind: temporaryMemory},
	}
	v := readJSON[thirdPartyEvents](t, "testdata/qemu_ovmf_events.json")
	if len(v.HOBs) < 7 || len(v.Cmdlines) < 3 {
		t.Fatal("vectors are missing")
	}
	for _, c := range v.HOBs {
		hob, err := fw.handoff(c.MemoryMiB << 20)
		if got := sha512.Sum384(hob); err != nil || hex.EncodeToString(got[:]) != c.SHA384 {
			t.Errorf("%d MiB: %x, %v", c.MemoryMiB, got, err)
		}
	}
	for _, c := range v.Cmdlines {
		if got := sha512.Sum384(utf16z(c.Cmdline)); hex.EncodeToString(got[:]) != c.SHA384 {
			t.Errorf("command line %.20q: %x", c.Cmdline, got)
		}
	}
	if _, err := fw.handoff(8 << 20); err == nil {
		t.Error("8 MiB hold the firmware")
	}
}

func TestConfigurationVolumeIsTheVariableStore(t *testing.T) {
	fw, err := parseFirmware(realLaunch(t).Firmware)
	if err != nil {
		t.Fatal(err)
	}
	// A firmware volume has its signature at byte 40, and this one starts the file.
	if cfv := fw.configuration(); len(cfv) != 0x84000 || !bytes.Equal(cfv[40:44], []byte("_FVH")) {
		t.Errorf("configuration volume of %#x bytes", len(cfv))
	}
}

// One changed input changes one register, and no other.
func TestEachInputHasItsRegister(t *testing.T) {
	base := realLaunch(t)
	want, err := TDX(base)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change   func(*Launch)
		register func(*attest.Registers) *attest.Register
	}{
		"MB-07 shape":     {func(l *Launch) { l.Shape = attest.Shape{VCPUs: 2, MemoryMiB: 2048} }, func(r *attest.Registers) *attest.Register { return &r.RTMR0 }},
		"MB-06 variables": {func(l *Launch) { l.Firmware[100] ^= 1 }, func(r *attest.Registers) *attest.Register { return &r.RTMR0 }},
		"firmware code":   {func(l *Launch) { l.Firmware[0x90000] ^= 1 }, func(r *attest.Registers) *attest.Register { return &r.MRTD }},
		"kernel":          {func(l *Launch) { l.Kernel[0x100000] ^= 1 }, func(r *attest.Registers) *attest.Register { return &r.RTMR1 }},
		"kernel header":   {func(l *Launch) { l.Kernel[0x1f1] ^= 1 }, func(r *attest.Registers) *attest.Register { return &r.RTMR1 }},
		"MB-04 initrd":    {func(l *Launch) { l.Initrd = append(l.Initrd, "070701"...) }, func(r *attest.Registers) *attest.Register { return &r.RTMR2 }},
		"MB-03 cmdline":   {func(l *Launch) { l.Cmdline += " " }, func(r *attest.Registers) *attest.Register { return &r.RTMR2 }},
	} {
		l := realLaunch(t)
		c.change(&l)
		got, err := TDX(l)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if *c.register(&got) == *c.register(&want) {
			t.Errorf("%s: register did not change", name)
		}
		*c.register(&got) = *c.register(&want)
		if got != want {
			t.Errorf("%s: another register changed", name)
		}
	}
}

func TestPredictionRefuses(t *testing.T) {
	for name, change := range map[string]func(*Launch){
		"zero QEMU":          func(l *Launch) { l.QEMU = "" },
		"newer QEMU":         func(l *Launch) { l.QEMU = "10.1" },
		"zero shape":         func(l *Launch) { l.Shape = attest.Shape{} },
		"unknown shape":      func(l *Launch) { l.Shape.MemoryMiB++ },
		"no firmware":        func(l *Launch) { l.Firmware = nil },
		"firmware cut short": func(l *Launch) { l.Firmware = l.Firmware[:len(l.Firmware)-1] },
		"no kernel":          func(l *Launch) { l.Kernel = nil },
		"kernel of text":     func(l *Launch) { l.Kernel = []byte("kernel") },
		"kernel cut short":   func(l *Launch) { l.Kernel = l.Kernel[:len(l.Kernel)-1] },
		"kernel and more":    func(l *Launch) { l.Kernel = append(l.Kernel, 0) },
		"no initrd":          func(l *Launch) { l.Initrd = nil },
		"no command line":    func(l *Launch) { l.Cmdline = "" },
		"MB-03 newline":      func(l *Launch) { l.Cmdline += "\n" },
		"MB-03 NUL":          func(l *Launch) { l.Cmdline += "\x00x" },
		"MB-03 not ASCII":    func(l *Launch) { l.Cmdline += "é" },
		"MB-03 would be cut": func(l *Launch) { l.Cmdline = strings.Repeat("a", MaxCmdline+1) },
	} {
		l := realLaunch(t)
		change(&l)
		if r, err := TDX(l); err == nil || r != (attest.Registers{}) {
			t.Errorf("%s: predicted", name)
		}
	}
}

func TestParseQEMUVersion(t *testing.T) {
	for release, want := range map[string]QEMUVersion{
		"10.0.2": QEMU10_0, "10.0.11": QEMU10_0, "11.1.3": QEMU11_1,
		"10.0": "", "10.0.x": "", "10.0.02": "", "10.0.-1": "", "10.0.": "", "": "", "10": "", "10.01": "", "10.1.0": "", "11.0.0": "", "11.1": "", "11.10.1": "",
		"9.2.0": "", "110.0": "", "v10.0.2": "",
	} {
		if q, err := ParseQEMUVersion(release); (err == nil) != (want != "") || q != want {
			t.Errorf("%q: %q, %v", release, q, err)
		}
	}
}

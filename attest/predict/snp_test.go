// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
)

// othersLaunch is one launch digest that another program computed.
type othersLaunch struct {
	Test      string        `json:"test"`
	VCPUs     uint32        `json:"vcpus"`
	Signature uint32        `json:"vcpu_sig"`
	Firmware  string        `json:"ovmf_file"`
	Seed      string        `json:"snp_ovmf_hash_str"` // digest of a whole firmware, of which Firmware is the end
	Kernel    string        `json:"kernel"`            // a file, or none
	Initrd    string        `json:"initrd"`
	Cmdline   string        `json:"append"`
	Features  GuestFeatures `json:"guest_features"`
	VMM       string        `json:"vmm_type"`
	Digest    string        `json:"digest"`
	Error     string        `json:"error"`
}

// machine returns the machine of a vector.
func (o othersLaunch) machine(t *testing.T) SNPMachine {
	t.Helper()
	vmm, err := ParseVMM(strings.ToLower(o.VMM))
	if err != nil {
		t.Fatal(err)
	}
	for _, cpu := range []CPU{EPYC, EPYCRome, EPYCMilan, EPYCGenoa, EPYCTurin} {
		if signature, err := cpu.Signature(); err == nil && signature == o.Signature {
			return SNPMachine{VMM: vmm, CPU: cpu, Features: o.Features}
		}
	}
	t.Fatalf("no model has signature %#x", o.Signature)
	return SNPMachine{}
}

// family computes what o is one of. Its files are empty, or not there.
func (o othersLaunch) family(t *testing.T) SNPFamily {
	t.Helper()
	files, err := measureSNPFirmware(readFile(t, filepath.Join("testdata/snp", o.Firmware)))
	if err != nil {
		t.Fatal(err)
	}
	if o.Seed != "" {
		if n, err := hex.Decode(files.chain[:], []byte(o.Seed)); err != nil || n != len(files.chain) {
			t.Fatal(err)
		}
	}
	var page []byte
	if o.Kernel != "" {
		empty := sha256.Sum256(nil)
		page = kernelHashes{cmdline: sha256.Sum256(append([]byte(o.Cmdline), 0)), initrd: empty, kernel: empty}.page(files.firmware.hashes)
	}
	family, err := files.family(page, o.machine(t))
	if err != nil {
		t.Fatal(err)
	}
	return family
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestLaunchDigestsOfOthers(t *testing.T) {
	vectors := readJSON[[]othersLaunch](t, "testdata/snp/launch_digests.json")
	if len(vectors) != 11 {
		t.Fatalf("%d vectors", len(vectors))
	}
	refused := 0
	for _, o := range vectors {
		if o.Error != "" {
			empty := bytes.NewReader(nil)
			_, err := MeasureSNPFiles(readFile(t, filepath.Join("testdata/snp", o.Firmware)), empty, empty)
			if err == nil || !strings.Contains(err.Error(), "no page for kernel hashes") {
				t.Errorf("%s: %v", o.Test, err)
			}
			refused++
			continue
		}
		got, err := o.family(t).Digest(o.VCPUs)
		if err != nil || got.String() != o.Digest {
			t.Errorf("%s: %v, %v; want %s", o.Test, got, err, o.Digest)
		}
	}
	if refused != 1 {
		t.Errorf("%d refused", refused)
	}
}

// snpLaunch is a launch that is predicted.
func snpLaunch(t testing.TB) SNPLaunch {
	t.Helper()
	return SNPLaunch{
		Firmware: readFile(t, "testdata/snp/ovmf_AmdSev_suffix.bin"), Kernel: []byte("kernel"), Initrd: []byte("initrd"),
		Cmdline: "console=ttyS0", VCPUs: 2, Machine: SNPMachine{QEMU, EPYCGenoa, FeaturesSNP},
	}
}

func TestSNPRefuses(t *testing.T) {
	for name, change := range map[string]func(*SNPLaunch){
		"MB-05 no kernel hashes": func(l *SNPLaunch) { l.Firmware = readFile(t, "testdata/snp/ovmf_OvmfX64_suffix.bin") },
		"MB-05 no kernel":        func(l *SNPLaunch) { l.Kernel = nil },
		"no initrd":              func(l *SNPLaunch) { l.Initrd = nil },
		"no firmware":            func(l *SNPLaunch) { l.Firmware = nil },
		"part of a page":         func(l *SNPLaunch) { l.Firmware = l.Firmware[1:] },
		"no command line":        func(l *SNPLaunch) { l.Cmdline = "" },
		"MB-03 NUL":              func(l *SNPLaunch) { l.Cmdline += "\x00x" },
		"MB-03 newline":          func(l *SNPLaunch) { l.Cmdline += "\n" },
		"MB-03 would be cut":     func(l *SNPLaunch) { l.Cmdline = strings.Repeat("a", MaxCmdline+1) },
		"MB-07 no processor":     func(l *SNPLaunch) { l.VCPUs = 0 },
		"MB-07 processors":       func(l *SNPLaunch) { l.VCPUs = MaxVCPUs + 1 },
		"zero machine":           func(l *SNPLaunch) { l.Machine = SNPMachine{} },
		"unknown VMM":            func(l *SNPLaunch) { l.Machine.VMM = "azure" },
		"unknown processor":      func(l *SNPLaunch) { l.Machine.CPU = "EPYC-Venice" },
		"version of a processor": func(l *SNPLaunch) { l.Machine.CPU = "EPYC-v4" },
		"no features":            func(l *SNPLaunch) { l.Machine.Features = 0 },
		"unknown features":       func(l *SNPLaunch) { l.Machine.Features = 0x3 },
	} {
		l := snpLaunch(t)
		change(&l)
		if d, err := SNP(l); err == nil || d != (attest.Register{}) {
			t.Errorf("%s: predicted", name)
		}
	}
	if _, err := (SNPFiles{}).SNP("console=ttyS0", 1, snpLaunch(t).Machine); err == nil {
		t.Error("the zero value predicted")
	}
	if _, err := (SNPFamily{}).Digest(1); err == nil {
		t.Error("the zero family predicted")
	}
}

// Another program computes the same digests for 270 machines.
func TestMB07LaunchDigestsOfManyShapes(t *testing.T) {
	l := snpLaunch(t)
	files, err := MeasureSNPFiles(l.Firmware, strings.NewReader("kernel"), strings.NewReader("initrd"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(readFile(t, "testdata/snp/launch_digest_shapes.tsv"))), "\n")[1:]
	if len(lines) != 270 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		field := strings.Split(line, "\t")
		vmm, err := ParseVMM(field[0])
		if err != nil {
			t.Fatal(err)
		}
		cpu, err := ParseCPU(field[1])
		if err != nil {
			t.Fatal(err)
		}
		features, _ := strconv.ParseUint(field[2], 10, 64)
		vcpus, _ := strconv.ParseUint(field[3], 10, 32)
		got, err := files.SNP("console=ttyS0", uint32(vcpus), SNPMachine{vmm, cpu, GuestFeatures(features)})
		if err != nil || got.String() != field[4] {
			t.Errorf("%s: %v, %v", line, got, err)
		}
	}
}

// Each input changes the digest; without hashes of the kernel, it is yet another.
func TestMB05EachInputCounts(t *testing.T) {
	seen := map[attest.Register]string{}
	note := func(name string, d attest.Register, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other, ok := seen[d]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[d] = name
	}
	for name, change := range map[string]func(*SNPLaunch){
		"base":           func(*SNPLaunch) {},
		"firmware":       func(l *SNPLaunch) { l.Firmware[0] ^= 1 },
		"kernel":         func(l *SNPLaunch) { l.Kernel = append(l.Kernel, 0) },
		"MB-04 initrd":   func(l *SNPLaunch) { l.Initrd = append(l.Initrd, 0) },
		"MB-03 cmdline":  func(l *SNPLaunch) { l.Cmdline += " " },
		"MB-07 VCPUs":    func(l *SNPLaunch) { l.VCPUs = 3 },
		"MB-07 one VCPU": func(l *SNPLaunch) { l.VCPUs = 1 },
		"MB-07 CPU":      func(l *SNPLaunch) { l.Machine.CPU = EPYCMilan },
		"features":       func(l *SNPLaunch) { l.Machine.Features = FeaturesSNPDebugSwap },
		"EC2":            func(l *SNPLaunch) { l.Machine.VMM = EC2 },
		"GCE":            func(l *SNPLaunch) { l.Machine.VMM = GCE },
	} {
		l := snpLaunch(t)
		change(&l)
		d, err := SNP(l)
		note(name, d, err)
	}
	l := snpLaunch(t)
	files, err := measureSNPFirmware(l.Firmware)
	if err != nil {
		t.Fatal(err)
	}
	unhashed, err := files.family(nil, l.Machine)
	if err != nil {
		t.Fatal(err)
	}
	d, err := unhashed.Digest(l.VCPUs)
	note("no hashes", d, err)
}

func FuzzSNPFirmware(f *testing.F) {
	f.Add(readFile(f, "testdata/snp/ovmf_AmdSev_suffix.bin"))
	f.Add(readFile(f, "testdata/snp/ovmf_OvmfX64_suffix.bin"))
	f.Fuzz(func(t *testing.T, image []byte) {
		fw, err := parseSNPFirmware(image)
		if err != nil {
			return
		}
		if fw.hashes > pageSize-hashTableSize || len(fw.sections) > maxSections {
			t.Fatalf("%+v", fw)
		}
	})
}

// Every single byte of the metadata that changes what is measured changes the
// digest, and none makes the parser panic.
func TestSNPFirmwareByteFlips(t *testing.T) {
	l := snpLaunch(t)
	want, err := SNP(l)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := range l.Firmware {
		l.Firmware[i] ^= 0x10
		if got, err := SNP(l); err != nil {
			refused++
		} else if got == want {
			t.Errorf("byte %#x does not count", i)
		}
		l.Firmware[i] ^= 0x10
	}
	if refused < 100 {
		t.Errorf("%d flips refused", refused)
	}
}

// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
)

var updateACPI = flag.Bool("update-acpi", false, "write the table of the QEMU at hand")

// lowMemories are the sizes of memory below 4 GiB that have a column.
func lowMemories() (sizes []uint32) {
	for size := uint32(512); size <= 2560; size += 256 {
		sizes = append(sizes, size)
	}
	return sizes
}

const tableVCPUs = 32

// The blobs that QEMU hands the firmware for ACPI, read from a real QEMU, have the
// digests of the table: 224 shapes, two of three columns and one size of memory
// above all columns for every number of processors.
func TestMB07ACPIOfLiveQEMU(t *testing.T) {
	if *updateACPI {
		writeACPI(t)
		return
	}
	for vcpus := range uint32(tableVCPUs) {
		t.Run(fmt.Sprint(vcpus+1), func(t *testing.T) {
			t.Parallel()
			for i, memory := range lowMemories() {
				if (i+int(vcpus))%3 > 0 {
					sameACPI(t, attest.Shape{VCPUs: vcpus + 1, MemoryMiB: memory}, probeACPI)
				}
			}
			sameACPI(t, attest.Shape{VCPUs: vcpus + 1, MemoryMiB: splitFrom>>20 + vcpus}, probeACPI)
		})
	}
}

// The same from a QEMU in which the real firmware has run: what is asked of one
// that never ran holds.
func TestMB07ACPIAfterFirmware(t *testing.T) {
	for _, shape := range []attest.Shape{{VCPUs: 1, MemoryMiB: 1024}, {VCPUs: 3, MemoryMiB: 3000}} {
		sameACPI(t, shape, readACPI)
	}
}

func sameACPI(t *testing.T, shape attest.Shape, read func(*testing.T, attest.Shape) acpiBlobs) {
	t.Helper()
	want, err := lookupACPI(qemuAtHand(t), shape)
	if err != nil {
		t.Error(err)
		return
	}
	if got := read(t, shape); got != want {
		t.Errorf("%v: QEMU has %v, the table %v", shape, got, want)
	}
}

// qemuAtHand returns the series of the QEMU that is installed.
func qemuAtHand(t *testing.T) QEMUVersion {
	t.Helper()
	out, err := exec.Command("qemu-system-x86_64", "--version").Output()
	if err != nil {
		t.Fatalf("%v: run scripts/setup.sh", err)
	}
	words := strings.Fields(string(out))
	if len(words) < 4 {
		t.Fatalf("%s", out)
	}
	q, err := ParseQEMUVersion(words[3]) // QEMU emulator version 10.0.2
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Every table has every shape, and no two have the same digests.
func TestMB07TablesAreWhole(t *testing.T) {
	seen := map[attest.Register]string{}
	for _, q := range []QEMUVersion{QEMU10_0, QEMU11_1} {
		for vcpus := range uint32(tableVCPUs) {
			for _, memory := range lowMemories() {
				shape := attest.Shape{VCPUs: vcpus + 1, MemoryMiB: memory}
				blobs, err := lookupACPI(q, shape)
				if err != nil {
					t.Fatal(err)
				}
				name := fmt.Sprint(q, shape)
				if other, ok := seen[blobs.tables]; ok {
					t.Errorf("%s has the tables of %s", name, other)
				}
				seen[blobs.tables] = name
			}
		}
		for _, s := range []attest.Shape{
			{VCPUs: 0, MemoryMiB: 1024}, {VCPUs: tableVCPUs + 1, MemoryMiB: 1024}, {VCPUs: 1}, {VCPUs: 1, MemoryMiB: 256}, {VCPUs: 1, MemoryMiB: 1025},
			{VCPUs: 1, MemoryMiB: 2815}, {VCPUs: 1, MemoryMiB: MaxMemoryMiB + 1}, {VCPUs: 1, MemoryMiB: 1<<32 - 1},
		} {
			if _, err := lookupACPI(q, s); err == nil {
				t.Errorf("%s: %v is known", q, s)
			}
		}
	}
}

// writeACPI writes the table.
func writeACPI(t *testing.T) {
	t.Helper()
	var out strings.Builder
	out.WriteString("vcpus\tloader\trsdp")
	for _, memory := range lowMemories() {
		fmt.Fprintf(&out, "\t%d", memory)
	}
	for vcpus := range uint32(tableVCPUs) {
		for i, memory := range lowMemories() {
			blobs := probeACPI(t, attest.Shape{VCPUs: vcpus + 1, MemoryMiB: memory})
			if i == 0 {
				fmt.Fprintf(&out, "\n%d\t%v\t%v", vcpus+1, blobs.loader, blobs.rsdp)
			}
			fmt.Fprintf(&out, "\t%v", blobs.tables)
		}
	}
	if err := os.WriteFile("acpi"+string(qemuAtHand(t))+".tsv", []byte(out.String()+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

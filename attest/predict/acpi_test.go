// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
)

var updateACPI = flag.Bool("update-acpi", false, "write acpi10_0.tsv from the QEMU at hand")

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
	want, err := lookupACPI(QEMU10_0, shape)
	if err != nil {
		t.Error(err)
		return
	}
	if got := read(t, shape); got != want {
		t.Errorf("%v: QEMU has %v, the table %v", shape, got, want)
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
	if err := os.WriteFile("acpi10_0.tsv", []byte(out.String()+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

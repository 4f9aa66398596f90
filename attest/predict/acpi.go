// SPDX-License-Identifier: Apache-2.0

package predict

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/escrin/escrin/attest"
)

// acpiBlobs are the digests of the three blobs that QEMU hands the firmware, of
// which it makes the ACPI tables.
type acpiBlobs struct{ loader, rsdp, tables attest.Register }

// What is known of each series of QEMU: a line for each number of processors, with
// the digests of loader, RSDP and, for each size of memory below 4 GiB, tables.
//
// QEMU makes the blobs while the guest starts, from what the firmware has set up
// by then, so they are not computed here but were read from QEMU.
// TestMB07ACPIOfLiveQEMU reads them again from the QEMU at hand, and writes its
// file if asked to.
var (
	//go:embed acpi10.0.tsv
	acpi10_0 string
	//go:embed acpi11.1.tsv
	acpi11_1 string
)

// acpiTable returns what is known of a series of QEMU, or nothing.
func acpiTable(q QEMUVersion) string {
	switch q {
	case QEMU10_0:
		return acpi10_0
	case QEMU11_1:
		return acpi11_1
	}
	return ""
}

// MaxMemoryMiB bounds the memory of a TDX guest whose registers are predicted.
// The firmware places devices by it when there is much more.
const MaxMemoryMiB = 256 << 10

func lookupACPI(q QEMUVersion, s attest.Shape) (acpiBlobs, error) {
	unknown := fmt.Errorf("ACPI tables are not known for QEMU %q and a guest with %v: known are 1 to 32 vCPUs with 512 to 2560 MiB in steps of 256, or 2816 to %d MiB",
		q, s, MaxMemoryMiB)
	head, rows, ok := strings.Cut(acpiTable(q), "\n")
	if !ok || s.MemoryMiB > MaxMemoryMiB {
		return acpiBlobs{}, unknown
	}
	low, _ := splitMemory(uint64(s.MemoryMiB) << 20)
	column := slices.Index(strings.Split(head, "\t"), strconv.FormatUint(low>>20, 10))
	for row := range strings.Lines(rows) {
		fields := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if column >= 0 && fields[0] == strconv.FormatUint(uint64(s.VCPUs), 10) {
			return parseACPI(fields[1], fields[2], fields[column])
		}
	}
	return acpiBlobs{}, unknown
}

func parseACPI(loader, rsdp, tables string) (acpiBlobs, error) {
	var blobs acpiBlobs
	for _, field := range []struct {
		text string
		to   *attest.Register
	}{{loader, &blobs.loader}, {rsdp, &blobs.rsdp}, {tables, &blobs.tables}} {
		if err := field.to.UnmarshalText([]byte("0x" + field.text)); err != nil {
			return acpiBlobs{}, err
		}
	}
	return blobs, nil
}

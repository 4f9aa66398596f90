// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"fmt"

	"github.com/escrin/escrin/attest"
)

// acpiBlobs are the digests of the three blobs that QEMU hands the firmware, of
// which it makes the ACPI tables.
type acpiBlobs struct{ loader, rsdp, tables attest.Register }

// acpiRow is what the blobs are for one machine. The digests are SHA-384.
type acpiRow struct {
	qemu                 QEMUVersion
	shape                attest.Shape
	loader, rsdp, tables string
}

// acpiRows is what is known. QEMU makes the blobs while the guest starts, from
// what the firmware has set up by then, so they are not computed here but were
// read from a QEMU in which this firmware had run. TestMB07ACPIOfLiveQEMU does so
// again, and prints the row that it finds.
func acpiRows() []acpiRow {
	return []acpiRow{
		{
			QEMU10_0, attest.Shape{VCPUs: 1, MemoryMiB: 1024},
			"0x5b01f40f1e438e9549375cb4646798eb12b27f7045003d0c3796d95530bb335713c9fb76a0ba0570dadc8945f750011a",
			"0x3247a24b0e66ff62b2803445d4c53c66d96cb455f51795ee3abb283e42c77c18e13c9d2e5a077ac12d1caaf146e55993",
			"0x81eb5bb7d3742a34b645ae099d8ee9ca7e7e79875ed5b2588c11768acb4bfbe55457003e846f9a63f6df8223ce0418c5",
		},
		{
			QEMU10_0, attest.Shape{VCPUs: 2, MemoryMiB: 2048},
			"0x0e899700317e16e1363e461df57cafea2b56e7d8c36eb5644906c015ac9703603c9d7599a74f353cf8d33e8cba83dde6",
			"0x0ced8b24c74127c1088b660607843283b2223457b58363686994c7daf1f8759711f1e0389542839f27dcbaf733b52489",
			"0x2e832b65690a21924f3bc547a485237019cd9377ddbf96e4df68a03a102c597ebb5c72cf92af79aa6146992f4b049e8a",
		},
	}
}

func lookupACPI(q QEMUVersion, s attest.Shape) (blobs acpiBlobs, err error) {
	for _, row := range acpiRows() {
		if row.qemu != q || row.shape != s {
			continue
		}
		err = blobs.loader.UnmarshalText([]byte(row.loader))
		if err == nil {
			err = blobs.rsdp.UnmarshalText([]byte(row.rsdp))
		}
		if err == nil {
			err = blobs.tables.UnmarshalText([]byte(row.tables))
		}
		return blobs, err
	}
	return acpiBlobs{}, fmt.Errorf("ACPI tables are not known for QEMU %q and a guest with %v", q, s)
}

// SPDX-License-Identifier: Apache-2.0

package kds

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// Extensions returns AMD's extensions of a certificate for c, in AMD's order.
// [ParseChip] reads c back. A text of more than 127 bytes is an error.
func (c Chip) Extensions() ([]pkix.Extension, error) {
	name := string(c.Product)
	if c.Stepping != "" {
		name += "-" + c.Stepping
	}
	if len(name) > maxText || len(c.CSPID) > maxText {
		return nil, fmt.Errorf("encode chip: texts of %d and %d bytes, at most %d allowed", len(name), len(c.CSPID), maxText)
	}
	var w extensionWriter
	if c.Product == Turin { // has certificates of the newer structure
		w.number(1, partVersion)
		w.text(name, partProduct)
		w.number(c.TCB.FMC, partTCB, tcbFMC)
	} else {
		w.number(0, partVersion)
		w.text(name, partProduct)
	}
	w.number(c.TCB.Bootloader, partTCB, tcbBoot)
	w.number(c.TCB.TEE, partTCB, tcbTEE)
	for n := tcbReserved4; n <= tcbReserved7; n++ {
		w.number(0, partTCB, n)
	}
	w.number(c.TCB.SNP, partTCB, tcbSNP)
	w.number(c.TCB.Microcode, partTCB, tcbMicrocode)
	if c.Signer == VLEK {
		w.text(c.CSPID, partCSPID)
	} else {
		w.add(c.HWID, partHWID)
	}
	return w, nil
}

type extensionWriter []pkix.Extension

func (w *extensionWriter) add(value []byte, at ...int) {
	*w = append(*w, pkix.Extension{Id: oidAMD(at...), Value: value})
}

func (w *extensionWriter) number(n uint8, at ...int) {
	if n < 0x80 {
		w.add([]byte{asn1.TagInteger, 1, n}, at...)
	} else {
		w.add([]byte{asn1.TagInteger, 2, 0, n}, at...)
	}
}

func (w *extensionWriter) text(s string, at ...int) {
	w.add(append([]byte{asn1.TagIA5String, byte(len(s))}, s...), at...)
}

// SPDX-License-Identifier: Apache-2.0

package kds

import (
	"crypto/x509/pkix"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Extensions returns AMD's extensions of a certificate for c, in AMD's order.
// [ParseChip] reads c back.
func (c Chip) Extensions() ([]pkix.Extension, error) {
	name := string(c.Product)
	if c.Stepping != "" {
		name += "-" + c.Stepping
	}
	var w extensionWriter
	if c.Product == Turin { // whose certificates are of the newer structure
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
		w.list = append(w.list, pkix.Extension{Id: oidAMD(partHWID), Value: c.HWID})
	}
	if w.err != nil {
		return nil, fmt.Errorf("encode chip: %w", w.err)
	}
	return w.list, nil
}

type extensionWriter struct {
	list []pkix.Extension
	err  error
}

func (w *extensionWriter) add(build cryptobyte.BuilderContinuation, at ...int) {
	var b cryptobyte.Builder
	build(&b)
	value, err := b.Bytes()
	if err != nil && w.err == nil {
		w.err = err
	}
	w.list = append(w.list, pkix.Extension{Id: oidAMD(at...), Value: value})
}

func (w *extensionWriter) number(n uint8, at ...int) {
	w.add(func(b *cryptobyte.Builder) { b.AddASN1Uint64(uint64(n)) }, at...)
}

func (w *extensionWriter) text(s string, at ...int) {
	w.add(func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.IA5String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(s)) })
	}, at...)
}

// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"crypto/sha512"
	"encoding/binary"

	"github.com/escrin/escrin/attest"
)

// resetVector is where the first processor starts.
const resetVector = 0xfffffff0

// flavour is how a VMM sets up a processor where it is free to choose.
type flavour struct {
	code, stack, task uint16 // attributes of CS, SS and TR
	pat               uint64 // page attribute table
	rdx               uint64
	mxcsr             uint32
	fcw               uint16 // x87 control word
}

// flavour returns the choices of a VMM for a processor that starts at eip.
func (m SNPMachine) flavour(eip, signature uint32) flavour {
	const pat = 0x0007040600070406 // as after reset
	switch m.VMM {
	case EC2:
		f := flavour{code: 0x9b, stack: 0x92, task: 0x83, pat: pat, rdx: 0x600}
		if eip == resetVector {
			f.code = 0x9a
		}
		return f
	case GCE:
		return flavour{code: 0x9b, stack: 0x93, task: 0x8b, pat: 0x00070106, rdx: 0x600}
	default:
		return flavour{code: 0x9b, stack: 0x93, task: 0x8b, pat: pat, rdx: uint64(signature), mxcsr: 0x1f80, fcw: 0x37f}
	}
}

// processor returns the SHA-384 of the page in which a processor that starts at
// eip has its state (VMSA; AMD64 Architecture Programmer's Manual, volume 2,
// table B-4).
func (m SNPMachine) processor(eip, signature uint32) attest.Register {
	f := m.flavour(eip, signature)
	page := make([]byte, pageSize)
	for _, s := range []struct {
		at                   int
		selector, attributes uint16
		base                 uint32
	}{
		{0x00, 0, 0x93, 0},                       // ES
		{0x10, 0xf000, f.code, eip & 0xffff0000}, // CS
		{0x20, 0, f.stack, 0},                    // SS
		{0x30, 0, 0x93, 0},                       // DS
		{0x40, 0, 0x93, 0},                       // FS
		{0x50, 0, 0x93, 0},                       // GS
		{0x60, 0, 0, 0},                          // GDTR
		{0x70, 0, 0x82, 0},                       // LDTR
		{0x80, 0, 0, 0},                          // IDTR
		{0x90, 0, f.task, 0},                     // TR
	} {
		binary.LittleEndian.PutUint16(page[s.at:], s.selector)
		binary.LittleEndian.PutUint16(page[s.at+2:], s.attributes)
		binary.LittleEndian.PutUint32(page[s.at+4:], 0xffff) // limit
		binary.LittleEndian.PutUint64(page[s.at+8:], uint64(s.base))
	}
	for at, value := range map[int]uint64{
		0x0d0: 0x1000,               // EFER: SVME
		0x148: 0x40,                 // CR4: MCE
		0x158: 0x10,                 // CR0: ET
		0x160: 0x400,                // DR7
		0x168: 0xffff0ff0,           // DR6
		0x170: 2,                    // RFLAGS
		0x178: uint64(eip & 0xffff), // RIP
		0x268: f.pat,                // G_PAT
		0x310: f.rdx,                // RDX
		0x3b0: uint64(m.Features),   // SEV_FEATURES
		0x3e8: 1,                    // XCR0
	} {
		binary.LittleEndian.PutUint64(page[at:], value)
	}
	binary.LittleEndian.PutUint32(page[0x408:], f.mxcsr)
	binary.LittleEndian.PutUint16(page[0x410:], f.fcw)
	return sha512.Sum384(page)
}

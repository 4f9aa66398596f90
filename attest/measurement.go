// SPDX-License-Identifier: Apache-2.0

package attest

import (
	"encoding/hex"
	"fmt"
)

// Register is one SHA-384 register of a TDX guest, or the launch digest of an
// SNP guest. Its text form is 0x and 96
// lower-case hexadecimal digits.
type Register [48]byte

// MarshalText encodes r as 0x-prefixed lower-case hexadecimal.
func (r Register) MarshalText() ([]byte, error) {
	return append([]byte("0x"), hex.AppendEncode(nil, r[:])...), nil
}

// UnmarshalText accepts exactly what MarshalText writes.
func (r *Register) UnmarshalText(text []byte) error {
	const digits = 2 * len(Register{})
	if len(text) != 2+digits || text[0] != '0' || text[1] != 'x' {
		return fmt.Errorf("decode register: want 0x and %d hex digits, have %d bytes", digits, len(text))
	}
	for _, c := range text[2:] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return fmt.Errorf("decode register: %q is not a lower-case hex digit", c)
		}
	}
	_, err := hex.Decode(r[:], text[2:])
	return err
}

// String returns r as bare lower-case hexadecimal.
func (r Register) String() string { return hex.EncodeToString(r[:]) }

// Registers are the launch registers of a TDX guest. RTMR3 is not among them: it
// belongs to run time and must be zero in this version.
type Registers struct {
	MRTD  Register `json:"mrtd"`  // firmware as loaded
	RTMR0 Register `json:"rtmr0"` // virtual hardware and firmware configuration
	RTMR1 Register `json:"rtmr1"` // kernel
	RTMR2 Register `json:"rtmr2"` // command line and initrd
}

// Measurement is one reference value: what a virtual machine of this shape,
// running one particular enclave, reports on this kind of hardware.
type Measurement struct {
	TEE   TEE   `json:"tee"`
	Shape Shape `json:"shape"`
	// Registers are a TDX guest's, and zero for SNP.
	Registers Registers `json:"registers,omitzero"`
	// LaunchDigest is an SNP guest's, and zero for TDX. It does not depend on the
	// memory of the shape.
	LaunchDigest Register `json:"launchDigest,omitzero"`
}

// Leaf returns the Merkle leaf of m (SPEC.md §2): the double Keccak-256 of
// abi.encode(uint8 tee, uint32 vcpus, uint32 memoryMiB, bytes32
// registers), where registers is keccak256(MRTD ‖ RTMR0 ‖ RTMR1 ‖ RTMR2) for TDX
// and keccak256(launch digest) for SNP.
func (m Measurement) Leaf() [32]byte {
	registers := m.registers()
	var w words
	w.uint(uint64(m.TEE))
	w.uint(uint64(m.Shape.VCPUs))
	w.uint(uint64(m.Shape.MemoryMiB))
	w.word(registers)
	inner := keccak(w)
	return keccak(inner[:])
}

// registers returns the word of the leaf that stands for what the hardware signs.
func (m Measurement) registers() [32]byte {
	if m.TEE == SNP {
		return keccak(m.LaunchDigest[:])
	}
	r := m.Registers
	return keccak(r.MRTD[:], r.RTMR0[:], r.RTMR1[:], r.RTMR2[:])
}

// SPDX-License-Identifier: Apache-2.0

package snp

import "fmt"

// Policy is the guest policy: what the host may do with a guest, fixed at launch
// and enforced by the firmware (section 4.3 of the specification).
type Policy uint64

// Bits of a guest policy. The 16 bits below them are the lowest firmware ABI.
const (
	PolicySMT                  Policy = 1 << 16 // simultaneous multithreading is allowed
	PolicyReservedOne          Policy = 1 << 17 // is always set
	PolicyMigrateMA            Policy = 1 << 18 // a migration agent is allowed
	PolicyDebug                Policy = 1 << 19 // the host may read and write the guest
	PolicySingleSocket         Policy = 1 << 20 // the guest runs on one socket only
	PolicyCXLAllow             Policy = 1 << 21 // memory may be on CXL devices
	PolicyMemAES256XTS         Policy = 1 << 22 // memory encryption is AES-256-XTS
	PolicyRAPLDisabled         Policy = 1 << 23 // power measurement is off
	PolicyCiphertextHidingDRAM Policy = 1 << 24 // the host cannot read ciphertext
	PolicyPageSwapDisabled     Policy = 1 << 25 // the host cannot move or swap pages

	policyKnown Policy = 1<<26 - 1
)

// Has reports whether every one of bits is set.
func (p Policy) Has(bits Policy) bool { return p&bits == bits }

// ABI returns the lowest version of the firmware ABI that the guest runs on.
func (p Policy) ABI() (major, minor uint8) { return uint8(p >> 8), uint8(p) }

// Unknown returns the bits that the specification reserves and that are not as
// it says: zero, and PolicyReservedOne set.
func (p Policy) Unknown() Policy { return p&^policyKnown | ^p&PolicyReservedOne }

// PlatformInfo is the configuration of a platform.
type PlatformInfo uint64

// Bits of PlatformInfo.
const (
	PlatformSMT                  PlatformInfo = 1 << 0 // simultaneous multithreading is on
	PlatformTSME                 PlatformInfo = 1 << 1 // all memory is encrypted
	PlatformECC                  PlatformInfo = 1 << 2 // memory has error correction
	PlatformRAPLDisabled         PlatformInfo = 1 << 3 // power measurement is off
	PlatformCiphertextHidingDRAM PlatformInfo = 1 << 4 // the host cannot read ciphertext
	PlatformAliasCheckComplete   PlatformInfo = 1 << 5 // no two addresses are the same memory
	PlatformTIO                  PlatformInfo = 1 << 7 // trusted I/O is on

	platformKnown = PlatformSMT | PlatformTSME | PlatformECC | PlatformRAPLDisabled | PlatformCiphertextHidingDRAM |
		PlatformAliasCheckComplete | PlatformTIO
)

// Has reports whether every one of bits is set.
func (p PlatformInfo) Has(bits PlatformInfo) bool { return p&bits == bits }

// Unknown returns the set bits that the specification reserves.
func (p PlatformInfo) Unknown() PlatformInfo { return p &^ platformKnown }

// SigningKey is the kind of key that signed a report.
type SigningKey uint8

// The kinds. All others are reserved.
const (
	SignedByVCEK   SigningKey = 0 // key of one chip
	SignedByVLEK   SigningKey = 1 // key of a cloud provider
	SignedByNobody SigningKey = 7
)

// String returns "VCEK", "VLEK", "none" or the number of a reserved kind.
func (k SigningKey) String() string {
	switch k {
	case SignedByVCEK:
		return "VCEK"
	case SignedByVLEK:
		return "VLEK"
	case SignedByNobody:
		return "none"
	}
	return fmt.Sprintf("signing key(%d)", uint8(k))
}

// KeyInfo says which keys a report and its guest have to do with.
type KeyInfo struct {
	AuthorKeyEnabled bool // AuthorKeyDigest is that of a key that signed the ID key
	MaskChipKey      bool // the host made the firmware hide ChipID and not sign
	SigningKey       SigningKey
}

func (k *KeyInfo) read(from *reader) {
	word := from.uint32()
	from.within("key information", flawReserved, word, 0, 1<<5-1)
	*k = KeyInfo{AuthorKeyEnabled: word&1 != 0, MaskChipKey: word&2 != 0, SigningKey: SigningKey(word >> 2 & 7)}
}

func (k KeyInfo) word() uint32 {
	word := uint32(k.SigningKey&7) << 2
	if k.AuthorKeyEnabled {
		word |= 1
	}
	if k.MaskChipKey {
		word |= 2
	}
	return word
}

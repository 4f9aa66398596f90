// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest"
)

// IDBlockSize is the size of an ID block in bytes.
const IDBlockSize = 96

// SNPPolicy is the guest policy of an SEV-SNP guest as the ABI has it. An ID block
// states it, and the security processor starts no guest with another.
type SNPPolicy uint64

// The bits of a guest policy that every guest or no guest of ours may have.
const (
	PolicyReserved1 SNPPolicy = 1 << 17 // must be one
	PolicyMigrate   SNPPolicy = 1 << 18 // a migration agent may be bound
	PolicyDebug     SNPPolicy = 1 << 19 // the host may read the guest
	policyKnown     SNPPolicy = 1<<26 - 1
)

// check refuses a policy that the ABI forbids, and one that lets the host in.
func (p SNPPolicy) check() error {
	switch {
	case p&PolicyReserved1 == 0:
		return fmt.Errorf("guest policy %#x: bit 17 must be one", uint64(p))
	case p&^policyKnown != 0:
		return fmt.Errorf("guest policy %#x: bits %#x are unknown", uint64(p), uint64(p&^policyKnown))
	case p&(PolicyDebug|PolicyMigrate) != 0:
		return fmt.Errorf("guest policy %#x: the host may debug or migrate the guest", uint64(p))
	}
	return nil
}

// IDBlock is what the author of a guest says of it (AMD, "SEV Secure Nested Paging
// Firmware ABI Specification", ID_BLOCK). The security processor starts a guest
// with it only if launch digest and policy are these, and reports the rest.
type IDBlock struct {
	LaunchDigest attest.Register
	FamilyID     [16]byte // chosen by the author
	ImageID      [16]byte // chosen by the author
	GuestSVN     uint32   // security version of the guest, chosen by the author
	Policy       SNPPolicy
}

const idBlockVersion = 1

// Marshal returns the 96 bytes of b. A zero launch digest, or a policy that the ABI
// forbids or that lets the host debug or migrate the guest, is an error.
func (b IDBlock) Marshal() ([]byte, error) {
	if b.LaunchDigest == (attest.Register{}) {
		return nil, errors.New("encode ID block: no launch digest")
	}
	if err := b.Policy.check(); err != nil {
		return nil, fmt.Errorf("encode ID block: %w", err)
	}
	out := make([]byte, 0, IDBlockSize)
	out = append(out, b.LaunchDigest[:]...)
	out = append(out, b.FamilyID[:]...)
	out = append(out, b.ImageID[:]...)
	out = binary.LittleEndian.AppendUint32(out, idBlockVersion)
	out = binary.LittleEndian.AppendUint32(out, b.GuestSVN)
	return binary.LittleEndian.AppendUint64(out, uint64(b.Policy)), nil
}

// ParseIDBlock reads what Marshal writes, and refuses what it refuses.
func ParseIDBlock(raw []byte) (IDBlock, error) {
	if len(raw) != IDBlockSize {
		return IDBlock{}, fmt.Errorf("parse ID block: %d bytes, want %d", len(raw), IDBlockSize)
	}
	if version := binary.LittleEndian.Uint32(raw[80:]); version != idBlockVersion {
		return IDBlock{}, fmt.Errorf("parse ID block: version %d, want %d", version, idBlockVersion)
	}
	b := IDBlock{
		LaunchDigest: attest.Register(raw[:48]),
		FamilyID:     [16]byte(raw[48:64]),
		ImageID:      [16]byte(raw[64:80]),
		GuestSVN:     binary.LittleEndian.Uint32(raw[84:]),
		Policy:       SNPPolicy(binary.LittleEndian.Uint64(raw[88:])),
	}
	if _, err := b.Marshal(); err != nil {
		return IDBlock{}, fmt.Errorf("parse ID block: %w", err)
	}
	return b, nil
}

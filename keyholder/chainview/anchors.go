// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"encoding/binary"

	"github.com/escrin/escrin/keyholder"
)

// anchorSlots are those of an anchor's version and digest.
func anchorSlots(n keyholder.AnchorName) [][32]byte {
	mapping := word(announcedAnchors)
	if n.Set == keyholder.Advanced {
		mapping = word(advancedAnchors)
	}
	base := element(element(mapping, n.IdentityID), n.Name)
	return [][32]byte{base, field(base, 1)}
}

// Anchor implements release.State. The contract has anchors of one registry, which is the
// configuration's to name.
func (s *State) Anchor(ctx context.Context, name keyholder.AnchorName) (keyholder.Anchor, error) {
	contract := s.view.config.Anchors
	values, err := s.Storage(ctx, contract, anchorSlots(name)...)
	if err != nil {
		return keyholder.Anchor{}, err
	}
	return keyholder.Anchor{Contract: contract, Version: binary.BigEndian.Uint64(values[0][24:]), Digest: values[1]}, nil
}

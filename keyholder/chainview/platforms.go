// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"encoding/binary"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/platform"
)

// rule is PlatformRegistry.Rule.
type rule struct {
	access uint8
	floor  uint64
}

// PlatformRegistry.Access
const (
	accessDenied = iota + 1
	accessListed
	accessAllowed
)

// familyBytes is how many bytes of a key of the registry's mapping name a family: the TEE, and
// six that are zero for the rule of the whole TEE.
const familyBytes = 7

// ruleSlots are those of the rules of a platform's TEE and of its family.
func ruleSlots(w platform.Word) [][32]byte {
	tee := [32]byte{w[0]}
	family := tee
	copy(family[1:familyBytes], w[2:])
	return [][32]byte{element(word(platformRules), tee), element(word(platformRules), family)}
}

func parseRule(w [32]byte) rule { return rule{w[31], binary.BigEndian.Uint64(w[23:31])} }

// PlatformAllowed implements release.State, as PlatformRegistry.allows does.
func (s *State) PlatformAllowed(ctx context.Context, word [32]byte) (bool, error) {
	values, err := s.Storage(ctx, s.view.config.Platforms, ruleSlots(word)...)
	if err != nil {
		return false, err
	}
	return allows(word, parseRule(values[0]), parseRule(values[1])), nil
}

// allows judges a platform by the rules of its TEE and its family.
func allows(w platform.Word, ofTEE, ofFamily rule) bool {
	listed := ofTEE.access == accessListed && ofFamily.access == accessAllowed
	if ofFamily.access == accessDenied || (ofTEE.access != accessAllowed && !listed) {
		return false
	}
	return goodStatus(w[1]) && platform.Reaches(w.TEE(), w.TCB(), ofTEE.floor) && platform.Reaches(w.TEE(), w.TCB(), ofFamily.floor)
}

// goodStatus reports whether a status of the word is one that need not be refused.
func goodStatus(status byte) bool {
	return status >= byte(collateral.UpToDate) && status <= byte(collateral.ConfigurationAndSWHardeningNeeded)
}

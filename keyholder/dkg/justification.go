// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"errors"
	"maps"
	"slices"

	"github.com/escrin/escrin/keyholder/curve"
)

var errMalformed = errors.New("malformed message")

const answerSize = 1 + curve.ScalarSize

// answers are sub-shares that a dealer made public, by member.
type answers map[uint32]curve.Scalar

// parseJustification reads one byte of a member's index and its sub-share, for
// each of these members and no other.
func parseJustification(message []byte, members []uint32) (answers, error) {
	if len(message) != len(members)*answerSize {
		return nil, errMalformed
	}
	out := answers{}
	for i, member := range members {
		answer := message[i*answerSize : (i+1)*answerSize]
		value, err := curve.ScalarFromBytes(answer[1:])
		if err != nil || uint32(answer[0]) != member {
			return nil, errMalformed
		}
		out[member] = value
	}
	return out, nil
}

// judge returns the dealers who qualify, ascending, what they made public, and
// the faults of the others.
func (r *Reading) judge(about map[uint32][]uint32, justifications map[uint32][]byte) ([]uint32, map[uint32]answers, []Fault) {
	var qualified []uint32
	var faults []Fault
	public := map[uint32]answers{}
	for _, dealer := range r.dealers() {
		message, posted := justifications[dealer]
		answered, err := parseJustification(message, about[dealer])
		switch {
		case !posted && len(about[dealer]) > 0:
			faults = append(faults, Fault{Justifications, dealer, JustificationAbsent})
		case err != nil || posted && len(about[dealer]) == 0 || !r.agrees(dealer, answered):
			faults = append(faults, Fault{Justifications, dealer, JustificationWrong})
		default:
			qualified = append(qualified, dealer)
			public[dealer] = answered
		}
	}
	return qualified, public, faults
}

// agrees reports whether public sub-shares are those that the dealer committed
// to.
func (r *Reading) agrees(dealer uint32, answered answers) bool {
	for _, member := range sortedKeys(answered) {
		point := curve.Evaluate(r.dealings[dealer].commitments, member)
		if !answered[member].Public().Equal(point) {
			return false
		}
	}
	return true
}

func sortedKeys[V any](m map[uint32]V) []uint32 { return slices.Sorted(maps.Keys(m)) }

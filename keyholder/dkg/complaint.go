// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"fmt"
	"slices"

	"github.com/escrin/escrin/keyholder/curve"
)

// Complain returns what member self posts about the dealings, or nil if nothing
// is wrong with them, and every fault it sees. decryptionKey is the private half
// of self's key for this epoch. ErrNoShare: nothing may be posted.
func Complain(s Session, b Board, self uint32, decryptionKey []byte) ([]byte, []Fault, error) {
	r, err := Read(s, b.Dealings)
	if err != nil {
		return nil, nil, err
	}
	return r.Complain(self, decryptionKey)
}

// Complain is like the function of this name, for dealings read before.
func (r *Reading) Complain(self uint32, decryptionKey []byte) ([]byte, []Fault, error) {
	d, err := r.decrypterOf(self, decryptionKey)
	if err != nil {
		return nil, nil, fmt.Errorf("complain: %w", err)
	}
	faults := slices.Clone(r.faults)
	values := map[uint32]curve.Scalar{}
	var opened, named []uint32
	for _, dealer := range r.dealers() {
		value, err := d.open(dealer, r.dealings[dealer].sealedTo(self))
		if err != nil {
			faults = append(faults, Fault{Dealing, dealer, SubShareSealed})
			named = append(named, dealer)
			continue
		}
		values[dealer] = value
		opened = append(opened, dealer)
	}
	for _, dealer := range r.contradicting(opened, self, values) {
		faults = append(faults, Fault{Dealing, dealer, SubShareWrong})
		named = append(named, dealer)
	}
	slices.Sort(named)
	if r.tooBroad(named) {
		return nil, faults, ErrNoShare
	}
	return encodeComplaint(named), faults, nil
}

// contradicting returns the dealers whose value for a member is not that of the
// polynomial that they committed to.
func (r *Reading) contradicting(dealers []uint32, member uint32, values map[uint32]curve.Scalar) []uint32 {
	one := []curve.Scalar{curve.ScalarFromIndex(1)}
	return rejected(dealers, func(dealer uint32) claim {
		point := curve.Evaluate(r.dealings[dealer].commitments, member)
		return claim{exponent: values[dealer], points: []curve.G2{point}, weights: one}
	})
}

// tooBroad reports whether a complaint about these dealers leaves fewer secret
// sub-shares than dealings are needed. An honest member has nothing to complain
// about in an honest dealing: so many dealers are not all faulty.
func (r *Reading) tooBroad(named []uint32) bool {
	left := len(r.dealings)
	for _, dealer := range named {
		if r.dealings[dealer] != nil {
			left--
		}
	}
	return len(named) > 0 && left < r.session.needed()
}

// encodeComplaint returns one byte for each dealer, ascending.
func encodeComplaint(named []uint32) []byte {
	var out []byte
	for _, dealer := range named {
		out = append(out, byte(dealer))
	}
	return out
}

// parseComplaint reads a member's complaint.
func parseComplaint(s Session, message []byte) ([]uint32, error) {
	var named []uint32
	last := uint32(0)
	for _, b := range message {
		dealer := uint32(b)
		if dealer <= last || s.checkDealer(dealer) != nil {
			return nil, errMalformed
		}
		named = append(named, dealer)
		last = dealer
	}
	if len(named) == 0 {
		return nil, errMalformed
	}
	return named, nil
}

// complainants returns who complained about whom, ascending, without the
// complaints that do not count, and the faults of those who made them.
func (r *Reading) complainants(complaints map[uint32][]byte) (map[uint32][]uint32, []Fault) {
	about := map[uint32][]uint32{}
	var faults []Fault
	for _, member := range sortedKeys(complaints) {
		reason := Reason("")
		named, err := parseComplaint(r.session, complaints[member])
		switch {
		case r.session.checkMember(member) != nil:
			reason = NotAMember
		case err != nil:
			reason = ComplaintMalformed
		case r.tooBroad(named):
			reason = ComplaintTooBroad
		}
		if reason != "" {
			faults = append(faults, Fault{Complaints, member, reason})
			continue
		}
		for _, dealer := range named {
			about[dealer] = append(about[dealer], member)
		}
	}
	return about, faults
}

// Complainants returns whose complaints about a dealer count, ascending: it
// justifies itself to exactly these.
func (r *Reading) Complainants(dealer uint32, complaints map[uint32][]byte) []uint32 {
	if r.dealings[dealer] == nil {
		return nil
	}
	about, _ := r.complainants(complaints)
	return about[dealer]
}

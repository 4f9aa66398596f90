// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/escrin/escrin/keyholder/curve"
)

// dealing is a well-formed dealing.
type dealing struct {
	commitments []curve.G2
	proof       proof
	challenge   curve.Scalar
	sealed      []byte
}

// Reading is a session's dealings, verified. Verifying is most of the work, so
// one who complains and evaluates keeps the reading in between. It is not safe for
// concurrent use.
type Reading struct {
	session  Session
	dealings map[uint32]*dealing // the well-formed ones
	faults   []Fault             // of the others
	member   *decrypter          // who complained last; holds secrets
}

// Read verifies the dealings of a session, by dealer.
func Read(s Session, dealings map[uint32][]byte) (*Reading, error) {
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("read dealings: %w", err)
	}
	r := &Reading{session: s, dealings: map[uint32]*dealing{}}
	r.decode(dealings)
	for _, dealer := range r.unproven() {
		r.refuse(dealer, PossessionInvalid)
	}
	slices.SortFunc(r.faults, func(a, b Fault) int { return int(a.Index) - int(b.Index) })
	return r, nil
}

// refuse takes a dealer out and says why.
func (r *Reading) refuse(dealer uint32, reason Reason) {
	delete(r.dealings, dealer)
	r.faults = append(r.faults, Fault{Dealing, dealer, reason})
}

// dealers returns the dealers of well-formed dealings, ascending.
func (r *Reading) dealers() []uint32 { return slices.Sorted(maps.Keys(r.dealings)) }

// decrypterOf returns a member's decrypter, with what it opened before.
func (r *Reading) decrypterOf(self uint32, key []byte) (*decrypter, error) {
	d, err := newDecrypter(r.session, self, key)
	if err != nil {
		return nil, err
	}
	if r.member == nil || r.member.self != self {
		r.member = d
	}
	return r.member, nil
}

// publicSize is that of commitments and R, which are points.
func (s Session) publicSize() int { return (s.Threshold + 1) * curve.G2RawSize }

// dealingSize is the only size of a dealing.
func (s Session) dealingSize() int {
	return s.publicSize() + curve.ScalarSize + len(s.Members)*sealedSize
}

// leavesOut reports whether a dealing has zeros in a member's place.
func (s Session) leavesOut(message []byte) bool {
	none := make([]byte, sealedSize)
	for places := message[s.publicSize()+curve.ScalarSize:]; len(places) > 0; places = places[sealedSize:] {
		if bytes.Equal(places[:sealedSize], none) {
			return true
		}
	}
	return false
}

// decode reads every dealing's points, all at once, and what else needs no
// arithmetic.
func (r *Reading) decode(messages map[uint32][]byte) {
	var dealers []uint32
	var encoded [][]byte
	for _, dealer := range slices.Sorted(maps.Keys(messages)) {
		switch {
		case r.session.checkDealer(dealer) != nil:
			r.refuse(dealer, NotADealer)
		case len(messages[dealer]) != r.session.dealingSize():
			r.refuse(dealer, DealingSize)
		case r.session.leavesOut(messages[dealer]):
			r.refuse(dealer, SubShareMissing)
		default:
			dealers = append(dealers, dealer)
			encoded = append(encoded, messages[dealer][:r.session.publicSize()])
		}
	}
	for i, points := range curve.G2Lists(encoded) {
		if points == nil {
			r.refuse(dealers[i], CommitmentInvalid)
			continue
		}
		r.admit(dealers[i], points, messages[dealers[i]])
	}
}

// admit keeps a dealing whose points are valid, if the rest of it is.
func (r *Reading) admit(dealer uint32, points []curve.G2, message []byte) {
	t, size := r.session.Threshold, r.session.publicSize()
	if p := r.session.Previous; p != nil && !points[0].Equal(p.PublicShares[dealer-1]) {
		r.refuse(dealer, ShareNotOwn)
		return
	}
	response, err := curve.ScalarFromBytes(message[size : size+curve.ScalarSize])
	if err != nil {
		r.refuse(dealer, PossessionInvalid)
		return
	}
	r.dealings[dealer] = &dealing{
		commitments: points[:t],
		proof:       proof{nonce: points[t], response: response},
		challenge:   challenge(r.session, dealer, message[:t*curve.G2RawSize], message[t*curve.G2RawSize:size]),
		sealed:      message[size+curve.ScalarSize:],
	}
}

// unproven returns the dealers whose proof of possession does not verify.
func (r *Reading) unproven() []uint32 {
	return rejected(r.dealers(), func(dealer uint32) claim {
		d := r.dealings[dealer]
		return claim{
			exponent: d.proof.response,
			points:   []curve.G2{d.proof.nonce, d.commitments[0]},
			weights:  []curve.Scalar{curve.ScalarFromIndex(1), d.challenge},
		}
	})
}

// sealedTo returns a dealer's sub-share for a member.
func (d *dealing) sealedTo(member uint32) []byte {
	return d.sealed[int(member-1)*sealedSize : int(member)*sealedSize]
}

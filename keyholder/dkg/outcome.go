// SPDX-License-Identifier: Apache-2.0

package dkg

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/curve"
)

// Outcome is what a session's messages come to.
type Outcome struct {
	GroupKey     curve.G2
	PublicShares []curve.G2 // by member's index-1; the identity of who has no share
	Qualified    []uint32   // dealers whose dealings count, ascending
	Faults       []Fault    // that everybody can see
}

// Evaluate computes the outcome. It fails with ErrTooFew, and an outcome that
// has only Qualified and Faults, if the epoch fails.
func Evaluate(s Session, b Board) (Outcome, error) {
	r, err := Read(s, b.Dealings)
	if err != nil {
		return Outcome{}, err
	}
	return r.Evaluate(b.Complaints, b.Justifications)
}

// Evaluate is like the function of this name, for dealings read before.
func (r *Reading) Evaluate(complaints, justifications map[uint32][]byte) (Outcome, error) {
	about, complaintFaults := r.complainants(complaints)
	qualified, _, justificationFaults := r.judge(about, justifications)
	out := Outcome{Qualified: qualified}
	out.Faults = append(out.Faults, r.faults...)
	out.Faults = append(out.Faults, complaintFaults...)
	out.Faults = append(out.Faults, justificationFaults...)
	if len(qualified) < r.session.needed() {
		return out, fmt.Errorf("%w: %d of %d", ErrTooFew, len(qualified), r.session.needed())
	}
	commitments, err := r.sum(qualified)
	if err != nil {
		return out, fmt.Errorf("evaluate dealings: %w", err)
	}
	out.GroupKey, out.PublicShares = commitments[0], curve.EvaluateAll(commitments, len(r.session.Members))
	for i, share := range out.PublicShares {
		if share.IsIdentity() {
			out.Faults = append(out.Faults, Fault{Certification, uint32(i) + 1, PublicShareNone})
		}
	}
	if got := held(out.PublicShares); got < r.session.Threshold {
		return Outcome{Qualified: qualified, Faults: out.Faults}, fmt.Errorf("%w: %d members have a share, %d must", ErrTooFew, got, r.session.Threshold)
	}
	return out, nil
}

// held counts the public shares of those who have one.
func held(shares []curve.G2) (n int) {
	for _, share := range shares {
		if !share.IsIdentity() {
			n++
		}
	}
	return n
}

// sum returns the commitments to the polynomial that all qualified dealings make
// together: their sum, or their interpolation at zero when a key is handed on.
func (r *Reading) sum(qualified []uint32) ([]curve.G2, error) {
	weights, err := r.session.weights(qualified)
	if err != nil {
		return nil, err
	}
	out := make([]curve.G2, r.session.Threshold)
	column := make([]curve.G2, len(qualified))
	for k := range out {
		for i, dealer := range qualified {
			column[i] = r.dealings[dealer].commitments[k]
		}
		if weights == nil {
			out[k] = curve.Sum(column)
		} else if out[k], err = curve.Combination(column, weights); err != nil {
			return nil, err
		}
	}
	if out[0].IsIdentity() {
		return nil, errors.New("the group key is the identity")
	}
	if p := r.session.Previous; p != nil && !out[0].Equal(p.GroupKey) {
		return nil, errors.New("the public shares of the previous epoch are not of its group key")
	}
	return out, nil
}

// weights returns what the dealings are multiplied by; nil means one.
func (s Session) weights(qualified []uint32) ([]curve.Scalar, error) {
	if s.Previous == nil {
		return nil, nil
	}
	return curve.Lagrange(qualified)
}

// GroupKeyDigest returns keccak of the group key in the form of EIP-2537, which
// is what the board has.
func (o Outcome) GroupKeyDigest() [32]byte {
	b := o.GroupKey.EIP2537()
	return keccak(b[:])
}

// CommitmentsDigest returns keccak of all public shares in the form of EIP-2537,
// one after the other.
func (o Outcome) CommitmentsDigest() [32]byte {
	var b []byte
	for _, share := range o.PublicShares {
		e := share.EIP2537()
		b = append(b, e[:]...)
	}
	return keccak(b)
}

// Share returns member self's secret share of an outcome, checked against its
// public share. What a dealer made public takes the place of what it sealed.
func Share(s Session, b Board, o Outcome, self uint32, decryptionKey []byte) (curve.Scalar, error) {
	if err := s.Validate(); err != nil {
		return curve.Scalar{}, fmt.Errorf("take share: %w", err)
	}
	d, err := newDecrypter(s, self, decryptionKey)
	if err != nil {
		return curve.Scalar{}, fmt.Errorf("take share: %w", err)
	}
	return d.share(o, b.Justifications, func(dealer uint32) []byte {
		whole := b.Dealings[dealer]
		if len(whole) != s.dealingSize() {
			return nil
		}
		return (&dealing{sealed: whole[s.publicSize()+curve.ScalarSize:]}).sealedTo(self)
	})
}

// Share is like the function of this name, for dealings read before. It does not
// open again what Complain opened.
func (r *Reading) Share(justifications map[uint32][]byte, o Outcome, self uint32, decryptionKey []byte) (curve.Scalar, error) {
	d, err := r.decrypterOf(self, decryptionKey)
	if err != nil {
		return curve.Scalar{}, fmt.Errorf("take share: %w", err)
	}
	return d.share(o, justifications, func(dealer uint32) []byte {
		if r.dealings[dealer] == nil {
			return nil
		}
		return r.dealings[dealer].sealedTo(self)
	})
}

// share adds up the sub-shares of all qualified dealers.
func (d *decrypter) share(o Outcome, justifications map[uint32][]byte, sealed func(dealer uint32) []byte) (curve.Scalar, error) {
	weights, err := d.session.weights(o.Qualified)
	if err != nil {
		return curve.Scalar{}, fmt.Errorf("take share: %w", err)
	}
	var sum curve.Scalar
	for i, dealer := range o.Qualified {
		value, err := published(justifications[dealer], d.self)
		if err != nil {
			value, err = d.open(dealer, sealed(dealer))
		}
		if err != nil {
			return curve.Scalar{}, fmt.Errorf("take share: dealer %d: %w", dealer, ErrNoShare)
		}
		if weights != nil {
			value = value.Mul(weights[i])
		}
		sum = sum.Add(value)
	}
	if len(o.PublicShares) != len(d.session.Members) || !sum.Public().Equal(o.PublicShares[d.self-1]) {
		return curve.Scalar{}, fmt.Errorf("take share: %w", ErrNoShare)
	}
	return sum, nil
}

// published returns a member's sub-share in a justification.
func published(message []byte, member uint32) (curve.Scalar, error) {
	for ; len(message) >= answerSize; message = message[answerSize:] {
		if uint32(message[0]) == member {
			return curve.ScalarFromBytes(message[1:answerSize])
		}
	}
	return curve.Scalar{}, errMalformed
}

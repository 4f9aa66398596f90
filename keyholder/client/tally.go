// SPDX-License-Identifier: Apache-2.0

package client

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// tally collects shares until t of one subject add up. The sum is verified first,
// under the group key: it is right or it is not, whatever it was made of. Only where
// it is wrong are the shares verified one by one, which names the liars; an
// emulated guest takes a tenth of a second for each. Who found something else than
// t others is no liar by that: nobody adds its share to theirs.
type tally struct {
	network   keyholder.Network
	group     curve.G2
	question  question
	accuse    func(keyholder.Proof)
	fromBoard bool
	shares    []candidate
	failures  map[uint32]*Failure // latest of each holder that gave no share
	again     []uint32            // whose wrong share may not be its own
}

// candidate is a share that a holder gave.
type candidate struct {
	share
	proven bool // it verifies under the holder's public share
}

func (t *tally) has(holder uint32) bool {
	for _, c := range t.shares {
		if c.index == holder {
			return true
		}
	}
	return false
}

// add takes an answer. That a holder is slow is no news once its share is there, or
// its last word.
func (t *tally) add(a answer) {
	if t.has(a.holder) {
		return
	}
	if known := t.failures[a.holder]; a.failure != nil && known != nil && known.final() {
		return
	}
	if a.failure != nil {
		t.failures[a.holder] = a.failure
		return
	}
	delete(t.failures, a.holder)
	t.shares = append(t.shares, candidate{share: a.share})
}

// settle is done when there are t shares of one subject whose sum is right, or
// when t proven ones have a wrong one.
func (t *tally) settle() (sum share, done bool, err error) {
	for _, of := range t.ripe() {
		if point, ok := t.sum(of); ok {
			return share{found: of, point: point}, true, nil
		}
	}
	if len(t.ripe()) == 0 {
		return share{}, false, nil
	}
	if t.prove(); len(t.ripe()) == 0 {
		return share{}, false, nil
	}
	for _, of := range t.ripe() { // without the liars
		if point, ok := t.sum(of); ok {
			return share{found: of, point: point}, true, nil
		}
	}
	return share{}, true, errors.New("valid shares do not add up under the group key: the description of the network is wrong")
}

// ripe returns what t shares or more are of.
func (t *tally) ripe() (subjects []finding) {
	for of, shares := range t.count() {
		if shares >= t.network.Threshold {
			subjects = append(subjects, of)
		}
	}
	return subjects
}

func (t *tally) count() map[finding]int {
	counts := map[finding]int{}
	for _, c := range t.shares {
		counts[c.found]++
	}
	return counts
}

func (t *tally) sum(of finding) (curve.G1, bool) {
	var partials []curve.Partial
	for _, c := range t.shares {
		if c.found == of && len(partials) < t.network.Threshold {
			partials = append(partials, curve.Partial{Index: c.index, Point: c.point})
		}
	}
	sum, err := curve.Combine(partials)
	return sum, err == nil && curve.Verify(sum, t.question.base(of), t.group)
}

// prove verifies each share, and names who gave a wrong one.
func (t *tally) prove() {
	var proven []candidate
	for _, c := range t.shares {
		if c.proven || t.valid(c) {
			c.proven = true
			proven = append(proven, c)
			continue
		}
		t.blame(c)
	}
	t.shares = proven
}

func (t *tally) valid(c candidate) bool {
	holder, _ := t.network.Holder(c.index)
	public, err := curve.G2FromBytes(holder.PublicShare[:])
	return err == nil && curve.Verify(c.point, t.question.base(c.found), public)
}

// blame records a wrong share. A holder that signed it is not asked again; that
// proves its lie to others, too, unless what it lied about must not be shown.
func (t *tally) blame(c candidate) {
	f := &Failure{Holder: c.index, Lied: true, Err: errors.New("share does not verify under its public share")}
	t.failures[c.index] = f
	proof := t.proof(c.share)
	if holder, _ := t.network.Holder(c.index); !signedBy(proof, holder.Signer) {
		t.again = append(t.again, c.index)
		return
	}
	f.Signed = true
	if proof.Name != nil && !t.fromBoard {
		return
	}
	f.Proof = &proof
	if t.accuse != nil {
		t.accuse(proof)
	}
}

func (t *tally) proof(s share) keyholder.Proof {
	return keyholder.Proof{
		Statement: keyholder.Statement{
			Board: t.network.Board, Path: t.question.path, Request: s.request, Epoch: s.epoch, Index: s.index,
			Subject: t.question.subject(s.found), Share: s.raw,
		},
		Signature: s.statement, Name: t.question.name,
	}
}

// retry returns whom to ask again, once.
func (t *tally) retry() []uint32 {
	again := t.again
	t.again = nil
	return again
}

// waiting says how far the tally is.
func (t *tally) waiting() Waiting {
	w := Waiting{Need: t.network.Threshold}
	for _, h := range t.network.Holders {
		if f := t.failures[h.Index]; f != nil {
			w.Failures = append(w.Failures, *f)
		}
	}
	w.Have = len(t.network.Holders) - len(w.Failures)
	return w
}

// outOfReach reports whether no threshold can be reached: too few holders are left
// for one, or all have answered and no t of them the same.
func (t *tally) outOfReach() bool {
	final := 0
	for _, f := range t.failures {
		if f.final() {
			final++
		}
	}
	left := len(t.network.Holders) - final
	return left < t.network.Threshold || left == len(t.shares)
}

// refused says why no threshold can be reached.
func (t *tally) refused(w Waiting) error {
	if len(t.shares) >= t.network.Threshold {
		return fmt.Errorf("%w: %w: %w", ErrRefused, errUnlike, failed(w.Failures))
	}
	return fmt.Errorf("%w: %w", ErrRefused, failed(w.Failures))
}

// SPDX-License-Identifier: Apache-2.0

package client

import (
	"errors"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// tally collects shares until t of them add up. The sum is verified first, under
// the group key: it is right or it is not, whatever it was made of. Only where it
// is wrong are the shares verified one by one, which names the liars; an
// emulated guest takes a tenth of a second for each.
type tally struct {
	network  keyholder.Network
	group    curve.G2
	point    curve.G1
	shares   []candidate
	failures map[uint32]*Failure // latest of each holder that gave no share
}

// candidate is a share that a holder gave.
type candidate struct {
	curve.Partial
	proven bool // it verifies under the holder's public share
}

func (t *tally) has(holder uint32) bool {
	for _, c := range t.shares {
		if c.Index == holder {
			return true
		}
	}
	return false
}

func (t *tally) add(a answer) {
	if a.failure != nil {
		t.failures[a.holder] = a.failure
		return
	}
	delete(t.failures, a.holder)
	t.shares = append(t.shares, candidate{Partial: curve.Partial{Index: a.holder, Point: a.share}})
}

// settle is done when there are t shares whose sum is right, or when t proven
// shares have a wrong one.
func (t *tally) settle() (sum curve.G1, done bool, err error) {
	if len(t.shares) < t.network.Threshold {
		return curve.G1{}, false, nil
	}
	if sum, ok := t.sum(); ok {
		return sum, true, nil
	}
	if t.prove(); len(t.shares) < t.network.Threshold {
		return curve.G1{}, false, nil
	}
	return curve.G1{}, true, errors.New("valid shares do not add up under the group key: the description of the network is wrong")
}

func (t *tally) sum() (curve.G1, bool) {
	var partials []curve.Partial
	for _, c := range t.shares[:t.network.Threshold] {
		partials = append(partials, c.Partial)
	}
	sum, err := curve.Combine(partials)
	return sum, err == nil && curve.Verify(sum, t.point, t.group)
}

// prove verifies each share and names who gave a wrong one.
func (t *tally) prove() {
	var proven []candidate
	for _, c := range t.shares {
		if c.proven || t.valid(c.Partial) {
			proven = append(proven, candidate{c.Partial, true})
			continue
		}
		t.failures[c.Index] = &Failure{c.Index, true, errors.New("share does not verify under its public share")}
	}
	t.shares = proven
}

func (t *tally) valid(p curve.Partial) bool {
	for _, h := range t.network.Holders {
		if h.Index == p.Index {
			public, err := curve.G2FromBytes(h.PublicShare[:])
			return err == nil && curve.Verify(p.Point, t.point, public)
		}
	}
	return false
}

// SPDX-License-Identifier: Apache-2.0

package client

import (
	"errors"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// tally collects shares until t of one subject add up. The sum is verified first,
// under the group key: it is right or it is not, whatever it was made of. Only where
// it is wrong are the shares verified one by one, which names the liars; an
// emulated guest takes a tenth of a second for each. Who found something else than
// t others is no liar by that: nobody adds its share to theirs.
type tally struct {
	network  keyholder.Network
	group    curve.G2
	base     func(subject keyholder.Findings) curve.G1
	shares   []candidate
	failures map[uint32]*Failure // latest of each holder that gave no share
}

// candidate is a share that a holder gave.
type candidate struct {
	share
	holder uint32
	proven bool // it verifies under the holder's public share
}

func (t *tally) has(holder uint32) bool {
	for _, c := range t.shares {
		if c.holder == holder {
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
	t.shares = append(t.shares, candidate{share: a.share, holder: a.holder})
}

// settle is done when there are t shares of one subject whose sum is right, or
// when t proven ones have a wrong one.
func (t *tally) settle() (sum share, done bool, err error) {
	for _, subject := range t.ripe() {
		if point, ok := t.sum(subject); ok {
			return share{subject, point}, true, nil
		}
	}
	if len(t.ripe()) == 0 {
		return share{}, false, nil
	}
	if t.prove(); len(t.ripe()) == 0 {
		return share{}, false, nil
	}
	return share{}, true, errors.New("valid shares do not add up under the group key: the description of the network is wrong")
}

// ripe returns the subjects with t shares or more.
func (t *tally) ripe() (subjects []keyholder.Findings) {
	for subject, shares := range t.count() {
		if shares >= t.network.Threshold {
			subjects = append(subjects, subject)
		}
	}
	return subjects
}

// most returns how many shares the subject with the most has.
func (t *tally) most() (most int) {
	for _, shares := range t.count() {
		most = max(most, shares)
	}
	return most
}

func (t *tally) count() map[keyholder.Findings]int {
	counts := map[keyholder.Findings]int{}
	for _, c := range t.shares {
		counts[c.subject]++
	}
	return counts
}

func (t *tally) sum(subject keyholder.Findings) (curve.G1, bool) {
	var partials []curve.Partial
	for _, c := range t.shares {
		if c.subject == subject && len(partials) < t.network.Threshold {
			partials = append(partials, curve.Partial{Index: c.holder, Point: c.point})
		}
	}
	sum, err := curve.Combine(partials)
	return sum, err == nil && curve.Verify(sum, t.base(subject), t.group)
}

// prove verifies each share and names who gave a wrong one.
func (t *tally) prove() {
	var proven []candidate
	for _, c := range t.shares {
		if c.proven || t.valid(c) {
			c.proven = true
			proven = append(proven, c)
			continue
		}
		t.failures[c.holder] = &Failure{c.holder, true, errors.New("share does not verify under its public share")}
	}
	t.shares = proven
}

func (t *tally) valid(c candidate) bool {
	for _, h := range t.network.Holders {
		if h.Index == c.holder {
			public, err := curve.G2FromBytes(h.PublicShare[:])
			return err == nil && curve.Verify(c.point, t.base(c.subject), public)
		}
	}
	return false
}

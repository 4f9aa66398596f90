// SPDX-License-Identifier: Apache-2.0

package epoch

import (
	"context"
	"fmt"
	"slices"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
)

// askEvery is how many blocks pass before those who told nothing are asked again.
const askEvery = 8

// describe finds out who serves the active epoch if we do not: those who know us from
// an epoch before ask us (KR-21).
func (t *turn) describe(ctx context.Context) error {
	n := t.node
	before := n.published.Load()
	ours := t.head.Active == 0 || n.shares[t.head.Active] != nil
	known := before.others != nil && before.others.Epoch == t.head.Active
	if ours && before.others == nil || known && !ours || !ours && t.head.Final < n.askAgain {
		return nil
	}
	after := *before
	if after.others = nil; !ours {
		n.askAgain = t.head.Final + askEvery
		r, err := t.view.Epoch(ctx, t.head.Active)
		if err != nil {
			return fmt.Errorf("read epoch %d: %w", t.head.Active, err)
		}
		told, err := t.told(ctx, r)
		if err != nil {
			return err
		}
		if told != nil {
			after.others = othersOf(r, *told)
		}
	}
	n.published.Store(&after)
	return nil
}

// othersOf is an epoch as those see it who have no share of it.
func othersOf(r Record, told dkg.Previous) *Share {
	s := &Share{Epoch: r.Epoch, Threshold: r.Threshold, groupKey: told.GroupKey}
	for i, m := range r.Members {
		s.Members = append(s.Members, Holder{m.Account, m.Signer, told.PublicShares[i]})
	}
	return s
}

// told asks the members of a certified epoch for its public shares, and returns the
// epoch with those that were certified; nil if nobody tells them. The shares of the
// epoch signed their digest together, and the board has it: no transcript says more.
func (t *turn) told(ctx context.Context, r Record) (*dkg.Previous, error) {
	known, err := t.view.GroupKeyDigest(ctx)
	if err != nil {
		return nil, fmt.Errorf("read group key: %w", err)
	}
	var wrong [][][curve.G2Size]byte
	for _, answer := range t.node.config.Peers.PublicShares(ctx, r.Epoch, r.Members) {
		if slices.ContainsFunc(wrong, func(other [][curve.G2Size]byte) bool { return slices.Equal(answer, other) }) {
			continue
		}
		if p, ok := certified(r, known, answer); ok {
			return &p, nil
		}
		wrong = append(wrong, answer)
	}
	return nil, nil
}

// certified reads the public shares of an epoch, if they are those that were certified
// there and make the network's key.
func certified(r Record, groupKey [32]byte, compressed [][curve.G2Size]byte) (dkg.Previous, bool) {
	p := dkg.Previous{Epoch: r.Epoch, Threshold: r.Threshold}
	if len(compressed) != len(r.Members) {
		return p, false
	}
	var indexes []uint32
	var points []curve.G2
	for i, b := range compressed {
		point, err := publicShare(b[:])
		if err != nil {
			return p, false
		}
		p.PublicShares = append(p.PublicShares, point)
		if !point.IsIdentity() && len(points) < r.Threshold {
			indexes, points = append(indexes, uint32(i)+1), append(points, point)
		}
	}
	weights, err := curve.Lagrange(indexes)
	if err != nil || len(points) < r.Threshold {
		return p, false
	}
	if p.GroupKey, err = curve.Combination(points, weights); err != nil {
		return p, false
	}
	o := dkg.Outcome{GroupKey: p.GroupKey, PublicShares: p.PublicShares}
	return p, o.CommitmentsDigest() == r.Commitments && o.GroupKeyDigest() == groupKey
}

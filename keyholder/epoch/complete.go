// SPDX-License-Identifier: Apache-2.0

package epoch

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/keystore"
)

// complete computes our share when the transcript is final, and keeps it. Who was
// away does so when it comes back, as long as the epoch is active. Where blocks count
// that can be undone, the transcript may have become another: so does the share.
func (t *turn) complete(ctx context.Context, s session) error {
	n, r := t.node, s.record
	if s.member == 0 || n.shares[r.Epoch].completes(r) || (s.settled != Certification && s.settled != Active) {
		return nil
	}
	e, err := t.evaluate(ctx, r)
	if err != nil {
		return err
	}
	if e.err != nil {
		t.problem("epoch %d fails: %v", r.Epoch, e.err)
		return nil
	}
	t.progress.Faults = e.outcome.Faults
	if err := t.checkOutcome(ctx, r, e.outcome); err != nil {
		return err
	}
	own, err := n.encryptionKey(keystore.Encryption(r.Epoch))
	if own == nil || err != nil {
		return err
	}
	session := n.readings[r.Epoch].session
	secret, err := dkg.Share(session, e.board, e.outcome, s.member, own.private)
	if errors.Is(err, dkg.ErrNoShare) { // we were away when the dealers asked for our key, or when to complain
		t.problem("epoch %d: %v", r.Epoch, err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("compute share: %w", err)
	}
	digest := dkg.CompletionDigest(r.SessionID, e.outcome.GroupKeyDigest(), e.outcome.CommitmentsDigest(), r.Transcript)
	if err := n.keepShare(newStoredShare(r, s.member, secret, e.outcome, digest), r.Epoch); err != nil {
		return err
	}
	delete(n.readings, r.Epoch) // with the key and the sub-shares that it opened
	t.did("kept the share of epoch %d", r.Epoch)
	return n.publish(t.servingEpoch())
}

// checkOutcome refuses an outcome that is not what the network has already
// (KR-10).
func (t *turn) checkOutcome(ctx context.Context, r Record, o dkg.Outcome) error {
	if r.Commitments != [32]byte{} && r.Commitments != o.CommitmentsDigest() {
		return fmt.Errorf("certified public shares are not those that its transcript gives")
	}
	known, err := t.view.GroupKeyDigest(ctx)
	if err != nil {
		return fmt.Errorf("read group key: %w", err)
	}
	if known != [32]byte{} && known != o.GroupKeyDigest() {
		return fmt.Errorf("group key would change")
	}
	return nil
}

func (n *Node) keepShare(stored storedShare, epoch uint64) error {
	b, err := stored.marshal()
	if err != nil {
		return err
	}
	defer clear(b)
	s, err := parseShare(epoch, b)
	if err != nil {
		return fmt.Errorf("keep share: %w", err)
	}
	if err := n.config.Keys.Apply(keystore.Change{Name: keystore.ShareOf(epoch), Secret: b}); err != nil {
		return err
	}
	n.shares[epoch] = s
	return nil
}

// confirm posts our completion. The share it speaks of is durable.
func (t *turn) confirm(ctx context.Context, s session) error {
	own := t.node.shares[s.record.Epoch]
	if s.member == 0 || own == nil || s.settled != Certification || s.next != Certification {
		return nil
	}
	confirmed, err := t.view.Confirmation(ctx, s.record.Epoch, s.member)
	if err != nil {
		return fmt.Errorf("read confirmation: %w", err)
	}
	switch confirmed {
	case own.Completion:
		return nil
	case [32]byte{}:
		delivery, err := t.node.config.Board.Confirm(ctx, s.record.Epoch, own.Completion)
		return t.posted("confirmation", s, delivery, err)
	}
	t.problem("epoch %d: somebody with our signer confirmed another completion", s.record.Epoch)
	return nil
}

// certify collects a threshold of partial signatures and ends the session. Members
// take turns by index, so that not all of them pay for it.
func (t *turn) certify(ctx context.Context, s session) error {
	own := t.node.shares[s.record.Epoch]
	if own == nil || s.settled != Certification || s.next != Certification {
		return nil
	}
	n := uint64(len(s.record.Members))
	ours := s.record.begins(Certification) + uint64(s.member-1)*s.record.PhaseBlocks/(2*n)
	if t.head.Newest+1 < ours {
		t.wait("the certificate of epoch %d, or block %d", s.record.Epoch, ours)
		return nil
	}
	partials := t.collect(ctx, s, own)
	if len(partials) < own.Threshold {
		t.wait("partial signatures of epoch %d: %d of %d are there", s.record.Epoch, len(partials), own.Threshold)
		return nil
	}
	signature, err := curve.Combine(partials[:own.Threshold])
	if err != nil {
		return fmt.Errorf("certify: %w", err)
	}
	delivery, err := t.node.config.Board.Certify(ctx, s.record.Epoch, Certificate{
		GroupKey: own.groupKey.EIP2537(), Commitments: own.commitments, Signature: signature.EIP2537(),
	})
	return t.posted("certificate", s, delivery, err)
}

// partials are verified partial signatures of a completion.
type partials struct {
	completion [32]byte
	have       []curve.Partial
}

// collect returns the verified partial signatures, our own among them. Those that
// are there are not asked for again, as long as the completion is the same: after a
// reorganisation of the chain it may be another.
func (t *turn) collect(ctx context.Context, s session, own *Share) []curve.Partial {
	n, epoch := t.node, s.record.Epoch
	p := n.partials[epoch]
	if p.completion != own.Completion {
		p = partials{own.Completion, []curve.Partial{{Index: own.Index, Point: own.partial()}}}
	}
	if len(p.have) < own.Threshold {
		message := curve.HashToG1(curve.DSTCompletion, own.Completion[:])
		for i, b := range n.config.Peers.Completions(ctx, epoch, s.record.Members) {
			index := uint32(i) + 1
			if b == nil || slices.ContainsFunc(p.have, func(p curve.Partial) bool { return p.Index == index }) {
				continue
			}
			point, err := curve.G1FromBytes(b)
			if err == nil && curve.Verify(point, message, own.Members[i].PublicShare) {
				p.have = append(p.have, curve.Partial{Index: index, Point: point})
			}
		}
		n.partials[epoch] = p
	}
	return p.have
}

// SPDX-License-Identifier: Apache-2.0

package epoch

import (
	"context"
	"fmt"
	"slices"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/keystore"
)

// published is what others read while the node goes on.
type published struct {
	serving     *Share
	others      *Share // of the active epoch, without a secret, where we have none
	holder      keyholder.HolderReply
	completions map[uint64]keyholder.CompletionReply
}

// Serving returns the share of the active epoch; false if there is none, or this
// holder has none of it.
func (n *Node) Serving() (*Share, bool) {
	p := n.published.Load()
	return p.serving, p.serving != nil
}

// Others describes the active epoch where this holder has no share of it, as its
// members tell it: for those who ask us because we had one of an epoch before. False
// if nobody told what was certified. urls are the addresses of the members that are
// known.
func (n *Node) Others(board keyholder.Board, urls map[[20]byte]string) (keyholder.Network, bool) {
	others := n.published.Load().others
	if others == nil {
		return keyholder.Network{}, false
	}
	return others.network(board, urls), true
}

// Holder tells who this is, and which keys sub-shares can be encrypted to.
func (n *Node) Holder() keyholder.HolderReply { return n.published.Load().holder }

// EncryptionKey returns the key with a digest, if it is shown.
func (n *Node) EncryptionKey(digest [32]byte) ([]byte, bool) {
	holder := n.Holder()
	for _, key := range append([][]byte{holder.Next}, holder.Running...) {
		if key != nil && abi.Keccak(key) == digest {
			return key, true
		}
	}
	return nil, false
}

// Completion returns this holder's part of the signature on the completion of an
// epoch, once it holds a share.
func (n *Node) Completion(epoch uint64) (keyholder.CompletionReply, bool) {
	c, ok := n.published.Load().completions[epoch]
	return c, ok
}

// publish shows what is kept now, given the active epoch.
func (n *Node) publish(active uint64) error {
	p := &published{
		holder:      keyholder.HolderReply{Account: n.config.Account, Signer: n.config.Signer},
		completions: map[uint64]keyholder.CompletionReply{},
	}
	before := n.published.Load()
	if before != nil {
		p.others = before.others
	}
	for epoch, s := range n.shares {
		if epoch == active {
			p.serving = s
		}
		if before != nil && before.completions[epoch].Digest == s.Completion {
			p.completions[epoch] = before.completions[epoch]
			continue
		}
		p.completions[epoch] = keyholder.CompletionReply{Epoch: epoch, Index: s.Index, Digest: s.Completion, Signature: s.partial().Bytes()}
	}
	names := n.config.Keys.Names()
	slices.Sort(names)
	for _, name := range names {
		if epoch, _ := recordOf(name); name != keystore.Encryption(epoch) && (name != nextKey || !n.prepared || n.config.Leaving()) {
			continue
		}
		key, err := n.encryptionKey(name)
		if err != nil {
			return fmt.Errorf("read encryption key: %w", err)
		}
		if name == nextKey {
			p.holder.Next = key.public
		} else {
			p.holder.Running = append(p.holder.Running, key.public)
		}
	}
	n.published.Store(p)
	return nil
}

// serve makes the share of the active epoch the one that is used. The epoch was
// certified in a final block, with the public shares that ours is of.
func (t *turn) serve(ctx context.Context) error {
	n := t.node
	use, active := n.shares[t.head.Active], uint64(0)
	if use != nil {
		r, err := t.view.Epoch(ctx, t.head.Active)
		if err != nil {
			return fmt.Errorf("read epoch %d: %w", t.head.Active, err)
		}
		if r.Commitments == use.commitments {
			active = t.head.Active
		} else {
			t.problem("epoch %d was certified with other public shares than ours belongs to", t.head.Active)
		}
	}
	if serving, _ := n.Serving(); serving != nil && serving.Epoch == active || serving == nil && active == 0 {
		return nil
	}
	return n.publish(active)
}

// clean destroys secrets that have served: all of an epoch that failed or was
// followed by another, both in final blocks, and of the active one all but the
// share.
func (t *turn) clean(ctx context.Context) error {
	var gone []keystore.Change
	for _, name := range t.node.config.Keys.Names() {
		epoch, ok := recordOf(name)
		if !ok || epoch > t.head.Latest {
			continue
		}
		over, err := t.isOver(ctx, epoch, name)
		if err != nil {
			return err
		}
		if over {
			gone = append(gone, keystore.Change{Name: name})
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if err := t.node.config.Keys.Apply(gone...); err != nil {
		return fmt.Errorf("destroy secrets: %w", err)
	}
	for _, c := range gone {
		epoch, _ := recordOf(c.Name)
		if own := t.node.shares[epoch]; own != nil && c.Name == keystore.ShareOf(epoch) {
			own.secret = curve.Scalar{}
			delete(t.node.shares, epoch)
		}
		delete(t.node.partials, epoch)
		delete(t.node.readings, epoch)
	}
	t.did("destroyed %d records of epochs that are over", len(gone))
	return t.node.publish(t.servingEpoch())
}

func (t *turn) servingEpoch() uint64 {
	if s, ok := t.node.Serving(); ok {
		return s.Epoch
	}
	return 0
}

// isOver reports whether a record of an epoch has served.
func (t *turn) isOver(ctx context.Context, epoch uint64, name string) (bool, error) {
	r, err := t.view.Epoch(ctx, epoch)
	if err != nil {
		return false, fmt.Errorf("read epoch %d: %w", epoch, err)
	}
	switch r.PhaseAt(t.head.Final+1, t.head.Active) {
	case Failed, Retired:
		return true, nil
	case Active:
		own := t.node.shares[epoch]
		switch name {
		case keystore.ShareOf(epoch):
			return false, nil
		case keystore.Encryption(epoch): // without it, there would never be a share
			return own != nil && own.commitments == r.Commitments, nil
		}
		return true, nil
	}
	return false, nil
}

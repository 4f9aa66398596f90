// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// finding is what a holder found by itself, each in answer to other questions; zero
// where there is nothing to find.
type finding struct {
	findings keyholder.Findings
	anchor   keyholder.Anchor
}

// State returns what an anchor of the requester's identity is, as t holders certify in
// answer to this very question, each at its own finality. requester must hold a live
// permit of the identity. The state is of a block after a second since the epoch (of any,
// if that is zero), for which holders are waited for. Holders of which some see a newer
// version than others are asked again until ctx ends.
func (c *Client) State(ctx context.Context, requester [20]byte, name keyholder.AnchorName, after uint64) (keyholder.Anchor, error) {
	for {
		anchor, err := c.state(ctx, requester, name, after)
		if !errors.Is(err, errUnlike) || !rest(ctx, firstPause) {
			return anchor, err
		}
	}
}

func (c *Client) state(ctx context.Context, requester [20]byte, name keyholder.AnchorName, after uint64) (keyholder.Anchor, error) {
	q, err := stateQuestion(requester, name, after)
	if err != nil {
		return keyholder.Anchor{}, fmt.Errorf("ask for state: %w", err)
	}
	sum, err := c.run(ctx, q)
	if err != nil {
		return keyholder.Anchor{}, fmt.Errorf("ask for state: %w", err)
	}
	return sum.found.anchor, nil
}

func stateQuestion(requester [20]byte, name keyholder.AnchorName, after uint64) (question, error) {
	if err := name.Validate(); err != nil {
		return question{}, err
	}
	var nonce [32]byte
	_, _ = rand.Read(nonce[:]) // never fails
	of := func(f finding) keyholder.StateCertificate {
		return keyholder.StateCertificate{Name: name, Anchor: f.anchor, Nonce: nonce, After: after}
	}
	return question{
		path: keyholder.PathState, read: readState,
		inner: func(epoch uint64) ([]byte, error) {
			return keyholder.StateRequest{Epoch: epoch, Requester: requester, Name: name, Nonce: nonce, After: after}.MarshalJSON()
		},
		subject: func(f finding) [32]byte { return of(f).Digest() },
		base:    func(f finding) curve.G1 { return of(f).Point() },
	}, nil
}

// readState takes a holder's share of a signature out of its reply.
func readState(reply []byte, _ [32]byte) (share, error) {
	var r keyholder.StateReply
	if err := r.UnmarshalJSON(reply); err != nil {
		return share{}, err
	}
	return share{epoch: r.Epoch, index: r.Index, found: finding{anchor: r.Anchor}, raw: r.Signature, statement: r.Statement}, nil
}

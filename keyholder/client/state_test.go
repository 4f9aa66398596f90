// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ethsig"
)

// anchored is the fixture's network as it answers questions about one anchor.
type anchored struct {
	*fixture
	mu     sync.Mutex
	name   keyholder.AnchorName
	at     map[uint32]keyholder.Anchor // by holder
	nonces map[[32]byte]bool
	after  uint64
	change func(holder uint32, c *keyholder.StateCertificate, r *keyholder.StateReply) // before the reply is signed
}

func newAnchored(t *testing.T) *anchored {
	t.Helper()
	a := &anchored{fixture: newFixture(t), at: map[uint32]keyholder.Anchor{}, nonces: map[[32]byte]bool{}, after: 7,
		name: keyholder.AnchorName{ChainID: 1, Registry: [20]byte{1}, IdentityID: [32]byte{2}, Set: keyholder.Advanced, Name: [32]byte{3}}}
	for i := uint32(1); i <= 3; i++ {
		a.at[i] = version(5)
	}
	a.client.Transport = a
	return a
}

func version(n uint64) keyholder.Anchor {
	return keyholder.Anchor{Contract: [20]byte{9}, Version: n, Digest: [32]byte{byte(n)}}
}

// Do implements Transport.
func (a *anchored) Do(_ context.Context, holder uint32, path string, body []byte) (int, []byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	signed, err := keyholder.ParseSignedRequest(body)
	if err != nil {
		return 0, nil, err
	}
	var q keyholder.StateRequest
	if err := json.Unmarshal(signed.Inner, &q); err != nil {
		return 0, nil, err
	}
	digest := signed.Digest(a.network.GroupKey, path, [32]byte{})
	if by, err := signed.Recover(digest); err != nil || by != q.Requester || q.Name != a.name || path != keyholder.PathState {
		return 0, nil, errForged
	}
	a.nonces[q.Nonce] = true
	c := keyholder.StateCertificate{Name: q.Name, Anchor: a.at[holder], Nonce: q.Nonce, After: q.After}
	r := keyholder.StateReply{Epoch: a.network.Epoch, Index: holder, Anchor: a.at[holder]}
	if a.change != nil {
		a.change(holder, &c, &r)
	}
	r.Signature = c.Point().Mul(a.shares[holder-1]).Bytes()
	r.Statement = a.state(keyholder.Statement{Board: a.network.Board, Path: path, Request: digest,
		Epoch: r.Epoch, Index: holder, Subject: keyholder.StateCertificate{Name: q.Name, Anchor: r.Anchor, Nonce: q.Nonce, After: q.After}.Digest(), Share: r.Signature})
	return encode(r)
}

func (a *anchored) ask(ctx context.Context) (keyholder.Anchor, error) {
	return a.client.State(ctx, ethsig.Address([ethsig.PublicSize]byte(a.requester.PubKey().SerializeUncompressed())), a.name, a.after)
}

// TestMB15FewerThanTDoNotRollBack: a holder that shows an old version, signed in earnest, is outvoted.
func TestMB15FewerThanTDoNotRollBack(t *testing.T) {
	t.Parallel()
	a := newAnchored(t)
	a.at[2] = version(4)
	got, err := a.ask(t.Context())
	if err != nil || got != version(5) {
		t.Fatalf("anchor is %+v, %v", got, err)
	}
}

// TestMB15AnswersToOtherQuestionsDoNotCount: certificates of an earlier question, of another name, or of other words than
// the reply says.
func TestMB15AnswersToOtherQuestionsDoNotCount(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(uint32, *keyholder.StateCertificate, *keyholder.StateReply){
		"an earlier question": func(_ uint32, c *keyholder.StateCertificate, _ *keyholder.StateReply) { c.Nonce[0]++ },
		"an earlier block":    func(_ uint32, c *keyholder.StateCertificate, _ *keyholder.StateReply) { c.After-- },
		"another name":        func(_ uint32, c *keyholder.StateCertificate, _ *keyholder.StateReply) { c.Name.Name[0]++ },
		"another identity":    func(_ uint32, c *keyholder.StateCertificate, _ *keyholder.StateReply) { c.Name.IdentityID[0]++ },
		"the other set": func(_ uint32, c *keyholder.StateCertificate, _ *keyholder.StateReply) {
			c.Name.Set = keyholder.Announced
		},
		"another contract": func(_ uint32, c *keyholder.StateCertificate, r *keyholder.StateReply) { r.Anchor.Contract[0]++ },
		"another version":  func(_ uint32, c *keyholder.StateCertificate, r *keyholder.StateReply) { r.Anchor.Version-- },
		"another digest":   func(_ uint32, c *keyholder.StateCertificate, r *keyholder.StateReply) { r.Anchor.Digest[0]++ },
	} {
		a := newAnchored(t)
		a.change = change
		if got, err := a.ask(t.Context()); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: anchor is %+v, %v", what, got, err)
		}
	}
}

// TestHoldersThatLagAreAskedAgain: while no two see the same, the client waits, and asks with another nonce.
func TestHoldersThatLagAreAskedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAnchored(t)
		a.at[1], a.at[2] = version(3), version(4)
		a.change = func(holder uint32, c *keyholder.StateCertificate, r *keyholder.StateReply) {
			if len(a.nonces) > 1 { // the next question finds those that lagged a version further
				a.at[1], a.at[2] = version(4), version(5)
				c.Anchor, r.Anchor = a.at[holder], a.at[holder]
			}
		}
		got, err := a.ask(t.Context())
		if err != nil || got != version(5) || len(a.nonces) < 2 {
			t.Fatalf("anchor is %+v, %v, after %d questions", got, err, len(a.nonces))
		}
		a.mu.Lock()
		a.at[1], a.at[2], a.change = version(3), version(4), nil
		a.mu.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if got, err := a.ask(ctx); err == nil {
			t.Fatalf("no two agree, and the anchor is %+v", got)
		}
	})
}

func TestNamesOfNoAnchorAreNotAskedFor(t *testing.T) {
	t.Parallel()
	a := newAnchored(t)
	a.name.Set = 3
	if _, err := a.ask(t.Context()); err == nil || len(a.nonces) > 0 {
		t.Errorf("asked: %v", err)
	}
}

// TestKR02WrongStateSharesAreProven: who signs a wrong share of a state says so for all to see.
func TestKR02WrongStateSharesAreProven(t *testing.T) {
	t.Parallel()
	a := newAnchored(t)
	a.shares[0] = a.shares[0].Add(curve.ScalarFromIndex(1))
	a.network.Threshold, a.client.Network.Threshold = 3, 3
	var proofs []keyholder.Proof
	a.client.Accuse = func(p keyholder.Proof) { proofs = append(proofs, p) }
	if got, err := a.ask(t.Context()); !errors.Is(err, ErrRefused) {
		t.Fatalf("anchor is %+v, %v", got, err)
	}
	if len(proofs) != 1 || proofs[0].Statement.Index != 1 {
		t.Fatalf("proofs are %+v", proofs)
	}
	if err := CheckProof(a.network, proofs[0]); err != nil {
		t.Error(err)
	}
}

// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
)

// boardRun is a board, its governor (account 0) and three members (accounts 1 to 3).
type boardRun struct {
	*chaintest.Network
	t     *testing.T
	board *chain.Board
	epoch chain.Epoch
}

func newBoardRun(t *testing.T, phaseBlocks uint32) *boardRun {
	t.Helper()
	n := chaintest.New(t)
	r := &boardRun{Network: n, t: t, board: n.Chain.Board(n.At.KeyNetwork)}
	var members []chain.Member
	for i := byte(1); i <= 3; i++ {
		members = append(members, chain.Member{Account: common.Address{i}, Signer: n.Accounts[i].Address(), EncryptionKey: common.Hash{i}})
	}
	number, _, err := r.board.Start(t.Context(), n.Accounts[0], members, 2, phaseBlocks)
	r.must(err)
	r.epoch, err = r.board.Epoch(t.Context(), number)
	r.must(err)
	return r
}

func (r *boardRun) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// reach makes blocks until a message would be in the phase.
func (r *boardRun) reach(phase chain.Phase) {
	r.t.Helper()
	for {
		head, err := r.Chain.Head(r.t.Context())
		r.must(err)
		if at := r.epoch.PhaseAt(head.Number+1, 0); at >= phase {
			return
		}
		_, err = r.Chain.Pay(r.t.Context(), r.Accounts[0], r.Accounts[0].Address(), nil)
		r.must(err)
	}
}

func TestBoardReadsWhatItWasTold(t *testing.T) {
	r := newBoardRun(t, 6)
	parent, err := r.Chain.BlockAt(t.Context(), r.epoch.StartBlock-1)
	r.must(err)
	if got := r.epoch.Session(r.Contracts().ChainID, r.At.KeyNetwork, parent.Hash); got != r.epoch.SessionID {
		t.Errorf("session id is %s, the contract says %s", got, r.epoch.SessionID)
	}
	if r.epoch.Threshold != 2 || len(r.epoch.Members) != 3 || r.epoch.PhaseBlocks != 6 || r.epoch.Previous != 0 {
		t.Errorf("epoch is %+v", r.epoch)
	}
	post := func(_ chain.Receipt, err error) { t.Helper(); r.must(err) }
	ctx := t.Context()
	post(r.board.Deal(ctx, r.Accounts[2], 1, []byte("dealing of 2")))
	post(r.board.Deal(ctx, r.Accounts[1], 1, []byte("dealing of 1")))
	r.reach(chain.Complaints)
	post(r.board.Complain(ctx, r.Accounts[3], 1, []byte("complaint of 3")))
	r.reach(chain.Justifications)
	post(r.board.Justify(ctx, r.Accounts[1], 1, []byte("justification of 1")))
	r.reach(chain.Certification)
	post(r.board.Confirm(ctx, r.Accounts[1], 1, [32]byte{1}))

	posts, err := r.board.Posts(ctx, 1, chain.Range{First: r.epoch.StartBlock})
	r.must(err)
	want := []chain.Post{
		{Phase: chain.Dealing, Index: 2, Message: []byte("dealing of 2")},
		{Phase: chain.Dealing, Index: 1, Message: []byte("dealing of 1")},
		{Phase: chain.Complaints, Index: 3, Message: []byte("complaint of 3")},
		{Phase: chain.Justifications, Index: 1, Message: []byte("justification of 1")},
		{Phase: chain.Certification, Index: 1, Message: append([]byte{1}, make([]byte, 31)...)},
	}
	if len(posts) != len(want) {
		t.Fatalf("%d messages: %+v", len(posts), posts)
	}
	for i, p := range posts {
		in := r.epoch.Blocks(p.Phase)
		if p.Phase != want[i].Phase || p.Index != want[i].Index || !bytes.Equal(p.Message, want[i].Message) || p.At.Block < in.First || p.At.Block > in.Last {
			t.Errorf("message %d is %+v, want %+v", i, p, want[i])
		}
	}
	if _, err := r.board.Completion(ctx, 1, chain.Range{First: r.epoch.StartBlock}); err == nil {
		t.Error("an epoch that is not over has a certificate")
	}
}

// The phase is what the contract calls it, in every block of an epoch's life and after an abort.
func TestPhaseIsTheContracts(t *testing.T) {
	r := newBoardRun(t, 2)
	check := func() {
		t.Helper()
		head, err := r.Chain.Head(t.Context())
		r.must(err)
		then := r.board.At(head.Number)
		e, err := then.Epoch(t.Context(), 1)
		r.must(err)
		want, err := then.Phase(t.Context(), 1)
		r.must(err)
		if got := e.PhaseAt(head.Number, 0); got != want {
			t.Errorf("phase in block %d is %s, the contract says %s", head.Number, got, want)
		}
	}
	for range 10 {
		check()
		_, err := r.Chain.Pay(t.Context(), r.Accounts[0], r.Accounts[0].Address(), nil)
		r.must(err)
	}
	number, _, err := r.board.Start(t.Context(), r.Accounts[0], r.epoch.Members, 2, 100)
	r.must(err)
	_, err = r.board.Abort(t.Context(), r.Accounts[0], number)
	r.must(err)
	e, err := r.board.Epoch(t.Context(), number)
	r.must(err)
	if phase := e.PhaseAt(e.StartBlock, 0); phase != chain.FailedEpoch || e.Blocks(chain.Dealing) != (chain.Range{}) {
		t.Errorf("an aborted epoch is %s, blocks %v", phase, e.Blocks(chain.Dealing))
	}
	if none, err := r.board.Epoch(t.Context(), 7); err != nil || none.PhaseAt(e.StartBlock, 0) != chain.NoPhase {
		t.Errorf("an epoch that there is not: %+v, %v", none, err)
	}
}

// The completion is what the transaction said, and the group key signed it.
func TestCompletionIsReadFromItsTransaction(t *testing.T) {
	r := newBoardRun(t, 4)
	ctx := t.Context()
	r.reach(chain.Certification)
	e, err := r.board.Epoch(ctx, 1)
	r.must(err)
	key, commitments := r.GroupKeyOnChain(), [32]byte{7}
	digest := crypto.Keccak256Hash(crypto.Keccak256([]byte("escrin.completion.v1")), e.SessionID[:], crypto.Keccak256(key), commitments[:], e.Transcript[:])
	for i := 1; i <= 2; i++ {
		_, err := r.board.Confirm(ctx, r.Accounts[i], 1, digest)
		r.must(err)
	}
	_, err = r.board.Certify(ctx, r.Accounts[9], 1, key, commitments, r.Complete(digest))
	r.must(err)
	c, err := r.board.Completion(ctx, 1, chain.Range{First: e.StartBlock})
	r.must(err)
	if !bytes.Equal(c.GroupKey, key) || !bytes.Equal(c.Signature, r.Complete(digest)) || c.Commitments != commitments ||
		c.Transcript != e.Transcript || c.GroupKeyDigest != crypto.Keccak256Hash(key) {
		t.Errorf("completion is %+v", c)
	}
	active, err := r.board.Active(ctx)
	r.must(err)
	stored, err := r.board.GroupKey(ctx)
	if err != nil || active != 1 || !bytes.Equal(stored, key) {
		t.Errorf("active epoch %d, key %x, %v", active, stored, err)
	}
	if governor, err := r.board.Governor(ctx); err != nil || governor != r.Accounts[0].Address() {
		t.Errorf("governor %s, %v", governor, err)
	}
}

func TestBoardSaysWhyItRefuses(t *testing.T) {
	r := newBoardRun(t, 50)
	ctx := t.Context()
	refused := func(err error, name string) {
		t.Helper()
		if !chain.IsRevert(err, name) {
			t.Errorf("got %v, want %s", err, name)
		}
	}
	_, _, err := r.board.Start(ctx, r.Accounts[0], r.epoch.Members, 2, 4)
	refused(err, "SessionRunning")
	_, _, err = r.board.Start(ctx, r.Accounts[1], r.epoch.Members, 2, 4)
	refused(err, "Unauthorized")
	_, err = r.board.Complain(ctx, r.Accounts[1], 1, []byte("too early"))
	refused(err, "PhaseIs")
	_, err = r.board.Deal(ctx, r.Accounts[5], 1, []byte("stranger"))
	refused(err, "Unauthorized")
	if want := "phase dealing"; err != nil {
		_, err = r.board.Confirm(ctx, r.Accounts[1], 1, [32]byte{1})
		if err == nil || !bytes.Contains([]byte(err.Error()), []byte(want)) {
			t.Errorf("error does not say %q: %v", want, err)
		}
	}
}

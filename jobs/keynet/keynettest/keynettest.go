// SPDX-License-Identifier: Apache-2.0

// Package keynettest makes and hands on keys on the board of a chain in the test's process, with members that the test
// makes deviate as it likes. Only tests link it.
package keynettest

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/envelope"
)

// PhaseBlocks is how many blocks a phase lasts: enough for all messages, one a block, and those that come every second.
const PhaseBlocks = 20

// Run is a board and what its members know.
type Run struct {
	*chaintest.Network
	Board *chain.Board
	T     testing.TB

	last *Epoch // that was certified
}

// New starts on the board of a network, of which the governor is account 0.
func New(t testing.TB, n *chaintest.Network) *Run {
	return &Run{Network: n, Board: n.Chain.Board(n.At.KeyNetwork), T: t}
}

// Epoch is one session with all that its members know.
type Epoch struct {
	run     *Run
	Number  uint64
	Session dkg.Session
	Board   dkg.Board
	Outcome dkg.Outcome    // after Evaluate
	Shares  []curve.Scalar // by member's index-1, after Evaluate

	dealers     *Epoch // whose members deal
	accounts    []*chain.Account
	keys        [][]byte // public, by member's index-1
	private     [][]byte
	polynomials []dkg.Polynomial // by dealer's index-1
}

// Tamper changes what is posted, by the index of who posts it. Nil instead of a message is silence.
type Tamper map[uint32]func(message []byte) []byte

// Silence posts nothing.
func Silence([]byte) []byte { return nil }

// Must ends the test with an error.
func (r *Run) Must(err error) {
	r.T.Helper()
	if err != nil {
		r.T.Fatal(err)
	}
}

// Start starts an epoch of the members whose signers are these accounts of the network, in this order.
func (r *Run) Start(threshold int, signers ...int) *Epoch {
	r.T.Helper()
	e := &Epoch{run: r, dealers: r.last}
	var members []chain.Member
	for i, signer := range signers {
		private, public, err := envelope.GenerateRecipient()
		r.Must(err)
		e.private, e.keys = append(e.private, private), append(e.keys, public)
		e.accounts = append(e.accounts, r.Accounts[signer])
		members = append(members, chain.Member{Account: common.Address{byte(i + 1), byte(signer)}, Signer: r.Accounts[signer].Address(),
			EncryptionKey: crypto.Keccak256Hash(public)})
	}
	number, _, err := r.Board.Start(r.T.Context(), r.Accounts[0], members, uint8(threshold), PhaseBlocks)
	r.Must(err)
	record, err := r.Board.Epoch(r.T.Context(), number)
	r.Must(err)
	e.Number = number
	e.Session = dkg.Session{ID: record.SessionID, Epoch: number, Threshold: threshold}
	for _, m := range members {
		e.Session.Members = append(e.Session.Members, dkg.Member{Account: m.Account, Signer: m.Signer, EncryptionKey: m.EncryptionKey})
	}
	if before := r.last; before != nil {
		e.Session.Previous = &dkg.Previous{Epoch: before.Number, Threshold: before.Session.Threshold,
			GroupKey: before.Outcome.GroupKey, PublicShares: before.Outcome.PublicShares}
	} else {
		e.dealers = e
	}
	e.Board = dkg.Board{Dealings: map[uint32][]byte{}, Complaints: map[uint32][]byte{}, Justifications: map[uint32][]byte{}}
	return e
}

// Deal draws and posts dealings.
func (e *Epoch) Deal(tamper Tamper) {
	e.run.T.Helper()
	e.Reach(chain.Dealing)
	for i := range e.Session.Dealers() {
		var old *curve.Scalar
		if e.Session.Previous != nil {
			old = &e.dealers.Shares[i]
		}
		polynomial, err := dkg.Draw(rand.Reader, e.Session, old)
		e.run.Must(err)
		e.polynomials = append(e.polynomials, polynomial)
		message, err := polynomial.Deal(rand.Reader, e.Session, uint32(i+1), e.keys)
		e.run.Must(err)
		e.post(e.dealers, e.Board.Dealings, uint32(i+1), message, tamper, e.run.Board.Deal)
	}
}

// Complain posts complaints, where there is something to complain about or the test makes it up.
func (e *Epoch) Complain(tamper Tamper) {
	e.run.T.Helper()
	e.Reach(chain.Complaints)
	for i, private := range e.private {
		message, _, err := dkg.Complain(e.Session, e.Board, uint32(i+1), private)
		e.run.Must(err)
		e.post(e, e.Board.Complaints, uint32(i+1), message, tamper, e.run.Board.Complain)
	}
}

// Justify posts justifications, where there were complaints.
func (e *Epoch) Justify(tamper Tamper) {
	e.run.T.Helper()
	e.Reach(chain.Justifications)
	reading, err := dkg.Read(e.Session, e.Board.Dealings)
	e.run.Must(err)
	for i, polynomial := range e.polynomials {
		var message []byte
		if who := reading.Complainants(uint32(i+1), e.Board.Complaints); who != nil {
			message, err = polynomial.Justify(e.Session, uint32(i+1), who)
			e.run.Must(err)
		}
		e.post(e.dealers, e.Board.Justifications, uint32(i+1), message, tamper, e.run.Board.Justify)
	}
}

// Evaluate computes outcome and shares.
func (e *Epoch) Evaluate() {
	e.run.T.Helper()
	var err error
	e.Outcome, err = dkg.Evaluate(e.Session, e.Board)
	e.run.Must(err)
	e.Shares = nil
	for i, private := range e.private {
		share, err := dkg.Share(e.Session, e.Board, e.Outcome, uint32(i+1), private)
		e.run.Must(err)
		e.Shares = append(e.Shares, share)
	}
}

// Certify lets all confirm the outcome, and certifies it.
func (e *Epoch) Certify(tamper Tamper) {
	e.run.T.Helper()
	e.Confirm(e.Digest(), tamper)
	key := e.Outcome.GroupKey.EIP2537()
	_, err := e.run.Board.Certify(e.run.T.Context(), e.run.Accounts[0], e.Number, key[:], e.Outcome.CommitmentsDigest(), e.Sign(e.Digest()))
	e.run.Must(err)
	e.run.last = e
}

// Confirm lets all confirm a completion.
func (e *Epoch) Confirm(digest [32]byte, tamper Tamper) {
	e.run.T.Helper()
	e.Reach(chain.Certification)
	for i := range e.Session.Members {
		e.post(e, map[uint32][]byte{}, uint32(i+1), digest[:], tamper, e.confirm)
	}
}

func (e *Epoch) confirm(ctx context.Context, from *chain.Account, epoch uint64, digest []byte) (chain.Receipt, error) {
	return e.run.Board.Confirm(ctx, from, epoch, [32]byte(digest))
}

// Digest is that of the completion.
func (e *Epoch) Digest() [32]byte {
	return e.DigestOf(e.Outcome.GroupKeyDigest(), e.Outcome.CommitmentsDigest())
}

// DigestOf is that of a completion with another key or other public shares.
func (e *Epoch) DigestOf(groupKey, commitments [32]byte) [32]byte {
	e.run.T.Helper()
	record, err := e.run.Board.Epoch(e.run.T.Context(), e.Number)
	e.run.Must(err)
	return dkg.CompletionDigest(e.Session.ID, groupKey, commitments, record.Transcript)
}

// Sign is the group key's signature of a completion, by a threshold of members.
func (e *Epoch) Sign(digest [32]byte) []byte {
	e.run.T.Helper()
	var partials []curve.Partial
	for i := range e.Session.Threshold {
		partials = append(partials, curve.Partial{Index: uint32(i + 1), Point: curve.HashToG1(curve.DSTCompletion, digest[:]).Mul(e.Shares[i])})
	}
	sum, err := curve.Combine(partials)
	e.run.Must(err)
	signature := sum.EIP2537()
	return signature[:]
}

// Succeed goes through an epoch in which nobody deviates.
func (r *Run) Succeed(threshold int, signers ...int) *Epoch {
	r.T.Helper()
	e := r.Start(threshold, signers...)
	e.Deal(nil)
	e.Complain(nil)
	e.Justify(nil)
	e.Evaluate()
	e.Certify(nil)
	return e
}

// Reach makes blocks until a message would be in a phase.
func (e *Epoch) Reach(phase chain.Phase) {
	e.run.T.Helper()
	record, err := e.run.Board.Epoch(e.run.T.Context(), e.Number)
	e.run.Must(err)
	for {
		head, err := e.run.Chain.Head(e.run.T.Context())
		e.run.Must(err)
		if record.PhaseAt(head.Number+1, 0) >= phase {
			return
		}
		_, err = e.run.Chain.Pay(e.run.T.Context(), e.run.Accounts[0], e.run.Accounts[0].Address(), nil)
		e.run.Must(err)
	}
}

type post func(ctx context.Context, from *chain.Account, epoch uint64, message []byte) (chain.Receipt, error)

// post posts a message by a member of an epoch, and keeps it.
func (e *Epoch) post(of *Epoch, kept map[uint32][]byte, index uint32, message []byte, tamper Tamper, post post) {
	e.run.T.Helper()
	if change := tamper[index]; change != nil {
		message = change(message)
	}
	if message == nil {
		return
	}
	_, err := post(e.run.T.Context(), of.accounts[index-1], e.Number, message)
	e.run.Must(err)
	kept[index] = message
}

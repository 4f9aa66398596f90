// SPDX-License-Identifier: Apache-2.0

package transact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/escrin/escrin/keyholder/jsonrpc"
)

const (
	// patience is how many blocks a transaction may stay away before more is paid.
	patience = 3

	maxGas   = 1 << 24       // of one transaction (EIP-7825)
	minTip   = 1_000_000_000 // wei for each gas
	tipShare = 10            // the tip is at most this part of the highest fee
)

// DefaultFee is the highest fee, in wei for each gas, unless another is said.
const DefaultFee = 300_000_000_000

// Errors of Send. The same call may succeed later.
var (
	ErrBusy  = errors.New("another transaction of this account is under way")
	ErrFunds = errors.New("account has not enough funds")
	ErrFee   = errors.New("chain asks for a higher fee than is allowed")
)

// Status is how far a call has come.
type Status uint8

const (
	// Sent is a call for which a transaction was made now; send it again until it is
	// Included.
	Sent Status = iota + 1
	// Pending is a call whose transaction was made before.
	Pending
	// Included is a call that a block has, though perhaps not a final one.
	Included
)

// Config is everything that a Sender needs.
type Config struct {
	ChainID uint64
	Account Account
	Nodes   []Node // every one is asked and sent to; what more than half say counts
	MaxFee  uint64 // wei for each gas, at most; DefaultFee if zero
}

// Sender sends the calls of one account, one after the other. It is safe for
// concurrent use.
type Sender struct {
	config Config

	mu   sync.Mutex
	last *attempt // what was sent last
}

// attempt is a call and the transactions that were sent for it, all with one
// nonce.
type attempt struct {
	transaction Transaction // the last one
	raw         []byte
	hashes      [][32]byte
	block       uint64 // newest when it was sent
}

// NewSender returns a sender. It does not connect.
func NewSender(c Config) (*Sender, error) {
	if c.ChainID == 0 || c.Account == (Account{}) || len(c.Nodes) == 0 {
		return nil, errors.New("sender: chain id, account and nodes are required")
	}
	if c.MaxFee == 0 {
		c.MaxFee = DefaultFee
	}
	return &Sender{config: c}, nil
}

// Address returns the account that pays.
func (s *Sender) Address() [20]byte { return s.config.Account.Address() }

// Send sees to it that the chain gets a call. It is called again and again with
// the same call until the caller is content; only the first time, and where the
// chain lost it, something new is sent. It returns *Reverted for a call that the
// contract would refuse now, of which nothing is sent.
func (s *Sender) Send(ctx context.Context, c Call) (Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	status, err := s.advance(ctx, c)
	if err != nil {
		return 0, fmt.Errorf("send transaction: %w", err)
	}
	return status, nil
}

func (s *Sender) advance(ctx context.Context, c Call) (Status, error) {
	now, err := s.lookAround(ctx)
	if err != nil {
		return 0, err
	}
	if s.last == nil {
		return s.begin(ctx, c, now)
	}
	nonce := s.last.transaction.Nonce
	used, same, late := now.nonce > nonce, s.last.transaction.Call.equal(c), now.block > s.last.block+patience
	switch {
	case used && same:
		return s.settle(ctx, c, now, late)
	case used, late && !same, late && now.nonce < nonce:
		return s.begin(ctx, c, now)
	case !same:
		_, err := s.estimate(ctx, c)
		return 0, cmp.Or(err, ErrBusy)
	case late:
		return s.raise(ctx, now)
	}
	return Pending, s.broadcast(ctx)
}

// settle looks what became of a call whose nonce is used. Where nodes contradict one another,
// some of them may be behind for a while.
func (s *Sender) settle(ctx context.Context, c Call, now situation, late bool) (Status, error) {
	n, err := s.landed(ctx)
	switch {
	case err != nil:
		return 0, err
	case n >= majority(len(s.config.Nodes)):
		return Included, nil
	case n > 0 && !late:
		return Pending, nil
	}
	return s.begin(ctx, c, now)
}

// begin makes a transaction with the first free nonce. One that waits for the
// same nonce is thereby replaced, if more is offered.
func (s *Sender) begin(ctx context.Context, c Call, now situation) (Status, error) {
	t := Transaction{ChainID: s.config.ChainID, Nonce: now.nonce, Call: c}
	if s.last != nil && s.last.transaction.Nonce == now.nonce {
		t.Tip, t.FeeCap = s.last.transaction.Tip, s.last.transaction.FeeCap
	}
	return s.offer(ctx, t, now, nil)
}

// raise offers more for the same call.
func (s *Sender) raise(ctx context.Context, now situation) (Status, error) {
	return s.offer(ctx, s.last.transaction, now, s.last.hashes)
}

// offer gives a transaction its gas and a price, above what it offered before, and sends it.
func (s *Sender) offer(ctx context.Context, t Transaction, now situation, before [][32]byte) (Status, error) {
	if now.baseFee > s.config.MaxFee {
		return 0, fmt.Errorf("%w: %d wei", ErrFee, now.baseFee)
	}
	gas, err := s.estimate(ctx, t.Call)
	if err != nil {
		return 0, err
	}
	if gas > maxGas {
		return 0, fmt.Errorf("call needs %d gas, more than a transaction may use", gas)
	}
	t.Gas = min(gas+gas/4, maxGas)
	limit := s.config.MaxFee
	t.Tip = min(max(more(t.Tip), now.tip, minTip), limit/tipShare)
	t.FeeCap = min(max(more(t.FeeCap), 2*now.baseFee+t.Tip), limit)
	t.Tip = min(t.Tip, t.FeeCap)
	raw, hash, err := t.Sign(s.config.Account)
	if err != nil {
		return 0, err
	}
	s.last = &attempt{transaction: t, raw: raw, hashes: append(before, hash), block: now.block}
	return Sent, s.broadcast(ctx)
}

// more is enough for nodes to prefer a transaction over one that offers fee.
func more(fee uint64) uint64 { return fee + fee/4 }

// broadcast sends the last transaction to all nodes; one that takes it suffices. What
// is wrong with its price or the account is not for one node to say, but for more than half.
func (s *Sender) broadcast(ctx context.Context) error {
	raw, k := s.last.raw, majority(len(s.config.Nodes))
	refusals, err := poll(ctx, s.config.Nodes, func(ctx context.Context, n Node) (error, error) {
		err := submit(ctx, n, raw)
		if errors.Is(err, errUnderpriced) || errors.Is(err, ErrFunds) {
			return err, nil
		}
		return nil, err
	})
	underpriced, poor := 0, 0
	for _, refusal := range refusals {
		switch {
		case errors.Is(refusal, errUnderpriced):
			underpriced++
		case refusal != nil:
			poor++
		}
	}
	switch {
	case underpriced >= k:
		s.last.block = 0 // more has to be offered, at once
	case poor >= k:
		s.last = nil
		return ErrFunds
	case len(refusals) == underpriced+poor:
		return err
	}
	return nil
}

var errUnderpriced = errors.New("another transaction of this nonce offers more")

// submit hands a transaction to a node. What it has already is no error.
func submit(ctx context.Context, n Node, raw []byte) error {
	_, err := n.Call(ctx, "eth_sendRawTransaction", jsonrpc.Hex(raw))
	refusal, ok := errors.AsType[*jsonrpc.Error](err)
	if !ok {
		return err
	}
	switch text := refusal.Message; {
	case strings.Contains(text, "already known"), strings.Contains(text, "nonce too low"):
		return nil
	case strings.Contains(text, "underpriced"):
		return fmt.Errorf("%w: %w", errUnderpriced, err)
	case strings.Contains(text, "insufficient funds"):
		return fmt.Errorf("%w: %w", ErrFunds, err)
	}
	return err
}

var _ Node = (*jsonrpc.Client)(nil)

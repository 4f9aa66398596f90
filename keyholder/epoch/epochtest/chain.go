// SPDX-License-Identifier: Apache-2.0

// Package epochtest is the contract KeyNetwork, keys and peers in memory, for
// tests of package epoch that decide themselves when a block is made, what is in
// it, what is undone, and who can be reached. It has no clock, no goroutines and
// no randomness.
package epochtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Chain is a chain with nothing but a board on it.
type Chain struct {
	Lag uint64 // blocks that are newer than the final one

	newest  uint64
	floor   uint64 // highest final block that was viewed
	sealed  []sealed
	waiting []transaction
}

// transaction is what somebody sent. do changes the board in block number, or
// refuses.
type transaction struct {
	key string // the same call twice is one
	do  func(b *book, number uint64) error
}

// sealed is a transaction in a block.
type sealed struct {
	number uint64
	transaction
}

// NewChain returns a chain whose newest block is lag.
func NewChain(lag uint64) *Chain { return &Chain{Lag: lag, newest: lag} }

// Newest returns the number of the newest block.
func (c *Chain) Newest() uint64 { return c.newest }

// Mine makes n blocks; what was sent is in the first.
func (c *Chain) Mine(n uint64) {
	for range n {
		c.newest++
		for _, t := range c.waiting {
			if t.do(c.book(c.newest), c.newest) == nil { // else it reverts
				c.sealed = append(c.sealed, sealed{c.newest, t})
			}
		}
		c.waiting = nil
	}
}

// Drop forgets what was sent and is in no block yet.
func (c *Chain) Drop() { c.waiting = nil }

// Reorganize undoes the newest blocks, at most Lag, and makes as many without
// what was in them, which is sent again if keep says so.
func (c *Chain) Reorganize(depth uint64, keep bool) {
	depth = min(depth, c.Lag)
	kept := c.sealed[:0:0]
	for _, s := range c.sealed {
		switch {
		case s.number <= c.newest-depth:
			kept = append(kept, s)
		case keep:
			c.waiting = append(c.waiting, s.transaction)
		}
	}
	c.sealed = kept
}

// book returns the board's state after a block.
func (c *Chain) book(number uint64) *book {
	b := &book{epochs: map[uint64]*entry{}}
	for _, s := range c.sealed {
		if s.number <= number {
			_ = s.do(b, s.number) // it did then
		}
	}
	return b
}

// send puts a transaction on its way, and tells how far it is.
func (c *Chain) send(t transaction) (epoch.Delivery, error) {
	for _, s := range c.sealed {
		if s.key == t.key {
			return epoch.Landed, nil
		}
	}
	for _, w := range c.waiting {
		if w.key == t.key {
			return epoch.Pending, nil
		}
	}
	if err := t.do(c.book(c.newest), c.newest+1); err != nil {
		return 0, err
	}
	c.waiting = append(c.waiting, t)
	return epoch.Posted, nil
}

// Start is the governor starting an epoch.
func (c *Chain) Start(members []dkg.Member, threshold int, phaseBlocks uint64) (uint64, error) {
	number := c.book(c.newest).latest + 1
	_, err := c.send(transaction{fmt.Sprintf("start %d in %d", number, c.newest), func(b *book, block uint64) error {
		return b.start(members, threshold, phaseBlocks, block)
	}})
	return number, err
}

// Abort is the governor giving up an epoch.
func (c *Chain) Abort(number uint64) error {
	_, err := c.send(transaction{fmt.Sprintf("abort %d", number), func(b *book, block uint64) error {
		e, err := b.running(number, block)
		if err == nil {
			e.record.PhaseBlocks = 0
		}
		return err
	}})
	return err
}

// Phase returns where an epoch stands in the newest block.
func (c *Chain) Phase(number uint64) epoch.Phase {
	b := c.book(c.newest)
	e := b.epochs[number]
	if e == nil {
		return epoch.None
	}
	return e.record.PhaseAt(c.newest, b.active)
}

// book is the state of the board.
type book struct {
	active, latest uint64
	groupKey       [32]byte // digest
	epochs         map[uint64]*entry
}

type entry struct {
	record   epoch.Record
	posts    []dkg.Post
	confirms map[uint32][32]byte
}

func (b *book) start(members []dkg.Member, threshold int, phaseBlocks, block uint64) error {
	if last := b.epochs[b.latest]; last != nil {
		if p := last.record.PhaseAt(block, b.active); p >= epoch.Dealing && p <= epoch.Certification {
			return errors.New("a session is running")
		}
	}
	b.latest++
	id := abi.Words{}.Uint64(b.latest).Uint64(b.active).Uint64(block).Keccak()
	b.epochs[b.latest] = &entry{
		record: epoch.Record{
			Epoch: b.latest, SessionID: id, Transcript: id, StartBlock: block, Previous: b.active,
			PhaseBlocks: phaseBlocks, Threshold: threshold, Members: members,
		},
		confirms: map[uint32][32]byte{},
	}
	return nil
}

func (b *book) running(number, block uint64) (*entry, error) {
	e := b.epochs[number]
	if e == nil {
		return nil, errors.New("there is no such epoch")
	}
	if p := e.record.PhaseAt(block, b.active); p < epoch.Dealing || p > epoch.Certification {
		return nil, fmt.Errorf("%w: its phase is %s", epoch.ErrNotNow, p)
	}
	return e, nil
}

// in returns an epoch if its phase is p, with the index of a signer there.
func (b *book) in(number, block uint64, p epoch.Phase, signer [20]byte) (*entry, uint32, error) {
	e, err := b.running(number, block)
	if err != nil {
		return nil, 0, err
	}
	if now := e.record.PhaseAt(block, b.active); now != p {
		return nil, 0, fmt.Errorf("%w: its phase is %s", epoch.ErrNotNow, now)
	}
	members := e.record.Members
	if (p == epoch.Dealing || p == epoch.Justifications) && e.record.Previous != 0 {
		members = b.epochs[e.record.Previous].record.Members
	}
	for i, m := range members {
		if m.Signer == signer {
			return e, uint32(i) + 1, nil
		}
	}
	return nil, 0, errors.New("not a member with a say")
}

func (b *book) post(number, block uint64, p epoch.Phase, signer [20]byte, message []byte) error {
	e, index, err := b.in(number, block, p, signer)
	if err != nil {
		return err
	}
	dealt := false
	for _, old := range e.posts {
		if old.Index != index {
			continue
		}
		if old.Phase == uint8(p) {
			return errors.New("posted already")
		}
		dealt = dealt || old.Phase == uint8(epoch.Dealing)
	}
	if len(message) == 0 || (p == epoch.Justifications && !dealt) {
		return errors.New("nothing to post")
	}
	post := dkg.Post{Phase: uint8(p), Index: index, Message: message}
	e.posts = append(e.posts, post)
	e.record.Transcript = dkg.Transcript(e.record.Transcript, []dkg.Post{post})
	return nil
}

func (b *book) confirm(number, block uint64, signer [20]byte, digest [32]byte) error {
	e, index, err := b.in(number, block, epoch.Certification, signer)
	if err != nil {
		return err
	}
	if e.confirms[index] != [32]byte{} || digest == [32]byte{} {
		return errors.New("confirmed already, or nothing")
	}
	e.confirms[index] = digest
	return nil
}

func (b *book) certify(number, block uint64, c epoch.Certificate) error {
	e, err := b.running(number, block)
	if err != nil {
		return err
	}
	r := &e.record
	group := abi.Keccak(c.GroupKey[:])
	digest := dkg.CompletionDigest(r.SessionID, group, c.Commitments, r.Transcript)
	count := 0
	for _, confirmed := range e.confirms {
		if confirmed == digest {
			count++
		}
	}
	key, err := curve.G2FromEIP2537(c.GroupKey[:])
	if err != nil {
		return err
	}
	signature, err := curve.G1FromEIP2537(c.Signature[:])
	switch {
	case r.PhaseAt(block, b.active) != epoch.Certification || count < r.Threshold:
		return fmt.Errorf("%w: %d of %d have confirmed", epoch.ErrNotNow, count, r.Threshold)
	case err != nil || !curve.Verify(signature, curve.HashToG1(curve.DSTCompletion, digest[:]), key):
		return errors.New("certificate is invalid")
	case r.Previous != 0 && group != b.groupKey:
		return errors.New("group key changes")
	}
	r.Commitments, b.active, b.groupKey = c.Commitments, number, group
	return nil
}

// Board returns the board as the holder with a signer uses it.
func (c *Chain) Board(signer [20]byte) epoch.Board { return &board{c, signer} }

type board struct {
	chain  *Chain
	signer [20]byte
}

// View implements epoch.Board.
func (b *board) View(context.Context) (epoch.View, error) {
	final := b.chain.newest - b.chain.Lag
	if final < b.chain.floor {
		return nil, errors.New("the chain goes back")
	}
	b.chain.floor = final
	return &view{final, b.chain.newest, b.chain.book(final)}, nil
}

func (b *board) post(p epoch.Phase, number uint64, message []byte) (epoch.Delivery, error) {
	key := fmt.Sprintf("%x %s %d %x", b.signer, p, number, abi.Keccak(message))
	return b.chain.send(transaction{key, func(k *book, block uint64) error {
		return k.post(number, block, p, b.signer, message)
	}})
}

// Deal implements epoch.Board.
func (b *board) Deal(_ context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return b.post(epoch.Dealing, number, message)
}

// Complain implements epoch.Board.
func (b *board) Complain(_ context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return b.post(epoch.Complaints, number, message)
}

// Justify implements epoch.Board.
func (b *board) Justify(_ context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return b.post(epoch.Justifications, number, message)
}

// Confirm implements epoch.Board.
func (b *board) Confirm(_ context.Context, number uint64, digest [32]byte) (epoch.Delivery, error) {
	return b.chain.send(transaction{fmt.Sprintf("%x confirms %d %x", b.signer, number, digest), func(k *book, block uint64) error {
		return k.confirm(number, block, b.signer, digest)
	}})
}

// Certify implements epoch.Board.
func (b *board) Certify(_ context.Context, number uint64, c epoch.Certificate) (epoch.Delivery, error) {
	return b.chain.send(transaction{"certify " + string(binary.BigEndian.AppendUint64(nil, number)), func(k *book, block uint64) error {
		return k.certify(number, block, c)
	}})
}

// view implements epoch.View.
type view struct {
	final, newest uint64
	book          *book
}

// Head implements epoch.View.
func (v *view) Head() epoch.Head {
	return epoch.Head{Final: v.final, Newest: v.newest, Active: v.book.active, Latest: v.book.latest}
}

// Epoch implements epoch.View.
func (v *view) Epoch(_ context.Context, number uint64) (epoch.Record, error) {
	if e := v.book.epochs[number]; e != nil {
		return e.record, nil
	}
	return epoch.Record{Epoch: number}, nil
}

// Posts implements epoch.View.
func (v *view) Posts(_ context.Context, number uint64) ([]dkg.Post, error) {
	if e := v.book.epochs[number]; e != nil {
		return e.posts, nil
	}
	return nil, nil
}

// Confirmation implements epoch.View.
func (v *view) Confirmation(_ context.Context, number uint64, index uint32) ([32]byte, error) {
	if e := v.book.epochs[number]; e != nil {
		return e.confirms[index], nil
	}
	return [32]byte{}, nil
}

// GroupKeyDigest implements epoch.View.
func (v *view) GroupKeyDigest(context.Context) ([32]byte, error) { return v.book.groupKey, nil }

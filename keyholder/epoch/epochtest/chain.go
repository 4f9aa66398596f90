// SPDX-License-Identifier: Apache-2.0

// Package epochtest is the contract KeyNetwork, keys and peers in memory, for
// tests of package epoch that decide themselves when a block is made, what is in
// it, what is undone, and who can be reached. It has no clock, no goroutines and
// no randomness.
package epochtest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Chain is a chain with nothing but a board and words of storage on it.
type Chain struct {
	Lag uint64 // blocks that are newer than the final one

	floor   uint64  // highest final block that was viewed
	blocks  []block // by number; what is in one never changes
	branch  uint64  // tells blocks of one height apart
	waiting []transaction
}

// block is a block with the state after it.
type block struct {
	hash   [32]byte
	book   *book
	sealed []transaction
}

// transaction is what somebody sent. do changes the board in block number, or
// refuses before it changed anything.
type transaction struct {
	key string // the same call twice is one
	do  func(b *book, number uint64) error
}

// NewChain returns a chain whose newest block is lag.
func NewChain(lag uint64) *Chain {
	c := &Chain{Lag: lag}
	c.append(&book{epochs: map[uint64]*entry{}, words: map[[32]byte][32]byte{}, proofs: &proofs{known: map[[32]byte]bool{}}}, nil)
	c.empty(lag)
	return c
}

// Newest returns the number of the newest block.
func (c *Chain) Newest() uint64 { return uint64(len(c.blocks)) - 1 }

// Hash returns the hash of a block.
func (c *Chain) Hash(number uint64) [32]byte { return c.blocks[number].hash }

// Fork returns the same chain, which goes on by itself.
func (c *Chain) Fork() *Chain {
	f := *c
	f.blocks, f.waiting = slices.Clone(c.blocks), slices.Clone(c.waiting)
	return &f
}

// append adds a block with the state after it.
func (c *Chain) append(after *book, in []transaction) {
	b := block{book: after, sealed: in}
	words := abi.Words{}.Uint64(uint64(len(c.blocks))).Uint64(c.branch)
	if len(c.blocks) > 0 {
		words = words.Bytes32(c.blocks[len(c.blocks)-1].hash)
	}
	for _, t := range in {
		words = words.Bytes32(abi.Keccak([]byte(t.key)))
	}
	b.hash = words.Keccak()
	c.blocks = append(c.blocks, b)
}

// empty adds blocks with nothing in them.
func (c *Chain) empty(n uint64) {
	for range n {
		c.append(c.book(c.Newest()), nil)
	}
}

// Mine makes n blocks; what was sent is in the first.
func (c *Chain) Mine(n uint64) {
	if len(c.waiting) > 0 && n > 0 {
		after, number := c.book(c.Newest()).clone(), c.Newest()+1
		var in []transaction
		for _, t := range c.waiting {
			if t.do(after, number) == nil { // else it reverts
				in = append(in, t)
			}
		}
		c.waiting = nil
		c.append(after, in)
		n--
	}
	c.empty(n)
}

// Drop forgets what was sent and is in no block yet.
func (c *Chain) Drop() { c.waiting = nil }

// Reorganize undoes the newest blocks, at most Lag, and makes as many without
// what was in them, which is sent again if keep says so.
func (c *Chain) Reorganize(depth uint64, keep bool) {
	depth = min(depth, c.Lag)
	rest := len(c.blocks) - int(depth)
	if keep {
		for _, b := range c.blocks[rest:] {
			c.waiting = append(c.waiting, b.sealed...)
		}
	}
	c.blocks = c.blocks[:rest:rest]
	c.branch++
	c.empty(depth)
}

// book returns the board's state after a block.
func (c *Chain) book(number uint64) *book { return c.blocks[number].book }

// send puts a transaction on its way, and tells how far it is.
func (c *Chain) send(t transaction) (epoch.Delivery, error) {
	same := func(other transaction) bool { return other.key == t.key }
	for _, b := range c.blocks {
		if slices.ContainsFunc(b.sealed, same) {
			return epoch.Landed, nil
		}
	}
	if slices.ContainsFunc(c.waiting, same) {
		return epoch.Pending, nil
	}
	switch err := t.do(c.book(c.Newest()).clone(), c.Newest()+1); {
	case errors.Is(err, errPosted):
		return epoch.Landed, nil
	case err != nil:
		return 0, err
	}
	c.waiting = append(c.waiting, t)
	return epoch.Posted, nil
}

// Write is somebody's transaction, of a name of its own, that changes a word of
// storage. It reverts unless the word is before.
func (c *Chain) Write(name string, slot, before, after [32]byte) error {
	_, err := c.send(transaction{"write " + name, func(b *book, _ uint64) error {
		if b.words[slot] != before {
			return errors.New("the word has changed")
		}
		b.words[slot] = after
		return nil
	}})
	return err
}

// Read returns a word of storage after a block.
func (c *Chain) Read(number uint64, slot [32]byte) [32]byte { return c.book(number).words[slot] }

// Start is the governor starting an epoch.
func (c *Chain) Start(members []dkg.Member, threshold int, phaseBlocks uint64) (uint64, error) {
	number := c.book(c.Newest()).latest + 1
	_, err := c.send(transaction{fmt.Sprintf("start %d in %d", number, c.Newest()), func(b *book, block uint64) error {
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
	b := c.book(c.Newest())
	e := b.epochs[number]
	if e == nil {
		return epoch.None
	}
	return e.record.PhaseAt(c.Newest(), b.active)
}

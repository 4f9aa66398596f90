// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"slices"
	"sync"

	"github.com/escrin/escrin/keyholder/stateproof"
)

const (
	// maxRound bounds the slots that are read at once, and so the reply.
	maxRound = 256
	// maxContracts bounds the contracts of which they are.
	maxContracts = 32
	// maxKept bounds the words of storage, of each age, that are remembered, and the
	// hashes of old blocks: some megabytes.
	maxKept = 1 << 15
)

// slot is one word of a contract's storage.
type slot struct {
	contract [20]byte
	key      [32]byte
}

// block is a block and what was proven of its state, which never changes. Reads of many
// decisions at a time are made together: while one round is under way, those to come
// collect.
type block struct {
	header     stateproof.Header
	prove      func(context.Context, stateproof.Header, []request) []answer
	remembered *remembered // of all blocks
	ancestors  *hashes     // that were proven, or on which endpoints agreed

	mu       sync.Mutex
	accounts map[[20]byte]stateproof.Account
	asked    map[[20]byte]bool // contracts that decisions read; no more than accounts
	queue    []*round          // to be read, the first one first
	reading  bool
}

// round is what is read at once.
type round struct {
	wanted    map[slot]bool
	contracts map[[20]byte]bool
	done      chan struct{}
	failed    map[[20]byte]error // why nothing is proven of a contract
}

// newBlock returns a block that follows on another, or on nil.
func (v *View) newBlock(h stateproof.Header, before *block) *block {
	b := &block{header: h, prove: v.prove, remembered: v.remembered, ancestors: newHashes(),
		accounts: make(map[[20]byte]stateproof.Account), asked: make(map[[20]byte]bool)}
	if before != nil && h.ParentHash == before.header.Hash {
		b.ancestors = before.ancestors
	}
	return b
}

// read returns the account at an address and values of its storage.
func (b *block) read(ctx context.Context, contract [20]byte, keys [][32]byte) (stateproof.Account, [][32]byte, error) {
	want := make([]slot, len(keys))
	for i, key := range keys {
		want[i] = slot{contract, key}
	}
	for {
		b.mu.Lock()
		values, lacking := b.known(want)
		if lacking.nothing() {
			b.asked[contract] = true
			account := b.accounts[contract]
			b.mu.Unlock()
			return account, values, nil
		}
		last := b.enqueue(ctx, lacking)
		b.mu.Unlock()
		select {
		case <-last.done:
			if err := last.failed[contract]; err != nil {
				return stateproof.Account{}, nil, err
			}
		case <-ctx.Done():
			return stateproof.Account{}, nil, unavailable("%v", ctx.Err())
		}
	}
}

// expect has slots read that will be asked for.
func (b *block) expect(ctx context.Context, want []slot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, lacking := b.known(want); !lacking.nothing() {
		b.enqueue(ctx, lacking)
	}
}

// ancestor returns the hash of an old block, and finds it if it is not known yet.
func (b *block) ancestor(number uint64, find func() ([32]byte, error)) ([32]byte, error) {
	if hash, ok := b.ancestors.known(number); ok {
		return hash, nil
	}
	hash, err := find()
	if err != nil {
		return [32]byte{}, err
	}
	b.ancestors.keep(number, hash)
	return hash, nil
}

// lacking is what is yet to be read: slots, and the accounts of contracts of which slots
// may be known.
type lacking struct {
	slots    []slot
	accounts [][20]byte
}

func (l lacking) nothing() bool { return len(l.slots) == 0 && len(l.accounts) == 0 }

// known returns values, and what is lacking for them: they are worth nothing before
// nothing is. Of a contract whose account is not proven yet, the slots are not read
// that are known under the root that it most likely has. The caller holds the lock.
func (b *block) known(want []slot) (values [][32]byte, open lacking) {
	values = make([][32]byte, len(want))
	for i, s := range want {
		account, met := b.accounts[s.contract]
		root, ok := account.StorageRoot, true
		if !met {
			open.accounts = append(open.accounts, s.contract)
			root, ok = b.remembered.guess(s.contract)
		}
		if ok {
			values[i], ok = b.remembered.value(root, s.key)
		}
		if !ok {
			open.slots = append(open.slots, s)
		}
	}
	return values, open
}

// enqueue has read what is lacking, and returns the round with the last of it. The caller
// holds the lock.
func (b *block) enqueue(ctx context.Context, open lacking) *round {
	var in *round
	for _, s := range open.slots {
		in = b.roundFor(s.contract, func(r *round) bool { return r.wanted[s] })
		in.wanted[s] = true
	}
	for _, contract := range open.accounts {
		in = b.roundFor(contract, func(r *round) bool { return r.contracts[contract] })
	}
	if !b.reading {
		b.reading = true
		go b.work(context.WithoutCancel(ctx))
	}
	return in
}

// roundFor returns the round that reads something of a contract: one to come, unless it
// is being read.
func (b *block) roundFor(contract [20]byte, reads func(*round) bool) *round {
	for _, r := range b.queue {
		if reads(r) {
			return r
		}
	}
	var last *round
	if n := len(b.queue); n > 0 && !(n == 1 && b.reading) {
		last = b.queue[n-1]
	}
	if last == nil || len(last.wanted) >= maxRound || (!last.contracts[contract] && len(last.contracts) >= maxContracts) {
		last = &round{wanted: make(map[slot]bool), contracts: make(map[[20]byte]bool), done: make(chan struct{})}
		b.queue = append(b.queue, last)
	}
	last.contracts[contract] = true
	return last
}

// work reads round after round until none is left. The first of the queue is the one that
// is being read.
func (b *block) work(ctx context.Context) {
	b.mu.Lock()
	for len(b.queue) > 0 {
		r := b.queue[0]
		requests := r.requests() // under the lock: who wants the same still writes it into this round
		b.mu.Unlock()
		answers := b.prove(ctx, b.header, requests)
		b.mu.Lock()
		r.failed = b.keep(requests, answers)
		b.queue = b.queue[1:]
		close(r.done)
	}
	b.reading = false
	b.mu.Unlock()
}

// keep remembers what was proven, and returns what was not. The caller holds the lock.
func (b *block) keep(requests []request, answers []answer) (failed map[[20]byte]error) {
	if len(b.accounts) >= maxGuesses {
		clear(b.accounts)
		clear(b.asked)
	}
	failed = make(map[[20]byte]error)
	for i, r := range requests {
		if answers[i].err != nil {
			failed[r.contract] = answers[i].err
			continue
		}
		b.accounts[r.contract] = answers[i].account
		b.remembered.keep(b.header.Hash, r.contract, answers[i].account.StorageRoot, r.slots, answers[i].values)
	}
	return failed
}

// requests sorts the slots by contract.
func (r *round) requests() []request {
	var requests []request
	place := make(map[[20]byte]int)
	for contract := range r.contracts {
		place[contract] = len(requests)
		requests = append(requests, request{contract: contract})
	}
	for s := range r.wanted {
		i := place[s.contract]
		requests[i].slots = append(requests[i].slots, s.key)
	}
	return requests
}

// prove asks endpoints, the preferred one first, each for what those before it did not prove.
func (v *View) prove(ctx context.Context, h stateproof.Header, requests []request) []answer {
	answers := make([]answer, len(requests))
	open := make([]int, len(requests)) // places of requests
	for i := range open {
		open[i] = i
	}
	for _, e := range v.order() {
		missing := make([]request, len(open))
		for i, place := range open {
			missing[i] = requests[place]
		}
		attempt, cancel := context.WithTimeout(ctx, attemptTimeout)
		proven, err := e.prove(attempt, h, missing)
		cancel()
		if err != nil {
			v.slow.mark(e.index)
			proven = slices.Repeat([]answer{{err: err}}, len(missing))
		}
		open = v.sort(e, answers, open, proven)
		if len(open) == 0 {
			v.first.Store(int64(e.index))
			break
		}
	}
	return answers
}

// sort puts what an endpoint answered in its places, and returns those that are still open.
func (v *View) sort(e endpoint, answers []answer, places []int, proven []answer) (open []int) {
	for i, place := range places {
		if err := proven[i].err; err != nil {
			v.tell(e, ofProofs, err)
			proven[i].err = unavailable("no endpoint proves it: endpoint %d: %v", e.index+1, err)
			open = append(open, place)
		}
		answers[place] = proven[i]
	}
	return open
}

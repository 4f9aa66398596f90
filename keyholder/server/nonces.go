// SPDX-License-Identifier: Apache-2.0

package server

import (
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder"
)

const (
	// nonceTurn is how long a nonce is remembered at least: a request may be from the
	// future as much as from the past.
	nonceTurn = 2 * keyholder.MaxClockSkew
	// maxNonces bounds memory, at some 200 bytes each. A requester who makes us forget
	// a nonce that it used itself has gained nothing: its signature is on both requests.
	maxNonces = 1 << 17
)

// nonceKey names a nonce of one requester. Requesters cannot spend one another's.
type nonceKey struct {
	requester [20]byte
	nonce     [32]byte
}

// heard is what came with a nonce.
type heard struct {
	request [32]byte
	basis   *basis // of what was granted and is on record; nil of nothing
}

// basis is what an answer rests on, but for the block.
type basis struct {
	permitter [20]byte
	findings  keyholder.Findings
	anchor    keyholder.Anchor
}

// nonces remembers which request came with a nonce. It is safe for concurrent use.
type nonces struct {
	clock func() time.Time

	mu   sync.Mutex
	seen *memory[nonceKey, heard]
	turn time.Time // of the last turn
}

func newNonces(clock func() time.Time) *nonces {
	return &nonces{clock: clock, seen: newMemory[nonceKey, heard](maxNonces), turn: clock()}
}

// known reports whether a nonce came before, and with this request.
func (n *nonces) known(k nonceKey, request [32]byte) (known, same bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.forget()
	before, known := n.seen.get(k)
	return known, before.request == request
}

// use remembers with which request a nonce came, and reports false if it came with
// another before.
func (n *nonces) use(k nonceKey, request [32]byte) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.forget()
	before, known := n.seen.get(k)
	if !known {
		n.seen.put(k, heard{request: request})
	}
	return !known || before.request == request
}

// record remembers that the answer to the request that came with a nonce is on
// record.
func (n *nonces) record(k nonceKey, request [32]byte, b basis) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen.put(k, heard{request, &b})
}

// recorded reports whether just this answer is on record.
func (n *nonces) recorded(k nonceKey, request [32]byte, b basis) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	before, _ := n.seen.get(k)
	return before.request == request && before.basis != nil && *before.basis == b
}

// forget forgets what nobody can repeat any more.
func (n *nonces) forget() {
	if now := n.clock(); now.Sub(n.turn) > nonceTurn || now.Before(n.turn) {
		n.seen.turn()
		n.turn = now
	}
}

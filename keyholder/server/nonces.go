// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder"
)

const (
	// nonceTurn is how long a nonce is remembered at least: a request may be from the
	// future as much as from the past.
	nonceTurn = 2 * keyholder.MaxClockSkew
	// maxNonces bounds memory, at some 300 bytes each. A requester who makes us forget
	// a nonce that it used itself has gained nothing: its signature is on both requests.
	maxNonces = 1 << 16
)

// nonceKey names a nonce of one requester. Requesters cannot spend one another's.
type nonceKey struct {
	requester [20]byte
	nonce     [32]byte
}

// place is where a nonce is remembered: keys and values without pointers cost the
// garbage collector nothing.
func (k nonceKey) place() [sha256.Size]byte {
	return sha256.Sum256(append(k.requester[:], k.nonce[:]...))
}

// heard is what came with a nonce.
type heard struct {
	request [32]byte
	basis   [sha256.Size]byte // digest of the basis of what was granted and is on record; zero of nothing
}

// basis is what an answer rests on, but for the block.
type basis struct {
	permitter [20]byte
	findings  keyholder.Findings
	anchor    keyholder.Anchor
}

func (b basis) digest() [sha256.Size]byte {
	all := slices.Concat(b.permitter[:], b.findings.Platform[:], b.findings.Author[:], b.anchor.Contract[:], b.anchor.Digest[:])
	return sha256.Sum256(binary.BigEndian.AppendUint64(all, b.anchor.Version))
}

// nonces remembers which request came with a nonce. It is safe for concurrent use.
type nonces struct {
	clock func() time.Time

	mu   sync.Mutex
	seen *memory[[sha256.Size]byte, heard]
	turn time.Time // of the last turn
}

func newNonces(clock func() time.Time) *nonces {
	return &nonces{clock: clock, seen: newMemory[[sha256.Size]byte, heard](maxNonces), turn: clock()}
}

// known reports whether a nonce came before, and with this request.
func (n *nonces) known(k nonceKey, request [32]byte) (known, same bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.forget()
	before, known := n.seen.get(k.place())
	return known, before.request == request
}

// use remembers with which request a nonce came, and reports false if it came with
// another before.
func (n *nonces) use(k nonceKey, request [32]byte) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.forget()
	before, known := n.seen.get(k.place())
	if !known {
		n.seen.put(k.place(), heard{request: request})
	}
	return !known || before.request == request
}

// record remembers that the answer to the request that came with a nonce is on
// record.
func (n *nonces) record(k nonceKey, request [32]byte, b basis) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen.put(k.place(), heard{request, b.digest()})
}

// recorded reports whether just this answer is on record.
func (n *nonces) recorded(k nonceKey, request [32]byte, b basis) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	before, _ := n.seen.get(k.place())
	return before.request == request && before.basis == b.digest()
}

// forget forgets what nobody can repeat any more.
func (n *nonces) forget() {
	if now := n.clock(); now.Sub(n.turn) > nonceTurn || now.Before(n.turn) {
		n.seen.turn()
		n.turn = now
	}
}

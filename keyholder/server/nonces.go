// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder"
)

const (
	// nonceTurn is how long a nonce is remembered at least: a request may be from the
	// future as much as from the past.
	nonceTurn = 2 * keyholder.MaxClockSkew
	// maxNonces bounds memory: twice as many take less than 8 MB. A requester who makes us forget
	// a nonce that it used itself has gained nothing: its signature is on both requests.
	maxNonces = 1 << 16
)

// nonceKey names a nonce of one requester. Requesters cannot spend one another's.
type nonceKey struct {
	requester [20]byte
	nonce     [32]byte
}

// mark stands for something that was heard. It is the beginning of a digest under a secret of this process, so that
// nobody can look for two things with one mark: each guess is a request to us, and right once in 2⁶⁴ times. By accident
// a new nonce has the mark of another less often than once in 2⁴⁶ requests, and is then refused.
type mark uint64

// heard is what came with a nonce.
type heard struct {
	request mark
	basis   mark // of what was granted and is on record; zero of nothing
}

// basis is what an answer rests on, but for the block.
type basis struct {
	permitter [20]byte
	findings  keyholder.Findings
	anchor    keyholder.Anchor
}

// nonces remembers which request came with a nonce. It is safe for concurrent use.
type nonces struct {
	clock  func() time.Time
	secret [sha256.Size]byte

	mu   sync.Mutex
	seen *memory[mark, heard] // without pointers, so that it costs the garbage collector nothing
	turn time.Time            // of the last turn
}

func newNonces(clock func() time.Time) *nonces {
	n := &nonces{clock: clock, seen: newMemory[mark, heard](maxNonces), turn: clock()}
	rand.Read(n.secret[:]) // never fails
	return n
}

// mark returns the mark of parts, each of which has one size only where it is used.
func (n *nonces) mark(parts ...[]byte) mark {
	sum := sha256.New()
	sum.Write(n.secret[:])
	for _, p := range parts {
		sum.Write(p)
	}
	return mark(binary.BigEndian.Uint64(sum.Sum(nil)))
}

// place is where a nonce is remembered.
func (n *nonces) place(k nonceKey) mark { return n.mark([]byte{'n'}, k.requester[:], k.nonce[:]) }

func (n *nonces) ofRequest(digest [32]byte) mark { return n.mark([]byte{'r'}, digest[:]) }

func (n *nonces) ofBasis(b basis) mark {
	return n.mark([]byte{'b'}, b.permitter[:], b.findings.Platform[:], b.findings.Author[:],
		b.anchor.Contract[:], b.anchor.Digest[:], binary.BigEndian.AppendUint64(nil, b.anchor.Version))
}

// known reports whether a nonce came before, and with this request.
func (n *nonces) known(k nonceKey, request [32]byte) (known, same bool) {
	at, came := n.place(k), n.ofRequest(request)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.forget()
	before, known := n.seen.get(at)
	return known, known && before.request == came
}

// use remembers with which request a nonce came, and reports false if it came with
// another before.
func (n *nonces) use(k nonceKey, request [32]byte) bool {
	at, came := n.place(k), n.ofRequest(request)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.forget()
	before, known := n.seen.get(at)
	if !known {
		n.seen.put(at, heard{request: came})
	}
	return !known || before.request == came
}

// record remembers that the answer to the request that came with a nonce is on
// record.
func (n *nonces) record(k nonceKey, request [32]byte, b basis) {
	at, granted := n.place(k), heard{n.ofRequest(request), n.ofBasis(b)}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen.put(at, granted)
}

// recorded reports whether just this answer is on record.
func (n *nonces) recorded(k nonceKey, request [32]byte, b basis) bool {
	at, granted := n.place(k), heard{n.ofRequest(request), n.ofBasis(b)}
	n.mu.Lock()
	defer n.mu.Unlock()
	before, known := n.seen.get(at)
	return known && before == granted
}

// forget forgets what nobody can repeat any more.
func (n *nonces) forget() {
	if now := n.clock(); now.Sub(n.turn) > nonceTurn || now.Before(n.turn) {
		n.seen.turn()
		n.turn = now
	}
}

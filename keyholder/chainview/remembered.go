// SPDX-License-Identifier: Apache-2.0

package chainview

import "sync"

// remembered is what was proven of contracts' storage. A storage root names all of
// that, so that what was proven under a root stays so in each block in which the contract
// is proven to have that root. It is safe for concurrent use.
type remembered struct {
	mu           sync.Mutex
	newer, older map[place][32]byte // values; each has at most maxKept
	roots        map[[20]byte]sighting
}

// place is a word of the storage that a root names.
type place struct{ root, key [32]byte }

// sighting is the root that a contract had in the newest block in which its account was
// proven, and whether it had it in the one before, too.
type sighting struct {
	root, block [32]byte
	steady      bool
}

func newRemembered() *remembered {
	return &remembered{newer: make(map[place][32]byte), older: make(map[place][32]byte), roots: make(map[[20]byte]sighting)}
}

// value returns what was proven.
func (s *remembered) value(root, key [32]byte) (value [32]byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := place{root, key}
	if value, ok = s.newer[at]; ok {
		return value, true
	}
	if value, ok = s.older[at]; ok {
		s.put(at, value)
	}
	return value, ok
}

// keep remembers values that were proven under a root, which a contract has in a block.
func (s *remembered) keep(block [32]byte, contract [20]byte, root [32]byte, keys, values [][32]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, key := range keys {
		s.put(place{root, key}, values[i])
	}
	last, known := s.roots[contract]
	if known && last.block == block {
		return
	}
	if !known && len(s.roots) >= maxGuesses {
		clear(s.roots)
	}
	s.roots[contract] = sighting{root, block, known && last.root == root}
}

// put forgets what was of no use for long. The caller holds the lock.
func (s *remembered) put(at place, value [32]byte) {
	if len(s.newer) >= maxKept {
		s.newer, s.older = s.older, s.newer
		clear(s.newer)
	}
	s.newer[at] = value
}

// guess returns the root that a contract most likely has in a block to come; none of
// one that changes with each block. Nothing rests on it.
func (s *remembered) guess(contract [20]byte) (root [32]byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.roots[contract]
	return last.root, last.steady
}

// hashes are those of the ancestors of a block, as far as they are known. A block has them
// in common with its parent. They are safe for concurrent use.
type hashes struct {
	mu sync.Mutex
	of map[uint64][32]byte
}

func newHashes() *hashes { return &hashes{of: make(map[uint64][32]byte)} }

func (h *hashes) known(number uint64) (hash [32]byte, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	hash, ok = h.of[number]
	return hash, ok
}

func (h *hashes) keep(number uint64, hash [32]byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.of) >= maxKept {
		clear(h.of)
	}
	h.of[number] = hash
}

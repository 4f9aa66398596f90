// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"container/list"
	"sync"
)

// limit bounds a cache.
type limit struct {
	entries int
	bytes   int // of what the entries were made from, which is some fraction of what they take
}

// The bounds. A parsed chain or bundle takes some four times what it was parsed
// from: 64 MiB in all.
func chainLimit() limit       { return limit{entries: 1024, bytes: 4 << 20} }
func endorsementLimit() limit { return limit{entries: 256, bytes: 8 << 20} }
func chipLimit() limit        { return limit{entries: 1024, bytes: 4 << 20} }

// key is the digest of the exact bytes that an entry was made from.
type key [32]byte

// cache remembers what was verified, and forgets what was used least lately.
// Its zero value remembers nothing. It is safe for concurrent use; what it
// returns is shared and must not be changed.
type cache[V any] struct {
	limit limit
	state *state[V]
}

type state[V any] struct {
	mu    sync.Mutex
	items map[key]*list.Element // of *item[V]
	used  *list.List            // latest first
	bytes int
}

type item[V any] struct {
	key   key
	value *V
	size  int
}

func newCache[V any](l limit) cache[V] {
	return cache[V]{l, &state[V]{items: make(map[key]*list.Element), used: list.New()}}
}

// get returns what was put under k, or nil.
func (c cache[V]) get(k key) *V {
	if c.state == nil {
		return nil
	}
	c.state.mu.Lock()
	defer c.state.mu.Unlock()
	element, ok := c.state.items[k]
	if !ok {
		return nil
	}
	c.state.used.MoveToFront(element)
	return element.Value.(*item[V]).value
}

// put remembers v, which was made of size bytes, unless it is too large or known
// already.
func (c cache[V]) put(k key, v *V, size int) {
	if c.state == nil || size > c.limit.bytes {
		return
	}
	s := c.state
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.items[k]; known {
		return
	}
	s.items[k] = s.used.PushFront(&item[V]{k, v, size})
	s.bytes += size
	for len(s.items) > c.limit.entries || s.bytes > c.limit.bytes {
		oldest := s.used.Remove(s.used.Back()).(*item[V])
		delete(s.items, oldest.key)
		s.bytes -= oldest.size
	}
}

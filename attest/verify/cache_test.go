// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"encoding/binary"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func numbered(n int) (k key) {
	binary.BigEndian.PutUint64(k[:], uint64(n))
	return k
}

// What was used least lately goes first, and the bounds are never passed.
func TestCacheIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := limit{entries: rapid.IntRange(1, 5).Draw(t, "entries"), bytes: rapid.IntRange(1, 40).Draw(t, "bytes")}
		c := newCache[int](l)
		var model []int // latest first
		sizes := map[int]int{}
		drop := func(n int) {
			for i, m := range model {
				if m == n {
					model = append(model[:i:i], model[i+1:]...)
					return
				}
			}
		}
		total := func() (sum int) {
			for _, m := range model {
				sum += sizes[m]
			}
			return sum
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			n := rapid.IntRange(0, 9).Draw(t, "key")
			known := false
			for _, m := range model {
				known = known || m == n
			}
			if got := c.get(numbered(n)); (got != nil) != known || got != nil && *got != n {
				t.Fatalf("get %d: %v, known %v", n, got, known)
			}
			if known {
				drop(n)
				model = append([]int{n}, model...)
				continue
			}
			size := rapid.IntRange(1, 20).Draw(t, "size")
			value := n
			c.put(numbered(n), &value, size)
			if size > l.bytes {
				continue
			}
			sizes[n] = size
			model = append([]int{n}, model...)
			for len(model) > l.entries || total() > l.bytes {
				model = model[:len(model)-1]
			}
			if c.state.bytes != total() || len(c.state.items) != len(model) || c.state.used.Len() != len(model) {
				t.Fatalf("holds %d bytes in %d entries, want %d in %d", c.state.bytes, len(c.state.items), total(), len(model))
			}
		}
	})
}

// What is known stays what it is.
func TestCacheKeepsTheFirst(t *testing.T) {
	c := newCache[int](limit{entries: 2, bytes: 10})
	first, second := 1, 2
	c.put(numbered(1), &first, 1)
	c.put(numbered(1), &second, 9)
	if got := c.get(numbered(1)); got == nil || *got != 1 || c.state.bytes != 1 {
		t.Errorf("%v, %d bytes", got, c.state.bytes)
	}
}

func TestZeroCacheRemembersNothing(t *testing.T) {
	var c cache[int]
	one := 1
	c.put(numbered(1), &one, 1)
	if c.get(numbered(1)) != nil {
		t.Error("remembered")
	}
}

func TestCacheFloodFromMany(t *testing.T) {
	l := limit{entries: 8, bytes: 100}
	c := newCache[int](l)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 2000 {
				n := w*2000 + i
				c.put(numbered(n), &n, 1+i%50)
				if got := c.get(numbered(n)); got != nil && *got != n {
					t.Errorf("key %d has %d", n, *got)
				}
			}
		})
	}
	wg.Wait()
	if len(c.state.items) > l.entries || c.state.bytes > l.bytes || c.state.used.Len() != len(c.state.items) {
		t.Errorf("%d entries, %d bytes", len(c.state.items), c.state.bytes)
	}
}

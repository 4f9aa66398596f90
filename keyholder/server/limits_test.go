// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/binary"
	"runtime"
	"sync"
	"testing"
	"time"
)

// watch is a clock that is set by hand.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func newWatch() *watch { return &watch{now: time.Unix(1_800_000_000, 0)} }

func (w *watch) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func TestLimit(t *testing.T) {
	t.Parallel()
	w := newWatch()
	l := newLimit[string](Rate{PerSecond: 2, Burst: 3}, w.time)
	taken := func(k string, asked int) (n int) {
		for range asked {
			if l.take(k) {
				n++
			}
		}
		return n
	}
	want := func(when, k string, asked, want int) {
		t.Helper()
		if got := taken(k, asked); got != want {
			t.Errorf("%s: %d of %d, want %d", when, got, asked, want)
		}
	}
	want("at first", "a", 5, 3)
	want("another", "b", 1, 1)
	w.pass(time.Second)
	want("a second later", "a", 5, 2)
	w.pass(250 * time.Millisecond)
	want("half a token later", "a", 1, 0)
	w.pass(250 * time.Millisecond)
	want("one token later", "a", 2, 1)
	w.pass(time.Hour)
	want("an hour later", "a", 9, 3)
	w.pass(-time.Hour)
	want("when the clock goes back", "a", 9, 0)
	w.pass(time.Second)
	want("a second after that", "a", 9, 2)
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	m := newMemory[int, int](10)
	for i := range 1000 {
		m.put(i, i)
		if len(m.newer)+len(m.older) > 20 {
			t.Fatalf("%d entries", len(m.newer)+len(m.older))
		}
		for k := max(0, i-9); k <= i; k++ {
			if v, ok := m.get(k); !ok || v != k {
				t.Fatalf("%d is forgotten at %d", k, i)
			}
		}
	}
	if _, ok := m.get(5); ok {
		t.Error("an old entry is there still")
	}
}

func TestNonces(t *testing.T) {
	t.Parallel()
	w := newWatch()
	n := newNonces(w.time)
	k, other := nonceKey{nonce: [32]byte{1}}, nonceKey{requester: [20]byte{1}, nonce: [32]byte{1}}
	use := func(when string, k nonceKey, request byte, wantKnown, wantSame bool) {
		t.Helper()
		known, same := n.known(k, [32]byte{request})
		if free := n.use(k, [32]byte{request}); known != wantKnown || (known && same != wantSame) || free != wantSame {
			t.Errorf("%s: known %t, same %t, free %t", when, known, same, free)
		}
	}
	use("new", k, 1, false, true)
	use("again", k, 1, true, true)
	use("with another request", k, 2, true, false)
	use("another requester's", other, 2, false, true)
	w.pass(nonceTurn)
	use("as long as its request may be timely", k, 2, true, false)
	w.pass(nonceTurn)
	w.pass(nonceTurn)
	n.use(nonceKey{}, [32]byte{})
	w.pass(time.Minute)
	w.pass(2 * nonceTurn)
	use("long after", k, 2, false, true)
}

// What nonces take has an end, which is soon reached: no request after that costs memory.
func TestNoncesTakeNoMoreMemoryAtSomePoint(t *testing.T) { // alone: it looks at the whole heap
	const most = 8 << 20
	n := newNonces(time.Now)
	before := inUse()
	hear := func(from, to uint64) {
		for i := from; i < to; i++ {
			k, request := nonceKey{}, [32]byte{}
			binary.BigEndian.PutUint64(k.nonce[:], i)
			binary.BigEndian.PutUint64(request[:], i)
			n.use(k, request)
			n.record(k, request, basis{})
		}
	}
	hear(0, 2*maxNonces)
	full := inUse() - before
	if full > most {
		t.Errorf("%d nonces take %d bytes, more than %d", 2*maxNonces, full, most)
	}
	hear(2*maxNonces, 6*maxNonces)
	if later := inUse() - before; later > full+full/8 {
		t.Errorf("%d nonces took %d bytes, the same number of newer ones %d", 2*maxNonces, full, later)
	}
	if entries := len(n.seen.newer) + len(n.seen.older); entries > 2*maxNonces {
		t.Errorf("%d nonces are remembered", entries)
	}
}

// inUse is how many bytes of the heap are reachable.
func inUse() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

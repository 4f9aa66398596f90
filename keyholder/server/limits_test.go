// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/binary"
	"net/http/httptest"
	"net/netip"
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

// A client cannot choose by which address it is limited.
func TestOrigin(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"192.0.2.1:99", nil, "192.0.2.1/32"},
		{"192.0.2.1:99", []string{"198.51.100.1"}, "192.0.2.1/32"},
		{"10.0.0.1:99", []string{"198.51.100.1"}, "198.51.100.1/32"},
		{"10.0.0.1:99", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1/32"},
		{"10.0.0.1:99", []string{"203.0.113.9", "198.51.100.1, 10.0.0.2"}, "198.51.100.1/32"},
		{"10.0.0.1:99", []string{"203.0.113.9, nonsense"}, "10.0.0.1/32"},
		{"10.0.0.1:99", []string{""}, "10.0.0.1/32"},
		{"10.0.0.1:99", nil, "10.0.0.1/32"},
		{"10.0.0.1:99", []string{"10.1.1.1"}, "10.1.1.1/32"},
		{"[fd00::1]:99", []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"},
		{"[2001:db8:1:2:ffff::1]:99", nil, "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:99", nil, "192.0.2.1/32"},
		{"[fe80::1%eth0]:99", nil, "fe80::/64"},
		{"@", []string{"198.51.100.1"}, "invalid Prefix"},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = c.peer, c.forwarded
		if got := origin(r, trusted).String(); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

func FuzzForwardedFor(f *testing.F) {
	f.Add("203.0.113.9, 198.51.100.1", "10.0.0.1:99")
	f.Add(",,::1%x,", "[::1]:1")
	f.Fuzz(func(t *testing.T, forwarded, peer string) {
		r := httptest.NewRequest("POST", "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-For"] = peer, []string{forwarded}
		if a, b := origin(r, nil), origin(r, []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}); a.IsValid() != b.IsValid() {
			t.Fatal(a, b)
		}
	})
}

// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/netip"
	"sync"
	"time"

	"github.com/escrin/escrin/origin"
)

// Rate is a number of requests per second on average, and of requests at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// maxLimited bounds how many addresses, or requesters, a limit knows apart. Who is
// forgotten has its whole burst again.
const maxLimited = 1 << 16

// limit is a token bucket for each key. It is safe for concurrent use.
type limit[K comparable] struct {
	rate  Rate
	clock func() time.Time

	mu      sync.Mutex
	buckets *memory[K, bucket]
}

// bucket had tokens at a time.
type bucket struct {
	tokens float64
	at     time.Time
}

func newLimit[K comparable](rate Rate, clock func() time.Time) *limit[K] {
	return &limit[K]{rate: rate, clock: clock, buckets: newMemory[K, bucket](maxLimited)}
}

// take takes a token of a key, if it has one.
func (l *limit[K]) take(k K) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, full := l.clock(), float64(l.rate.Burst)
	b, known := l.buckets.get(k)
	if !known {
		b = bucket{full, now}
	}
	if passed := now.Sub(b.at); passed > 0 {
		b.tokens = min(full, b.tokens+passed.Seconds()*l.rate.PerSecond)
	}
	b.at = now
	taken := b.tokens >= 1
	if taken {
		b.tokens--
	}
	l.buckets.put(k, b)
	return taken
}

// siteShare is how many times as much as a network an IPv6 site may ask, which has
// 65,536 networks of its own.
const siteShare = 8

// within reports whether neither an origin nor its site asks too often.
func (s *Server) within(from netip.Prefix) bool {
	return s.addresses.take(from) && (origin.Site(from) == from || s.sites.take(origin.Site(from)))
}

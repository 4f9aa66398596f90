// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
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

// origin returns the network that a request comes from, as limits count it: an
// IPv4 address, or the /64 of an IPv6 address. What X-Forwarded-For says is believed of
// trusted proxies only, and of what they say the last address that is not a
// trusted proxy's itself: the others are the client's own words.
func origin(r *http.Request, trusted []netip.Prefix) netip.Prefix {
	address := peer(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && among(trusted, address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = hop.Unmap().WithZone("")
	}
	return network(address)
}

// network returns what of an address limits count by.
func network(address netip.Addr) netip.Prefix {
	bits := 32
	if address.Is6() {
		bits = 64
	}
	prefix, _ := address.Prefix(bits) // of no address: the zero prefix, one bucket for all
	return prefix
}

// siteBits is how much of an IPv6 address names a site, which has 65,536 networks of
// its own; siteShare is how many times as much as a network it may ask.
const siteBits, siteShare = 48, 8

// site returns the site of an origin: the /48 of an IPv6 network.
func site(from netip.Prefix) netip.Prefix {
	if !from.Addr().Is6() {
		return from
	}
	prefix, _ := from.Addr().Prefix(siteBits)
	return prefix
}

// within reports whether neither an origin nor its site asks too often.
func (s *Server) within(from netip.Prefix) bool {
	return s.addresses.take(from) && (site(from) == from || s.sites.take(site(from)))
}

// peer returns the address of the other end of the connection; none if it has none.
func peer(r *http.Request) netip.Addr { return addressOf(r.RemoteAddr) }

func addressOf(remote string) netip.Addr {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap().WithZone("")
}

func among(prefixes []netip.Prefix, a netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

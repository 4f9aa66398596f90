// SPDX-License-Identifier: Apache-2.0

// Package origin says from which network a request comes, and bounds what one network
// has at once of what there is for all.
package origin

import (
	"net/http"
	"net/netip"
	"strings"
)

// Of returns the network that a request comes from, as limits count it: an
// IPv4 address, or the /64 of an IPv6 address. What X-Forwarded-For says is believed of
// trusted proxies only, and of what they say the last address that is not a
// trusted proxy's itself: the others are the client's own words.
func Of(r *http.Request, trusted []netip.Prefix) netip.Prefix {
	address := peer(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && Among(trusted, address); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = hop.Unmap().WithZone("")
	}
	return Network(address)
}

// Network returns what of an address limits count by.
func Network(address netip.Addr) netip.Prefix {
	bits := 32
	if address.Is6() {
		bits = 64
	}
	prefix, _ := address.Prefix(bits) // of no address: the zero prefix, one bucket for all
	return prefix
}

// siteBits is how much of an IPv6 address names a site, which has 65,536 networks of
// its own.
const siteBits = 48

// Site returns the site of an origin: the /48 of an IPv6 network.
func Site(from netip.Prefix) netip.Prefix {
	if !from.Addr().Is6() {
		return from
	}
	prefix, _ := from.Addr().Prefix(siteBits)
	return prefix
}

// peer returns the address of the other end of the connection; none if it has none.
func peer(r *http.Request) netip.Addr { return Address(r.RemoteAddr) }

// Address returns the address of what net/http calls a remote address; none if it has none.
func Address(remote string) netip.Addr {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap().WithZone("")
}

// Among reports whether a prefix has an address.
func Among(prefixes []netip.Prefix, a netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"net/netip"
	"strings"
)

// zone is how far an address is away.
type zone int32

const (
	zoneNever   zone = iota // link-local, multicast, and what else nobody keeps content at
	zoneLocal               // this host
	zonePrivate             // a private network
	zoneOpen                // the Internet
	zoneUnknown             // of a registry that was not reached yet
)

// zoneOf follows the registries of special addresses (RFC 6890). An IPv4 address inside an IPv6 one counts as itself.
func zoneOf(addr netip.Addr) zone {
	addr = addr.WithZone("").Unmap()
	if addr.IsLoopback() {
		return zoneLocal
	}
	if inner, ok := carried(addr); ok {
		return zoneOf(inner)
	}
	switch {
	case addr.IsPrivate() || isIn(addr, privateRanges()):
		return zonePrivate
	case !addr.IsGlobalUnicast() || isIn(addr, deadRanges()):
		return zoneNever
	case addr.Is6() && !netip.MustParsePrefix("2000::/3").Contains(addr):
		return zoneNever // fec0::/10, 100::/64, and all that is not given out
	}
	return zoneOpen
}

// carried returns the IPv4 address that leads on from an IPv6 one, whoever unpacks it on the way.
func carried(addr netip.Addr) (netip.Addr, bool) {
	if !addr.Is6() {
		return netip.Addr{}, false
	}
	b := addr.As16()
	last := netip.AddrFrom4([4]byte(b[12:]))
	switch {
	case isIn(addr, []string{"::/96", "::ffff:0:0:0/96", "64:ff9b::/96"}): // RFC 4291, RFC 2765, RFC 6052
		return last, true
	case isIn(addr, []string{"64:ff9b:1::/48"}) && [4]byte(b[8:12]) == [4]byte{}: // RFC 8215, with a prefix of 96 bits
		return last, true
	case isIn(addr, []string{"64:ff9b:1::/48"}): // with a shorter one: which cannot be seen
		return netip.IPv4Unspecified(), true
	case isIn(addr, []string{"2002::/16"}): // RFC 3056
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}

// privateRanges are those beside RFC 1918 and RFC 4193: RFC 6598, and RFC 2544, which proxies on a machine give to names.
func privateRanges() []string {
	return []string{"100.64.0.0/10", "198.18.0.0/15"}
}

// deadRanges are no place of anybody's on the Internet. 168.63.129.16 is the host below a machine in Azure.
func deadRanges() []string {
	return []string{
		"0.0.0.0/8", "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4", "168.63.129.16/32",
		"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // for documents
		"2001::/23", // Teredo, ORCHID, tests of performance
		"2001:db8::/32", "3fff::/20",
	}
}

func isIn(addr netip.Addr, ranges []string) bool {
	for _, r := range ranges {
		if netip.MustParsePrefix(r).Contains(addr) {
			return true
		}
	}
	return false
}

// zoneOfHost is zoneOf for a host that is written as an address, or is this one by name.
func zoneOfHost(host string) (z zone, known bool) {
	if isLocalName(host) {
		return zoneLocal, true
	}
	addr, err := netip.ParseAddr(host)
	return zoneOf(addr), err == nil
}

func isLocalName(host string) bool {
	return strings.EqualFold(strings.TrimSuffix(host, "."), "localhost")
}

// isLocal says whether a host is this one without anybody between, so that nobody can listen.
func isLocal(host string) bool {
	addr, err := netip.ParseAddr(host)
	return isLocalName(host) || err == nil && addr.Unmap().IsLoopback()
}

// SPDX-License-Identifier: Apache-2.0

package guestnet

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// Reach says which addresses of the world a host connects its guests with. The zero value has public addresses alone: not
// the host itself, and nothing of the network that it stands in, which are the operator's and not the guests' (AG-02).
type Reach struct {
	Also []netip.Prefix // addresses that are not public, and may be reached
}

// Allows says whether an address may be reached.
func (r Reach) Allows(address netip.Addr) bool {
	address = address.Unmap()
	if slices.ContainsFunc(r.Also, func(p netip.Prefix) bool { return p.Contains(address) }) {
		return true
	}
	return address.IsGlobalUnicast() && !slices.ContainsFunc(reserved(), func(p netip.Prefix) bool { return p.Contains(address) })
}

// reserved are the global unicast addresses that are not public (IANA's special-purpose registries).
func reserved() []netip.Prefix {
	var list []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fec0::/10",
	} {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// dialer looks at each address after the name is resolved, and immediately before it connects: a name that means
// something else the second time changes nothing.
func (r Reach) dialer(limit time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: limit, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !r.Allows(to.Addr()) {
			return fmt.Errorf("%w: %s", errForbidden, to.Addr())
		}
		return nil
	}}
}

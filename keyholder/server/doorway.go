// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net"
	"net/netip"
	"sync"

	"github.com/escrin/escrin/origin"
)

// maxConnections is how many connections one site may have at once. A trusted
// proxy, and this machine, may have any number.
const maxConnections = 512

// Doorway returns a listener that accepts no more connections of one site than are
// good for the others. If a proxy ends TLS it accepts only trusted proxies, and
// this machine: what anybody else sent would have come in the clear.
func Doorway(l net.Listener, trusted []netip.Prefix, proxied bool) net.Listener {
	own := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	return &doorway{Listener: l, free: append(own, trusted...), freeOnly: proxied, each: maxConnections, inside: map[netip.Prefix]int{}}
}

type doorway struct {
	net.Listener
	free     []netip.Prefix // whose connections are not counted
	freeOnly bool
	each     int

	mu     sync.Mutex
	inside map[netip.Prefix]int
}

// Accept implements net.Listener.
func (d *doorway) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address := origin.Address(c.RemoteAddr().String())
		if origin.Among(d.free, address) {
			return c, nil
		}
		if of := origin.Site(origin.Network(address)); !d.freeOnly && d.enter(of) {
			return &visitor{Conn: c, leave: sync.OnceFunc(func() { d.leave(of) })}, nil
		}
		_ = c.Close()
	}
}

func (d *doorway) enter(of netip.Prefix) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside[of] >= d.each {
		return false
	}
	d.inside[of]++
	return true
}

func (d *doorway) leave(of netip.Prefix) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside[of]--; d.inside[of] == 0 {
		delete(d.inside, of)
	}
}

// visitor is a connection that is counted.
type visitor struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (v *visitor) Close() error {
	v.leave()
	return v.Conn.Close()
}

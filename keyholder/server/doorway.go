// SPDX-License-Identifier: Apache-2.0

package server

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/escrin/escrin/origin"
)

// How many connections there may be at once: of one site, but for trusted proxies and this machine, and in all.
const (
	maxConnections = 512
	maxInAll       = 8192
	// maxShare: one site has no more than this part of all, however few there may be.
	maxShare = 16
)

// ofOneSite is how many connections of one site there may be, of so many in all.
func ofOneSite(all int) int { return max(1, min(maxConnections, all/maxShare)) }

// most is how many connections there may be in all: no more than half of the files that the process may have open, so that
// some are left for the chain, the disk and the other keyholders, however many visitors there are.
func most() int {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return maxConnections
	}
	return int(min(files.Cur/2, maxInAll))
}

// Doorway returns a listener that accepts no more connections than there are files for, and no more of one site than are
// good for the others. Who comes when all are in use waits in the system's queue. If a proxy ends TLS it accepts only
// trusted proxies, and this machine: what anybody else sent would have come in the clear.
func (s *Server) Doorway(l net.Listener, proxied bool) net.Listener {
	all := most()
	own := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	return &doorway{
		Listener: l, log: s.config.Log, meters: s.meters, free: append(own, s.config.TrustedProxies...), freeOnly: proxied,
		each: ofOneSite(all), places: make(chan struct{}, all), closed: make(chan struct{}), inside: map[netip.Prefix]int{},
	}
}

type doorway struct {
	net.Listener
	log      *slog.Logger
	meters   meters
	free     []netip.Prefix // whose connections are not counted by site
	freeOnly bool
	each     int
	places   chan struct{} // one of each connection, and of the one that is waited for
	closed   chan struct{}
	close    sync.Once
	told     time.Time // that all places are taken; of Accept alone

	mu     sync.Mutex
	inside map[netip.Prefix]int
}

// Accept implements net.Listener. One goroutine at a time may call it.
func (d *doorway) Accept() (net.Conn, error) {
	if !d.place() {
		return nil, net.ErrClosed
	}
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				d.meters.failures.Inc()
			}
			<-d.places
			return nil, err
		}
		if leave, ok := d.admit(origin.Address(c.RemoteAddr().String())); ok {
			d.meters.open.Add(1)
			return &visitor{Conn: c, leave: sync.OnceFunc(func() { leave(); d.meters.open.Add(-1); <-d.places })}, nil
		}
		d.meters.turnedAway.Inc()
		_ = c.Close()
	}
}

// tellEvery is how often it is logged that all places are taken.
const tellEvery = time.Minute

// place waits until one is free, and reports false if the doorway was closed.
func (d *doorway) place() bool {
	select {
	case d.places <- struct{}{}:
		return true
	default:
	}
	if time.Since(d.told) >= tellEvery {
		d.told = time.Now()
		d.log.Warn("all connections are in use: others wait", "connections", cap(d.places))
	}
	select {
	case d.places <- struct{}{}:
		return true
	case <-d.closed:
		return false
	}
}

// Close implements net.Listener.
func (d *doorway) Close() error {
	d.close.Do(func() { close(d.closed) })
	return d.Listener.Close()
}

// admit reports whether an address may have one more connection, until leave.
func (d *doorway) admit(address netip.Addr) (leave func(), ok bool) {
	if origin.Among(d.free, address) {
		return func() {}, true
	}
	of := origin.Site(origin.Network(address))
	return func() { d.leave(of) }, !d.freeOnly && d.enter(of)
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
	defer v.leave() // it has its file until then
	return v.Conn.Close()
}

// CloseWrite ends what is said to the visitor, as net/http does before it closes a connection from which there is more to
// be read: or else the system would throw away what the visitor has not read yet, such as why it was refused.
func (v *visitor) CloseWrite() error {
	if c, ok := v.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

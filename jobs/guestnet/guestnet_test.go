// SPDX-License-Identifier: Apache-2.0

package guestnet

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/mux"
	"github.com/escrin/escrin/guestagent/uplink"
	"github.com/escrin/escrin/jobs/guestnet/dnstest"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestAG02OnlyPublicAddressesAreReached: nothing of the host, of its network, of its cloud.
func TestAG02OnlyPublicAddressesAreReached(t *testing.T) {
	for _, text := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "0.0.0.1", "10.0.2.2", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.0.1",
		"169.254.169.254", "169.254.170.2", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
		"2001:db8::1", "2001::1", "2002:7f00:1::", "100::1",
	} {
		if (Reach{}).Allows(netip.MustParseAddr(text)) {
			t.Errorf("%s may be reached", text)
		}
	}
	for _, text := range []string{"1.1.1.1", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2606:4700::1111"} {
		if !(Reach{}).Allows(netip.MustParseAddr(text)) {
			t.Errorf("%s may not be reached", text)
		}
	}
	also := Reach{Also: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	if !also.Allows(netip.MustParseAddr("10.1.2.3")) || !also.Allows(netip.MustParseAddr("::ffff:10.1.2.3")) || also.Allows(netip.MustParseAddr("10.2.0.1")) {
		t.Error("what is reached beside is not what the operator says")
	}
}

// serve starts a host and returns the guest's end.
func serve(t *testing.T, h *Host) *mux.Session {
	t.Helper()
	inside, outside := net.Pipe()
	session := uplink.Guest(inside, len(h.Network.Ingress) > 0)
	go h.Serve(t.Context(), outside)
	t.Cleanup(func() { session.Close() })
	return session
}

// canary counts the connections to a port of the host.
func canary(t *testing.T) (port uint16, count *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { l.Close() })
	count = new(atomic.Int32)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			count.Add(1)
			io.WriteString(conn, "canary")
			conn.Close()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port), count
}

// TestAG02HostileGuestReachesNothing: a guest whose gateway is another program names what it likes.
func TestAG02HostileGuestReachesNothing(t *testing.T) {
	port, count := canary(t)
	resolver, err := dnstest.Resolver(t.Context(), func(name string, nth int) netip.Addr {
		if name == "twice.example" && nth == 0 {
			return netip.MustParseAddr("1.1.1.1") // and the host itself from then on
		}
		return netip.MustParseAddr("127.0.0.1")
	})
	check(t, err)
	listed := []config.Destination{{Name: "lies.example", Port: port}, {Name: "twice.example", Port: port}}
	var noted atomic.Int32
	session := serve(t, &Host{Network: config.Network{Egress: listed}, Resolver: resolver, Log: func(string) { noted.Add(1) }})
	for _, d := range []uplink.Destination{
		{Name: "lies.example", Port: port}, {Name: "LIES.example", Port: port}, {Name: "lies.example.", Port: port}, {Name: "127.0.0.1", Port: port},
		{Name: "::1", Port: port}, {Name: "localhost", Port: port}, {Name: "", Port: port}, {Name: "lies.example", Port: port + 1}, {Name: "lies.example\x00", Port: port},
		{Name: "lies.example:1", Port: port}, {Name: strings.Repeat("a", 253), Port: port}, {Name: "\n\x1b[2J", Port: port},
	} {
		if conn, err := uplink.Dial(session, d, 5*time.Second); err == nil {
			t.Errorf("%q is connected: %v", d.Name, conn.RemoteAddr())
		}
	}
	if count.Load() > 0 {
		t.Errorf("the canary was reached %d times", count.Load())
	}
	if noted.Load() == 0 {
		t.Error("nothing was noted")
	}
}

// TestListedDestinationIsReached is the control.
func TestListedDestinationIsReached(t *testing.T) {
	port, count := canary(t)
	resolver, err := dnstest.Resolver(t.Context(), func(string, int) netip.Addr { return netip.MustParseAddr("127.0.0.1") })
	check(t, err)
	host := &Host{
		Network: config.Network{Egress: []config.Destination{{Name: "a.example", Port: port}}}, Resolver: resolver,
		Reach: Reach{Also: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	}
	session := serve(t, host)
	conn, err := uplink.Dial(session, uplink.Destination{Name: "a.example", Port: port}, 5*time.Second)
	check(t, err)
	said, err := io.ReadAll(conn)
	if err != nil || string(said) != "canary" || count.Load() != 1 {
		t.Errorf("heard %q, %v; %d connections", said, err, count.Load())
	}
	if _, err := uplink.Dial(session, uplink.Destination{Name: "a.example", Port: port + 1}, 5*time.Second); !errors.Is(err, uplink.ErrRefused) {
		t.Errorf("another port: %v", err)
	}
}

// listed is a network that has something in it.
var listed = config.Network{Egress: []config.Destination{{Name: "a.example", Port: 1}}}

// TestAG13WhatNoGatewaySaysEndsTheGuest: a flood of it, from a guest that reads nothing, costs its host nothing.
func TestAG13WhatNoGatewaySaysEndsTheGuest(t *testing.T) {
	hello, opens := []byte{1, 0, 0, 0, 0, 0, 0, 1}, []byte{2, 0, 0, 0, 0, 0, 0, 0}
	for name, sent := range map[string][]byte{
		"hellos": bytes.Repeat(hello, 20000), "two hellos": slices.Concat(hello, hello), "no hello": opens,
		"a stream": slices.Concat(hello, opens), "streams": append(hello, bytes.Repeat(opens, 20000)...),
	} {
		before := runtime.NumGoroutine()
		inside, outside := net.Pipe()
		ended := make(chan struct{})
		go func() {
			(&Host{}).Serve(t.Context(), outside)
			close(ended)
		}()
		go inside.Write(sent)
		most := 0
		for range 100 {
			most = max(most, runtime.NumGoroutine()-before)
			select {
			case <-ended:
			case <-time.After(50 * time.Millisecond):
				continue
			}
			break
		}
		select {
		case <-ended:
		default:
			t.Errorf("%s: the session goes on", name)
		}
		if most > 20 {
			t.Errorf("%s: the host has %d goroutines more", name, most)
		}
		inside.Close()
	}
}

// TestAG13FloodOfStreamsIsBounded: a guest that opens streams and says nothing, or half of something, has at most maxConnections of
// them; one that opens more ends its own session.
func TestAG13FloodOfStreamsIsBounded(t *testing.T) {
	session := serve(t, &Host{Network: listed})
	for i := range maxConnections {
		stream, err := session.Open()
		check(t, err)
		_, err = stream.Write([]byte{200, byte(i)})
		check(t, err)
	}
	if _, err := session.Open(); !errors.Is(err, mux.ErrFull) {
		t.Errorf("another stream: %v", err)
	}
	inside, outside := net.Pipe()
	ended := make(chan struct{})
	go func() {
		(&Host{Network: listed}).Serve(t.Context(), outside)
		close(ended)
	}()
	sent := []byte{1, 0, 0, 0, 0, 0, 0, 1}
	for i := range maxConnections + 1 {
		sent = append(sent, 2, 0, byte(i>>8), byte(i), 0, 0, 0, 0)
	}
	go inside.Write(sent)
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the session goes on")
	}
	inside.Close()
}

// TestAG13StrangersDoNotEndTheGuest: more of them than there are places, at several ports, who say nothing to a guest that closes its
// own end of most. Those of them that are refused see it, and the session lives.
func TestAG13StrangersDoNotEndTheGuest(t *testing.T) {
	const ports, each = 4, 220
	host := &Host{Network: config.Network{Egress: listed.Egress}}
	for i := range ports {
		host.Network.Ingress = append(host.Network.Ingress, config.Service{Port: uint16(1 + i), To: 1})
	}
	endpoints, err := host.Listen("127.0.0.1")
	check(t, err)
	session := serve(t, host)
	go func() {
		for n := 0; ; n++ {
			stream, err := uplink.Accept(session)
			if err != nil {
				return
			}
			if n >= 128 {
				stream.Close()
			}
		}
	}()
	var strangers []net.Conn
	for i := range ports * each {
		conn, err := net.Dial("tcp4", endpoints[i%ports].Address)
		check(t, err)
		defer conn.Close()
		strangers = append(strangers, conn)
	}
	ended := 0 // at the host's end, or the guest's
	for _, conn := range strangers {
		check(t, conn.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
		if _, err := conn.Read(make([]byte, 1)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			ended++
		}
	}
	if least := ports*each - maxConnections; ended < least {
		t.Errorf("%d of %d were refused, want %d at least", ended, len(strangers), least)
	}
	if _, err := uplink.Dial(session, uplink.Destination{Name: "b.example", Port: 1}, 5*time.Second); !errors.Is(err, uplink.ErrRefused) || session.Err() != nil {
		t.Errorf("after %d strangers: %v", len(strangers), err)
	}
}

// TestAG13StreamsThatStayOpenStopTheGuest: a guest that never closes what its host has closed has no stream left, and its host holds nothing for
// those that it has.
func TestAG13StreamsThatStayOpenStopTheGuest(t *testing.T) {
	session := serve(t, &Host{Network: listed})
	for {
		stream, err := session.Open()
		if errors.Is(err, mux.ErrFull) {
			break
		}
		check(t, err)
		_, err = stream.Write([]byte("\x01a\x00\x02")) // a destination that is not listed
		check(t, err)
		if !stream.Left() {
			t.Fatal("the host holds a stream that it has refused")
		}
	}
}

// TestAG13SilentConnectionsEnd: on the host's side too, both ways.
func TestAG13SilentConnectionsEnd(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0") // accepts, and says nothing
	check(t, err)
	defer l.Close()
	port := uint16(l.Addr().(*net.TCPAddr).Port)
	host := &Host{
		Network: config.Network{
			Egress: []config.Destination{{Name: "127.0.0.1", Port: port}}, Ingress: []config.Service{{Port: port, To: 1}},
		},
		Reach: Reach{Also: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, idle: 200 * time.Millisecond,
	}
	endpoints, err := host.Listen("127.0.0.1")
	check(t, err)
	session := serve(t, host)
	out, err := uplink.Dial(session, uplink.Destination{Name: "127.0.0.1", Port: port}, 5*time.Second)
	check(t, err)
	in, err := net.Dial("tcp4", endpoints[0].Address)
	check(t, err)
	for name, conn := range map[string]net.Conn{"out": out, "in": in} {
		check(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		if n, err := conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
	}
}

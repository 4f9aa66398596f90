// SPDX-License-Identifier: Apache-2.0

// Package guestnet is the host's end of a guest's network (guestagent/uplink). A guest has no card: the host connects it
// with the destinations of its measured config, as far as the operator lets it, and listens for the services of its
// measured config. What is carried it neither knows nor changes.
package guestnet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/mux"
	"github.com/escrin/escrin/guestagent/uplink"
)

const (
	maxConnections = 256              // each way at once, at all ports together
	dialLimit      = 20 * time.Second // until a destination is connected
	requestLimit   = 30 * time.Second // until a guest has named one
)

var (
	errForbidden = errors.New("this host does not connect its guests with such an address")
	errUnlisted  = errors.New("the enclave's measured config does not list it")
)

// Endpoint is where a service of a guest can be reached.
type Endpoint struct {
	Port    uint16 `json:"port"`    // of the service, in the measured config
	Address string `json:"address"` // host:port of this host
	TLS     bool   `json:"tls"`     // ends in the guest
}

// Host is what a host does for one guest's network.
type Host struct {
	Network config.Network // of the guest's measured config
	Reach   Reach
	Log     func(line string) // told what was refused; may be nil

	Resolver *net.Resolver // of names; nil for the host's own

	idle      time.Duration // zero for uplink.IdleLimit
	endpoints []Endpoint
	listeners []net.Listener
}

// Listen opens a port at this IP address for each service: the service's own where that is free, else any. It returns
// where they are.
func (h *Host) Listen(ip string) ([]Endpoint, error) {
	for _, service := range h.Network.Ingress {
		l, err := net.Listen("tcp", net.JoinHostPort(ip, strconv.Itoa(int(service.Port))))
		if err != nil {
			l, err = net.Listen("tcp", net.JoinHostPort(ip, "0"))
		}
		if err != nil {
			h.Close()
			return nil, fmt.Errorf("listen for service %d: %w", service.Port, err)
		}
		h.listeners = append(h.listeners, l)
		h.endpoints = append(h.endpoints, Endpoint{Port: service.Port, Address: l.Addr().String(), TLS: service.TLS})
	}
	return h.endpoints, nil
}

// Close gives the ports back.
func (h *Host) Close() {
	for _, l := range h.listeners {
		l.Close()
	}
}

// Serve carries connections until the guest is gone or ctx ends. It closes conn and all connections, and gives the ports back.
func (h *Host) Serve(ctx context.Context, conn io.ReadWriteCloser) {
	defer h.Close()
	awake := &listener{ReadWriteCloser: conn, heard: make(chan struct{})}
	session := uplink.Host(awake, len(h.Network.Egress) > 0)
	var carried sync.WaitGroup
	defer carried.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer session.Close()
	stop := context.AfterFunc(ctx, func() { session.Close() })
	defer stop()
	in := &ingress{session: session, places: uplink.NewPlaces(maxConnections), idle: cmp.Or(h.idle, uplink.IdleLimit)}
	for i, l := range h.listeners {
		carried.Go(func() {
			select {
			case <-awake.heard: // until then a guest boots, and what is written to it waits
				in.admit(l, h.endpoints[i].Port)
			case <-ctx.Done():
			}
		})
	}
	defer h.Close() // before it waits for them
	places := make(chan struct{}, maxConnections)
	for {
		stream, err := uplink.Accept(session)
		if err != nil {
			return // the guest is gone, or is to be
		}
		select {
		case places <- struct{}{}:
		default:
			stream.Close()
			continue
		}
		carried.Go(func() {
			defer func() { <-places }()
			h.reach(ctx, stream)
		})
	}
}

// listener notices when a guest speaks for the first time.
type listener struct {
	io.ReadWriteCloser
	once  sync.Once
	heard chan struct{}
}

// Read implements io.Reader.
func (l *listener) Read(p []byte) (int, error) {
	n, err := l.ReadWriteCloser.Read(p)
	if n > 0 {
		l.once.Do(func() { close(l.heard) })
	}
	return n, err
}

// reach connects a guest's stream with what it names.
func (h *Host) reach(ctx context.Context, stream net.Conn) {
	defer stream.Close()
	if stream.SetDeadline(time.Now().Add(requestLimit)) != nil {
		return
	}
	to, err := uplink.ReadDestination(stream)
	if err != nil || stream.SetDeadline(time.Time{}) != nil {
		return
	}
	conn, err := h.dial(ctx, to)
	switch {
	case errors.Is(err, errForbidden) || errors.Is(err, errUnlisted):
		h.note(to, err)
		_ = uplink.Answer(stream, uplink.Refused)
		return
	case err != nil:
		h.note(to, err)
		_ = uplink.Answer(stream, uplink.Unreachable)
		return
	}
	if uplink.Answer(stream, uplink.Connected) != nil {
		conn.Close()
		return
	}
	uplink.Relay(conn, stream, cmp.Or(h.idle, uplink.IdleLimit), nil)
}

func (h *Host) dial(ctx context.Context, to uplink.Destination) (net.Conn, error) {
	if !slices.Contains(h.Network.Egress, config.Destination{Name: to.Name, Port: to.Port}) {
		return nil, errUnlisted
	}
	dialer := h.Reach.dialer(dialLimit)
	dialer.Resolver = h.Resolver
	return dialer.DialContext(ctx, "tcp", net.JoinHostPort(to.Name, strconv.Itoa(int(to.Port))))
}

func (h *Host) note(to uplink.Destination, err error) {
	if h.Log != nil {
		h.Log(fmt.Sprintf("guest's network: %.300q: %v", to, err))
	}
}

// ingress is what strangers have of a guest, at all its ports.
type ingress struct {
	session *mux.Session
	places  *uplink.Places
	idle    time.Duration
}

// admit brings the connections to one port into the guest, until the port is closed.
func (in *ingress) admit(l net.Listener, port uint16) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		place, ok := in.places.Take(conn)
		if !ok {
			conn.Close()
			continue
		}
		go func() {
			defer place.Leave()
			stream, err := uplink.Offer(in.session, port)
			if err != nil {
				conn.Close()
				return
			}
			uplink.Relay(conn, stream, in.idle, place.Carried)
		}()
	}
}

// SPDX-License-Identifier: Apache-2.0

// Package gateway is the one process of a guest that speaks to the network. It runs beside the workload, in the
// workload's network namespace, which has a loopback interface and nothing else: each destination of the measured config
// is an address of that interface on which the gateway listens, and each connection to it becomes a stream to the host
// (package uplink). So the workload reaches what is listed, and for the rest there is no way at all. The other way, a
// stream for a listed service becomes a connection to the workload's port, with TLS ended here if the service says so.
//
// The gateway reads bytes of strangers, and therefore it is not the agent: it has no privileges, no files, and no keys
// but that of its certificate.
package gateway

import (
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/escrin/escrin/guestagent/gateway/plan"
	"github.com/escrin/escrin/guestagent/mux"
	"github.com/escrin/escrin/guestagent/uplink"
)

const (
	// MaxConnections is the number of connections each way that a gateway carries at once. Further ones of the workload
	// wait, further ones from outside take the place of one that carries little, or are closed.
	MaxConnections = 128

	dialLimit      = 30 * time.Second // until the host has connected
	handshakeLimit = 30 * time.Second // from a stream's first byte to its first of the workload
)

// Gateway is a gateway that listens. New makes it.
type Gateway struct {
	out       chan struct{} // a place is taken in it as long as a connection of the workload lasts
	in        *uplink.Places
	listeners []listener
	services  map[uint16]plan.Service
	tls       *tls.Config
	evidence  []byte
	notary    Notary
	idle      time.Duration
}

// listener is a place where the workload finds a destination.
type listener struct {
	net.Listener
	to uplink.Destination
}

// New listens on all addresses of a plan, and makes a key if there is a service with TLS. It speaks with nobody, so that
// the process can be confined before it reads a byte of the host's.
func New(p plan.Plan, notary Notary) (*Gateway, error) {
	g := &Gateway{
		out: make(chan struct{}, MaxConnections), in: uplink.NewPlaces(MaxConnections),
		services: map[uint16]plan.Service{}, evidence: p.Evidence, notary: notary, idle: uplink.IdleLimit,
	}
	for _, l := range p.Egress {
		open, err := net.Listen("tcp4", net.JoinHostPort(l.Address, strconv.Itoa(int(l.Port))))
		if err != nil {
			g.Close()
			return nil, fmt.Errorf("listen for %s:%d: %w", l.Name, l.Port, err)
		}
		g.listeners = append(g.listeners, listener{open, uplink.Destination{Name: l.Name, Port: l.Port}})
	}
	for _, service := range p.Ingress {
		g.services[service.Port] = service
		if service.TLS && g.tls == nil {
			var err error
			if g.tls, err = makeTLS(); err != nil {
				g.Close()
				return nil, fmt.Errorf("make certificate: %w", err)
			}
		}
	}
	return g, nil
}

// Close stops listening.
func (g *Gateway) Close() {
	for _, l := range g.listeners {
		l.Close()
	}
}

// Serve carries connections over the guest's end of the uplink until that ends, or nothing can be listened on any more, and
// says why. It ends the uplink, and with it all connections.
func (g *Gateway) Serve(s *mux.Session) error {
	defer s.Close()
	ended := make(chan error, 1+len(g.listeners))
	go func() { ended <- g.serveIngress(s) }()
	for _, l := range g.listeners {
		go func() { ended <- g.serveEgress(s, l) }()
	}
	return <-ended
}

// serveEgress carries what the workload connects to a destination.
func (g *Gateway) serveEgress(s *mux.Session, l listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return fmt.Errorf("accept for %s: %w", l.to, err)
		}
		g.out <- struct{}{} // after it: a listener with nothing to carry has no place
		go func() {
			defer func() { <-g.out }()
			g.reach(s, conn, l.to)
		}()
	}
}

// reach connects one connection of the workload with what it is for. A destination that cannot be reached resets it.
func (g *Gateway) reach(s *mux.Session, conn net.Conn, to uplink.Destination) {
	stream, err := uplink.Dial(s, to, dialLimit)
	if err != nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		conn.Close()
		return
	}
	uplink.Relay(conn, stream, g.idle, nil)
}

// serveIngress carries what the host brings.
func (g *Gateway) serveIngress(s *mux.Session) error {
	for {
		stream, err := uplink.Accept(s)
		if err != nil {
			return fmt.Errorf("accept from host: %w", err)
		}
		place, ok := g.in.Take(stream)
		if !ok {
			stream.Close()
			continue
		}
		go func() {
			defer place.Leave()
			g.admit(stream, place)
		}()
	}
}

// admit connects one stream of the host with the service that it is for.
func (g *Gateway) admit(stream net.Conn, place *uplink.Place) {
	defer stream.Close()
	if stream.SetDeadline(time.Now().Add(handshakeLimit)) != nil {
		return
	}
	port, err := uplink.ReadService(stream)
	service, ok := g.services[port]
	if err != nil || !ok {
		return
	}
	outer := stream
	if service.TLS {
		secured, err := g.secure(stream, port)
		if err != nil {
			return
		}
		defer secured.Close()
		outer = secured
	}
	inner, err := net.DialTimeout("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(service.To))), dialLimit)
	if err != nil || stream.SetDeadline(time.Time{}) != nil {
		return
	}
	uplink.Relay(inner, outer, g.idle, place.Carried)
}

// SPDX-License-Identifier: Apache-2.0

// Package uplink is the wire between a guest's gateway and its host, over a virtio-serial port of its own: streams in
// both directions, each of which is one TCP connection of the workload. The guest has no network card and no address:
// what it wants to reach it names, and the host connects; whoever reaches the host's port gets a stream into the guest.
// Everything that comes from the host is hostile input. SPEC.md beside this file is normative.
package uplink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/escrin/escrin/guestagent/mux"
)

// PortName is the name of the virtio-serial port.
const PortName = "org.escrin.network"

const (
	window     = 64 << 10 // bytes on the way, of each stream and direction
	maxStreams = 256      // each way, open or closed at one end only
	maxName    = 253      // bytes
)

// Destination is what a guest wants to be connected with.
type Destination struct {
	Name string // host name, or IPv4 address in decimal notation with dots
	Port uint16
}

// String returns name:port.
func (d Destination) String() string { return fmt.Sprintf("%s:%d", d.Name, d.Port) }

// Code is the host's one-byte answer to a destination.
type Code byte

// The codes.
const (
	Connected   Code = 1 // what follows is the connection
	Refused     Code = 2 // the host does not connect with this destination
	Unreachable Code = 3 // it tried
)

// ErrRefused and ErrUnreachable are the host's answers that are not [Connected].
var (
	ErrRefused     = errors.New("the host refuses the destination")
	ErrUnreachable = errors.New("the host cannot reach the destination")
)

// Guest begins to speak over conn as the guest. Streams of the host's end the session, unless there is a service.
func Guest(conn io.ReadWriteCloser, service bool) *mux.Session {
	return mux.Guest(conn, mux.Limits{Own: maxStreams, Peers: streams(service), Window: window})
}

// Host begins to speak over conn as the host. Streams of the guest's end the session, unless there is a destination.
func Host(conn io.ReadWriteCloser, destination bool) *mux.Session {
	return mux.Host(conn, mux.Limits{Own: maxStreams, Peers: streams(destination), Window: window})
}

func streams(any bool) int {
	if !any {
		return 0
	}
	return maxStreams
}

// conn is a stream as a connection. That has two ends, no addresses, and one deadline, of whatever is set last: when that passes, the
// connection is closed. One that has passed already, with which users of connections wake each other, is none.
type conn struct {
	*mux.Stream
	late *time.Timer
}

func newConn(s *mux.Stream) conn {
	late := time.AfterFunc(IdleLimit, func() { _ = s.Close() })
	late.Stop()
	return conn{s, late}
}

// SetDeadline implements net.Conn.
func (c conn) SetDeadline(t time.Time) error {
	c.late.Stop()
	if left := time.Until(t); left > 0 {
		c.late.Reset(left)
	}
	return nil
}

// SetReadDeadline implements net.Conn.
func (c conn) SetReadDeadline(t time.Time) error { return c.SetDeadline(t) }

// SetWriteDeadline implements net.Conn.
func (c conn) SetWriteDeadline(t time.Time) error { return c.SetDeadline(t) }

// LocalAddr implements net.Conn.
func (conn) LocalAddr() net.Addr { return address{} }

// RemoteAddr implements net.Conn.
func (conn) RemoteAddr() net.Addr { return address{} }

type address struct{}

// Network implements net.Addr.
func (address) Network() string { return "uplink" }

// String implements net.Addr.
func (address) String() string { return "uplink" }

// Accept waits for the next stream of the peer's.
func Accept(s *mux.Session) (net.Conn, error) {
	stream, err := s.Accept()
	if err != nil {
		return nil, err
	}
	return newConn(stream), nil
}

func open(s *mux.Session) (net.Conn, error) {
	stream, err := s.Open()
	if err != nil {
		return nil, err
	}
	return newConn(stream), nil
}

// Dial asks the host to connect with a destination, and waits for its answer no longer than limit.
func Dial(s *mux.Session, d Destination, limit time.Duration) (net.Conn, error) {
	if len(d.Name) == 0 || len(d.Name) > maxName || d.Port == 0 {
		return nil, fmt.Errorf("dial %s: no destination", d)
	}
	stream, err := open(s)
	if err != nil {
		return nil, err
	}
	if err := ask(stream, d, limit); err != nil {
		stream.Close()
		return nil, err
	}
	return stream, nil
}

func ask(stream net.Conn, d Destination, limit time.Duration) error {
	if err := stream.SetDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	request := append([]byte{byte(len(d.Name))}, d.Name...)
	if _, err := stream.Write(binary.BigEndian.AppendUint16(request, d.Port)); err != nil {
		return err
	}
	var code [1]byte
	if _, err := io.ReadFull(stream, code[:]); err != nil {
		return err
	}
	switch Code(code[0]) {
	case Connected:
		return stream.SetDeadline(time.Time{})
	case Refused:
		return ErrRefused
	}
	return ErrUnreachable
}

// ReadDestination reads on the host what a guest's stream is to be connected with. It may be any bytes.
func ReadDestination(stream io.Reader) (Destination, error) {
	var length [1]byte
	if _, err := io.ReadFull(stream, length[:]); err != nil {
		return Destination{}, err
	}
	request := make([]byte, int(length[0])+2)
	if _, err := io.ReadFull(stream, request); err != nil {
		return Destination{}, err
	}
	name, port := string(request[:length[0]]), binary.BigEndian.Uint16(request[length[0]:])
	if name == "" || len(name) > maxName || port == 0 {
		return Destination{}, errors.New("the guest names no destination")
	}
	return Destination{name, port}, nil
}

// Answer tells the guest on the host's behalf what became of its destination.
func Answer(stream io.Writer, c Code) error {
	_, err := stream.Write([]byte{byte(c)})
	return err
}

// Offer opens a stream into the guest for a connection to one of its services.
func Offer(s *mux.Session, port uint16) (net.Conn, error) {
	stream, err := open(s)
	if err != nil {
		return nil, err
	}
	if _, err := stream.Write(binary.BigEndian.AppendUint16(nil, port)); err != nil {
		stream.Close()
		return nil, err
	}
	return stream, nil
}

// ReadService reads in the guest which service a host's stream is for.
func ReadService(stream io.Reader) (port uint16, err error) {
	var raw [2]byte
	_, err = io.ReadFull(stream, raw[:])
	return binary.BigEndian.Uint16(raw[:]), err
}

// IdleLimit is how long a connection is carried on which nothing passes. Without one, a stranger who connects and says
// nothing has one of a gateway's places for ever.
const IdleLimit = 5 * time.Minute

// Relay copies both ways until both ends are done, and closes both. An end that has said all that it has to say is
// told to the other while that one still speaks. When nothing has passed either way for the time of idle, both are done. It tells
// carried, which may be nil, of what passes.
func Relay(a, b net.Conn, idle time.Duration, carried func(bytes int)) {
	defer a.Close()
	defer b.Close()
	watch := time.AfterFunc(idle, func() {
		_ = a.Close()
		_ = b.Close()
	})
	defer watch.Stop()
	moved := func(bytes int) {
		watch.Reset(idle)
		if carried != nil {
			carried(bytes)
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		pass(a, b, moved)
	}()
	pass(b, a, moved)
	<-done
}

// pass copies until from ends, and then ends what it writes to. After an error neither end has any more to expect, nor is what
// comes for one that reads no more.
func pass(to, from net.Conn, moved func(int)) {
	_, err := io.Copy(noting{to, moved}, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok && err == nil {
		_ = half.CloseWrite() // an end that is gone needs no end
		stream, ok := from.(interface{ Left() bool })
		if !ok || !stream.Left() {
			return
		}
	}
	to.Close()
	from.Close()
}

// noting tells of each write that gets through.
type noting struct {
	io.Writer
	moved func(bytes int)
}

// Write implements io.Writer.
func (n noting) Write(p []byte) (int, error) {
	written, err := n.Writer.Write(p)
	if err == nil {
		n.moved(written)
	}
	return written, err
}

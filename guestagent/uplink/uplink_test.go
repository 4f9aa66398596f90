// SPDX-License-Identifier: Apache-2.0

package uplink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/mux"
)

func FuzzReadDestination(f *testing.F) {
	f.Add([]byte{1, 'a', 1, 187})
	f.Add([]byte{0, 1, 187})
	f.Add(bytes.Repeat([]byte{0xff}, 258))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := ReadDestination(bytes.NewReader(raw))
		if err != nil {
			return
		}
		if d.Name == "" || len(d.Name) > maxName || d.Port == 0 {
			t.Errorf("destination %q", d)
		}
		again := binary.BigEndian.AppendUint16(append([]byte{byte(len(d.Name))}, d.Name...), d.Port)
		if !bytes.HasPrefix(raw, again) {
			t.Errorf("%x is read as %q", raw, d)
		}
	})
}

// TestAnswersOfTheHost: one byte is yes, all others are no, and silence ends.
func TestAnswersOfTheHost(t *testing.T) {
	for code, want := range map[byte]error{1: nil, 2: ErrRefused, 3: ErrUnreachable, 0: ErrUnreachable, 255: ErrUnreachable} {
		inside, outside := net.Pipe()
		guest := Guest(inside, false)
		host := Host(outside, true)
		go func() {
			stream, err := host.Accept()
			if err == nil {
				ReadDestination(stream)
				stream.Write([]byte{code})
			}
		}()
		if _, err := Dial(guest, Destination{"a", 1}, 10*time.Second); !errors.Is(err, want) {
			t.Errorf("code %d: %v", code, err)
		}
		if _, err := Dial(guest, Destination{"a", 1}, 20*time.Millisecond); err == nil {
			t.Error("silence is an answer")
		}
		guest.Close()
		host.Close()
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestAG13TooManyStreamsOfOnesOwnEndNothing: the next one is refused, until another has ended; the other end's are counted apart.
func TestAG13TooManyStreamsOfOnesOwnEndNothing(t *testing.T) {
	inside, outside := net.Pipe()
	guest, host := Guest(inside, true), Host(outside, true)
	t.Cleanup(func() { guest.Close() })
	var near, far net.Conn
	for range maxStreams {
		var err error
		near, err = Offer(host, 1)
		check(t, err)
		far, err = Accept(guest)
		check(t, err)
	}
	if _, err := Offer(host, 1); !errors.Is(err, mux.ErrFull) || host.Err() != nil {
		t.Errorf("one more: %v, and %v", err, host.Err())
	}
	go func() {
		if stream, err := Accept(host); err == nil {
			_ = Answer(stream, Connected)
		}
	}()
	if _, err := Dial(guest, Destination{"a", 1}, 10*time.Second); err != nil {
		t.Errorf("the guest's: %v", err)
	}
	check(t, far.Close())
	_, err := io.Copy(io.Discard, near) // its end is here
	check(t, err)
	check(t, near.Close())
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); { // soon, when the host's close is on its way
		if _, err = Offer(host, 1); err == nil {
			return
		}
	}
	t.Errorf("when one has ended: %v", err)
}

// TestRelayPassesEachEnd: what one end has to say arrives after the other has ended.
func TestRelayPassesEachEnd(t *testing.T) {
	a, inner := tcp(t)
	b, outer := tcp(t)
	go Relay(inner, outer, time.Minute, nil)
	io.WriteString(a, "question")
	a.(*net.TCPConn).CloseWrite()
	if heard, err := io.ReadAll(b); err != nil || string(heard) != "question" {
		t.Fatalf("heard %q, %v", heard, err)
	}
	io.WriteString(b, "answer")
	b.Close()
	if heard, err := io.ReadAll(a); err != nil || string(heard) != "answer" {
		t.Errorf("heard %q, %v", heard, err)
	}
}

// TestAG13StreamsForNothingEndTheSession: of a host without a service, and of a guest without a destination.
func TestAG13StreamsForNothingEndTheSession(t *testing.T) {
	for name, begin := range map[string]func(a, b io.ReadWriteCloser) (theirs, ours *mux.Session){
		"host":  func(a, b io.ReadWriteCloser) (theirs, ours *mux.Session) { return Host(a, true), Guest(b, false) },
		"guest": func(a, b io.ReadWriteCloser) (theirs, ours *mux.Session) { return Guest(a, true), Host(b, false) },
	} {
		inside, outside := net.Pipe()
		theirs, ours := begin(inside, outside)
		_, err := Offer(theirs, 1)
		check(t, err)
		select {
		case <-ours.Done():
			if !errors.Is(ours.Err(), mux.ErrPeer) {
				t.Errorf("of a %s: %v", name, ours.Err())
			}
		case <-time.After(10 * time.Second):
			t.Errorf("of a %s: the session goes on", name)
		}
		theirs.Close()
		ours.Close()
	}
}

// TestAG13WhoLeavesIsNotWaitedFor: a guest that reads no more of a connection ends it for the stranger, who has said all that he says.
func TestAG13WhoLeavesIsNotWaitedFor(t *testing.T) {
	for name, leave := range map[string]func(net.Conn) error{
		"at once":           net.Conn.Close,
		"behind its answer": func(c net.Conn) error { return errors.Join(c.(conn).CloseWrite(), c.Close()) },
	} {
		stranger, inner := tcp(t)
		inside, outside := net.Pipe()
		guest, host := Guest(inside, true), Host(outside, false)
		near, err := Offer(host, 1)
		check(t, err)
		far, err := Accept(guest)
		check(t, err)
		ended := make(chan struct{})
		go func() {
			Relay(inner, near, time.Hour, nil)
			close(ended)
		}()
		check(t, leave(far))
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Errorf("%s: the connection goes on", name)
		}
		stranger.Close()
		guest.Close()
		host.Close()
	}
}

// TestAG13IdleConnectionEnds: silence ends both ends of a connection, also half of one and one whose reader does not read; a word
// now and then, in either direction, keeps it.
func TestAG13IdleConnectionEnds(t *testing.T) {
	const idle = 200 * time.Millisecond
	for name, behave := range map[string]func(client net.Conn, host net.Conn){
		"silence": func(net.Conn, net.Conn) {},
		"half":    func(client, _ net.Conn) { client.(*net.TCPConn).CloseWrite() },
		"deaf":    func(_, host net.Conn) { go host.Write(make([]byte, 64<<20)) },
		"busy": func(client, _ net.Conn) {
			for range 10 {
				time.Sleep(idle / 4)
				client.Write([]byte{1})
			}
		},
	} {
		client, inner := tcp(t)
		inside, outside := net.Pipe()
		guest := Guest(inside, false)
		host := Host(outside, true)
		near, err := guest.Open()
		if err != nil {
			t.Fatal(err)
		}
		_, err = near.Write([]byte{1})
		check(t, err)
		far, err := host.Accept()
		check(t, err)
		ended := make(chan struct{})
		start := time.Now()
		go func() {
			Relay(inner, newConn(near), idle, nil)
			close(ended)
		}()
		behave(client, newConn(far))
		select {
		case <-ended:
			if took := time.Since(start); name == "busy" && took < 2*idle {
				t.Errorf("busy: it ends after %v", took)
			}
		case <-time.After(20 * time.Second):
			t.Errorf("%s: the connection goes on", name)
		}
		guest.Close()
		host.Close()
		client.Close()
	}
}

// tcp is a connection over loopback.
func tcp(t *testing.T) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp4", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return client, server
}

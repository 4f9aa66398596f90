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
		guest, err := Guest(inside, false)
		if err != nil {
			t.Fatal(err)
		}
		host, err := Host(outside, true)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			stream, err := host.AcceptStream()
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

// TestRelayPassesEachEnd: what one end has to say arrives after the other has ended.
func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestAG13TooManyStreamsOfOnesOwnEndNothing: the next one is refused, until another has ended.
func TestAG13TooManyStreamsOfOnesOwnEndNothing(t *testing.T) {
	inside, outside := net.Pipe()
	guest, err := Guest(inside, true)
	check(t, err)
	host, err := Host(outside, true)
	check(t, err)
	t.Cleanup(func() { guest.Close() })
	var taken []net.Conn
	for range ownStreams {
		stream, err := Offer(host, 1)
		check(t, err)
		other, err := Accept(guest)
		check(t, err)
		taken = append(taken, stream, other)
	}
	if _, err := Offer(host, 1); !errors.Is(err, errFull) || host.IsClosed() {
		t.Errorf("one more: %v, closed %v", err, host.IsClosed())
	}
	if _, err := Dial(guest, Destination{"a", 1}, time.Second); !errors.Is(err, errFull) || guest.IsClosed() {
		t.Errorf("the guest's: %v, closed %v", err, guest.IsClosed())
	}
	for _, stream := range taken[:2] {
		stream.Close()
	}
	for end := time.Now().Add(5 * time.Second); host.NumStreams() >= ownStreams && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if _, err := Offer(host, 1); err != nil {
		t.Errorf("when one has ended: %v", err)
	}
}

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

// TestAG13HostMaySendOnePong: pings, further pongs, and streams for no service end the guest's session; they do not wait in its memory.
func TestAG13HostMaySendOnePong(t *testing.T) {
	pong := []byte{0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0}
	for name, c := range map[string]struct {
		sent []byte
		goes bool
	}{
		"one pong":  {pong, true},
		"two pongs": {bytes.Repeat(pong, 2), false},
		"a ping":    {[]byte{0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, false},
		"a stream":  {[]byte{0, 1, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0}, false},
	} {
		inside, outside := net.Pipe()
		guest, err := Guest(inside, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := outside.Write(c.sent); err != nil {
			t.Fatal(err)
		}
		select {
		case <-guest.CloseChan():
			if c.goes {
				t.Errorf("%s: the session has ended", name)
			}
		case <-time.After(time.Second):
			if !c.goes {
				t.Errorf("%s: the session goes on", name)
			}
		}
		guest.Close()
		outside.Close()
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
		guest, err := Guest(inside, false)
		if err != nil {
			t.Fatal(err)
		}
		host, err := Host(outside, true)
		if err != nil {
			t.Fatal(err)
		}
		near, err := guest.OpenStream()
		if err != nil {
			t.Fatal(err)
		}
		far, err := host.AcceptStream()
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		start := time.Now()
		go func() {
			Relay(inner, near, idle, nil)
			close(ended)
		}()
		behave(client, far)
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

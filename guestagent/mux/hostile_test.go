// SPDX-License-Identifier: Apache-2.0

package mux

import (
	"bytes"
	"io"
	"net"
	"runtime"
	"slices"
	"testing"
	"time"
)

// frame is one of a peer's own, or of the other end's streams.
func frame(k kind, yours bool, stream uint16, length uint32, data ...byte) []byte {
	return append(header{k, yours, stream, length}.append(nil), data...)
}

// peer is what a test says to one end of a session.
type peer struct {
	net.Conn
	session *Session
}

// facing starts one end, which has opened its first stream: what it says is read, and forgotten.
func facing(t *testing.T, begin func(io.ReadWriteCloser, Limits) *Session) peer {
	t.Helper()
	inside, outside := net.Pipe()
	p := peer{outside, begin(inside, Limits{Own: 2, Peers: 2, Window: testWindow})}
	stream, err := p.session.Open()
	check(t, err)
	_, err = stream.Write([]byte{1})
	check(t, err)
	said := make([]byte, headerSize+1)
	_, err = io.ReadFull(outside, said)
	check(t, err)
	if said[0] == byte(kindHello) {
		_, err = io.ReadFull(outside, said[:headerSize])
		check(t, err)
	}
	go func() { _, _ = io.Copy(io.Discard, outside) }()
	t.Cleanup(func() {
		p.session.Close()
		outside.Close()
	})
	return p
}

// hostile is what no peer says to an end whose peer may open two streams, and which has opened its first, with a window of testWindow.
func hostile() map[string][]byte {
	opens := frame(kindOpen, false, 0, 1, 'x')
	return map[string][]byte{
		"no kind":                   frame(0, false, 0, 0),
		"another kind":              frame(7, false, 0, 0),
		"a hello in the middle":     hello().append(nil),
		"nobody's stream":           {byte(kindCredit), 2, 0, 0, 0, 0, 0, 1},
		"data of no stream":         frame(kindData, false, 0, 1, 'x'),
		"data of no stream here":    frame(kindData, true, 1, 1, 'x'),
		"a number too high":         frame(kindOpen, false, 2, 1, 'x'),
		"the highest number":        frame(kindOpen, false, 1<<16-1, 1, 'x'),
		"a stream of this end's":    frame(kindOpen, true, 0, 1, 'x'),
		"another one of this end's": frame(kindOpen, true, 1, 1, 'x'),
		"a stream twice":            slices.Concat(opens, opens),
		"no data":                   frame(kindData, true, 0, 0),
		"no credit":                 frame(kindCredit, true, 0, 0),
		"too much credit":           frame(kindCredit, true, 0, 1<<32-1),
		"too much in two":           bytes.Repeat(frame(kindCredit, true, 0, 1<<30), 2),
		"data beyond the window":    frame(kindData, true, 0, testWindow+1),
		"data beyond it in two":     append(frame(kindData, true, 0, testWindow, make([]byte, testWindow)...), frame(kindData, true, 0, 1)...),
		"first data beyond it":      frame(kindOpen, false, 0, testWindow+1),
		"data of 4 GiB":             frame(kindData, true, 0, 1<<32-1),
		"an end with a length":      frame(kindEnd, true, 0, 1),
		"two ends":                  bytes.Repeat(frame(kindEnd, true, 0, 0), 2),
		"data behind the end":       append(frame(kindEnd, true, 0, 0), frame(kindData, true, 0, 1)...),
		"a close with a length":     frame(kindClose, true, 0, 1),
		"two closes":                bytes.Repeat(frame(kindClose, true, 0, 0), 2),
		"credit behind the close":   append(frame(kindClose, true, 0, 0), frame(kindCredit, true, 0, 1)...),
		"data behind the close":     append(frame(kindClose, true, 0, 0), frame(kindData, true, 0, 1)...),
		"a stream again":            slices.Concat(opens, frame(kindClose, false, 0, 0), opens),
	}
}

// TestAG13WhatNoPeerSaysEndsTheSession: at both ends alike.
func TestAG13WhatNoPeerSaysEndsTheSession(t *testing.T) {
	for name, said := range hostile() {
		for end, begin := range map[string]func(io.ReadWriteCloser, Limits) *Session{"guest": Guest, "host": Host} {
			p := facing(t, begin)
			if end == "host" {
				said = append(hello().append(nil), said...)
			}
			go p.Write(said)
			within(t, name+": the session's end at the "+end, p.session.Done())
			if err := p.session.Err(); err != ErrPeer {
				t.Errorf("%s, at the %s: %v", name, end, err)
			}
		}
	}
}

// TestAG13HostHearsHelloFirst: of this version.
func TestAG13HostHearsHelloFirst(t *testing.T) {
	for name, said := range map[string][]byte{
		"a stream":        frame(kindOpen, false, 0, 1, 'x'),
		"another version": frame(kindHello, false, 0, version+1),
		"a number":        frame(kindHello, false, 1, version),
		"another's":       frame(kindHello, true, 0, version),
	} {
		p := facing(t, Host)
		go p.Write(said)
		within(t, name+": the session's end", p.session.Done())
		if err := p.session.Err(); err != ErrPeer {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAG13EndsOfTheChannelAreTold: an end between two frames is io.EOF to the session, and to no stream.
func TestAG13EndsOfTheChannelAreTold(t *testing.T) {
	for name, c := range map[string]struct {
		said []byte
		want error
	}{
		"between frames":        {frame(kindCredit, true, 0, 1), io.EOF},
		"in a header":           {frame(kindCredit, true, 0, 1)[:5], io.ErrUnexpectedEOF},
		"in data":               {frame(kindData, true, 0, 9, 'x'), io.ErrUnexpectedEOF},
		"in data nobody awaits": {frame(kindOpen, false, 0, 9, 'x'), io.ErrUnexpectedEOF},
	} {
		p := facing(t, Guest)
		stream := p.session.own[0]
		go func() {
			p.Write(c.said)
			p.Close()
		}()
		if _, err := stream.Read(make([]byte, 1)); err == nil || err == io.EOF {
			t.Errorf("%s: a stream reads %v", name, err)
		}
		if _, err := stream.Next(1); err == nil || err == io.EOF {
			t.Errorf("%s: a stream's next: %v", name, err)
		}
		if _, err := stream.Write([]byte{1}); err == nil || err == io.EOF {
			t.Errorf("%s: a stream writes, %v", name, err)
		}
		if _, err := p.session.Open(); err == nil || err == io.EOF {
			t.Errorf("%s: a stream opens, %v", name, err)
		}
		if err := p.session.Err(); err != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// deaf is a channel whose other end reads nothing: what is written waits for ever.
type deaf struct {
	net.Conn
	closed chan struct{}
}

func (d deaf) Write([]byte) (int, error) {
	<-d.closed
	return 0, io.ErrClosedPipe
}

func (d deaf) Close() error {
	close(d.closed)
	return d.Conn.Close()
}

// TestAG13DeafPeersHoldNobodyUp: who has written more than goes, and who closes, is woken.
func TestAG13DeafPeersHoldNobodyUp(t *testing.T) {
	for name, wake := range map[string]func(*Stream){
		"close":   func(s *Stream) { s.Close() },
		"session": func(s *Stream) { s.session.Close() },
	} {
		inside, outside := net.Pipe()
		session := Guest(deaf{inside, make(chan struct{})}, Limits{Own: 1, Window: testWindow})
		stream, err := session.Open()
		check(t, err)
		woken := make(chan error, 2)
		go func() {
			_, err := stream.Write(make([]byte, 10*testWindow))
			woken <- err
		}()
		go func() {
			_, err := stream.Read(make([]byte, 1))
			woken <- err
		}()
		wake(stream)
		for range cap(woken) {
			select {
			case err := <-woken:
				if err != ErrClosed {
					t.Errorf("%s: %v", name, err)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("%s: nobody is woken", name)
			}
		}
		session.Close()
		outside.Close()
	}
}

// TestAG13DeafPeersFillNothing: a peer that reads nothing, opens and closes streams, sends data and takes it for read, gets no further than its
// numbers and windows.
func TestAG13DeafPeersFillNothing(t *testing.T) {
	inside, outside := net.Pipe()
	session := Host(deaf{inside, make(chan struct{})}, Limits{Peers: 4, Window: testWindow})
	defer session.Close()
	go func() {
		for {
			stream, err := session.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(io.Discard, stream)
				stream.Close()
			}()
		}
	}()
	_, err := outside.Write(hello().append(nil))
	check(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range uint16(1000) {
		if _, err := outside.Write(append(frame(kindOpen, false, i%4, testWindow, make([]byte, testWindow)...), frame(kindClose, false, i%4, 0)...)); err != nil {
			break
		}
	}
	within(t, "the session's end", session.Done())
	runtime.ReadMemStats(&after)
	if err := session.Err(); err != ErrPeer {
		t.Errorf("it ends with %v", err)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("it has %d bytes more", grown)
	}
}

// writes remembers the sizes of what is written at once.
type writes struct {
	net.Conn
	sizes chan int
}

func (w writes) Write(p []byte) (int, error) {
	w.sizes <- len(p)
	return w.Conn.Write(p)
}

// TestFramesAreWrittenAtOnce: a port takes as long for eight bytes as for a page.
func TestFramesAreWrittenAtOnce(t *testing.T) {
	inside, outside := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, outside) }()
	w := writes{inside, make(chan int, 16)}
	session := Guest(w, Limits{Own: 1, Window: 1 << 20})
	defer session.Close()
	if got := <-w.sizes; got != headerSize {
		t.Errorf("hello of %d bytes", got)
	}
	stream, err := session.Open()
	check(t, err)
	for _, n := range []int{1, 5, 1000, maxFrame - headerSize} {
		_, err = stream.Write(make([]byte, n))
		check(t, err)
		if got := <-w.sizes; got != headerSize+n {
			t.Errorf("%d bytes in a write of %d", n, got)
		}
	}
	check(t, stream.Close())
	if got := <-w.sizes; got != headerSize {
		t.Errorf("close of %d bytes", got)
	}
}

func FuzzSession(f *testing.F) {
	for _, said := range hostile() {
		f.Add(said, true)
		f.Add(append(hello().append(nil), said...), false)
	}
	f.Fuzz(func(t *testing.T, said []byte, guest bool) {
		begin := Host
		if guest {
			begin = Guest
		}
		p := facing(t, begin)
		go repeat(p.session)
		go func() {
			_, _ = p.session.own[0].Next(100)
		}()
		_ = p.SetWriteDeadline(time.Now().Add(10 * time.Second))
		_, _ = p.Write(said)
		p.Close()
		within(t, "the session's end", p.session.Done())
	})
}

func FuzzHeader(f *testing.F) {
	f.Add(hello().append(nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) != headerSize {
			return
		}
		if h, ok := parse([headerSize]byte(raw)); ok && !bytes.Equal(h.append(nil), raw) {
			t.Errorf("%x is read as %v", raw, h)
		}
	})
}

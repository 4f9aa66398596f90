// SPDX-License-Identifier: Apache-2.0

// Package mux carries streams of bytes over the one channel between a guest and its host, neither of which trusts the other:
// what a peer can make an end keep is bounded by the streams and the window that both know beforehand, an end answers nothing by
// itself, and whatever no honest peer says ends the session. SPEC.md beside this file is normative.
package mux

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
)

var (
	// ErrClosed says that this end has closed the stream or the session.
	ErrClosed = errors.New("closed by this end")
	// ErrLeft says that the other end has closed the stream, or the session while the stream was open.
	ErrLeft = errors.New("closed by the other end")
	// ErrFull says that all streams of this end are open, or not yet closed by the other.
	ErrFull = errors.New("there are too many streams")
	// ErrPeer ends a session whose peer says what no peer may.
	ErrPeer = errors.New("the peer breaks the protocol")
)

// Limits are known to both ends, each of which may open streams of its own.
type Limits struct {
	Own, Peers int // streams at once, at most 65536 each
	Window     int // bytes on the way that were not read, of each stream and direction, at first
}

// Session is one end of a channel.
type Session struct {
	conn     io.ReadWriteCloser
	window   int
	accepted chan *Stream // as many as the peer can have
	done     chan struct{}
	loops    sync.WaitGroup

	mu         sync.Mutex
	work       sync.Cond // there is something to send, a number is free, or the session has ended
	own, peers []*Stream // by number; nil where there is none
	queue      []*Stream // that have something to send
	spare      []byte    // of a frame that was sent
	err        error     // why the session has ended
}

// Guest begins to speak over conn as the guest, and closes it when the session ends.
func Guest(conn io.ReadWriteCloser, l Limits) *Session { return begin(conn, l, true) }

// Host begins to speak over conn as the host, and closes it when the session ends.
func Host(conn io.ReadWriteCloser, l Limits) *Session { return begin(conn, l, false) }

func begin(conn io.ReadWriteCloser, l Limits, guest bool) *Session {
	s := &Session{
		conn: conn, window: l.Window, accepted: make(chan *Stream, l.Peers), done: make(chan struct{}),
		own: make([]*Stream, l.Own), peers: make([]*Stream, l.Peers),
	}
	s.work.L = &s.mu
	s.loops.Go(func() { s.end(s.send(guest)) })
	s.loops.Go(func() { s.end(s.receive(guest)) })
	return s
}

// Open makes a stream. The other end learns of it with the first bytes.
func (s *Session) Open() (*Stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open(len(s.own))
}

// Await is Open with one of the first so many numbers, and waits for it until ctx ends.
func (s *Session) Await(ctx context.Context, most int) (*Stream, error) {
	defer context.AfterFunc(ctx, s.wake)()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.err == nil && ctx.Err() == nil && !slices.Contains(s.own[:most], nil) {
		s.work.Wait()
	}
	return s.open(most)
}

// wake has all who wait look again.
func (s *Session) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work.Broadcast()
}

// open makes a stream with one of the first so many numbers. The caller holds mu.
func (s *Session) open(most int) (*Stream, error) {
	if s.err != nil {
		return nil, s.lost()
	}
	number := slices.Index(s.own[:most], nil)
	if number < 0 {
		return nil, ErrFull
	}
	return s.add(true, uint16(number)), nil
}

// Accept waits for a stream that the other end opens.
func (s *Session) Accept() (*Stream, error) {
	select {
	case stream := <-s.accepted:
		return stream, nil
	case <-s.done:
		return nil, s.Err()
	}
}

// Close ends the session, and waits until conn is not used any more. What was written may be lost.
func (s *Session) Close() error {
	s.end(ErrClosed)
	s.loops.Wait()
	return nil
}

// Done is closed when the session has ended.
func (s *Session) Done() <-chan struct{} { return s.done }

// Err says why the session has ended: io.EOF if the other end hung up between two frames. It is nil before.
func (s *Session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// lost is Err for a stream, to which io.EOF means that the other end has said all.
func (s *Session) lost() error {
	if s.err == io.EOF {
		return ErrLeft
	}
	return s.err
}

func (s *Session) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	s.err = err
	_ = s.conn.Close()
	close(s.done)
	s.work.Broadcast()
	for _, stream := range slices.Concat(s.own, s.peers) {
		if stream != nil {
			stream.changed.Broadcast()
		}
	}
}

// numbers are the streams that this end has opened, or the other. The caller holds mu.
func (s *Session) numbers(mine bool) []*Stream {
	if mine {
		return s.own
	}
	return s.peers
}

// add makes the stream of a number that has none. The caller holds mu.
func (s *Session) add(mine bool, number uint16) *Stream {
	stream := &Stream{session: s, mine: mine, number: number, window: s.window, room: s.window, credit: s.window}
	stream.changed.L = &s.mu
	s.numbers(mine)[number] = stream
	return stream
}

// send writes what streams have to say, each in its turn; a guest's hello comes first.
func (s *Session) send(guest bool) (err error) {
	var frames []byte
	if guest {
		frames = hello().append(nil)
	}
	for err == nil {
		if len(frames) > 0 {
			_, err = s.conn.Write(frames)
		}
		if err == nil {
			frames, err = s.next(frames)
		}
	}
	return err
}

// next waits for frames to send. Those that were sent before leave their memory.
func (s *Session) next(sent []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cap(sent) > cap(s.spare) {
		s.spare = sent[:0]
	}
	for len(s.queue) == 0 && s.err == nil {
		s.work.Wait()
	}
	if s.err != nil {
		return nil, s.err
	}
	stream := s.queue[0]
	s.queue = slices.Delete(s.queue, 0, 1)
	return stream.say(), nil
}

// receive does what frames say. A host hears hello first, a guest never.
func (s *Session) receive(greeted bool) error {
	in := bufio.NewReader(s.conn)
	for {
		var raw [headerSize]byte
		if _, err := io.ReadFull(in, raw[:]); err != nil {
			return err
		}
		h, ok := parse(raw)
		if !ok || !greeted && h != hello() {
			return ErrPeer
		}
		if greeted {
			if err := s.hear(h, in); err != nil {
				return err
			}
		}
		greeted = true
	}
}

// hear does what a frame says. Data is read while others use the stream: what was reserved for it is nobody else's.
func (s *Session) hear(h header, in *bufio.Reader) error {
	stream, place := s.note(h)
	switch {
	case stream == nil:
		return ErrPeer
	case h.kind != kindOpen && h.kind != kindData:
		return nil
	case place == nil:
		_, err := in.Discard(int(h.length))
		return err
	}
	if _, err := io.ReadFull(in, place); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stream.came()
	return nil
}

// note returns the stream of a frame, and where data goes that somebody will read. The stream is nil if no peer may say that.
func (s *Session) note(h header) (stream *Stream, place []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.numbers(h.yours)
	if int(h.stream) >= len(list) {
		return nil, nil
	}
	stream = list[h.stream]
	if h.kind == kindOpen && stream == nil && !h.yours {
		stream = s.add(false, h.stream)
		stream.opened = true
		s.accepted <- stream // there is room: whoever closed the one before has accepted it
	} else if h.kind == kindOpen || stream == nil || !stream.opened || stream.there == kindClose {
		return nil, nil
	}
	place, ok := stream.note(h)
	if !ok {
		return nil, nil
	}
	return stream, place
}

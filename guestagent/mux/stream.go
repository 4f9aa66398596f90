// SPDX-License-Identifier: Apache-2.0

package mux

import (
	"io"
	"sync"
)

// Stream is one of a session's streams. Its methods may be called at the same time. Close wakes all others, and waits for nobody: who
// has a stream closes it.
type Stream struct {
	session *Session
	mine    bool // this end has opened it
	number  uint16

	// All that follows is guarded by session.mu.
	changed sync.Cond

	in     buffer
	next   []byte // what Next waits for; it comes to its place without a stop in the buffer
	coming int    // bytes of the present frame, for which there is a place
	direct bool   // in next
	window int    // bytes on the way to this end that were not read
	room   int    // bytes that the other end may send

	out    []byte // a frame to be sent: room for its header, and data
	credit int    // bytes that may be sent
	queued bool   // for sending

	opened bool // the other end knows of the stream, or will from the frame before
	here   kind // kindEnd or kindClose when this end has said all
	there  kind // the same of the other end
	said   kind // here, as far as it was sent
}

// Read implements io.Reader.
func (s *Stream) Read(p []byte) (int, error) {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	for {
		switch {
		case s.here == kindClose:
			return 0, ErrClosed
		case s.in.len() > 0:
			n := s.in.take(p)
			s.grant()
			return n, nil
		case s.there != 0:
			return 0, io.EOF
		case s.session.err != nil:
			return 0, s.session.lost()
		}
		s.changed.Wait()
	}
}

// Next returns the next n bytes, for which it takes memory at once. An error is the end of the stream.
func (s *Stream) Next(n int) ([]byte, error) {
	all := make([]byte, n)
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	s.next = all
	for {
		if s.here == kindClose {
			return nil, ErrClosed
		}
		s.next = s.next[s.in.take(s.next):]
		s.grant()
		switch {
		case len(s.next) == 0:
			return all, nil
		case s.there != 0:
			return nil, io.ErrUnexpectedEOF
		case s.session.err != nil:
			return nil, s.session.lost()
		}
		s.changed.Wait()
	}
}

// Widen gives the other end a window of n bytes, if it has a smaller one: who waits for each half of a small one is slow.
func (s *Stream) Widen(n int) {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	s.window = max(s.window, n)
	s.grant()
}

// grant gives the other end more credit, if that is worth a frame.
func (s *Stream) grant() {
	if s.grants() > 0 {
		s.enqueue()
	}
}

// grants is how many more bytes the other end may send: what Next waits for, and a window. It is zero for less than half a window.
func (s *Stream) grants() int {
	more := len(s.next) + s.window - s.in.len() - s.coming - s.room
	if more < s.window/2 || s.there != 0 || s.here == kindClose {
		return 0
	}
	return more
}

// Write implements io.Writer. It returns when everything is on its way.
func (s *Stream) Write(p []byte) (written int, err error) {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	for {
		switch {
		case s.here != 0:
			return written, ErrClosed
		case s.there == kindClose:
			return written, ErrLeft
		case s.session.err != nil:
			return written, s.session.lost()
		case written == len(p):
			return written, nil
		case s.credit > 0 && len(s.out) < maxFrame:
			written += s.put(p[written:])
			continue
		}
		s.changed.Wait()
	}
}

// put adds to the frame that is sent next what there is room and credit for.
func (s *Stream) put(p []byte) int {
	if s.out == nil {
		s.out = append(s.session.spare[:0], make([]byte, headerSize)...)
		s.session.spare = nil
	}
	n := min(len(p), s.credit, maxFrame-len(s.out))
	s.out = append(s.out, p[:n]...)
	s.credit -= n
	s.enqueue()
	return n
}

// CloseWrite says that there is no more to send.
func (s *Stream) CloseWrite() error { return s.finish(kindEnd) }

// Close ends the stream. The other end reads what was written, and then io.EOF.
func (s *Stream) Close() error { return s.finish(kindClose) }

func (s *Stream) finish(how kind) error {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	if s.here >= how {
		return nil
	}
	s.here = how
	s.changed.Broadcast()
	if how == kindClose {
		s.in = buffer{}
		if !s.opened && !s.queued { // nobody else knows of it
			s.session.own[s.number] = nil
			s.session.work.Broadcast()
			return nil
		}
	}
	s.enqueue()
	return nil
}

// Left waits until the other end reads no more, which is true, or this end has no more to send.
func (s *Stream) Left() bool {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	for s.there != kindClose && s.here == 0 && s.session.err == nil {
		s.changed.Wait()
	}
	return s.there == kindClose || s.session.err != nil
}

func (s *Stream) enqueue() {
	if !s.queued {
		s.queued = true
		s.session.queue = append(s.session.queue, s)
		s.session.work.Broadcast()
	}
}

// say returns the frames that the stream has to send, and has nothing to send then.
func (s *Stream) say() []byte {
	frames := s.out
	s.out, s.queued = nil, false
	if frames == nil && !s.opened {
		frames = make([]byte, headerSize)
	}
	if frames != nil {
		kind := kindData
		if !s.opened {
			kind, s.opened = kindOpen, true
		}
		s.header(kind, len(frames)-headerSize).append(frames[:0])
	}
	if more := s.grants(); more > 0 {
		frames = s.header(kindCredit, more).append(frames)
		s.room += more
	}
	if s.said < s.here {
		frames, s.said = s.header(s.here, 0).append(frames), s.here
	}
	s.leave()
	s.changed.Broadcast()
	return frames
}

func (s *Stream) header(k kind, length int) header {
	return header{kind: k, yours: !s.mine, stream: s.number, length: uint32(length)}
}

// leave gives the number back when both ends have closed the stream.
func (s *Stream) leave() {
	if s.said == kindClose && s.there == kindClose {
		s.session.numbers(s.mine)[s.number] = nil
		s.session.work.Broadcast()
	}
}

// note takes the header of a frame of the other end, and returns the place for its data; nil if nobody reads it. It is false if no
// peer may say that.
func (s *Stream) note(h header) (place []byte, ok bool) {
	length := int(h.length)
	switch {
	case (h.kind == kindOpen || h.kind == kindData && length > 0) && s.there == 0 && length <= min(s.room, MaxData):
		s.room -= length
		if s.here != kindClose {
			place = s.place(length)
		}
	case h.kind == kindCredit && length > 0 && length <= maxCredit-s.credit:
		s.credit += length
		s.changed.Broadcast()
	case h.kind == kindEnd && length == 0 && s.there == 0:
		s.there = kindEnd
		s.changed.Broadcast()
	case h.kind == kindClose && length == 0:
		s.there = kindClose
		s.leave()
		s.changed.Broadcast()
	default:
		return nil, false
	}
	return place, true
}

// place is where the data of a frame goes.
func (s *Stream) place(length int) []byte {
	s.coming, s.direct = length, s.in.len() == 0 && length <= len(s.next)
	if s.direct {
		return s.next[:length]
	}
	return s.in.reserve(length)
}

// came counts the data of a frame in its place.
func (s *Stream) came() {
	if s.here == kindClose {
		return
	}
	if s.direct {
		s.next = s.next[s.coming:]
	} else {
		s.in.commit(s.coming)
	}
	s.coming = 0
	if len(s.next) == 0 || !s.direct {
		s.changed.Broadcast()
	}
}

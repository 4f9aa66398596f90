// SPDX-License-Identifier: Apache-2.0

package layer

import (
	"fmt"
	"io"
)

// Scratch is where tails of files wait until it is known where in the image they go.
type Scratch interface {
	io.ReaderAt
	io.WriterAt
}

// spoolBytes is how much a spool keeps in memory.
const spoolBytes = 1 << 20

// spool is a file that is appended to, with its last part in memory.
type spool struct {
	file    Scratch
	flushed int64
	buffer  []byte
}

// space returns room for n bytes, at most half of the buffer, and its offset in the spool.
func (s *spool) space(n int) (room []byte, offset int64, err error) {
	if s.buffer == nil {
		s.buffer = make([]byte, 0, spoolBytes)
	}
	if len(s.buffer)+n > spoolBytes {
		if s.file == nil {
			return nil, 0, fmt.Errorf("keep tails: no scratch file")
		}
		if _, err := s.file.WriteAt(s.buffer, s.flushed); err != nil {
			return nil, 0, fmt.Errorf("keep tails: %w", err)
		}
		s.flushed += int64(len(s.buffer))
		s.buffer = s.buffer[:0]
	}
	used := len(s.buffer)
	s.buffer = s.buffer[:used+n]
	return s.buffer[used:], s.flushed + int64(used), nil
}

// ReadAt implements io.ReaderAt for what space returned.
func (s *spool) ReadAt(p []byte, offset int64) (int, error) {
	if offset >= s.flushed {
		return copy(p, s.buffer[min(offset-s.flushed, int64(len(s.buffer))):]), nil
	}
	return s.file.ReadAt(p, offset)
}

// SPDX-License-Identifier: Apache-2.0

// Package livelog is what the owner of a task sees of its workload's output while that runs: segments of one size at one
// pace, sealed to the owner, whatever the workload says or does not (AG-08, AG-09). Section "Segments" of
// guestagent/task/SPEC.md is normative.
package livelog

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/keyholder/envelope"
)

const (
	// Pace is the time from one segment to the next.
	Pace = 2 * time.Second
	// SealedSize is the size of every segment as the host has it, in bytes.
	SealedSize = size + sealing

	size    = 4096
	sealing = 1120 + 16 // of envelope.Wrap
	lengths = 2 * (8 + 4)
	room    = size - lengths

	info = "escrin log segment v1"
)

// Piece is a part of a stream.
type Piece struct {
	Offset uint64 // of its first byte in all that was written to the stream
	Data   []byte
}

// End is the offset of what follows.
func (p Piece) End() uint64 { return p.Offset + uint64(len(p.Data)) }

// Segment is what is new in both streams. What there was no room for is missing between two segments' pieces.
type Segment struct{ Stdout, Stderr Piece }

// context binds a segment to its place: the task, the attempt, and its number, from 0.
func context(taskID [32]byte, attempt uint32, number uint64) []byte {
	hash := sha256.New()
	hash.Write([]byte(info))
	hash.Write(taskID[:])
	hash.Write(binary.BigEndian.AppendUint32(nil, attempt))
	hash.Write(binary.BigEndian.AppendUint64(nil, number))
	return hash.Sum(nil)
}

// Seal encrypts a segment to the task's result key.
func Seal(s Segment, resultKey []byte, taskID [32]byte, attempt uint32, number uint64) ([]byte, error) {
	plain := make([]byte, 0, size)
	for _, p := range []Piece{s.Stdout, s.Stderr} {
		plain = binary.BigEndian.AppendUint64(plain, p.Offset)
		plain = binary.BigEndian.AppendUint32(plain, uint32(len(p.Data)))
	}
	plain = append(append(plain, s.Stdout.Data...), s.Stderr.Data...)
	if len(plain) > size {
		return nil, errors.New("more than a segment holds")
	}
	return envelope.Wrap(resultKey, info, context(taskID, attempt, number), plain[:size])
}

// ErrKey says that a segment is not sealed to the key that was given, for this place, or was changed.
var ErrKey = errors.New("the segment does not open with this key")

// Open decrypts a segment with the private result key.
func Open(sealed, privateKey []byte, taskID [32]byte, attempt uint32, number uint64) (Segment, error) {
	plain, err := envelope.Unwrap(privateKey, info, context(taskID, attempt, number), sealed)
	if err != nil {
		return Segment{}, ErrKey
	}
	if len(plain) != size {
		return Segment{}, fmt.Errorf("segment of %d bytes, want %d", len(plain), size)
	}
	var s Segment
	rest := plain[lengths:]
	for i, p := range []*Piece{&s.Stdout, &s.Stderr} {
		header := plain[12*i:]
		p.Offset = binary.BigEndian.Uint64(header)
		n := uint64(binary.BigEndian.Uint32(header[8:]))
		if n > uint64(len(rest)) || p.Offset+n < n {
			return Segment{}, errors.New("segment with more than it holds")
		}
		p.Data, rest = rest[:n], rest[n:]
	}
	return s, nil
}

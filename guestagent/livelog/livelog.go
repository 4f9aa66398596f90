// SPDX-License-Identifier: Apache-2.0

// Package livelog is what the owner of a task sees of its workload's output while that runs: segments of one size at one
// pace, sealed to the owner and signed by the attempt's requester, whatever the workload says or does not (AG-08, AG-09). Section "Segments" of
// guestagent/task/SPEC.md is normative.
package livelog

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ethsig"
)

const (
	// Pace is the time from one segment to the next.
	Pace = 2 * time.Second
	// SealedSize is the size of every segment as the host has it, in bytes.
	SealedSize = sealedSize + ethsig.Size

	size    = 4096
	lengths = 2 * (8 + 4)
	room    = size - lengths

	sealedSize = size + 1120 + 16 // of envelope.Wrap

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

// Place is where a segment belongs.
type Place struct {
	Domain  task.Domain
	TaskID  [32]byte
	Attempt uint32
	Number  uint64 // from 0
}

// context is what the encryption is bound to.
func (p Place) context() []byte {
	place := binary.BigEndian.AppendUint32(append([]byte(info), p.TaskID[:]...), p.Attempt)
	hash := sha256.Sum256(binary.BigEndian.AppendUint64(place, p.Number))
	return hash[:]
}

// digest is what the attempt's requester signs.
func (p Place) digest(sealed []byte) [32]byte {
	return task.LogSegment{TaskID: p.TaskID, Attempt: p.Attempt, Number: p.Number, Sealed: sealed}.SigningDigest(p.Domain)
}

// Seal encrypts a segment to the task's result key, and has it signed by the attempt's requester. A place MUST NOT be given two.
func Seal(s Segment, resultKey []byte, at Place, sign func(digest [32]byte) [ethsig.Size]byte) ([]byte, error) {
	plain := make([]byte, 0, size)
	for _, p := range []Piece{s.Stdout, s.Stderr} {
		plain = binary.BigEndian.AppendUint64(plain, p.Offset)
		plain = binary.BigEndian.AppendUint32(plain, uint32(len(p.Data)))
	}
	plain = append(append(plain, s.Stdout.Data...), s.Stderr.Data...)
	if len(plain) > size {
		return nil, errors.New("more than a segment holds")
	}
	sealed, err := envelope.Wrap(resultKey, info, at.context(), plain[:size])
	if err != nil {
		return nil, err
	}
	signature := sign(at.digest(sealed))
	return append(sealed, signature[:]...), nil
}

// Errors of segments that are not to be believed, or cannot be read.
var (
	ErrSigner = errors.New("the segment is not signed, for this place, by the enclave that claimed the attempt")
	ErrKey    = errors.New("the segment does not open with this key")
)

// Open decrypts a segment with the private result key, if it is of the requester of this attempt: the account that claimed it on
// chain. Anybody can encrypt to the result key, the host first of all.
func Open(signed, privateKey []byte, at Place, requester [20]byte) (Segment, error) {
	if len(signed) != SealedSize {
		return Segment{}, ErrSigner
	}
	sealed := signed[:sealedSize]
	signer, err := ethsig.Recover(at.digest(sealed), [ethsig.Size]byte(signed[sealedSize:]))
	if err != nil || signer != requester {
		return Segment{}, ErrSigner
	}
	plain, err := envelope.Unwrap(privateKey, info, at.context(), sealed)
	if err != nil {
		return Segment{}, ErrKey
	}
	return parse(plain)
}

// parse reads what Seal encrypted.
func parse(plain []byte) (Segment, error) {
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

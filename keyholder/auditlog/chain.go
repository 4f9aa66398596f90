// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Head says how many records there are, and which.
type Head struct {
	Length uint64
	Hash   [sha256.Size]byte // of all of them; zero for none
}

// String returns the head as length:hash.
func (h Head) String() string { return fmt.Sprintf("%d:0x%x", h.Length, h.Hash) }

// chainTag separates the hashes of the log from all others.
const chainTag = "escrin.audit.v1\x00"

// after returns the head when a record was added:
// SHA-256(tag ‖ hash before ‖ u64(number of the record, from 0) ‖ record).
func (h Head) after(record []byte) Head {
	sum := sha256.New()
	sum.Write([]byte(chainTag))
	sum.Write(h.Hash[:])
	sum.Write(binary.BigEndian.AppendUint64(nil, h.Length))
	sum.Write(record)
	return Head{h.Length + 1, [sha256.Size]byte(sum.Sum(nil))}
}

// anchorSize is the number of bytes of a head on chain.
const anchorSize = len(chainTag) + 8 + sha256.Size

// Anchor returns the head as it is put on chain: tag ‖ u64(length) ‖ hash, 56 bytes.
func (h Head) Anchor() []byte {
	b := binary.BigEndian.AppendUint64([]byte(chainTag), h.Length)
	return append(b, h.Hash[:]...)
}

// ParseAnchor reads what Anchor returns.
func ParseAnchor(b []byte) (Head, error) {
	if len(b) != anchorSize || string(b[:len(chainTag)]) != chainTag {
		return Head{}, errors.New("not a head of an audit log")
	}
	b = b[len(chainTag):]
	return Head{binary.BigEndian.Uint64(b), [sha256.Size]byte(b[8:])}, nil
}

// A line is the hash after it in 64 hexadecimal digits, a space, JSON, and a line feed.
const (
	hashDigits = 2 * sha256.Size
	maxLine    = hashDigits + 1 + MaxRecord + 1
)

// errMalformed is for what nobody wrote as a line. errChanged is for a line that
// is none of this chain.
var (
	errMalformed = errors.New("is not a record")
	errChanged   = errors.New("does not follow from those before it: the log was changed")
)

func appendLine(dst []byte, hash [sha256.Size]byte, text []byte) []byte {
	dst = hex.AppendEncode(dst, hash[:])
	dst = append(dst, ' ')
	dst = append(dst, text...)
	return append(dst, '\n')
}

// splitLine takes a line, with its end, apart.
func splitLine(line []byte) (hash [sha256.Size]byte, text []byte, err error) {
	line, ended := bytes.CutSuffix(line, []byte{'\n'})
	if !ended || len(line) < hashDigits+1 || line[hashDigits] != ' ' || bytes.IndexByte(line, 0) >= 0 {
		return hash, nil, errMalformed
	}
	if _, err := hex.Decode(hash[:], line[:hashDigits]); err != nil {
		return hash, nil, errMalformed
	}
	if !bytes.Equal(hex.AppendEncode(nil, hash[:]), line[:hashDigits]) {
		return hash, nil, errMalformed
	}
	return hash, line[hashDigits+1:], nil
}

// read returns the text of a line that follows h, and the head after it.
func (h Head) read(line []byte) (text []byte, next Head, err error) {
	hash, text, err := splitLine(line)
	if err != nil {
		return nil, h, err
	}
	if next = h.after(text); next.Hash != hash {
		return nil, h, errChanged
	}
	return text, next, nil
}

// SPDX-License-Identifier: Apache-2.0

// Package envelope seals byte streams, either to a key name of the threshold
// network or to one recipient's public key. The format is in SPEC.md, section 4:
// a fixed-size header that carries the file key, then 64 KiB chunks under it,
// padded so that the size says little about the content.
package envelope

import (
	"bytes"
	"crypto/hmac"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

// Errors that callers tell apart.
var (
	// ErrFormat reports bytes that are not an envelope of the asked kind.
	ErrFormat = errors.New("not a sealed envelope of the expected kind")
	// ErrOtherName reports an envelope that is sealed to another key name.
	ErrOtherName = errors.New("envelope is sealed to another key name")
	// ErrOpen reports a wrong key or changed bytes.
	ErrOpen = errors.New("envelope does not open: wrong key or changed bytes")
)

const (
	magic         = "escrin envelope v1\n"
	kindName      = 1
	kindRecipient = 2
	kindKey       = 3
	saltSize      = 32
	macSize       = 32
	fileKeySize   = 32
)

// header is everything before the chunks: magic, kind, context digest, wrapped
// file key, salt, MAC. All lengths are fixed by the kind.
type header struct {
	kind    byte
	context [32]byte // key name digest, or hash of the caller's associated data
	wrapped []byte   // file key, encrypted
	salt    [saltSize]byte
}

func wrappedSize(kind byte) int {
	switch kind {
	case kindName:
		return ibe.Size
	case kindKey:
		return 0
	}
	return encapsulationSize + fileKeySize + tagSize
}

func (h header) marshal() []byte {
	b := append([]byte(magic), h.kind)
	b = append(b, h.context[:]...)
	b = append(b, h.wrapped...)
	return append(b, h.salt[:]...)
}

// SealToName encrypts plaintext to name under the network's group key and writes
// the envelope to dst. rand supplies 96 bytes. Memory use does not grow with the
// plaintext.
func SealToName(dst io.Writer, rand io.Reader, group curve.G2, name keyname.Name, plaintext io.Reader) error {
	if err := name.Validate(); err != nil {
		return fmt.Errorf("seal to key name: %w", err)
	}
	fileKey, salt, err := draw(rand)
	if err != nil {
		return fmt.Errorf("seal to key name: %w", err)
	}
	wrapped, err := ibe.Encrypt(rand, group, name, fileKey)
	if err != nil {
		return fmt.Errorf("seal to key name: %w", err)
	}
	h := header{kind: kindName, context: name.Digest(), wrapped: wrapped, salt: salt}
	return seal(dst, h, fileKey, plaintext)
}

// OpenWithKey opens an envelope with d, the derived key of name. The reader
// returns bytes only after their chunk is authenticated, and io.EOF only after
// the last chunk and the padding were found whole.
func OpenWithKey(src io.Reader, d curve.G1, name keyname.Name) (io.Reader, error) {
	h, mac, err := readHeader(src, kindName)
	if err != nil {
		return nil, err
	}
	if h.context != name.Digest() {
		return nil, ErrOtherName
	}
	fileKey, err := ibe.Decrypt(d, name, h.wrapped)
	if err != nil {
		return nil, ErrOpen
	}
	return open(src, h, mac, fileKey)
}

// NameDigest reads the header of src and returns the digest of the key name that
// the envelope is sealed to, unauthenticated: for messages to users.
func NameDigest(src io.Reader) ([32]byte, error) {
	h, _, err := readHeader(src, kindName)
	return h.context, err
}

func draw(rand io.Reader) (fileKey [fileKeySize]byte, salt [saltSize]byte, err error) {
	if _, err = io.ReadFull(rand, fileKey[:]); err == nil {
		_, err = io.ReadFull(rand, salt[:])
	}
	if err != nil {
		err = fmt.Errorf("draw randomness: %w", err)
	}
	return fileKey, salt, err
}

func readHeader(src io.Reader, kind byte) (header, [macSize]byte, error) {
	var mac [macSize]byte
	size := len(magic) + 1 + 32 + wrappedSize(kind) + saltSize
	b := make([]byte, size+macSize)
	if _, err := io.ReadFull(src, b); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return header{}, mac, ErrFormat
		}
		return header{}, mac, fmt.Errorf("read envelope: %w", err)
	}
	if !bytes.HasPrefix(b, []byte(magic)) || b[len(magic)] != kind {
		return header{}, mac, ErrFormat
	}
	copy(mac[:], b[size:])
	h := header{kind: kind}
	rest := b[len(magic)+1 : size]
	copy(h.context[:], rest)
	h.wrapped = rest[32 : 32+wrappedSize(kind)]
	copy(h.salt[:], rest[32+wrappedSize(kind):])
	return h, mac, nil
}

func seal(dst io.Writer, h header, fileKey [32]byte, plaintext io.Reader) error {
	keys, err := deriveKeys(fileKey, h)
	if err != nil {
		return fmt.Errorf("seal envelope: %w", err)
	}
	mac := keys.headerMAC(h)
	if _, err := dst.Write(append(h.marshal(), mac[:]...)); err != nil {
		return fmt.Errorf("seal envelope: %w", err)
	}
	if err := writeChunks(dst, keys, plaintext); err != nil {
		return fmt.Errorf("seal envelope: %w", err)
	}
	return nil
}

func open(src io.Reader, h header, mac [macSize]byte, fileKey [32]byte) (io.Reader, error) {
	keys, err := deriveKeys(fileKey, h)
	if err != nil {
		return nil, fmt.Errorf("open envelope: %w", err)
	}
	expected := keys.headerMAC(h)
	if !hmac.Equal(mac[:], expected[:]) {
		return nil, ErrOpen
	}
	return newChunkReader(src, keys)
}

// SPDX-License-Identifier: Apache-2.0

package keystore

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/crypto/chacha20poly1305"
)

// First bytes of files. A backup is not a keystore, so that nobody uses one as
// such by copying it.
const (
	storeMagic  = "escrin keystore v1\n"
	backupMagic = "escrin backup v1\n"
)

// recordsInfo derives the key of the records from the data key.
const recordsInfo = "escrin keystore v1 records"

const (
	maxWrapped = 4 << 10
	maxFile    = 4 << 20
)

var (
	errFormat  = errors.New("not a file of this kind, or damaged")
	errAltered = errors.New("the file was altered or is damaged")
)

// sealed is a file's content:
//
//	magic ‖ kind (1) ‖ u16 length ‖ wrapped data key ‖ u64 generation ‖ nonce (24) ‖ XChaCha20-Poly1305 of the records
//
// The associated data is everything before the nonce.
type sealed struct {
	head       []byte // from magic to wrapped
	kind       Kind
	wrapped    []byte
	generation uint64
	nonce      []byte
	box        []byte
}

func parseSealed(magic string, content []byte) (sealed, error) {
	rest, ok := bytes.CutPrefix(content, []byte(magic))
	if !ok || len(content) > maxFile || len(rest) < 3 {
		return sealed{}, errFormat
	}
	s := sealed{kind: Kind(rest[0])}
	size := int(binary.BigEndian.Uint16(rest[1:]))
	rest = rest[3:]
	if size > maxWrapped || len(rest) < size+8+chacha20poly1305.NonceSizeX+chacha20poly1305.Overhead {
		return sealed{}, errFormat
	}
	s.head = content[:len(magic)+3+size]
	s.wrapped, rest = rest[:size], rest[size:]
	s.generation, rest = binary.BigEndian.Uint64(rest), rest[8:]
	s.nonce, s.box = rest[:chacha20poly1305.NonceSizeX], rest[chacha20poly1305.NonceSizeX:]
	return s, nil
}

// wrap has the source encrypt the data key, and returns the head of a file.
func wrap(ctx context.Context, magic string, source Source, key *[32]byte) ([]byte, error) {
	wrapped, err := source.wrap(ctx, key)
	if err != nil {
		return nil, err
	}
	if len(wrapped) > maxWrapped {
		return nil, fmt.Errorf("wrapped key is larger than %d bytes", maxWrapped)
	}
	head := append([]byte(magic), byte(source.Kind()))
	head = binary.BigEndian.AppendUint16(head, uint16(len(wrapped)))
	return append(head, wrapped...), nil
}

// unwrap has the source decrypt the data key.
func (s sealed) unwrap(ctx context.Context, source Source, key *[32]byte) error {
	if s.kind != source.Kind() {
		return fmt.Errorf("it opens with a %s, not a %s", s.kind, source.Kind())
	}
	return source.unwrap(ctx, s.wrapped, key)
}

// open decrypts the records.
func (s sealed) open(key *[32]byte) (map[string][]byte, error) {
	aead, err := cipherOf(key)
	if err != nil {
		return nil, err
	}
	content, err := aead.Open(nil, s.nonce, s.box, associated(s.head, s.generation))
	if err != nil {
		return nil, errAltered
	}
	defer clear(content)
	return decodeRecords(content)
}

// seal returns the content of a file.
func seal(head []byte, generation uint64, key *[32]byte, records map[string][]byte) ([]byte, error) {
	aead, err := cipherOf(key)
	if err != nil {
		return nil, err
	}
	content := encodeRecords(records)
	defer clear(content)
	out := associated(head, generation)
	ad := out[:len(out):len(out)]
	nonce := make([]byte, chacha20poly1305.NonceSizeX)
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	out = append(out, nonce...)
	out = aead.Seal(out, nonce, content, ad)
	if len(out) > maxFile {
		return nil, fmt.Errorf("all records together are larger than %d bytes", maxFile)
	}
	return out, nil
}

func associated(head []byte, generation uint64) []byte {
	return binary.BigEndian.AppendUint64(bytes.Clone(head), generation)
}

func cipherOf(key *[32]byte) (aead, error) {
	derived, err := hkdf.Key(sha256.New, key[:], nil, recordsInfo, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	defer clear(derived)
	return chacha20poly1305.NewX(derived)
}

// encodeRecords returns u16 number ‖ for each, by name: u8 length ‖ name ‖ u32
// length ‖ secret.
func encodeRecords(records map[string][]byte) []byte {
	size := 2
	for name, secret := range records {
		size += 1 + len(name) + 4 + len(secret)
	}
	out := make([]byte, 0, size) // at once, so that growing leaves no copies
	out = binary.BigEndian.AppendUint16(out, uint16(len(records)))
	for _, name := range slices.Sorted(maps.Keys(records)) {
		out = append(append(out, byte(len(name))), name...)
		out = binary.BigEndian.AppendUint32(out, uint32(len(records[name])))
		out = append(out, records[name]...)
	}
	return out
}

// decodeRecords accepts exactly what encodeRecords makes.
func decodeRecords(content []byte) (map[string][]byte, error) {
	if len(content) < 2 {
		return nil, errFormat
	}
	count, rest := int(binary.BigEndian.Uint16(content)), content[2:]
	if count > MaxRecords {
		return nil, errFormat
	}
	records := make(map[string][]byte, count)
	last := ""
	for range count {
		var name, secret []byte
		var ok bool
		if name, rest, ok = cut(rest, 1); !ok || !validName(string(name)) || string(name) <= last {
			return nil, errFormat
		}
		if secret, rest, ok = cut(rest, 4); !ok || len(secret) > MaxRecordSize {
			return nil, errFormat
		}
		last = string(name)
		records[last] = append([]byte{}, secret...)
	}
	if len(rest) != 0 {
		return nil, errFormat
	}
	return records, nil
}

// cut splits off a field that follows its length in the given number of bytes.
func cut(b []byte, sizeOfLength int) (field, rest []byte, ok bool) {
	if len(b) < sizeOfLength {
		return nil, nil, false
	}
	size := uint64(0)
	for _, c := range b[:sizeOfLength] {
		size = size<<8 | uint64(c)
	}
	b = b[sizeOfLength:]
	if uint64(len(b)) < size {
		return nil, nil, false
	}
	return b[:size], b[size:], true
}

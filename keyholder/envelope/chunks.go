// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// A chunk's plaintext is a four-byte count of data bytes, the data, and zeros.
const (
	chunkSize   = 64 << 10 // plaintext bytes of every chunk but the last
	countSize   = 4
	chunkData   = chunkSize - countSize
	minimumData = 256 // smaller contents are padded to this
)

// chunkKeys are derived from the file key and the salt.
type chunkKeys struct {
	mac  []byte
	aead cipher.AEAD
}

func deriveKeys(fileKey [fileKeySize]byte, h header) (chunkKeys, error) {
	mac, err := hkdf.Key(sha256.New, fileKey[:], h.salt[:], "escrin envelope v1 header", macSize)
	if err != nil {
		return chunkKeys{}, err
	}
	payload, err := hkdf.Key(sha256.New, fileKey[:], h.salt[:], "escrin envelope v1 chunks", chacha20poly1305.KeySize)
	if err != nil {
		return chunkKeys{}, err
	}
	aead, err := chacha20poly1305.New(payload)
	return chunkKeys{mac: mac, aead: aead}, err
}

func (k chunkKeys) headerMAC(h header) (out [macSize]byte) {
	m := hmac.New(sha256.New, k.mac)
	m.Write(h.marshal())
	m.Sum(out[:0])
	return out
}

// nonce is an eleven-byte counter and a flag that only the last chunk sets.
func nonce(counter uint64, last bool) []byte {
	n := make([]byte, chacha20poly1305.NonceSize)
	binary.BigEndian.PutUint64(n[3:11], counter)
	if last {
		n[11] = 1
	}
	return n
}

// writeChunks seals plaintext. It holds one chunk back until it knows whether
// another one follows.
func writeChunks(dst io.Writer, k chunkKeys, plaintext io.Reader) error {
	w := chunkWriter{dst: dst, keys: k}
	held, err := readData(plaintext)
	if err != nil {
		return err
	}
	total := uint64(len(held))
	for len(held) == chunkData {
		next, err := readData(plaintext)
		if err != nil {
			return err
		}
		if len(next) == 0 {
			break
		}
		if err := w.write(held, chunkData, false); err != nil {
			return err
		}
		held, total = next, total+uint64(len(next))
	}
	return w.finish(held, padded(total))
}

// readData reads up to one chunk of data; fewer bytes mean the end. Only a bare io.EOF is the end: a source that wraps it,
// or that reports an unexpected one, has failed, and what it gave so far must not be sealed as if it were all.
func readData(src io.Reader) ([]byte, error) {
	b := make([]byte, chunkData)
	for n := 0; ; {
		m, err := src.Read(b[n:])
		n += m
		switch {
		case err == io.EOF || err == nil && n == len(b):
			return b[:n], nil
		case err != nil:
			return nil, err
		}
	}
}

type chunkWriter struct {
	dst     io.Writer
	keys    chunkKeys
	counter uint64
}

// finish writes the last data and then padding, so that all chunks together
// carry size bytes.
func (w *chunkWriter) finish(data []byte, size uint64) error {
	size -= w.counter * chunkData
	for size > chunkData {
		if err := w.write(data, chunkData, false); err != nil {
			return err
		}
		data, size = nil, size-chunkData
	}
	return w.write(data, int(size), true)
}

// write seals one chunk of data, zero-padded to size bytes.
func (w *chunkWriter) write(data []byte, size int, last bool) error {
	plain := make([]byte, countSize+size, countSize+size+tagSize)
	binary.BigEndian.PutUint32(plain, uint32(len(data)))
	copy(plain[countSize:], data)
	sealed := w.keys.aead.Seal(plain[:0], nonce(w.counter, last), plain, nil)
	w.counter++
	_, err := w.dst.Write(sealed)
	return err
}

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
func nonce(counter uint64, last bool) (n [chacha20poly1305.NonceSize]byte) {
	binary.BigEndian.PutUint64(n[3:11], counter)
	if last {
		n[11] = 1
	}
	return n
}

// writeChunks seals plaintext. It holds one chunk back until it knows whether
// another one follows.
func writeChunks(dst io.Writer, k chunkKeys, plaintext io.Reader) error {
	w := chunkWriter{dst: dst, keys: k, spare: newChunk()}
	held := newChunk()
	n, err := held.fill(plaintext)
	if err != nil {
		return err
	}
	total := uint64(n)
	for n == chunkData {
		if n, err = w.spare.fill(plaintext); err != nil {
			return err
		}
		if n == 0 {
			n = chunkData
			break
		}
		if err := w.write(held, chunkData, chunkData, false); err != nil {
			return err
		}
		held, w.spare, total = w.spare, held, total+uint64(n)
	}
	return w.finish(held, n, padded(total))
}

// chunk has room for a count, the data and a tag, to be sealed in place.
type chunk []byte

func newChunk() chunk { return make(chunk, chunkSize+tagSize) }

// fill reads up to one chunk of data; fewer bytes mean the end. Only a bare io.EOF is the end: a source that wraps it,
// or that reports an unexpected one, has failed, and what it gave so far must not be sealed as if it were all.
func (c chunk) fill(src io.Reader) (int, error) {
	b := c[countSize:chunkSize]
	for n := 0; ; {
		m, err := src.Read(b[n:])
		n += m
		switch {
		case err == io.EOF || err == nil && n == len(b):
			return n, nil
		case err != nil:
			return 0, err
		}
	}
}

type chunkWriter struct {
	dst     io.Writer
	keys    chunkKeys
	counter uint64
	spare   chunk
}

// finish writes the last data, the first n bytes of c, and then padding, so that
// all chunks together carry size bytes.
func (w *chunkWriter) finish(c chunk, n int, size uint64) error {
	size -= w.counter * chunkData
	for size > chunkData {
		if err := w.write(c, n, chunkData, false); err != nil {
			return err
		}
		n, size = 0, size-chunkData
	}
	return w.write(c, n, int(size), true)
}

// write seals n bytes of data, zero-padded to size, in the place of c.
func (w *chunkWriter) write(c chunk, n, size int, last bool) error {
	binary.BigEndian.PutUint32(c, uint32(n))
	plain := c[:countSize+size]
	clear(plain[countSize+n:])
	nonce := nonce(w.counter, last)
	w.counter++
	_, err := w.dst.Write(w.keys.aead.Seal(plain[:0], nonce[:], plain, nil))
	return err
}

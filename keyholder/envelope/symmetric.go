// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"crypto/sha256"
	"fmt"
	"io"
)

// SealWithKey encrypts plaintext under a key that whoever opens it has too, bound to
// aad, and writes the envelope to dst. rand supplies 64 bytes. A key may seal any
// number of envelopes.
func SealWithKey(dst io.Writer, rand io.Reader, key [32]byte, aad []byte, plaintext io.Reader) error {
	_, salt, err := draw(rand)
	if err != nil {
		return fmt.Errorf("seal with key: %w", err)
	}
	return seal(dst, header{kind: kindKey, context: sha256.Sum256(aad), salt: salt}, key, plaintext)
}

// OpenSealedWithKey opens an envelope of SealWithKey with the same key and aad. The
// reader behaves as that of OpenWithKey.
func OpenSealedWithKey(src io.Reader, key [32]byte, aad []byte) (io.Reader, error) {
	h, mac, err := readHeader(src, kindKey)
	if err != nil {
		return nil, err
	}
	if h.context != sha256.Sum256(aad) {
		return nil, ErrOpen
	}
	return open(src, h, mac, key)
}

// SealedWithKeySize returns the size in bytes of an envelope of SealWithKey whose
// content has n bytes.
func SealedWithKeySize(n uint64) uint64 { return sealedSize(kindKey, n) }

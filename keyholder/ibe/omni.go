// SPDX-License-Identifier: Apache-2.0

package ibe

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
)

// OmniKeySize is the number of bytes of an omni key.
const OmniKeySize = sha256.Size

var errOmni = errors.New("omni key: not the name of one, or no derived key")

// OmniKey returns the key of an identity as programs have it, from the derived key
// d of its name: the input keying material of HKDF (RFC 5869) with any hash, salt
// and info, which is all that Escrin v1 lets a worker do with it. (SPEC.md,
// section 1.)
func OmniKey(d curve.G1, name keyname.Name) ([OmniKeySize]byte, error) {
	if name.Kind != keyname.Omni || name.Validate() != nil || !d.Equal(d) {
		return [OmniKeySize]byte{}, errOmni
	}
	secret, salt := d.Bytes(), name.Digest()
	key, err := hkdf.Extract(sha256.New, secret[:], salt[:])
	if err != nil {
		return [OmniKeySize]byte{}, fmt.Errorf("omni key: %w", err)
	}
	return [OmniKeySize]byte(key), nil
}

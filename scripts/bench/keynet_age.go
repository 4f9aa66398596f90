// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/rand"
	"io"

	"filippo.io/age"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
)

const agePlaintext = 1 << 30

// keynetAge: 1 GiB to an identity, and with age to a recipient, each from its keys as they are given; CPU time, which is
// nearly all of it, and does not depend on what else this machine does.
func keynetAge() error {
	secret, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		return err
	}
	group := secret.Public().Bytes()
	name := keyname.ForTask(1, [20]byte{1}, [32]byte{1}, [32]byte{1}, [32]byte{1})
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	recipient := identity.Recipient().String()
	cpu, err := compareCPU(func() error {
		key, err := curve.G2FromBytes(group[:])
		if err != nil {
			return err
		}
		return envelope.SealToName(io.Discard, rand.Reader, key, name, zeros())
	}, func() error { return ageEncrypt(recipient) })
	if err == nil {
		speed("keynet.encrypt_vs_age", cpu[0], cpu[1], "age")
	}
	return err
}

func ageEncrypt(to string) error {
	recipient, err := age.ParseX25519Recipient(to)
	if err != nil {
		return err
	}
	w, err := age.Encrypt(io.Discard, recipient)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, zeros()); err != nil {
		return err
	}
	return w.Close()
}

// zeros is the plaintext.
func zeros() io.Reader { return io.LimitReader(zeroReader{}, agePlaintext) }

type zeroReader struct{}

// Read implements io.Reader.
func (zeroReader) Read(p []byte) (int, error) { return len(p), nil }

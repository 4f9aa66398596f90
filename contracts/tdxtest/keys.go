// SPDX-License-Identifier: Apache-2.0

package tdxtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// knownKey signs deterministically.
type knownKey struct{ *ecdsa.PrivateKey }

// Sign ignores random (RFC 6979).
func (k knownKey) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.PrivateKey.Sign(nil, digest, opts)
}

// sign returns r ‖ s over the SHA-256 of message.
func (k knownKey) sign(message []byte) (signature [64]byte, err error) {
	digest := sha256.Sum256(message)
	der, err := k.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return signature, err
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		return signature, err
	}
	pair.R.FillBytes(signature[:32])
	pair.S.FillBytes(signature[32:])
	return signature, nil
}

// newKey returns the key of this name, which is no secret.
func newKey(name string) (knownKey, error) {
	seed := sha256.Sum256([]byte("escrin tdxtest " + name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed[:])
	return knownKey{key}, err
}

// writeKeys puts the keys where the simulator looks for its own, so that it makes the same evidence always: those of the
// vendor and of one platform, and those of the strangers that it takes flaws from.
func writeKeys(dir string, now time.Time) error {
	for _, name := range []string{
		"root", "platform-ca", "tcb-signing", "platform-pck", "platform-attestation", "stranger",
		"root-stranger", "platform-ca-stranger", "platform-stranger-pck", "platform-stranger-attestation",
	} {
		key, err := newKey(name)
		if err != nil {
			return fmt.Errorf("make key %q: %w", name, err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key.PrivateKey)
		if err != nil {
			return fmt.Errorf("make key %q: %w", name, err)
		}
		if err := writePEM(dir, name+".key", "PRIVATE KEY", der); err != nil {
			return err
		}
		if name != "root" && name != "root-stranger" {
			continue
		}
		if der, err = certifyRoot(key, now); err != nil {
			return fmt.Errorf("certify %q: %w", name, err)
		}
		if err := writePEM(dir, name+".pem", "CERTIFICATE", der); err != nil {
			return err
		}
	}
	return nil
}

func writePEM(dir, name, kind string, der []byte) error {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	return os.WriteFile(filepath.Join(dir, name), text, 0o600)
}

// certifyRoot makes a certificate of the shape of Intel's root.
func certifyRoot(key knownKey, now time.Time) ([]byte, error) {
	point, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	id := sha1.Sum(point)
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(id[1:]), SubjectKeyId: id[:], AuthorityKeyId: id[:],
		Subject: pkix.Name{
			CommonName:   "Intel SGX Root CA",
			Organization: []string{"escrin simulated TEE"}, Locality: []string{"Nowhere"}, Country: []string{"US"},
		},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(30, 0, 0),
		BasicConstraintsValid: true, IsCA: true, MaxPathLen: 1,
		KeyUsage:           x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		SignatureAlgorithm: x509.ECDSAWithSHA256,
	}
	return x509.CreateCertificate(nil, template, template, key.Public(), key)
}

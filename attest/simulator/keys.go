// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/escrin/escrin/attest/internal/pki"
)

// Names of the two files in a platform's directory.
const (
	rootKeyFile  = "root.key"
	rootCertFile = "root.pem"
)

// authority is a certificate and its key.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// openRoot reads the root authority in dir, or makes it.
func openRoot(dir string, now time.Time) (authority, error) {
	keyPEM, err := os.ReadFile(filepath.Join(dir, rootKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return createRoot(dir, now)
	}
	if err != nil {
		return authority{}, fmt.Errorf("read root key: %w", err)
	}
	certPEM, err := os.ReadFile(filepath.Join(dir, rootCertFile))
	if err != nil {
		return authority{}, fmt.Errorf("read root certificate: %w", err)
	}
	certs, err := pki.ParsePEM(certPEM, 1)
	if err != nil {
		return authority{}, fmt.Errorf("read root certificate: %w", err)
	}
	block, _ := pem.Decode(keyPEM)
	if block == nil {
		return authority{}, fmt.Errorf("read root key: %s holds no key", rootKeyFile)
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return authority{}, fmt.Errorf("read root key: %w", err)
	}
	if !key.PublicKey.Equal(certs[0].PublicKey) {
		return authority{}, fmt.Errorf("read root key: %s and %s do not belong together", rootKeyFile, rootCertFile)
	}
	return authority{certs[0], key}, nil
}

// createRoot writes the certificate first: only a directory with a key counts as
// initialised, and a crash between the two leaves nothing that was trusted.
func createRoot(dir string, now time.Time) (authority, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return authority{}, fmt.Errorf("create root: %w", err)
	}
	root, err := issue(authority{}, pki.Root, now, Flaws{})
	if err != nil {
		return authority{}, err
	}
	der, err := x509.MarshalECPrivateKey(root.key)
	if err != nil {
		return authority{}, fmt.Errorf("create root: %w", err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	if err := writeFile(filepath.Join(dir, rootCertFile), pki.EncodePEM(root.cert), 0o644); err != nil {
		return authority{}, fmt.Errorf("create root: %w", err)
	}
	if err := writeFile(filepath.Join(dir, rootKeyFile), key, 0o600); err != nil {
		return authority{}, fmt.Errorf("create root: %w", err)
	}
	return root, nil
}

// writeFile replaces a file in one step.
func writeFile(name string, data []byte, mode fs.FileMode) error {
	temporary := name + ".new"
	if err := os.WriteFile(temporary, data, mode); err != nil {
		return err
	}
	return os.Rename(temporary, name)
}

func generateKey() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate key: %w", err)
	}
	return key, nil
}

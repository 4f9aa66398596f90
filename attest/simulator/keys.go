// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// kind is a kind of key that the vendors use.
type kind func() (crypto.Signer, error)

func p256() (crypto.Signer, error)    { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }
func p384() (crypto.Signer, error)    { return ecdsa.GenerateKey(elliptic.P384(), rand.Reader) }
func rsa2048() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }
func rsa4096() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 4096) }

// key is a private key that signs the same message with the same signature
// always: what is made twice under one key differs only where it was meant to.
type key struct{ crypto.Signer }

// Sign ignores random. The signatures of package x509 come from here.
func (k key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if _, isRSA := k.Signer.(*rsa.PrivateKey); isRSA {
		return k.Signer.Sign(zeros{}, digest, opts)
	}
	return k.Signer.Sign(nil, digest, opts)
}

// zeros is the salt of the signatures of RSA keys.
type zeros struct{}

// Read fills b with zeros.
func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// loadKey reads the key in the file name of dir, or makes one there.
func loadKey(dir, name string, generate kind) (key, error) {
	path := filepath.Join(dir, name+".key")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return createKey(path, generate)
	}
	if err != nil {
		return key{}, fmt.Errorf("read key: %w", err)
	}
	k, err := parseKey(text)
	if err != nil {
		return key{}, fmt.Errorf("read key %s: %w", path, err)
	}
	return k, nil
}

func parseKey(text []byte) (key, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return key{}, errors.New("not in PEM")
	}
	if block.Type == "EC PRIVATE KEY" { // as earlier versions wrote it
		k, err := x509.ParseECPrivateKey(block.Bytes)
		return key{k}, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return key{}, err
	}
	signer, ok := parsed.(crypto.Signer)
	if !ok {
		return key{}, fmt.Errorf("a %T does not sign", parsed)
	}
	return key{signer}, nil
}

func createKey(path string, generate kind) (key, error) {
	k, err := generate()
	if err != nil {
		return key{}, fmt.Errorf("create key: %w", err)
	}
	return key{k}, saveKey(path, k)
}

func saveKey(path string, k crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return fmt.Errorf("save key: %w", err)
	}
	if err := writeFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return fmt.Errorf("save key: %w", err)
	}
	return nil
}

// openRoot reads the root authority name in dir, or makes it: a key of this kind
// and the certificate that certify makes for it.
func openRoot(dir, name string, generate kind, certify func(key) (authority, error)) (authority, error) {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path + ".key"); errors.Is(err, fs.ErrNotExist) {
		return createRoot(path, generate, certify)
	}
	k, err := loadKey(dir, name, generate)
	if err != nil {
		return authority{}, fmt.Errorf("open root: %w", err)
	}
	text, err := os.ReadFile(path + ".pem")
	if err != nil {
		return authority{}, fmt.Errorf("open root: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return authority{}, fmt.Errorf("open root: %s.pem holds no certificate", path)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return authority{}, fmt.Errorf("open root: %w", err)
	}
	if public, ok := k.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(cert.PublicKey) {
		return authority{}, fmt.Errorf("open root: key and certificate of %s do not belong together", path)
	}
	return authority{cert, k}, nil
}

// createRoot writes the certificate first: only a directory with a key counts as
// initialised, and a crash between the two leaves nothing that was trusted.
func createRoot(path string, generate kind, certify func(key) (authority, error)) (authority, error) {
	k, err := generate()
	if err != nil {
		return authority{}, fmt.Errorf("create root: %w", err)
	}
	root, err := certify(key{k})
	if err != nil {
		return authority{}, fmt.Errorf("create root: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return authority{}, fmt.Errorf("create root: %w", err)
	}
	if err := writeFile(path+".pem", encodePEM(root.cert.Raw), 0o644); err != nil {
		return authority{}, fmt.Errorf("create root: %w", err)
	}
	return root, saveKey(path+".key", k)
}

// writeFile replaces a file in one step.
func writeFile(name string, data []byte, mode fs.FileMode) error {
	temporary := name + ".new"
	if err := os.WriteFile(temporary, data, mode); err != nil {
		return err
	}
	return os.Rename(temporary, name)
}

// encodePEM encodes certificates in the plain way.
func encodePEM(certs ...[]byte) (out []byte) {
	for _, der := range certs {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}

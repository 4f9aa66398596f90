// SPDX-License-Identifier: Apache-2.0

package keystore

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/scrypt"
)

// aead is shorter than its name.
type aead = cipher.AEAD

// Kind says what opens a keystore. It is written in the file, in the clear.
type Kind uint8

// The kinds of sources.
const (
	KindPassphrase Kind = iota + 1
	KindPlugin
	KindKey
)

func (k Kind) String() string {
	switch k {
	case KindPassphrase:
		return "passphrase"
	case KindPlugin:
		return "plugin"
	case KindKey:
		return "key"
	}
	return fmt.Sprintf("source of kind %d", uint8(k))
}

// Source has the key-encryption key, which encrypts the data key, which encrypts
// the records. Sources come from [Passphrase], [Plugin] and [Key].
type Source interface {
	// Kind says what the source is.
	Kind() Kind

	wrap(ctx context.Context, key *[32]byte) ([]byte, error)
	unwrap(ctx context.Context, wrapped []byte, key *[32]byte) error
}

// dataKeyContext is the associated data of a wrapped data key.
const dataKeyContext = "escrin keystore v1 data key"

// scrypt's parameters: 128 MiB and about a third of a second.
const (
	scryptLogN    = 17
	maxScryptLogN = 20 // of files made by later versions
	scryptR       = 8
	scryptP       = 1
	saltSize      = 16
)

// Sizes of passphrases, in bytes.
const (
	MinPassphrase = 12
	MaxPassphrase = 4 << 10
)

var errPassphrase = errors.New("wrong passphrase, or the file was altered")

type passphrase struct{ secret []byte }

// Passphrase is a source that derives the key-encryption key by scrypt.
func Passphrase(secret []byte) (Source, error) {
	if len(secret) < MinPassphrase || len(secret) > MaxPassphrase {
		return nil, fmt.Errorf("a passphrase has %d to %d bytes; this one has %d", MinPassphrase, MaxPassphrase, len(secret))
	}
	return passphrase{bytes.Clone(secret)}, nil
}

// PassphraseFile is Passphrase with what readPassphrase reads.
func PassphraseFile(path string) (Source, error) {
	secret, err := readPassphrase(path)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	source, err := Passphrase(secret)
	if err != nil {
		return nil, fmt.Errorf("read passphrase %s: %w", path, err)
	}
	return source, nil
}

// readPassphrase returns the content of a file that only its owner may read. One
// line feed at its end does not count.
func readPassphrase(path string) ([]byte, error) {
	secret, err := readSecret(path)
	if err != nil {
		return nil, fmt.Errorf("read passphrase: %w", err)
	}
	return bytes.TrimSuffix(secret, []byte("\n")), nil
}

// Credential is PassphraseFile with a credential that systemd gave the process
// (systemd.exec(5), LoadCredentialEncrypted=).
func Credential(name string) (Source, error) {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return nil, errors.New("read credential: CREDENTIALS_DIRECTORY is not set: systemd gave no credentials")
	}
	if name != filepath.Base(name) {
		return nil, fmt.Errorf("read credential: %q is not a name", name)
	}
	return PassphraseFile(filepath.Join(dir, name))
}

func readSecret(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := private(path, info); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(f, MaxPassphrase+2))
}

// Kind implements Source.
func (passphrase) Kind() Kind { return KindPassphrase }

// wrap returns log N (1) ‖ salt (16) ‖ the data key under the derived key.
func (p passphrase) wrap(ctx context.Context, key *[32]byte) ([]byte, error) {
	head := make([]byte, 1+saltSize)
	head[0] = scryptLogN
	if _, err := rand.Read(head[1:]); err != nil {
		return nil, err
	}
	kek, err := p.derive(head)
	if err != nil {
		return nil, err
	}
	box, err := Key(kek).wrap(ctx, key)
	return append(head, box...), err
}

func (p passphrase) unwrap(ctx context.Context, wrapped []byte, key *[32]byte) error {
	if len(wrapped) < 1+saltSize || wrapped[0] < scryptLogN || wrapped[0] > maxScryptLogN {
		return errFormat
	}
	kek, err := p.derive(wrapped[:1+saltSize])
	if err != nil {
		return err
	}
	if err := Key(kek).unwrap(ctx, wrapped[1+saltSize:], key); err != nil {
		return errPassphrase
	}
	return nil
}

func (p passphrase) derive(head []byte) (kek [32]byte, err error) {
	derived, err := scrypt.Key(p.secret, head[1:], 1<<head[0], scryptR, scryptP, len(kek))
	if err != nil {
		return kek, err
	}
	copy(kek[:], derived)
	clear(derived)
	debug.FreeOSMemory() // a process that unlocks once would else keep scrypt's memory for good
	return kek, nil
}

type rawKey struct{ key [32]byte }

// Key is a source that is the key-encryption key itself. It must be of full
// entropy; derivation is not slowed down.
func Key(key [32]byte) Source { return rawKey{key} }

// Kind implements Source.
func (rawKey) Kind() Kind { return KindKey }

// wrap returns nonce (24) ‖ XChaCha20-Poly1305 of the data key.
func (r rawKey) wrap(_ context.Context, key *[32]byte) ([]byte, error) {
	a, err := chacha20poly1305.NewX(r.key[:])
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize(), a.NonceSize()+len(key)+a.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return a.Seal(nonce, nonce, key[:], []byte(dataKeyContext)), nil
}

func (r rawKey) unwrap(_ context.Context, wrapped []byte, key *[32]byte) error {
	a, err := chacha20poly1305.NewX(r.key[:])
	if err != nil {
		return err
	}
	if len(wrapped) != a.NonceSize()+len(key)+a.Overhead() {
		return errFormat
	}
	if _, err := a.Open(key[:0], wrapped[:a.NonceSize()], wrapped[a.NonceSize():], []byte(dataKeyContext)); err != nil {
		return errAltered
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package keystore

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/escrin/escrin/keyholder/curve"
)

// File names.
const (
	identityFile = "identity.json"
	ceremonyFile = "ceremony.json"
	shareFile    = "share.json"
	databaseFile = "state.db"
)

// Dir is a keyholder's directory.
type Dir struct{ path string }

// Share is the stored outcome of a ceremony. It is secret.
type Share struct {
	Params       []byte   `json:"params"` // digest of the ceremony's parameters
	Transcript   []byte   `json:"transcript"`
	Secret       []byte   `json:"secret"`
	GroupKey     []byte   `json:"groupKey"`
	PublicShares [][]byte `json:"publicShares"` // by index-1
	Messages     [][]byte `json:"messages"`     // ours, for members that are not done
}

type identity struct {
	Seed []byte `json:"seed"`
}

// Open returns the directory at path, which must exist.
func Open(path string) (Dir, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Dir{}, fmt.Errorf("open keyholder directory: %w", err)
	}
	if !info.IsDir() {
		return Dir{}, fmt.Errorf("open keyholder directory: %s is not a directory", path)
	}
	return Dir{path}, nil
}

// Init creates the directory and an identity in it, unless they are there, and
// returns the identity's public key.
func Init(path string) (ed25519.PublicKey, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("create keyholder directory: %w", err)
	}
	d := Dir{path}
	key, err := d.Identity()
	if errors.Is(err, ErrNone) {
		var seed [ed25519.SeedSize]byte
		if _, err := rand.Read(seed[:]); err != nil {
			return nil, fmt.Errorf("create identity: %w", err)
		}
		if err := d.save(identityFile, identity{seed[:]}); err != nil {
			return nil, err
		}
		key, err = d.Identity()
	}
	if err != nil {
		return nil, err
	}
	return ed25519.PublicKey(key[ed25519.SeedSize:]), nil
}

// Database returns the path of the state database.
func (d Dir) Database() string { return filepath.Join(d.path, databaseFile) }

// Identity returns the identity key, or ErrNone.
func (d Dir) Identity() (ed25519.PrivateKey, error) {
	var i identity
	if err := d.load(identityFile, &i); err != nil {
		return nil, err
	}
	if len(i.Seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("read %s: seed has the wrong size", identityFile)
	}
	return ed25519.NewKeyFromSeed(i.Seed), nil
}

// Ceremony returns the snapshot of a ceremony under way, or ErrNone.
func (d Dir) Ceremony() ([]byte, error) {
	var snapshot json.RawMessage
	err := d.load(ceremonyFile, &snapshot)
	return snapshot, err
}

// SaveCeremony replaces the snapshot.
func (d Dir) SaveCeremony(snapshot []byte) error {
	return d.save(ceremonyFile, json.RawMessage(snapshot))
}

// Share returns the outcome of the ceremony, or ErrNone.
func (d Dir) Share() (Share, error) {
	var s Share
	if err := d.load(shareFile, &s); err != nil {
		return Share{}, err
	}
	if len(s.Secret) != curve.ScalarSize || len(s.GroupKey) != curve.G2Size {
		return Share{}, fmt.Errorf("read %s: keys have the wrong size", shareFile)
	}
	return s, nil
}

// SaveShare stores the outcome and then deletes the ceremony's secrets.
func (d Dir) SaveShare(s Share) error {
	if err := d.save(shareFile, s); err != nil {
		return err
	}
	return d.ForgetCeremony()
}

// ForgetCeremony deletes the snapshot of a ceremony, if there is one, and what a
// crash left of writing it.
func (d Dir) ForgetCeremony() error {
	for _, name := range []string{ceremonyFile, ceremonyFile + newSuffix} {
		err := os.Remove(filepath.Join(d.path, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forget ceremony: %w", err)
		}
	}
	return d.sync()
}

func (d Dir) load(name string, v any) error {
	path := filepath.Join(d.path, name)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", name, ErrNone)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("read %s: others may read it (mode %o): run chmod 600 on it", path, info.Mode().Perm())
	}
	if info.Size() > maxFile {
		return fmt.Errorf("read %s: larger than %d bytes", name, maxFile)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

func (d Dir) save(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	if err := d.replace(name, append(b, '\n')); err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	return nil
}

// replace writes a file so that after a crash it is either old or new. The
// directory has one owner (the state database is locked), hence one name for the
// new file is enough, and what a crash leaves is overwritten by the next try.
func (d Dir) replace(name string, content []byte) error {
	f, err := os.OpenFile(filepath.Join(d.path, name+newSuffix), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(d.path, name)); err != nil {
		return err
	}
	return d.sync()
}

func (d Dir) sync() error {
	f, err := os.Open(d.path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// SPDX-License-Identifier: Apache-2.0

// Package secret keeps secrets that were sealed to an identity, as files that hold no secret: each names the key under
// which the sealed bytes open, which keyholders release to enclaves of the identity alone. A file can be copied, and
// given to whoever submits tasks.
package secret

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/durable"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
	"github.com/escrin/escrin/strictjson"
)

// MaxSize is the largest secret in bytes.
const MaxSize = 1 << 20

// maxFile bounds a file, in bytes: padding and base64 included.
const maxFile = 2 << 20

// ErrNone says that there is no such secret here.
var ErrNone = errors.New("there is no such secret on this machine")

// Sealed is one version of a secret.
type Sealed struct {
	Format   int          `json:"format"` // 1
	ChainID  uint64       `json:"chainId"`
	Registry wire.Address `json:"registry"`
	Identity wire.Hash32  `json:"identity"`
	Label    string       `json:"label"`
	Version  uint64       `json:"version"` // from 1
	Policy   wire.Hash32  `json:"policy"`  // keyname.Name.Policy
	GroupKey []byte       `json:"groupKey"`
	Made     time.Time    `json:"made"`
	Envelope []byte       `json:"envelope"`
}

// New seals plaintext to what s names, under a group key.
func New(s Sealed, group [curve.G2Size]byte, plaintext []byte, now time.Time) (Sealed, error) {
	if len(plaintext) > MaxSize {
		return Sealed{}, fmt.Errorf("seal secret: it has %d bytes, at most %d are accepted", len(plaintext), MaxSize)
	}
	s.Format, s.GroupKey, s.Made = 1, group[:], now.UTC().Truncate(time.Second)
	name, err := s.Name()
	if err != nil {
		return Sealed{}, fmt.Errorf("seal secret: %w", err)
	}
	key, err := curve.G2FromBytes(group[:])
	if err != nil {
		return Sealed{}, fmt.Errorf("seal secret: group key: %w", err)
	}
	var sealed bytes.Buffer
	if err := envelope.SealToName(&sealed, rand.Reader, key, name, bytes.NewReader(plaintext)); err != nil {
		return Sealed{}, fmt.Errorf("seal secret: %w", err)
	}
	s.Envelope = sealed.Bytes()
	return s, nil
}

// Name is the name of the key that opens the secret.
func (s Sealed) Name() (keyname.Name, error) {
	return keyname.ForSecret(s.ChainID, s.Registry, s.Identity, s.Label, s.Policy, s.Version)
}

// Input is the secret as an input of a task of its identity.
func (s Sealed) Input() task.Input {
	return task.Input{
		Name: s.Label, Digest: wire.DigestOf(s.Envelope), Size: uint64(len(s.Envelope)),
		Secret: &task.Secret{Version: s.Version, Policy: s.Policy},
	}
}

// Dir is where a user's sealed secrets are: $XDG_STATE_HOME/escrin/secrets, or ~/.local/state/escrin/secrets.
func Dir() (string, error) {
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "escrin", "secrets"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find state directory: %w", err)
	}
	return filepath.Join(home, ".local", "state", "escrin", "secrets"), nil
}

// Path is the file of a secret in dir.
func (s Sealed) Path(dir string) string {
	return filepath.Join(of(dir, s.Identity, s.Label), strconv.FormatUint(s.Version, 10)+".json")
}

func of(dir string, identity wire.Hash32, label string) string {
	return filepath.Join(dir, identity.String(), label)
}

// Save writes the secret into dir. A version that is there is never replaced: rotation takes the next.
func (s Sealed) Save(dir string) error {
	if _, err := os.Lstat(s.Path(dir)); err == nil {
		return fmt.Errorf("save secret: version %d of %s is there already", s.Version, s.Label)
	}
	if err := os.MkdirAll(filepath.Dir(s.Path(dir)), 0o700); err != nil {
		return fmt.Errorf("save secret: %w", err)
	}
	return s.Write(s.Path(dir))
}

// Write writes the secret to a file.
func (s Sealed) Write(path string) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("save secret: %w", err)
	}
	return durable.WriteFile(path, append(b, '\n'), 0o644)
}

// Read reads a secret's file. That its bytes open is known only to those who have the key.
func Read(path string) (Sealed, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Sealed{}, fmt.Errorf("read secret %s: %w", path, ErrNone)
	}
	if err != nil {
		return Sealed{}, fmt.Errorf("read secret: %w", err)
	}
	s, err := strictjson.Decode[Sealed](b, maxFile)
	if err == nil {
		err = s.validate()
	}
	if err != nil {
		return Sealed{}, fmt.Errorf("read secret %s: %w", path, err)
	}
	return s, nil
}

func (s Sealed) validate() error {
	name, err := s.Name()
	if err != nil {
		return err
	}
	digest, err := envelope.NameDigest(bytes.NewReader(s.Envelope))
	switch {
	case s.Format != 1:
		return fmt.Errorf("format %d, want 1", s.Format)
	case name.Validate() != nil:
		return name.Validate()
	case len(s.GroupKey) != curve.G2Size:
		return errors.New("its group key has the wrong size")
	case err != nil || digest != name.Digest():
		return errors.New("its envelope is sealed to another key name than the file says")
	}
	return nil
}

// Versions are those of a secret in dir, ascending.
func Versions(dir string, identity wire.Hash32, label string) ([]uint64, error) {
	if !keyname.ValidLabel(label) {
		return nil, fmt.Errorf("%.70q is no label of a secret", label)
	}
	entries, err := os.ReadDir(of(dir, identity, label))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list secrets: %w", err)
	}
	var versions []uint64
	for _, e := range entries {
		text, _ := strings.CutSuffix(e.Name(), ".json")
		if v, err := strconv.ParseUint(text, 10, 64); err == nil && e.Name() == strconv.FormatUint(v, 10)+".json" {
			versions = append(versions, v)
		}
	}
	slices.Sort(versions)
	return versions, nil
}

// Find reads a version of a secret in dir; version 0 stands for the last. ErrNone if there is none.
func Find(dir string, identity wire.Hash32, label string, version uint64) (Sealed, error) {
	if version == 0 {
		versions, err := Versions(dir, identity, label)
		if err != nil {
			return Sealed{}, err
		}
		if len(versions) == 0 {
			return Sealed{}, fmt.Errorf("secret %s: %w", label, ErrNone)
		}
		version = versions[len(versions)-1]
	}
	if !keyname.ValidLabel(label) {
		return Sealed{}, fmt.Errorf("%.70q is no label of a secret", label)
	}
	return Read(Sealed{Identity: identity, Label: label, Version: version}.Path(dir))
}

// List reads all secrets in dir, of one identity unless it is zero, by identity, label and version.
func List(dir string, identity wire.Hash32) ([]Sealed, error) {
	pattern := "*"
	if identity != (wire.Hash32{}) {
		pattern = identity.String()
	}
	labels, err := fs.Glob(os.DirFS(dir), pattern+"/*")
	if err != nil {
		return nil, fmt.Errorf("list secrets: %w", err)
	}
	var list []Sealed
	for _, path := range labels {
		var of wire.Hash32
		if of.UnmarshalText([]byte(filepath.Base(filepath.Dir(path)))) != nil || !keyname.ValidLabel(filepath.Base(path)) {
			continue
		}
		versions, err := Versions(dir, of, filepath.Base(path))
		if err != nil {
			return nil, err
		}
		for _, v := range versions {
			s, err := Find(dir, of, filepath.Base(path), v)
			if err != nil {
				return nil, err
			}
			list = append(list, s)
		}
	}
	return list, nil
}

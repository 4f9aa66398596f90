// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
)

var errDamaged = errors.New("damaged")

// seal encodes a note of the cache.
func seal[T any](note T) ([]byte, error) {
	data, err := json.Marshal(note)
	if err != nil {
		return nil, err
	}
	return sealed(data), nil
}

// sealed adds to a line its SHA-256 in a second line, so that a flipped bit makes it no note instead of another one.
func sealed(line []byte) []byte {
	sum := sha256.Sum256(line)
	return append(append(bytes.Clone(line), '\n'), hex.EncodeToString(sum[:])...)
}

func readSealed[T any](path string, note *T) error {
	line, err := readLine(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(line, note)
}

// readLine reads what sealed made.
func readLine(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if !bytes.Equal(sealed(line), data) {
		return nil, errDamaged
	}
	return line, nil
}

// Measured returns what was noted of files that are measured at launch, under a key that names their contents.
func (s *Store) Measured(key [32]byte) ([]byte, bool) {
	line, err := readLine(s.measuredPath(key))
	return line, err == nil
}

// SetMeasured notes something of one line under a key.
func (s *Store) SetMeasured(key [32]byte, line []byte) error {
	return s.replace(s.measuredPath(key), sealed(line))
}

func (s *Store) measuredPath(key [32]byte) string {
	return filepath.Join(s.dir, "measured", hex.EncodeToString(key[:]))
}

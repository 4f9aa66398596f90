// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
)

var errDamaged = errors.New("damaged")

// seal encodes a note of the cache with its own SHA-256 in a second line, so that a flipped bit makes it no note
// instead of another one.
func seal[T any](note T) ([]byte, error) {
	data, err := json.Marshal(note)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	return append(append(data, '\n'), hex.EncodeToString(sum[:])...), nil
}

func readSealed[T any](path string, note *T) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	document, seal, _ := bytes.Cut(data, []byte("\n"))
	if sum := sha256.Sum256(document); hex.EncodeToString(sum[:]) != string(seal) {
		return errDamaged
	}
	return json.Unmarshal(document, note)
}

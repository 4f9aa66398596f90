// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
)

// entrySize is that of a version in an object's record: number and digest.
const entrySize = 8 + len(Digest{})

// Supersede notes that a blob is a version of an object that the chain has taken, and removes versions before the one before it. Who
// has a version signed has seen the one before it as final, so that nothing leads back behind that. A blob that was not
// noted is never removed. The caller notes those alone that came with the object, since digests are the guest's to choose.
func (s *Store) Supersede(object [32]byte, version uint64, d Digest) error {
	s.objects.Lock()
	defer s.objects.Unlock()
	path := "objects/" + hex.EncodeToString(object[:])
	record, err := s.read(path)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("read record of object: %w", err)
	}
	kept := append(binary.BigEndian.AppendUint64(nil, version), d[:]...)
	var over []Digest
	for ; len(record) >= entrySize; record = record[entrySize:] {
		number, digest := binary.BigEndian.Uint64(record), Digest(record[8:entrySize])
		switch {
		case digest == d:
		case number+1 >= version && len(kept) < maxRecord:
			kept = append(kept, record[:entrySize]...)
		default:
			over = append(over, digest)
		}
	}
	if _, err := s.write(path, kept); err != nil { // first: what is then forgotten is not removed, and no harm is done
		return fmt.Errorf("note version of object: %w", err)
	}
	for _, digest := range over {
		if err := s.root.Remove(blobPath(digest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove version of object: %w", err)
		}
	}
	return nil
}

// maxRecord bounds a record in bytes: a chain that forgets brings several blobs of one number.
const maxRecord = 64 * entrySize

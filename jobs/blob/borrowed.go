// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
)

// Borrow keeps a blob of another store until the task for which it was fetched gives it back, unless somebody puts it here meanwhile.
func (s *Store) Borrow(d Digest, b []byte, task [32]byte) error {
	_, err := s.put(d, bytes.NewReader(b), func() error {
		if _, err := s.root.Stat(blobPath(d)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		list, err := s.read(borrowedPath(task))
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		// First the list: what is on it and is not the task's stays where it is.
		if _, err := s.write(borrowedPath(task), append(list, d[:]...)); err != nil {
			return err
		}
		_, err = s.write(broughtPath(d), task[:])
		return err
	})
	return err
}

// GiveBack removes what was borrowed for a task. Another task that wants the same borrows it anew.
func (s *Store) GiveBack(task [32]byte) error {
	s.noting.Lock()
	defer s.noting.Unlock()
	list, err := s.read(borrowedPath(task))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	for ; err == nil && len(list) >= len(Digest{}); list = list[len(Digest{}):] {
		if d := Digest(list[:len(Digest{})]); s.broughtBy(d, task) {
			err = errors.Join(s.remove(blobPath(d)), s.keep(d))
		}
	}
	if err == nil {
		err = s.remove(borrowedPath(task))
	}
	if err != nil {
		return fmt.Errorf("give back what was borrowed for task 0x%x: %w", task, err)
	}
	return nil
}

func borrowedPath(task [32]byte) string { return "borrowed/" + hex.EncodeToString(task[:]) }

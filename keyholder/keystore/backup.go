// SPDX-License-Identifier: Apache-2.0

package keystore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// MaxBackup bounds a backup, in bytes.
const MaxBackup = maxFile

// Backup returns all records, encrypted for a source of its own. It is of the
// keystore's format, but not a keystore: it becomes one by Restore only.
func (k *Keystore) Backup(ctx context.Context, source Source) ([]byte, error) {
	var key [32]byte
	defer clear(key[:])
	if _, err := rand.Read(key[:]); err != nil {
		return nil, err
	}
	head, err := wrap(ctx, backupMagic, source, &key)
	if err != nil {
		return nil, fmt.Errorf("make backup: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken {
		return nil, ErrBroken
	}
	b, err := seal(head, k.generation, &key, k.records)
	if err != nil {
		return nil, fmt.Errorf("make backup: %w", err)
	}
	return b, nil
}

// BackupOf returns a backup of the keystore in a directory, which another process
// may have open and may change. Who wants it needs what opens the keystore.
func BackupOf(ctx context.Context, dir string, source, to Source) ([]byte, error) {
	path := filepath.Join(dir, keysFile)
	for {
		before, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			err = ErrNone
		}
		if err != nil {
			return nil, fmt.Errorf("make backup: %w", err)
		}
		k := &Keystore{file: file{path: path}, key: new([32]byte)}
		defer k.forget()
		if err = k.load(ctx, source); err == nil {
			return k.Backup(ctx, to)
		}
		// A file that is replaced while it is read is overwritten then.
		if after, gone := os.Lstat(path); gone != nil || os.SameFile(before, after) || ctx.Err() != nil {
			return nil, fmt.Errorf("make backup: %w", err)
		}
	}
}

// Saved is an opened backup.
type Saved struct{ records map[string][]byte }

// OpenBackup opens what Backup returned.
func OpenBackup(ctx context.Context, backup []byte, source Source) (Saved, error) {
	s, err := parseSealed(backupMagic, backup)
	if err != nil {
		return Saved{}, fmt.Errorf("open backup: %w", err)
	}
	var key [32]byte
	defer clear(key[:])
	if err := s.unwrap(ctx, source, &key); err != nil {
		return Saved{}, fmt.Errorf("open backup: %w", err)
	}
	records, err := s.open(&key)
	if err != nil {
		return Saved{}, fmt.Errorf("open backup: %w", err)
	}
	return Saved{records}, nil
}

// Get returns a copy of a record, or ErrNone.
func (s Saved) Get(name string) ([]byte, error) {
	secret, ok := s.records[name]
	if !ok {
		return nil, fmt.Errorf("record %q: %w", name, ErrNone)
	}
	return bytes.Clone(secret), nil
}

// Restore makes a keystore of the backup's records and one more, mark, which must
// say that they are restored: there is no moment at which they do not say so. If
// the directory has a keystore, the error is ErrExists.
func (s Saved) Restore(ctx context.Context, dir string, source Source, mark Change) (*Keystore, error) {
	if !validName(mark.Name) || mark.Secret == nil {
		return nil, errors.New("restore keystore: a restored keystore says so")
	}
	records := maps.Clone(s.records)
	records[mark.Name] = bytes.Clone(mark.Secret)
	k, err := create(ctx, dir, source, records)
	if err != nil {
		return nil, fmt.Errorf("restore keystore: %w", err)
	}
	return k, nil
}

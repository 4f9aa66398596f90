// SPDX-License-Identifier: Apache-2.0

// Package keystore keeps a keyholder's secrets: named records in one file that
// is encrypted at rest and changes all at once. (keyholder/SPEC.md, section 11.)
//
// All records share the file so that none can be altered, exchanged or put back
// to an older one by itself; a copy of the whole directory put back is noticed
// by package witness.
package keystore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Bounds of what is kept.
const (
	MaxRecords    = 1024
	MaxRecordSize = 1 << 20 // bytes
	MaxNameSize   = 64      // bytes
)

// keysFile is the name of the file.
const keysFile = "keys.sealed"

var (
	// ErrNone says that a record, or the keystore itself, is not there.
	ErrNone = errors.New("not there")
	// ErrExists says that there is a keystore already.
	ErrExists = errors.New("there is a keystore already")
	// ErrInUse says that another process has the keystore open.
	ErrInUse = errors.New("another process has the keystore open")
	// ErrBroken says that a write failed in a way that leaves open what is on the
	// disk. Only opening the keystore again tells.
	ErrBroken = errors.New("an earlier write failed, so what is on disk is not known: start again")
	errName   = errors.New("a record's name is 1 to 64 of a-z, 0-9, dot and hyphen, and begins with a letter or digit")
)

// Keystore is an open keystore. Only one process has it open at a time. It is
// safe for concurrent use.
type Keystore struct {
	mu         sync.Mutex
	file       file
	lock       *os.File
	head       []byte    // of the file: how the data key is wrapped
	key        *[32]byte // the data key
	generation uint64
	records    map[string][]byte
	broken     bool
}

// Create makes an empty keystore in a directory, which it makes if it is not
// there, and opens it. If there is one already, the error is ErrExists.
func Create(ctx context.Context, dir string, source Source) (*Keystore, error) {
	k, err := create(ctx, dir, source, map[string][]byte{})
	if err != nil {
		return nil, fmt.Errorf("create keystore: %w", err)
	}
	return k, nil
}

func create(ctx context.Context, dir string, source Source, records map[string][]byte) (*Keystore, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	k, err := claim(dir)
	if err != nil {
		return nil, err
	}
	if err := k.make(ctx, source, records); err != nil {
		return nil, errors.Join(err, k.Close())
	}
	return k, nil
}

// make draws a data key and writes the first generation of the file.
func (k *Keystore) make(ctx context.Context, source Source, records map[string][]byte) error {
	if k.file.exists() {
		return ErrExists
	}
	if _, err := rand.Read(k.key[:]); err != nil {
		return err
	}
	head, err := wrap(ctx, storeMagic, source, k.key)
	if err != nil {
		return err
	}
	k.head = head
	return k.replace(records)
}

// Unlock opens the keystore in a directory. What a crash left behind is
// overwritten and removed. If there is no keystore, the error is ErrNone.
func Unlock(ctx context.Context, dir string, source Source) (*Keystore, error) {
	k, err := claim(dir)
	if err != nil {
		return nil, fmt.Errorf("open keystore: %w", err)
	}
	if err := k.read(ctx, source); err != nil {
		return nil, errors.Join(fmt.Errorf("open keystore %s: %w", k.file.path, err), k.Close())
	}
	return k, nil
}

// claim locks the directory.
func claim(dir string) (*Keystore, error) {
	lock, err := lockDirectory(dir)
	if err != nil {
		return nil, err
	}
	return &Keystore{lock: lock, file: file{path: filepath.Join(dir, keysFile)}, key: new([32]byte)}, nil
}

func (k *Keystore) read(ctx context.Context, source Source) error {
	if err := k.file.sweep(); err != nil {
		return err
	}
	return k.load(ctx, source)
}

// load reads the file and changes nothing.
func (k *Keystore) load(ctx context.Context, source Source) error {
	content, err := k.file.read()
	if err != nil {
		return err
	}
	s, err := parseSealed(storeMagic, content)
	if err != nil {
		return err
	}
	if err := s.unwrap(ctx, source, k.key); err != nil {
		return err
	}
	if k.records, err = s.open(k.key); err != nil {
		return err
	}
	k.head, k.generation = bytes.Clone(s.head), s.generation
	return nil
}

// Close forgets the secrets and lets other processes open the keystore.
func (k *Keystore) Close() error {
	k.forget()
	return k.lock.Close()
}

func (k *Keystore) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, secret := range k.records {
		clear(secret)
	}
	clear(k.key[:])
	k.records, k.broken = nil, true
}

// Get returns a copy of a record, or ErrNone.
func (k *Keystore) Get(name string) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken {
		return nil, ErrBroken
	}
	secret, ok := k.records[name]
	if !ok {
		return nil, fmt.Errorf("record %q: %w", name, ErrNone)
	}
	return bytes.Clone(secret), nil
}

// Names returns the names of all records, sorted.
func (k *Keystore) Names() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Sorted(maps.Keys(k.records))
}

// Generation counts the changes of the keystore, from 1.
func (k *Keystore) Generation() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.generation
}

// Change is what becomes of one record: a nil secret removes it.
type Change struct {
	Name   string
	Secret []byte
}

// Put durably writes a record. When it returns, a crash no longer undoes it.
func (k *Keystore) Put(name string, secret []byte) error {
	if secret == nil {
		secret = []byte{}
	}
	return k.Apply(Change{name, secret})
}

// Delete durably removes a record, and overwrites the file it was in. A record
// that is not there is no error.
func (k *Keystore) Delete(name string) error { return k.Apply(Change{Name: name}) }

// Apply makes several changes, of which a crash leaves all or none. If it fails,
// none was made, or the keystore returns ErrBroken from then on.
func (k *Keystore) Apply(changes ...Change) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken {
		return ErrBroken
	}
	records := maps.Clone(k.records)
	var replaced [][]byte
	for _, c := range changes {
		if !validName(c.Name) {
			return fmt.Errorf("write record %q: %w", c.Name, errName)
		}
		if len(c.Secret) > MaxRecordSize {
			return fmt.Errorf("write record %q: larger than %d bytes", c.Name, MaxRecordSize)
		}
		replaced = append(replaced, k.records[c.Name])
		delete(records, c.Name)
		if c.Secret != nil {
			records[c.Name] = bytes.Clone(c.Secret)
		}
	}
	if err := k.replace(records); err != nil {
		return fmt.Errorf("write keystore: %w", err)
	}
	for _, secret := range replaced {
		clear(secret)
	}
	return nil
}

// replace writes the next generation of the file.
func (k *Keystore) replace(records map[string][]byte) error {
	if len(records) > MaxRecords {
		return fmt.Errorf("more than %d records", MaxRecords)
	}
	content, err := seal(k.head, k.generation+1, k.key, records)
	if err != nil {
		return err
	}
	replaced, err := k.file.replace(content)
	if replaced {
		k.generation++
		k.records = records
	}
	k.broken = replaced && err != nil
	return err
}

func validName(name string) bool {
	if len(name) < 1 || len(name) > MaxNameSize || name[0] == '.' || name[0] == '-' {
		return false
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

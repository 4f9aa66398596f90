// SPDX-License-Identifier: Apache-2.0

// Package standing remembers, in the keystore, what a keyholder may do: in which
// epochs it may serve after its state was put back to an older one, and whether
// it is to leave the network. (keyholder/SPEC.md, section 11.)
package standing

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/strictjson"
)

// record is the name of the record.
const record = "standing"

const maxRecord = 4 << 10

// Records are those of a keystore, or of a backup of one.
type Records interface {
	Get(name string) ([]byte, error)
}

// Keys are the records of a keystore.
type Keys interface {
	Records
	Put(name string, secret []byte) error
}

// Reason says why a holder's state is older than what it did.
type Reason string

// The reasons.
const (
	Restored   Reason = "restored from a backup"
	RolledBack Reason = "put back to an older state"
)

// state is what is stored.
type state struct {
	// Reason is empty if nothing ever happened to the state.
	Reason Reason `json:"reason,omitempty"`
	// Pending says that Barred is not known yet.
	Pending bool `json:"pending,omitempty"`
	// Barred is the last epoch in which the holder may have done what it no longer
	// knows.
	Barred  uint64 `json:"barred,omitempty"`
	Leaving bool   `json:"leaving,omitempty"`
}

// Standing is what a holder may do. It is safe for concurrent use.
type Standing struct {
	keys Keys
	mu   sync.Mutex
	now  state
}

// Load reads the standing of the keystore's holder.
func Load(keys Keys) (*Standing, error) {
	now, err := read(keys)
	if err != nil {
		return nil, fmt.Errorf("load standing: %w", err)
	}
	return &Standing{keys: keys, now: now}, nil
}

func read(records Records) (state, error) {
	b, err := records.Get(record)
	if errors.Is(err, keystore.ErrNone) {
		return state{}, nil
	}
	if err != nil {
		return state{}, err
	}
	return strictjson.Decode[state](b, maxRecord)
}

// Mark returns the record with which a keystore that is made of others' records
// says that it is restored.
func Mark(records Records) (keystore.Change, error) {
	now, err := read(records)
	if err != nil {
		return keystore.Change{}, fmt.Errorf("load standing: %w", err)
	}
	now.Reason, now.Pending = Restored, true
	b, err := json.Marshal(now)
	return keystore.Change{Name: record, Secret: b}, err
}

// Doubt durably bars the holder from serving in all epochs up to the newest at
// the next Observe.
func (s *Standing) Doubt(reason Reason) error {
	return s.change(func(now *state) { now.Reason, now.Pending = reason, true })
}

// Observe takes note of the newest epoch of the board, started or over, in a
// final state. A holder calls it before it asks MayServe.
func (s *Standing) Observe(latest uint64) error {
	return s.change(func(now *state) {
		if now.Pending {
			now.Pending, now.Barred = false, max(now.Barred, latest)
		}
	})
}

// MayServe reports whether the holder may release keys and sign certificates with
// its share of an epoch. Dealing on that share, and completing later epochs, it
// always may.
func (s *Standing) MayServe(epoch uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.now.Pending && epoch > s.now.Barred
}

// Why returns the reason for which epochs are barred and the last of them; empty
// if there is none. An epoch of 0 says that Observe was not called since.
func (s *Standing) Why() (reason Reason, barred uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.Pending {
		return s.now.Reason, 0
	}
	return s.now.Reason, s.now.Barred
}

// SetLeaving durably says whether the holder is to leave: whether it tells
// others no encryption key for later epochs. What it owes as a member of earlier
// ones, it does.
func (s *Standing) SetLeaving(leaving bool) error {
	return s.change(func(now *state) { now.Leaving = leaving })
}

// Leaving reports what SetLeaving said.
func (s *Standing) Leaving() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now.Leaving
}

func (s *Standing) change(do func(*state)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.now
	do(&next)
	if next == s.now {
		return nil
	}
	b, err := json.Marshal(next)
	if err == nil {
		err = s.keys.Put(record, b)
	}
	if err != nil {
		return fmt.Errorf("record standing: %w", err)
	}
	s.now = next
	return nil
}

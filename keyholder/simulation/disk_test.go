// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/release"
)

// disk is what outlives a process: the semantics of keystore, store and audit log.
// Each change is there or is not. What a torn write leaves is for the tests of
// those packages: they come back with the state before or after it.
type disk struct {
	keys       map[string][]byte
	bonds      map[[32]byte][32]byte
	statements map[[20]byte][]byte
	log        []auditlog.Head
	floor      block
	appended   int // records that its holder had ever appended, in all its lives: nothing that it could read
}

// block is a block of a chain.
type block struct {
	number uint64
	hash   [32]byte
}

func newDisk() *disk {
	return &disk{keys: map[string][]byte{}, bonds: map[[32]byte][32]byte{}, statements: map[[20]byte][]byte{}}
}

func (d *disk) copy() *disk {
	return &disk{maps.Clone(d.keys), maps.Clone(d.bonds), maps.Clone(d.statements), slices.Clone(d.log), d.floor, d.appended}
}

// powerLoss ends a process in the middle of what it does.
type powerLoss struct{}

// write makes a change durable. If the power is to fail now, it fails before the
// change or after it.
func (h *holder) write(change func()) {
	if h.fuse == 0 {
		change()
		return
	}
	if h.fuse--; h.fuse > 0 {
		change()
		return
	}
	if h.w.chance(2) {
		change()
	}
	panic(powerLoss{})
}

// Get implements epoch.Keys and standing.Keys.
func (h *holder) Get(name string) ([]byte, error) {
	b, ok := h.disk.keys[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, keystore.ErrNone)
	}
	return bytes.Clone(b), nil
}

// Put implements standing.Keys.
func (h *holder) Put(name string, secret []byte) error {
	return h.Apply(keystore.Change{Name: name, Secret: secret})
}

// Names implements epoch.Keys.
func (h *holder) Names() []string { return slices.Sorted(maps.Keys(h.disk.keys)) }

// Apply implements epoch.Keys.
func (h *holder) Apply(changes ...keystore.Change) error {
	if h.w.mutation.forgets(changes) {
		h.volatile = append(h.volatile, changes...)
	}
	h.write(func() {
		for _, c := range changes {
			if c.Secret == nil {
				delete(h.disk.keys, c.Name)
			} else {
				h.disk.keys[c.Name] = bytes.Clone(c.Secret)
			}
		}
		h.w.changed = true
	})
	return nil
}

// Bind implements release.Records.
func (h *holder) Bind(a release.Assignment, _ release.Head) (bool, error) {
	if h.w.mutation == skipsRecord {
		return true, nil
	}
	bonds := [][2][32]byte{{a.Attempt, word(string(a.ChannelKeyHash[:]) + string(a.Requester[:]))}, {word(string(a.Requester[:])), a.Attempt}}
	for _, b := range bonds {
		if to, ok := h.disk.bonds[b[0]]; ok && to != b[1] {
			return false, nil
		}
	}
	if h.w.mutation == recordsLater {
		h.unsynced = append(h.unsynced, bonds...)
	}
	h.write(func() {
		for _, b := range bonds {
			h.disk.bonds[b[0]] = b[1]
		}
	})
	return true, nil
}

// Outdated implements release.Editions: all evidence is of one day.
func (h *holder) Outdated([]collateral.Edition, time.Time) ([]collateral.Edition, error) {
	return nil, nil
}

// Advance implements release.Editions.
func (h *holder) Advance([]collateral.Edition, time.Time) ([]collateral.Edition, error) {
	return nil, nil
}

// Statement implements witness.Book.
func (h *holder) Statement(signer [20]byte) ([]byte, error) { return h.disk.statements[signer], nil }

// Record implements witness.Book. It may be called beside the holder's own goroutine,
// which then notices the loss of power.
func (h *holder) Record(statements map[[20]byte][]byte) (err error) {
	defer func() {
		if lost := recover(); lost != nil {
			h.lost, err = true, errUnreachable
		}
	}()
	h.write(func() { maps.Copy(h.disk.statements, statements) })
	return nil
}

// Head implements witness.Log.
func (h *holder) Head() auditlog.Head {
	if len(h.disk.log) == 0 {
		return auditlog.Head{}
	}
	return h.disk.log[len(h.disk.log)-1]
}

// Contains implements witness.Log.
func (h *holder) Contains(_ context.Context, told auditlog.Head) error { return h.disk.contains(told) }

func (d *disk) contains(told auditlog.Head) error {
	if told.Length > uint64(len(d.log)) || told.Length > 0 && d.log[told.Length-1] != told {
		return auditlog.ErrLacks
	}
	return nil
}

// append adds a record to the audit log. No two logs have the same.
func (h *holder) append(record [32]byte) {
	before := h.Head()
	h.w.records++
	next := word(string(before.Hash[:]) + string(record[:]) + fmt.Sprint(h.w.records))
	h.write(func() {
		h.disk.log = append(h.disk.log, auditlog.Head{Length: before.Length + 1, Hash: next})
		h.appended++
		h.disk.appended = h.appended
	})
}

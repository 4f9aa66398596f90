// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestMB15NoVersionIsRemovedThatCanBeTheNewest: the last and the one before it stay, however often the chain forgets; earlier ones go;
// and nothing that was not noted as a version.
func TestMB15NoVersionIsRemovedThatCanBeTheNewest(t *testing.T) {
	dir := t.TempDir()
	s, err := OpenStore(dir, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	put := func(text string) Digest {
		t.Helper()
		d := Of([]byte(text))
		if _, err := s.Put(d, bytes.NewReader([]byte(text))); err != nil {
			t.Fatal(err)
		}
		return d
	}
	note := func(object byte, version uint64, text string) {
		t.Helper()
		d, task := Of([]byte(text)), [32]byte{object}
		if err := s.Bring(d, strings.NewReader(text), task); err != nil {
			t.Fatal(err)
		}
		if err := s.Supersede([32]byte{object}, version, d, task); err != nil {
			t.Fatal(err)
		}
	}
	here := func(want bool, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if _, err := s.Get(Of([]byte(text))); (err == nil) != want || !want && !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
	put("input")
	note(1, 1, "one")
	note(2, 1, "another's")
	note(1, 2, "two")
	here(true, "one", "two")
	note(1, 3, "three")
	here(false, "one")
	note(1, 3, "three, as the chain forgot the first")
	note(1, 3, "three, once more")
	here(true, "two", "three", "three, once more") // two may be the newest once more
	note(1, 4, "four")
	here(false, "two")
	here(true, "three", "three, once more", "four")
	s.Close()
	if s, err = OpenStore(dir, 1<<20); err != nil { // the records outlive the service
		t.Fatal(err)
	}
	defer s.Close()
	note(1, 4, "four") // told twice
	note(1, 5, "five")
	here(false, "three", "three, as the chain forgot the first", "three, once more")
	here(true, "four", "five", "input", "another's")
	for i := range 200 {
		note(3, 1, fmt.Sprint("first ", i))
	}
	here(true, "first 199")
}

// TestNoBlobIsRemovedThatSomebodyElsePut: a guest that brings bytes which it knows, and makes them a version of its object, has only its
// own forgotten, whoever puts the same, and whenever.
func TestNoBlobIsRemovedThatSomebodyElsePut(t *testing.T) {
	const text = "another's"
	guest, other, object := [32]byte{1}, [32]byte{2}, [32]byte{3}
	d := Of([]byte(text))
	bring := func(s *Store, text string, task [32]byte) error {
		return s.Bring(Of([]byte(text)), strings.NewReader(text), task)
	}
	put := func(s *Store) error {
		_, err := s.Put(d, strings.NewReader(text))
		return err
	}
	nothing := func(*Store) error { return nil }
	for name, c := range map[string]struct {
		before, brought, noted, later func(*Store) error
		stays                         bool
	}{
		"the guest alone":        {nothing, nothing, nothing, nothing, false},
		"the guest, again":       {nothing, nothing, nothing, func(s *Store) error { return bring(s, text, guest) }, false},
		"an owner before it":     {put, nothing, nothing, nothing, true},
		"an owner as it came":    {nothing, put, nothing, nothing, true},
		"an owner once it stood": {nothing, nothing, put, nothing, true},
		"an owner at the end":    {nothing, nothing, nothing, put, true},
		"another guest":          {nothing, nothing, nothing, func(s *Store) error { return bring(s, text, other) }, true},
		"another guest's before": {func(s *Store) error { return bring(s, text, other) }, nothing, nothing, nothing, true},
		"a result":               {nothing, nothing, func(s *Store) error { return s.Keep(d) }, nothing, true},
		"a result, and again":    {nothing, nothing, func(s *Store) error { return errors.Join(s.Keep(d), bring(s, text, guest)) }, nothing, true},
	} {
		s, _ := newStore(t, 1<<20)
		version := func(n uint64, text string) error {
			return errors.Join(bring(s, text, guest), s.Supersede(object, n, Of([]byte(text)), guest))
		}
		err := errors.Join(c.before(s), bring(s, text, guest), c.brought(s), s.Supersede(object, 1, d, guest), c.noted(s),
			version(2, "two"), c.later(s), version(3, "three"))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Get(d); (err == nil) != c.stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBorrowedBlobsAreKeptNoLongerThanTheirTask, but for those that somebody puts here meanwhile, and by no other task's end.
func TestBorrowedBlobsAreKeptNoLongerThanTheirTask(t *testing.T) {
	const text = "an input"
	d, task, other := Of([]byte(text)), [32]byte{1}, [32]byte{2}
	put := func(s *Store) error { _, err := s.Put(d, strings.NewReader(text)); return err }
	borrow := func(task [32]byte) func(*Store) error {
		return func(s *Store) error { return s.Borrow(d, []byte(text), task) }
	}
	for name, c := range map[string]struct {
		does  []func(*Store) error
		over  [32]byte
		stays bool
	}{
		"borrowed":             {[]func(*Store) error{borrow(task)}, task, false},
		"twice":                {[]func(*Store) error{borrow(task), borrow(task)}, task, false},
		"and by another":       {[]func(*Store) error{borrow(task), borrow(other)}, task, false}, // which borrows it again
		"another is over":      {[]func(*Store) error{borrow(task)}, other, true},
		"put before":           {[]func(*Store) error{put, borrow(task)}, task, true},
		"put meanwhile":        {[]func(*Store) error{borrow(task), put}, task, true},
		"kept as a result":     {[]func(*Store) error{borrow(task), func(s *Store) error { return s.Keep(d) }}, task, true},
		"borrowed by no task":  {nil, task, false},
		"lost, and put anew":   {[]func(*Store) error{borrow(task), func(s *Store) error { return s.remove(blobPath(d)) }, put}, task, true},
		"given back, borrowed": {[]func(*Store) error{borrow(task), func(s *Store) error { return s.GiveBack(task) }, borrow(task)}, task, false},
	} {
		s, dir := newStore(t, 1<<20)
		for _, do := range c.does {
			if err := do(s); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		s.Close()
		s, err := OpenStore(dir, 1<<20) // the next process knows it, too
		if err != nil {
			t.Fatal(err)
		}
		if err := s.GiveBack(c.over); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Get(d); (err == nil) != c.stays {
			t.Errorf("%s: %v", name, err)
		}
		s.Close()
	}
	s, _ := newStore(t, 1<<20)
	if err := s.Borrow(d, []byte("another"), task); !errors.Is(err, ErrMismatch) {
		t.Errorf("other bytes: %v", err)
	}
}

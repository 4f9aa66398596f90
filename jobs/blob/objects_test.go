// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"errors"
	"fmt"
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
		if err := s.Supersede([32]byte{object}, version, put(text)); err != nil {
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

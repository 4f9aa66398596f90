// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/store"
)

func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// KR-20, KR-22: an attempt stays bound to a channel key and a requester, and that
// requester to the attempt, over restarts. What is refused leaves no trace.
func TestKR20BindingIsForEver(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	bind := func(attempt, key, requester byte, want bool) {
		t.Helper()
		a := release.Assignment{Attempt: [32]byte{attempt}, ChannelKeyHash: [32]byte{key}, Requester: [20]byte{requester}}
		if bound, err := s.Bind(a, release.Head{Number: 5}); err != nil || bound != want {
			t.Fatalf("bind %+v: %v, %v", a, bound, err)
		}
	}
	again := func() {
		t.Helper()
		bind(1, 1, 1, true)  // the same again
		bind(1, 2, 1, false) // a clone with its own channel key
		bind(1, 2, 2, false) // another machine in the same attempt
		bind(2, 1, 1, false) // KR-03: the same machine in another attempt
		bind(1, 1, 2, false) // its channel key with another requester
		bind(2, 2, 1, false) // its requester with another channel key
	}
	bind(1, 1, 1, true)
	again()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	defer s.Close()
	again()
	bind(3, 3, 2, true) // nothing above was written for key 2 or requester 2
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
}

// KR-20: whoever names another's channel key in his own attempt takes nothing from the
// other, before or after it: only requesters prove that they are who they say.
func TestKR20ChannelKeysCannotBeTakenAway(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	victim, thief := fresh(), fresh()
	thief.ChannelKeyHash = victim.ChannelKeyHash
	late := fresh()
	late.ChannelKeyHash = victim.ChannelKeyHash
	for _, a := range []release.Assignment{thief, victim, late, victim} {
		if bound, err := s.Bind(a, release.Head{}); err != nil || !bound {
			t.Fatalf("bind: %v, %v", bound, err)
		}
	}
	thief.Attempt = victim.Attempt
	if bound, err := s.Bind(thief, release.Head{}); err != nil || bound {
		t.Errorf("the attempt of another: %v, %v", bound, err)
	}
}

// KR-19: the floor only rises, over restarts.
func TestKR19FloorOnlyRises(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	want := func(number uint64, hash [32]byte) {
		t.Helper()
		if n, h, err := s.Load(); err != nil || n != number || h != hash {
			t.Fatalf("floor is %d %x, %v", n, h, err)
		}
	}
	want(0, [32]byte{})
	for _, n := range []uint64{7, 9, 8, 9} {
		if err := s.Raise(n, [32]byte{byte(n), byte(n)}); err != nil {
			t.Fatal(err)
		}
	}
	want(9, [32]byte{9, 9})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	defer s.Close()
	want(9, [32]byte{9, 9})
}

func TestOnlyOneProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	defer s.Close()
	if _, err := store.Open(path); err == nil {
		t.Fatal("opened twice")
	}
}

// A block that is known already, or below it, is no reason to write: most looks at the
// chain show the same one.
func TestKnownFloorIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	defer s.Close()
	if err := s.Raise(7, [32]byte{7}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []uint64{7, 6, 0} {
		if err := s.Raise(number, [32]byte{9}); err != nil {
			t.Fatal(err)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed: %v", err)
	}
	if number, hash, err := s.Load(); err != nil || number != 7 || hash != [32]byte{7} {
		t.Errorf("floor is %d, %x, %v", number, hash, err)
	}
	if err := s.Raise(8, [32]byte{8}); err != nil {
		t.Fatal(err)
	}
	if after, err = os.ReadFile(path); err != nil || bytes.Equal(before, after) {
		t.Errorf("a higher block changed nothing: %v", err)
	}
}

// SPDX-License-Identifier: Apache-2.0

package keystore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder/keystore"
)

// source is quick to open, unlike a passphrase.
func source() keystore.Source { return keystore.Key([32]byte{1}) }

func createIn(t *testing.T, dir string) *keystore.Keystore {
	t.Helper()
	k, err := keystore.Create(t.Context(), dir, source())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

func reopen(t *testing.T, k *keystore.Keystore, dir string) *keystore.Keystore {
	t.Helper()
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	k, err := keystore.Unlock(t.Context(), dir, source())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	return k
}

func want(t *testing.T, k *keystore.Keystore, name, secret string) {
	t.Helper()
	if got, err := k.Get(name); err != nil || string(got) != secret {
		t.Fatalf("record %s is %q, %v", name, got, err)
	}
}

func TestRecordsStay(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "holder")
	k := createIn(t, dir)
	for name, secret := range map[string]string{"signer": "a", "epoch-1.share": "b", "empty": ""} {
		if err := k.Put(name, []byte(secret)); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Apply(keystore.Change{Name: "epoch-2.share", Secret: []byte("c")}, keystore.Change{Name: "epoch-1.share"}); err != nil {
		t.Fatal(err)
	}
	if err := k.Delete("never"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		want(t, k, "signer", "a")
		want(t, k, "empty", "")
		want(t, k, "epoch-2.share", "c")
		if _, err := k.Get("epoch-1.share"); !errors.Is(err, keystore.ErrNone) {
			t.Fatalf("removed record: %v", err)
		}
		if names := k.Names(); !slices.Equal(names, []string{"empty", "epoch-2.share", "signer"}) {
			t.Fatalf("records are %q", names)
		}
		if g := k.Generation(); g != 6 {
			t.Fatalf("generation %d", g)
		}
		k = reopen(t, k, dir)
	}
}

// Who changes what Get returned, or what Put was given, does not change the record.
func TestRecordsAreCopies(t *testing.T) {
	t.Parallel()
	k := createIn(t, filepath.Join(t.TempDir(), "holder"))
	secret := []byte("secret")
	if err := k.Put("signer", secret); err != nil {
		t.Fatal(err)
	}
	clear(secret)
	got, err := k.Get("signer")
	if err != nil {
		t.Fatal(err)
	}
	clear(got)
	want(t, k, "signer", "secret")
}

// KR-25: nothing of a secret is on the disk in the clear, in no file that others
// may read.
func TestKR25SecretsAreEncryptedAtRest(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "holder")
	k := createIn(t, dir)
	canary := bytes.Repeat([]byte("canary"), 5)
	if err := k.Put("signer", canary); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("canary")) || bytes.Contains(b, []byte("signer")) {
			t.Errorf("%s shows the record", e.Name())
		}
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory has mode %v, %v", info.Mode(), err)
	}
}

func TestKR25RefusesWhatOthersMayTouch(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "holder")
	k := createIn(t, dir)
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	refused := func(words string) {
		t.Helper()
		if _, err := keystore.Unlock(t.Context(), dir, source()); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("got %v", err)
		}
	}
	file := filepath.Join(dir, keystore.KeysFile)
	for path, mode := range map[string]os.FileMode{file: 0o640, dir: 0o770} {
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		refused("run chmod")
		if err := os.Chmod(path, before.Mode()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "holder")
	k := createIn(t, dir)
	if _, err := keystore.Unlock(t.Context(), dir, source()); !errors.Is(err, keystore.ErrInUse) {
		t.Fatalf("opened twice: %v", err)
	}
	reopen(t, k, dir)
	if _, err := k.Get("signer"); !errors.Is(err, keystore.ErrBroken) {
		t.Fatalf("closed keystore: %v", err)
	}
	if err := k.Put("signer", nil); !errors.Is(err, keystore.ErrBroken) {
		t.Fatalf("closed keystore: %v", err)
	}
}

func TestNothingIsCreatedOverAnother(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "holder")
	if _, err := keystore.Unlock(t.Context(), dir, source()); !errors.Is(err, keystore.ErrNone) {
		t.Fatalf("no directory: %v", err)
	}
	k := createIn(t, dir)
	if err := k.Put("signer", []byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.Create(t.Context(), dir, source()); !errors.Is(err, keystore.ErrExists) {
		t.Fatalf("created twice: %v", err)
	}
	k, err := keystore.Unlock(t.Context(), dir, source())
	if err != nil {
		t.Fatal(err)
	}
	want(t, k, "signer", "a")
	if err := errors.Join(k.Close(), os.Remove(filepath.Join(dir, keystore.KeysFile))); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.Unlock(t.Context(), dir, source()); !errors.Is(err, keystore.ErrNone) {
		t.Fatalf("no file: %v", err)
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	k := createIn(t, filepath.Join(t.TempDir(), "holder"))
	for _, name := range []string{"", ".", "-x", "../x", "a/b", "A", "a b", "a\x00", strings.Repeat("a", 65), "ä"} {
		if err := k.Put(name, []byte("x")); err == nil {
			t.Errorf("took a record named %q", name)
		}
	}
	if err := k.Put("large", make([]byte, keystore.MaxRecordSize+1)); err == nil {
		t.Error("took too large a record")
	}
	var many []keystore.Change
	for i := range keystore.MaxRecords + 1 {
		many = append(many, keystore.Change{Name: keystore.ShareOf(uint64(i)), Secret: []byte{1}})
	}
	if err := k.Apply(many...); err == nil {
		t.Error("took too many records")
	}
	var large []keystore.Change
	for i := range 5 {
		large = append(large, keystore.Change{Name: keystore.ShareOf(uint64(i)), Secret: make([]byte, keystore.MaxRecordSize)})
	}
	if err := k.Apply(large...); err == nil {
		t.Error("took too much")
	}
	if k.Generation() != 1 || len(k.Names()) != 0 {
		t.Errorf("generation %d, records %q", k.Generation(), k.Names())
	}
	if err := k.Apply(many[1:]...); err != nil {
		t.Error(err)
	}
}

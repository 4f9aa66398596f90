// SPDX-License-Identifier: Apache-2.0

package keystore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/keyholder/keystore"
)

func newDir(t *testing.T) (keystore.Dir, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "holder")
	if _, err := keystore.Init(path); err != nil {
		t.Fatal(err)
	}
	d, err := keystore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return d, path
}

func TestInitTwiceIsOneIdentity(t *testing.T) {
	t.Parallel()
	_, path := newDir(t)
	a, errA := keystore.Init(path)
	b, errB := keystore.Init(path)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Fatalf("%x, %v; %x, %v", a, errA, b, errB)
	}
}

func TestShareReplacesCeremony(t *testing.T) {
	t.Parallel()
	d, path := newDir(t)
	if _, err := d.Ceremony(); !errors.Is(err, keystore.ErrNone) {
		t.Fatalf("ceremony: %v", err)
	}
	if _, err := d.Share(); !errors.Is(err, keystore.ErrNone) {
		t.Fatalf("share: %v", err)
	}
	if err := d.SaveCeremony([]byte(`{"secret":1}`)); err != nil {
		t.Fatal(err)
	}
	if b, err := d.Ceremony(); err != nil || string(b) != `{"secret":1}` {
		t.Fatalf("%s, %v", b, err)
	}
	// A crash while the snapshot was written leaves a part of it.
	if err := os.WriteFile(filepath.Join(path, "ceremony.json.new"), []byte(`{"secret":`), 0o600); err != nil {
		t.Fatal(err)
	}
	want := keystore.Share{Secret: make([]byte, 32), GroupKey: make([]byte, 96)}
	if err := d.SaveShare(want); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Ceremony(); !errors.Is(err, keystore.ErrNone) {
		t.Fatalf("ceremony stays: %v", err)
	}
	if got, err := d.Share(); err != nil || len(got.Secret) != 32 {
		t.Fatalf("%+v, %v", got, err)
	}
	checkModes(t, path)
}

// KR-25: no secret is readable by others, at any time.
func checkModes(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Errorf("%d files, want identity and share", len(entries))
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "{", `{"seed":"AA=="}`, `[]`} {
		d, path := newDir(t)
		if err := os.WriteFile(filepath.Join(path, "identity.json"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Identity(); err == nil || errors.Is(err, keystore.ErrNone) {
			t.Errorf("%q: %v", content, err)
		}
		if _, err := keystore.Init(path); err == nil {
			t.Errorf("%q: replaced by a new identity", content)
		}
	}
	d, path := newDir(t)
	if err := os.WriteFile(filepath.Join(path, "share.json"), []byte(`{"secret":"AA=="}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Share(); err == nil || errors.Is(err, keystore.ErrNone) {
		t.Errorf("short share: %v", err)
	}
	if _, err := keystore.Open(filepath.Join(path, "share.json")); err == nil {
		t.Error("opened a file as a directory")
	}
}

// SPDX-License-Identifier: Apache-2.0

package keystore_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder/keystore"
)

func rewrite(t *testing.T, dir string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, keystore.KeysFile), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// No byte of the file can be changed, and none be added or taken away.
func TestAlteredFile(t *testing.T) {
	t.Parallel()
	dir := before(t)
	good, err := os.ReadFile(filepath.Join(dir, keystore.KeysFile))
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, content []byte) {
		t.Helper()
		rewrite(t, dir, content)
		if k, err := keystore.Unlock(t.Context(), dir, source()); err == nil {
			t.Errorf("%s: opened with %q", what, k.Names())
			_ = k.Close()
		}
	}
	for i := range good {
		for _, bit := range []byte{1, 0x80} {
			b := bytes.Clone(good)
			b[i] ^= bit
			refused("changed", b)
		}
		refused("cut", good[:i])
	}
	refused("longer", append(bytes.Clone(good), 0))
	refused("too large", make([]byte, 5<<20))
	rewrite(t, dir, good)
	k, err := keystore.Unlock(t.Context(), dir, source())
	if err != nil {
		t.Fatal(err)
	}
	want(t, k, "share", "old")
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
}

// The box of one keystore does not open with the head of another, though both have
// the same source.
func TestExchangedFiles(t *testing.T) {
	t.Parallel()
	a, b := before(t), before(t)
	fileA, errA := os.ReadFile(filepath.Join(a, keystore.KeysFile))
	fileB, errB := os.ReadFile(filepath.Join(b, keystore.KeysFile))
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	head := len(keystore.StoreMagic) + 3 + 24 + 32 + 16
	rewrite(t, a, append(bytes.Clone(fileA[:head]), fileB[head:]...))
	if _, err := keystore.Unlock(t.Context(), a, source()); err == nil || !strings.Contains(err.Error(), "altered") {
		t.Errorf("got %v", err)
	}
}

// A backup opens with its own source, is no keystore, and does not overwrite one.
func TestBackup(t *testing.T) {
	t.Parallel()
	dir := before(t)
	k, err := keystore.Unlock(t.Context(), dir, source())
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	other := keystore.Key([32]byte{2})
	b, err := k.Backup(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte("polynomial")) || !bytes.HasPrefix(b, []byte(keystore.BackupMagic)) {
		t.Error("backup is not sealed")
	}
	if _, err := keystore.OpenBackup(t.Context(), b, source()); err == nil {
		t.Error("opens with the keystore's source")
	}
	fake := filepath.Join(t.TempDir(), "holder")
	if err := os.Mkdir(fake, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, content := range [][]byte{b, append([]byte(keystore.StoreMagic), b[len(keystore.BackupMagic):]...)} {
		rewrite(t, fake, content)
		if _, err := keystore.Unlock(t.Context(), fake, other); err == nil {
			t.Error("a backup is a keystore")
		}
	}
	saved, err := keystore.OpenBackup(t.Context(), b, other)
	if err != nil {
		t.Fatal(err)
	}
	mark := keystore.Change{Name: "mark", Secret: []byte("restored")}
	if _, err := saved.Restore(t.Context(), dir, source(), mark); !errors.Is(err, keystore.ErrInUse) {
		t.Errorf("restored over one in use: %v", err)
	}
	if _, err := saved.Restore(t.Context(), fake, source(), mark); !errors.Is(err, keystore.ErrExists) {
		t.Errorf("restored over another: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "holder")
	if _, err := saved.Restore(t.Context(), fresh, source(), keystore.Change{Name: "mark"}); err == nil {
		t.Error("restored without a mark")
	}
	restored, err := saved.Restore(t.Context(), fresh, source(), mark)
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close()
	want(t, restored, "share", "old")
	want(t, restored, "mark", "restored")
}

func FuzzParseSealed(f *testing.F) {
	f.Add([]byte(keystore.StoreMagic))
	f.Add(append([]byte(keystore.StoreMagic), make([]byte, 200)...))
	f.Fuzz(func(_ *testing.T, b []byte) { _ = keystore.ParseSealed(b) })
}

func FuzzDecodeRecords(f *testing.F) {
	f.Add(keystore.EncodeRecords(nil))
	f.Add(keystore.EncodeRecords(map[string][]byte{"signer": {1}, "epoch-1.share": nil}))
	f.Fuzz(func(t *testing.T, b []byte) {
		records, err := keystore.DecodeRecords(b)
		if err == nil && !bytes.Equal(keystore.EncodeRecords(records), b) {
			t.Fatal("two encodings of the same records")
		}
	})
}

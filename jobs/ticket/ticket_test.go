// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func newTicket(t *testing.T) Ticket {
	t.Helper()
	made, err := New(31337, [20]byte{1}, [20]byte{2}, [32]byte{3}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestTicketComesBackAndIsItsOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "escrin", "jobs")
	made := newTicket(t)
	if err := made.Save(dir); err != nil {
		t.Fatal(err)
	}
	got, err := Load(dir, made.Task)
	if err != nil || string(got.ResultKey) != string(made.ResultKey) || got.Salt != made.Salt || !got.Prepared.Equal(made.Prepared) {
		t.Fatalf("loaded %v, %v", got, err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, Path(dir, made.Task): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
}

func TestMissingTicketIsToldApart(t *testing.T) {
	if _, err := Load(t.TempDir(), [32]byte{9}); !errors.Is(err, ErrNone) {
		t.Errorf("error is %v", err)
	}
}

func TestDamagedTicketIsRefused(t *testing.T) {
	made := newTicket(t)
	for name, damage := range map[string]func(string) string{
		"other salt":    func(s string) string { return strings.Replace(s, hex.EncodeToString(made.Salt[:4]), "00000000", 1) },
		"other version": func(s string) string { return strings.Replace(s, `"version": 1`, `"version": 2`, 1) },
		"cut off":       func(s string) string { return s[:len(s)/2] },
		"unknown field": func(s string) string { return strings.Replace(s, `"salt"`, `"pepper"`, 1) },
		"other case":    func(s string) string { return strings.Replace(s, `"salt"`, `"Salt"`, 1) },
		"repeated":      func(s string) string { return strings.Replace(s, `{`, `{"version":1,`, 1) },
		"second object": func(s string) string { return s + "{}" },
		"too large":     func(s string) string { return s + strings.Repeat(" ", maxFile) },
	} {
		dir := t.TempDir()
		if err := made.Save(dir); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(Path(dir, made.Task))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(Path(dir, made.Task), []byte(damage(string(raw))), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir, made.Task); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if made, err := parse(b); err == nil && made.Task != taskID(made) {
			t.Error("accepted a ticket of another task")
		}
	})
}

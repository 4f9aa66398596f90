// SPDX-License-Identifier: Apache-2.0

package keystore_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder/keystore"
)

func ctx() context.Context { return context.Background() }

func passphrase(t *testing.T, secret string) keystore.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := keystore.PassphraseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The right passphrase opens, with or without a line feed; no other does, nor does
// a source of another kind.
func TestPassphrase(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "holder")
	k, err := keystore.Create(t.Context(), dir, passphrase(t, "correct horse battery"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(k.Put("signer", []byte("a")), k.Close()); err != nil {
		t.Fatal(err)
	}
	for secret, words := range map[string]string{
		"correct horse battery\n": "", "correct horse batterY": "wrong passphrase", "correct horse battery ": "wrong passphrase",
		"correct horse battery\n\n": "wrong passphrase",
	} {
		k, err := keystore.Unlock(t.Context(), dir, passphrase(t, secret))
		if words == "" && err == nil {
			want(t, k, "signer", "a")
			err = k.Close()
		}
		if (words == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", secret, err)
		}
	}
	if _, err := keystore.Unlock(t.Context(), dir, source()); err == nil || !strings.Contains(err.Error(), "opens with a passphrase, not a key") {
		t.Errorf("a key: %v", err)
	}
}

// What scrypt took is given back to the system: a keyholder unlocks once, and then runs for months.
func TestScryptsMemoryIsGivenBack(t *testing.T) { // alone: it looks at the whole process
	k, err := keystore.Create(t.Context(), filepath.Join(t.TempDir(), "holder"), passphrase(t, "correct horse battery"))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if kept := stats.HeapSys - stats.HeapReleased; kept > 64<<20 {
		t.Errorf("%d MiB are kept", kept>>20)
	}
}

func TestPassphraseFileRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, c := range map[string]struct {
		content string
		mode    os.FileMode
		words   string
	}{
		"short":     {"eleven byte\n", 0o600, "has 11"},
		"long":      {strings.Repeat("x", keystore.MaxPassphrase+1), 0o600, "has 4097"},
		"others":    {"correct horse battery", 0o644, "run chmod 600"},
		"group":     {"correct horse battery", 0o640, "run chmod 600"},
		"directory": {"", 0, "is a directory"},
	} {
		path := filepath.Join(dir, name)
		if c.mode == 0 {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte(c.content), c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := keystore.PassphraseFile(path); err == nil || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "horse") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCredential(t *testing.T) {
	if _, err := keystore.Credential("passphrase"); err == nil {
		t.Error("a credential without systemd")
	}
	dir := t.TempDir()
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	if err := os.WriteFile(filepath.Join(dir, "passphrase"), []byte("correct horse battery"), 0o400); err != nil {
		t.Fatal(err)
	}
	if s, err := keystore.Credential("passphrase"); err != nil || s.Kind() != keystore.KindPassphrase {
		t.Error(err)
	}
	for _, name := range []string{"other", "../passphrase", "a/b", ""} {
		if _, err := keystore.Credential(name); err == nil {
			t.Errorf("took %q", name)
		}
	}
}

// pluginMain is a plugin, as one for a key management service would be: it adds a
// constant to every byte.
func pluginMain(mode string) error {
	line, err := bufio.NewReader(os.Stdin).ReadBytes('\n')
	if err != nil {
		return err
	}
	var req keystore.PluginRequest
	if err := json.Unmarshal(line, &req); err != nil || req.Version != 1 || len(req.Context) == 0 {
		return fmt.Errorf("%v: %+v", err, req)
	}
	add := func(b []byte, n byte) []byte {
		b = bytes.Clone(b)
		for i := range b {
			b[i] += n
		}
		return b
	}
	var reply keystore.PluginReply
	switch req.Op {
	case "wrap":
		reply.Wrapped = add(req.Key, 7)
	case "unwrap":
		reply.Key = add(req.Wrapped, 249)
	}
	switch mode {
	case "plugin":
	case "plugin refuses":
		reply = keystore.PluginReply{Error: "no touch"}
	case "plugin forgets":
		if reply.Key != nil {
			reply.Key[0]++
		}
	case "plugin is short":
		reply.Key = reply.Key[:min(31, len(reply.Key))]
	case "plugin says both":
		reply.Key, reply.Wrapped = make([]byte, 32), make([]byte, 32)
	case "plugin talks":
		fmt.Println("hello")
	case "plugin floods":
		for range 1 << 20 {
			if _, err := fmt.Println(strings.Repeat("x", 1000)); err != nil {
				return err
			}
		}
	case "plugin fails":
		return errors.New("no")
	}
	return json.NewEncoder(os.Stdout).Encode(reply)
}

// The plugin is this test binary; children inherit what it is to do.
func TestPlugin(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "holder")
	plugin := keystore.Plugin(os.Args[0])
	t.Setenv(childMode, "plugin")
	k, err := keystore.Create(t.Context(), dir, plugin)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(k.Put("signer", []byte("a")), k.Close()); err != nil {
		t.Fatal(err)
	}
	if k, err = keystore.Unlock(t.Context(), dir, plugin); err != nil {
		t.Fatal(err)
	}
	want(t, k, "signer", "a")
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	for mode, words := range map[string]string{
		"plugin refuses": "no touch", "plugin forgets": "altered", "plugin is short": "32 bytes",
		"plugin says both": "no key of 32 bytes", "plugin talks": "one line", "plugin floods": "plugin", "plugin fails": "exit status 1",
	} {
		t.Setenv(childMode, mode)
		if _, err := keystore.Unlock(t.Context(), dir, plugin); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", mode, err)
		}
		other := filepath.Join(t.TempDir(), "holder")
		if _, err := keystore.Create(t.Context(), other, plugin); err == nil {
			t.Errorf("%s: created", mode)
		}
		if _, err := os.Stat(filepath.Join(other, keystore.KeysFile)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: left a keystore: %v", mode, err)
		}
	}
	if _, err := keystore.Unlock(t.Context(), dir, keystore.Plugin("/nonexistent")); err == nil {
		t.Error("a plugin that is not there")
	}
}

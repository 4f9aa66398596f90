// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder/control"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/member"
	"github.com/escrin/escrin/keyholder/standing"
)

// secretFile writes a file that only its owner may read.
func secretFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// output runs a command that must do what it says, and returns what it printed.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var out, log bytes.Buffer
	if err := command(t.Context(), args, &out, &log); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	if log.Len() > 0 {
		t.Errorf("%q prints %q to standard error", args, log.String())
	}
	return out.String()
}

func entryOf(t *testing.T, text string) (e member.Entry) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return e
}

// From init over a backup to another machine, and what the commands refuse.
func TestKeystoreCommands(t *testing.T) {
	t.Parallel()
	dir, pass, other := filepath.Join(t.TempDir(), "holder"), secretFile(t, "the holder's own\n"), secretFile(t, "the backup's own\n")
	open := []string{"--dir", dir, "--passphrase-file", pass}
	with := func(verb string, more ...string) []string { return append(append([]string{verb}, open...), more...) }

	made := entryOf(t, output(t, with("init", "--json", "--url", "https://one.example")...))
	if again := entryOf(t, output(t, with("init", "--json")...)); again != made || made.URL != "https://one.example" {
		t.Errorf("%+v became %+v", made, again)
	}
	if text := output(t, with("init")...); !strings.Contains(text, "(fund it)") {
		t.Errorf("init says %q", text)
	}
	joined := entryOf(t, output(t, with("join", "--json", "--account", "0x00000000000000000000000000000000000000ff", "--url", "https://two.example")...))
	if joined.Account != [20]byte(append(make([]byte, 19), 0xff)) || joined.Signer != made.Signer || joined.URL != "https://two.example" {
		t.Errorf("%+v", joined)
	}
	output(t, with("leave")...)
	checkStanding(t, dir, pass, "", true)
	file := filepath.Join(t.TempDir(), "backup")
	output(t, with("backup", "--out", file, "--backup-passphrase-file", other)...)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("backup has mode %v, %v", info.Mode(), err)
	}
	if entryOf(t, output(t, with("join", "--json")...)) != joined {
		t.Error("join changes what was said")
	}
	checkStanding(t, dir, pass, "", false)

	restored := filepath.Join(t.TempDir(), "restored")
	back := []string{"restore", "--json", "--dir", restored, "--passphrase-file", pass, "--from", file, "--backup-passphrase-file", other}
	if entryOf(t, output(t, back...)) != joined {
		t.Error("another holder was restored")
	}
	checkStanding(t, restored, pass, standing.Restored, true)

	for name, args := range map[string][]string{
		"a second restore":    back,
		"another passphrase":  {"join", "--dir", dir, "--passphrase-file", other},
		"over a file":         with("backup", "--out", file, "--backup-passphrase-file", other),
		"a wrong backup":      {"restore", "--dir", restored + "2", "--passphrase-file", pass, "--from", file, "--backup-passphrase-file", pass},
		"no backup":           {"restore", "--dir", restored + "2", "--passphrase-file", pass, "--from", pass, "--backup-passphrase-file", other},
		"status of nobody":    {"status", "--dir", dir},
		"leave without a key": {"leave", "--dir", dir},
		"no keystore":         {"join", "--dir", t.TempDir(), "--passphrase-file", pass},
	} {
		if err := command(t.Context(), args, &bytes.Buffer{}, &bytes.Buffer{}); err == nil {
			t.Errorf("%s: done", name)
		}
	}
}

func checkStanding(t *testing.T, dir, pass string, want standing.Reason, leaving bool) {
	t.Helper()
	source, err := keystore.PassphraseFile(pass)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keystore.Unlock(t.Context(), dir, source)
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	s, err := standing.Load(keys)
	if err != nil {
		t.Fatal(err)
	}
	if reason, _ := s.Why(); reason != want || s.Leaving() != leaving {
		t.Errorf("%q, leaving %v", reason, s.Leaving())
	}
}

// Help is an answer: it goes to standard output, and the exit status is 0.
func TestHelp(t *testing.T) {
	t.Parallel()
	all := output(t, "--help")
	for _, v := range verbs() {
		if !strings.Contains(all, "\n  "+v.name) {
			t.Errorf("help does not name %s", v.name)
		}
		one := output(t, v.name, "--help")
		if output(t, "help", v.name) != one || !strings.Contains(one, v.short) {
			t.Errorf("help of %s: %q", v.name, one)
		}
		for _, name := range v.flags {
			if !strings.Contains(one, "--"+name) {
				t.Errorf("help of %s does not name --%s", v.name, name)
			}
		}
		for _, line := range strings.Split(v.long, "\n") {
			if len(line) > 81 {
				t.Errorf("help of %s has a line of %d", v.name, len(line))
			}
		}
	}
	if output(t, "version") != output(t, "--version") {
		t.Error("two versions")
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if script := output(t, "completion", shell); !strings.Contains(script, "passphrase-file") {
			t.Errorf("completion for %s: %q", shell, script)
		}
	}
	if page := output(t, "man"); !strings.Contains(page, ".SS escrin\\-keyholder restore") {
		t.Errorf("manual page: %q", page)
	}
}

// Every flag of every command is bound to something.
func TestEveryFlagIsBound(t *testing.T) {
	t.Parallel()
	for _, v := range verbs() {
		flags := v.flagSet(&call{})
		for _, name := range v.flags {
			if flags.Lookup(name) == nil {
				t.Errorf("%s has no flag --%s", v.name, name)
			}
		}
	}
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		nil, {"dance"}, {"help", "dance"}, {"init"}, {"run", "--dir", "x"}, {"init", "--dir", "x", "y"}, {"init", "--dir"},
		{"join", "--dir", "x", "--passphrase-file", "a", "--plugin", "b"}, {"completion"}, {"completion", "tcsh"}, {"completion", "bash", "zsh"},
		{"backup", "--dir", "x", "--out", "y"}, {"status", "--dir", "x", "--passphrase", "y"},
		{"init", "--dir", "x", "--passphrase-file", "a", "--account", "0x12"}, {"join", "--dir", "x", "--url", "ftp://x"},
	} {
		var out, log bytes.Buffer
		err := command(t.Context(), args, &out, &log)
		if !errors.Is(err, errUsage) || report(&log, err, args) != exitUsage || !strings.Contains(log.String(), "--help") || out.Len() > 0 {
			t.Errorf("%q: %v, prints %q", args, err, out.String())
		}
	}
}

// What status says to people has all that it says to machines.
func TestStatusForPeople(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := printStatus(&out, control.Status{
		Version: "v9", Signer: [20]byte{0xab}, Member: member.Profile{URL: "https://one.example"}, Generation: 12, Leaving: true,
		Barred: 3, Reason: standing.Restored,
		Network: &control.NetworkStatus{
			Block: 1000, Active: 4, Latest: 5, Phase: "dealing", Serving: 4, Index: 2, Waiting: "others", Problem: "none", AuditHead: "7:0xcd",
			Funds: "1500000000000000000", Peers: []control.PeerStatus{{URL: "https://two.example"}, {URL: "https://three.example", Problem: "silent"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{
		"v9", "0xab", "https://one.example", "generation 12", "leaving", "restored from a backup: serves only epochs after 3", "1000 (final)",
		"4 is active, 5 is the latest (dealing)", "epoch 4, as member 2", "others", "none", "7:0xcd", "1.500000 ether",
		"https://two.example  answers", "https://three.example  silent",
	} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("does not say %q:\n%s", words, out.String())
		}
	}
}

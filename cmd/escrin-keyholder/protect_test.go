// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/server"
)

// canaries are forms in which a secret could be seen.
func canaries(secrets ...[]byte) [][]byte {
	var out [][]byte
	for _, s := range secrets {
		out = append(out, s, []byte(hex.EncodeToString(s)), []byte(base64.StdEncoding.EncodeToString(s)), []byte(base64.RawURLEncoding.EncodeToString(s)))
	}
	return out
}

func findCanary(b []byte, canaries [][]byte) bool {
	for _, c := range canaries {
		if bytes.Contains(b, c) {
			return true
		}
	}
	return false
}

// watchProcesses looks at the arguments and environments of all processes, again
// and again until stop is called; it returns where it saw a canary, and how often
// it looked.
func watchProcesses(every time.Duration, canaries [][]byte) (stop func() (seen []string, rounds int)) {
	quit := make(chan struct{})
	var done sync.WaitGroup
	var seen []string
	rounds := 0
	done.Go(func() {
		for tick := time.NewTicker(every); ; rounds++ {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			for _, name := range []string{"cmdline", "environ"} {
				paths, _ := filepath.Glob("/proc/[0-9]*/" + name)
				for _, path := range paths {
					if b, err := os.ReadFile(path); err == nil && findCanary(b, canaries) {
						seen = append(seen, path+": "+string(b))
					}
				}
			}
		}
	})
	return func() ([]string, int) {
		close(quit)
		done.Wait()
		return seen, rounds
	}
}

// KR-25: while real processes make, use, save and restore a keystore, its secrets
// and passphrases are in nobody's arguments or environment, in no output, and in
// the clear in no file but the passphrases' own.
func TestKR25SecretsAreNowhereToBeSeen(t *testing.T) {
	t.Parallel()
	first, second := []byte("canary-of-the-holder-7c1e"), []byte("canary-of-the-backup-99d0")
	pass, other := secretFile(t, string(first)), secretFile(t, string(second))
	work := t.TempDir()
	dir, restored, saved := filepath.Join(work, "holder"), filepath.Join(work, "restored"), filepath.Join(work, "backup")

	program := func(args ...string) []byte {
		cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
		cmd.Env = append(os.Environ(), asProcess+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v: %s", args, err, out)
		}
		return out
	}
	program("init", "--dir", dir, "--passphrase-file", pass)
	source, err := keystore.PassphraseFile(pass)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keystore.Unlock(t.Context(), dir, source)
	if err != nil {
		t.Fatal(err)
	}
	secrets := [][]byte{first, second}
	for _, name := range []string{keystore.Signer, keystore.NextEncryption} {
		secret, err := keys.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, secret)
	}
	if err := keys.Close(); err != nil {
		t.Fatal(err)
	}
	all := canaries(secrets...)
	stop := watchProcesses(time.Millisecond, all)
	var printed []byte
	for _, args := range [][]string{
		{"join", "--dir", dir, "--passphrase-file", pass, "--json"},
		{"backup", "--dir", dir, "--passphrase-file", pass, "--out", saved, "--backup-passphrase-file", other},
		{"restore", "--dir", restored, "--passphrase-file", pass, "--from", saved, "--backup-passphrase-file", other},
		{"leave", "--dir", restored, "--passphrase-file", pass},
	} {
		printed = append(printed, program(args...)...)
	}
	if seen, rounds := stop(); len(seen) > 0 || rounds == 0 {
		t.Errorf("looked %d times and saw %q", rounds, seen)
	}
	if findCanary(printed, all) {
		t.Errorf("printed a secret: %s", printed)
	}
	noneInFiles(t, work, all)
}

// noneInFiles expects no canary in any file below a directory, nor a file that
// others may read.
func noneInFiles(t *testing.T, dir string, canaries [][]byte) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if findCanary(b, canaries) {
			t.Errorf("%s shows a secret", path)
		}
		if info, err := e.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The unit keeps what its comments promise, as systemd sees it.
func TestUnitIsHardened(t *testing.T) {
	t.Parallel()
	unit, err := os.ReadFile("escrin-keyholder.service")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"LimitMEMLOCK=infinity", "LimitCORE=0", "MemorySwapMax=0", "DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes",
		"CapabilityBoundingSet=", "StateDirectoryMode=0700", "UMask=0077", "PrivateDevices=yes", "RestrictNamespaces=yes",
	} {
		if !strings.Contains(string(unit), "\n"+line+"\n") {
			t.Errorf("unit lacks %s", line)
		}
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("no systemd-analyze here: only the lines above were looked at")
		return
	}
	path, err := filepath.Abs("escrin-keyholder.service")
	if err != nil {
		t.Fatal(err)
	}
	if out := verifyUnit(t, analyze, string(unit)); out != "" {
		t.Errorf("systemd-analyze verify: %s", out)
	}
	broken := strings.Replace(string(unit), "\nType=exec\n", "\nType=exec\nProtectEverything=yes\n", 1)
	if out := verifyUnit(t, analyze, broken); !strings.Contains(out, "ProtectEverything") {
		t.Errorf("a line that means nothing is not noticed: %q", out)
	}
	// Exposure in tenths: 2.0 at most.
	if out, err := exec.CommandContext(t.Context(), analyze, "security", "--offline=true", "--no-pager", "--threshold=20", path).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// systemd kills no keyholder that finishes what is under way: the unit gives it longer than that may take, and some seconds to
// close its files.
func TestUnitWaitsForTheDrain(t *testing.T) {
	t.Parallel()
	const least = server.Drain + metricsDrain + 5*time.Second
	if stop, err := time.ParseDuration(unitSays(t, "TimeoutStopSec") + "s"); err != nil || stop < least {
		t.Errorf("TimeoutStopSec is %v, but it may take %v: %v", stop, least, err)
	}
}

// However many visit a keyholder, the kernel has no reason to kill it: the unit gives it what its requests can take, and as much
// garbage as is left when it is near its limit, and what it needs for itself.
func TestUnitHasTheMemory(t *testing.T) {
	t.Parallel()
	const itself = 64 << 20
	gigabytes, ok := strings.CutSuffix(unitSays(t, "MemoryMax"), "G")
	n, err := strconv.ParseUint(gigabytes, 10, 16)
	if !ok || err != nil {
		t.Fatal(err)
	}
	if most := n << 30; server.MostMemory+itself > most || memory+memory/4 > most {
		t.Errorf("%d bytes, for requests of %d and a limit of %d", most, server.MostMemory, memory)
	}
}

// unitSays is what the unit gives a name.
func unitSays(t *testing.T, name string) string {
	t.Helper()
	unit, err := os.ReadFile("escrin-keyholder.service")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(unit), "\n"+name+"=")
	value, _, _ := strings.Cut(after, "\n")
	return value
}

// verifyUnit returns what systemd has to say of a unit, once its program is one that is there. Whether this machine has the
// manual page installed does not matter.
func verifyUnit(t *testing.T, analyze, unit string) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "escrin-keyholder.service")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(unit, "=/usr/bin/escrin-keyholder ", "="+program+" ")), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", path).CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatal(err)
	}
	return string(out)
}

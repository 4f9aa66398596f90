// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/control"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/standing"
)

// program runs a command on the holder's directory in a process of its own.
func (h *holder) program(verb string, args ...string) []byte {
	h.t.Helper()
	cmd := exec.CommandContext(h.t.Context(), os.Args[0], append([]string{verb, "--dir", h.dir}, args...)...)
	cmd.Env = append(os.Environ(), asProcess+"=1")
	out, err := cmd.Output()
	if err != nil {
		h.t.Fatalf("%s: %v, %s", verb, err, out)
	}
	return out
}

func (h *holder) status() (s control.Status) {
	h.t.Helper()
	must(h.t, json.Unmarshal(h.program("status", "--json"), &s))
	return s
}

// join has the running holder make the encryption key of the next epoch.
func (h *holder) join() {
	h.t.Helper()
	h.member.EncryptionKey = common.Hash(entryOf(h.t, string(h.program("join", "--json"))).EncryptionKey)
}

// awaitStatus asks for the status until it is as wanted.
func (h *holder) awaitStatus(what string, wanted func(control.Status) bool) {
	h.t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; {
		s, err := control.To(h.dir).Status(h.t.Context())
		if err != nil && !errors.Is(err, control.ErrNotRunning) { // not yet
			h.t.Fatal(err)
		}
		if s.Network != nil && wanted(s) {
			if printed := h.status(); printed.Signer != s.Signer || printed.Barred != s.Barred || len(printed.Network.Funds) < 15 {
				h.t.Errorf("status prints %+v", printed)
			}
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("not %s: %+v, %+v", what, s, s.Network)
		}
	}
}

// told waits until another holder was told of so many records of h.
func (h *holder) told(n *network, by uint32, length uint64) {
	h.t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; {
		pause(h.t.Context()) // one address asks only so often
		reply := get(h.t, n.urls[by]+fmt.Sprintf("/v1/witness/0x%x/0x%064x", h.member.Signer, 1))
		var answer struct {
			Statement *struct{ Length uint64 }
		}
		must(h.t, json.Unmarshal(reply, &answer))
		if answer.Statement != nil && answer.Statement.Length >= length {
			return
		}
		if time.Now().After(end) {
			h.t.Fatalf("keyholder %d was not told of %d records: %s", by, length, reply)
		}
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	reply, err := http.Get(url)
	must(t, err)
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	must(t, err)
	if reply.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s", url, reply.Status, b)
	}
	return b
}

// copyDir copies a directory as it is.
func copyDir(t *testing.T, to, from string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", from+"/.", to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// refused expects that a holder answers none of an enclave's requests.
func (e *enclave) refused(holder uint32, task keyholder.TaskAttempt) {
	e.w.t.Helper()
	var refused keyholder.Error
	status, reply, err := e.w.transport().Do(e.w.t.Context(), holder, keyholder.PathRelease, e.request(task))
	if err != nil || status != http.StatusServiceUnavailable || json.Unmarshal(reply, &refused) != nil || refused.Code != keyholder.CodeNotReady {
		e.w.t.Fatalf("keyholder %d: %d %s, %v", holder, status, reply, err)
	}
}

// secrets are those of the holder's keystore, while it does not run.
func (h *holder) secrets() (secrets [][]byte) {
	h.t.Helper()
	source, err := keystore.PassphraseFile(h.passphrase())
	must(h.t, err)
	keys, err := keystore.Unlock(h.t.Context(), h.dir, source)
	must(h.t, err)
	for _, name := range keys.Names() {
		secret, err := keys.Get(name)
		must(h.t, err)
		if len(secret) == 32 {
			secrets = append(secrets, secret)
		}
	}
	must(h.t, keys.Close())
	return secrets
}

// KR-22 and KR-25 with real processes and a real chain: a holder whose directory is
// an old copy, and one that is restored from a backup, serve no more until they
// join a later epoch; and all the while no secret is to be seen.
func TestKR22RealRollbackAndRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c := w.network.holders[0], w.network.holders[1], w.network.holders[2]
	a.stop()
	secrets := a.secrets()
	old := t.TempDir()
	copyDir(t, old, a.dir)
	watched := canaries(append(secrets, []byte("only for tests"))...)
	stop := watchProcesses(50*time.Millisecond, watched)
	a.start()
	a.await(`"ready"`)

	task := w.submit(1)
	e := w.boot(nil)
	e.acquire()
	w.claim(task, e)
	e.bindEverywhere(task)
	a.told(w.network, 2, 1)
	a.told(w.network, 3, 1)

	a.kill()
	must(t, os.RemoveAll(a.dir))
	must(t, os.Mkdir(a.dir, 0o700))
	copyDir(t, a.dir, old)
	a.start()
	a.await("not serving", string(standing.RolledBack))
	w.boot(e.key).refused(1, task) // a clone, of which the old records know nothing
	e.refused(1, task)
	a.kill()
	a.start()
	a.awaitStatus("barred", func(s control.Status) bool { return s.Barred == 1 && s.Network.Active == 1 && s.Network.Serving == 0 })

	saved := filepath.Join(t.TempDir(), "backup")
	b.program("backup", "--passphrase-file", b.passphrase(), "--out", saved, "--backup-passphrase-file", secretFile(t, "of the backup"))
	b.kill()
	config, err := os.ReadFile(b.config)
	must(t, err)
	pass := b.passphrase()
	b.dir = filepath.Join(t.TempDir(), "restored")
	b.program("restore", "--passphrase-file", pass, "--from", saved, "--backup-passphrase-file", secretFile(t, "of the backup"))
	must(t, os.WriteFile(b.passphrase(), []byte("only for tests"), 0o600))
	must(t, os.WriteFile(b.config, config, 0o600))
	b.start()
	b.await("not serving", string(standing.Restored))

	for _, h := range w.network.holders {
		h.join()
	}
	second := w.epoch(2, a, b, c)
	for _, h := range w.network.holders {
		h.awaitStatus("serving", func(s control.Status) bool { return s.Network.Serving == second })
		h.stop()
		noneInFiles(t, h.dir, canaries(secrets...))
		for _, line := range h.lines {
			if findCanary([]byte(line), watched) {
				t.Errorf("logged a secret: %s", line)
			}
		}
	}
	if seen, rounds := stop(); len(seen) > 0 || rounds == 0 {
		t.Errorf("looked %d times and saw %q", rounds, seen)
	}
	if found := output(t, "audit", "--dir", c.dir, "--verify"); !strings.Contains(found, "records") {
		t.Error(found)
	}
}

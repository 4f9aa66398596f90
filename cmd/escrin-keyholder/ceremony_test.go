// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/keyholder/keystore"
)

// somePEM returns a root certificate under which nothing was ever issued.
func somePEM(t *testing.T) []byte {
	t.Helper()
	platform, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return platform.RootPEM()
}

func unusedChain(t *testing.T) settings {
	return settings{rpc: "http://127.0.0.1:1", registry: [20]byte{1}, taskHub: [20]byte{2}, platforms: [20]byte{3}, rootPEM: somePEM(t)}
}

// Three processes make a key although one of them is killed after each of its
// messages; and keep it over a restart.
func TestCeremonySurvivesKillAtEveryRound(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, unusedChain(t))
	a, b, c := n.holders[0], n.holders[1], n.holders[2]
	a.start()
	a.await("ceremony goes on", "hello")
	if reply := n.keynet(t, 1); reply.Ready || reply.Network != nil {
		t.Fatalf("a lone keyholder has a network: %+v", reply)
	}
	a.kill()
	a.start()
	c.start()
	for _, round := range []string{"hello", "commit", "deal", "confirm"} {
		b.start()
		b.await("ceremony goes on", round)
		b.kill()
	}
	b.start()
	for _, h := range n.holders {
		h.await(`"ready"`)
	}
	made := n.agreed(t)
	for _, h := range n.holders {
		h.kill()
	}
	for _, h := range n.holders {
		h.start()
		h.await(`"ready"`)
	}
	if again := n.agreed(t); again.GroupKey != made.GroupKey {
		t.Fatal("group key changed over a restart")
	}
	for _, h := range n.holders {
		h.stop()
		checkSecretsAtRest(t, h.dir)
	}
}

// checkSecretsAtRest: KR-25, and nothing of the ceremony stays behind.
func checkSecretsAtRest(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %o", e.Name(), info.Mode().Perm())
		}
		if strings.Contains(e.Name(), "ceremony") || strings.Contains(e.Name(), ".new") {
			t.Errorf("%s stays behind", e.Name())
		}
	}
}

func TestKR25RefusesSecretsThatOthersMayRead(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "holder")
	if _, err := keystore.Init(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "identity.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.Init(dir); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Fatalf("got %v", err)
	}
}

func TestStartRefusals(t *testing.T) {
	t.Parallel()
	t.Run("share of another network", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t, unusedChain(t))
		for _, h := range n.holders {
			h.start()
		}
		for _, h := range n.holders {
			h.await(`"ready"`)
		}
		h := n.holders[0]
		h.stop()
		b, err := os.ReadFile(h.config)
		if err != nil {
			t.Fatal(err)
		}
		other := strings.Replace(string(b), `"threshold":2`, `"threshold":3`, 1)
		if err := os.WriteFile(h.config, []byte(other), 0o600); err != nil {
			t.Fatal(err)
		}
		h.start()
		h.await("other keyholders or another threshold")
		if err := <-h.done; err == nil {
			t.Fatal("exit status is 0")
		}
	})
	for name, c := range map[string]struct{ file, content, words string }{
		"AT-04 a policy that leaves a choice open": {"policy", strings.Replace(string(simulator.Policy()), `"graceDays": 0,`, ``, 1), "graceDays"},
		"AT-04 a policy for no TEE":                {"policy", `{"version": 1}`, "both are missing"},
		"AT-04 no policy":                          {"policy", "", "read policy"},
		"AT-16 roots that are none":                {"roots", "no certificate", "read roots"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t, unusedChain(t))
			path := map[string]string{"policy": n.policy, "roots": n.roots}[c.file]
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			h := n.holders[0]
			h.start()
			h.await(c.words)
			if err := <-h.done; err == nil {
				t.Fatal("exit status is 0")
			}
		})
	}
	t.Run("no identity", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t, unusedChain(t))
		h := n.holders[0]
		if err := os.Remove(filepath.Join(h.dir, "identity.json")); err != nil {
			t.Fatal(err)
		}
		h.start()
		h.await("escrin-keyholder init")
	})
}

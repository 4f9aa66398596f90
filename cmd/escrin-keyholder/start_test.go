// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/contracts/deploy"
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
	at := deploy.Addresses{Registry: [20]byte{1}, TaskHub: [20]byte{2}, Platforms: [20]byte{3}, Anchors: [20]byte{5}, KeyNetwork: [20]byte{4}}
	return settings{rpc: "http://127.0.0.1:1", at: at, rootPEM: somePEM(t), site: thisMachine(t)}
}

// checkSecretsAtRest: KR-25, and nothing half written stays behind.
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
		if strings.Contains(e.Name(), ".new") {
			t.Errorf("%s stays behind", e.Name())
		}
	}
}

func TestStartRefusals(t *testing.T) {
	t.Parallel()
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
	t.Run("no keystore", func(t *testing.T) {
		t.Parallel()
		n := newNetwork(t, unusedChain(t))
		h := n.holders[0]
		must(t, os.Remove(filepath.Join(h.dir, "keys.sealed")))
		h.start()
		h.await("escrin-keyholder init")
	})
}

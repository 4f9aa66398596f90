// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/config"
)

// KR-24, with real processes and a real chain: which program acts under an identity is its registrant's to say, on chain,
// and nobody else's: neither governor and deployer, which are one account here, nor a keyholder's operator can change it.
// An operator who has the keyholder trust a forger gives the forger what one keyholder can give, and not even for a program
// that the registrant did not name.
func TestKR24PolicyIsItsOwners(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, lax := w.miner, w.network.holders[0]
	own, foreign := w.program(1), w.program(2)
	var err error
	w.identity, _, err = w.chain.CreateIdentity(t.Context(), owner)
	must(t, err)
	_, err = w.chain.SetPolicy(t.Context(), owner, w.identity, own.policy())
	must(t, err)
	lax.stop()
	operator := lax.signer()

	t.Run("others cannot change it", func(t *testing.T) {
		for who, account := range map[string]*chain.Account{"governor and deployer": w.governor, "operator": operator} {
			if _, err := w.chain.SetPolicy(t.Context(), account, w.identity, foreign.policy()); !chain.IsRevert(err, "Unauthorized") {
				t.Errorf("%s: %v", who, err)
			}
		}
	})
	t.Run("a forger has one keyholder", func(t *testing.T) {
		forger, err := simulator.Open(t.TempDir())
		must(t, err)
		path := filepath.Join(t.TempDir(), "roots.pem")
		must(t, os.WriteFile(path, append(forger.RootPEM(), w.snp.RootPEM()...), 0o644))
		lax.configure(func(c *config.Config) { c.Roots = path })
		lax.start()
		lax.await(`"ready"`)
		honest := w.tdx
		w.tdx = forger
		w.certifies(t, own, "", keyholder.CodeEvidenceInvalid, keyholder.CodeEvidenceInvalid)
		w.certifies(t, foreign, keyholder.CodePolicyMismatch, keyholder.CodeEvidenceInvalid, keyholder.CodeEvidenceInvalid)
		w.tdx = honest
	})
	t.Run("the others serve its owner's program", func(t *testing.T) {
		w.certifies(t, own, keyholder.CodeEvidenceInvalid, "", "")
		w.certifies(t, foreign, keyholder.CodeEvidenceInvalid, keyholder.CodePolicyMismatch, keyholder.CodePolicyMismatch)
	})
	t.Run("its owner changes it everywhere", func(t *testing.T) {
		_, err := w.chain.SetPolicy(t.Context(), owner, w.identity, foreign.policy())
		must(t, err)
		w.certifies(t, own, keyholder.CodeEvidenceInvalid, keyholder.CodePolicyMismatch, keyholder.CodePolicyMismatch)
		w.certifies(t, foreign, keyholder.CodeEvidenceInvalid, "", "")
	})
}

// program is what an enclave measures to.
type program struct {
	measurements []attest.Measurement
	root         [32]byte
}

func (w *world) program(n byte) program {
	w.t.Helper()
	measurements := slices.Clone(w.measurements)
	for i := range measurements {
		if m := &measurements[i]; m.TEE == attest.SNP {
			m.LaunchDigest = attest.Register{n}
		} else {
			m.Registers.RTMR1 = attest.Register{n}
		}
	}
	root, err := attest.Root(measurements)
	must(w.t, err)
	return program{measurements, root}
}

func (p program) policy() chain.Policy {
	return chain.Measured(p.root, 3600, "localhost:5000/x@sha256:0")
}

// certifies boots a program, and expects of each keyholder the code with which it refuses a certificate; empty where it
// gives its share of one.
func (w *world) certifies(t *testing.T, p program, want ...keyholder.Code) {
	t.Helper()
	w.measurements, w.root = p.measurements, p.root
	body := w.certificateRequest(t, w.boot(nil))
	for i, h := range w.keys.Holders {
		status, reply, err := w.transport().Do(t.Context(), h.Index, keyholder.PathCertificate, body)
		must(t, err)
		var refused keyholder.Error
		if status != 200 {
			must(t, json.Unmarshal(reply, &refused))
		}
		if refused.Code != want[i] {
			t.Errorf("keyholder %d: %d %s, want %q", h.Index, status, reply, want[i])
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/devnet"
)

// handOn has the keyholders hand their key on, with fresh shares, and returns when all of them serve the new epoch.
func (n *network) handOn() (epoch uint64) {
	n.t.Helper()
	file := n.file()
	key, err := file.Accounts[0].Key()
	if err != nil {
		n.t.Fatal(err)
	}
	c, err := chain.Open(n.t.Context(), file.Chain.HTTP, chain.Contracts{ChainID: file.Chain.ID})
	if err != nil {
		n.t.Fatal(err)
	}
	defer c.Close()
	g := devnet.Governor{Chain: c, Board: c.Board(file.Contracts.KeyNetwork), Account: chain.NewAccount(key), Threshold: devnet.Threshold, PhaseBlocks: 8}
	for _, holder := range file.KeyNetwork.Holders {
		g.Holders = append(g.Holders, holder.URL)
	}
	n.until("the key is handed on", func() bool {
		epoch, err = g.GoOn(n.t.Context(), file.KeyNetwork.Epoch+1)
		if err != nil && !errors.Is(err, devnet.ErrUnderWay) {
			n.t.Fatal(err)
		}
		return err == nil
	})
	for _, url := range g.Holders {
		n.until(url+" serves the new epoch", func() bool {
			keys, err := devnet.ServedKeys(n.t.Context(), url)
			return err == nil && keys.Epoch == epoch
		})
	}
	return epoch
}

// TestKR10KeyIsHandedOn: what was encrypted before the key was handed on is opened after, by an enclave that was told of the epoch before; and
// anybody can re-check both epochs from the chain (KR-10, KR-21).
func TestKR10KeyIsHandedOn(t *testing.T) {
	n := start(t)
	p := n.prepare(shell(t), "shell")
	task := p.run("job", "prepare", "--identity", p.identity, "--quiet")
	sealed := filepath.Join(t.TempDir(), "input.sealed")
	p.run("job", "encrypt", "--identity", p.identity, "--task", task, "--input", p.write("input.txt", "echo from before"), "-o", sealed)
	before := n.groupKey()

	if epoch := n.handOn(); epoch != 2 {
		t.Fatalf("epoch %d follows epoch 1", epoch)
	}
	if after := n.groupKey(); after != before {
		t.Fatalf("the group key was %s and is %s", before, after)
	}
	p.run("job", "submit", "--identity", p.identity, "--task", task, "--input", sealed)
	p.accepted(task)
	if out := p.run("job", "result", task); !strings.Contains(out, "from before") {
		t.Errorf("standard output of the workload: %q", out)
	}
	p.run("job", "verify", task)
	n.run("keynet", "audit", "--strict")

	n.run("dev", "down")
	n.run("dev", "up")
	if keys := n.file().KeyNetwork; keys.Epoch != 2 {
		t.Errorf("after a restart the network file is of epoch %d", keys.Epoch)
	}
	n.run("keynet", "audit", "--strict")
}

// groupKey is the board's.
func (n *network) groupKey() string {
	n.t.Helper()
	var status struct {
		GroupKey    string
		ActiveEpoch uint64
	}
	if err := json.Unmarshal([]byte(n.run("keynet", "status", "--json")), &status); err != nil {
		n.t.Fatal(err)
	}
	if status.GroupKey == "" || status.ActiveEpoch == 0 {
		n.t.Fatalf("the network has no key: %+v", status)
	}
	return status.GroupKey
}

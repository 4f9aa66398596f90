// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/keystore"
)

// newBoardWorld is a chain with the contracts that need no key yet, and the
// holders of a site, which are not started.
func newBoardWorld(t *testing.T, s site, rootPEM []byte) *world {
	t.Helper()
	accounts, err := devchain.Accounts(2)
	must(t, err)
	governor := accounts[0]
	w := &world{
		t: t, rpc: startChain(t, s.chain, accounts), account: chain.NewAccount(governor.Key), governor: chain.NewAccount(governor.Key),
		miner: chain.NewAccount(accounts[1].Key), terms: deploy.Terms{ClaimWindow: deploy.DefaultClaimWindow, Governor: governor.Address},
	}
	w.deploy()
	w.network = newNetwork(t, settings{rpc: w.rpc, at: w.at, rootPEM: rootPEM, site: s})
	return w
}

func startChain(t *testing.T, address string, accounts []devchain.Account) string {
	t.Helper()
	c, err := devchain.Start(devchain.Config{Dir: t.TempDir(), ChainID: devchain.ChainID, Period: time.Second, Funded: accounts, Lead: 10 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- c.ServeHTTP(l) }()
	t.Cleanup(func() {
		if err := errors.Join(c.Stop(), <-served); err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

// deploy puts on the chain what the terms suffice for, and connects to it.
func (w *world) deploy() {
	w.t.Helper()
	accounts, err := devchain.Accounts(1)
	must(w.t, err)
	connection, err := ethclient.DialContext(w.t.Context(), w.rpc)
	must(w.t, err)
	defer connection.Close()
	w.at, _, err = w.terms.Deploy(w.t.Context(), connection, accounts[0].Key, devchain.ChainID)
	must(w.t, err)
	w.chain, err = chain.Open(w.t.Context(), w.rpc, chain.Contracts{
		ChainID: devchain.ChainID, Registry: w.at.Registry, Permitter: w.at.Permitter, TaskHub: w.at.TaskHub,
	})
	must(w.t, err)
	w.t.Cleanup(w.chain.Close)
	w.board, w.platforms = w.chain.Board(w.at.KeyNetwork), w.chain.Platforms(w.at.Platforms)
}

// epoch takes an epoch with some holders, which run, from its start to where all
// of them serve.
func (w *world) epoch(threshold uint8, holders ...*holder) uint64 {
	w.t.Helper()
	return w.handOn(threshold, holders, holders...)
}

// handOn is epoch where not all holders can deal.
func (w *world) handOn(threshold uint8, dealers []*holder, holders ...*holder) uint64 {
	w.t.Helper()
	number := w.begin(threshold, holders...)
	for _, h := range dealers {
		h.await("posted the dealing", fmt.Sprintf(`"epoch":%d`, number))
	}
	w.skip(number)
	for _, h := range holders {
		h.await(`"ready"`, fmt.Sprintf(`"epoch":%d`, number))
	}
	return number
}

// begin starts an epoch.
func (w *world) begin(threshold uint8, holders ...*holder) uint64 {
	w.t.Helper()
	var members []chain.Member
	for _, h := range holders {
		h.await(`"listening"`)
		_, err := w.chain.Pay(w.t.Context(), w.governor, h.member.Signer, chaintest.Ether(1))
		must(w.t, err)
		members = append(members, w.entry(h))
	}
	number, _, err := w.board.Start(w.t.Context(), w.governor, members, threshold, phaseBlocks)
	must(w.t, err)
	return number
}

// entry is what a holder joins the next epoch with, as it says itself.
func (w *world) entry(h *holder) chain.Member {
	w.t.Helper()
	var said keyholder.HolderReply
	for said.Next == nil {
		resp, err := http.Get(h.url + keyholder.PathKeyholder)
		must(w.t, err)
		must(w.t, errors.Join(json.NewDecoder(resp.Body).Decode(&said), resp.Body.Close()))
	}
	if said.Account != h.member.Account || said.Signer != h.member.Signer {
		w.t.Fatalf("holder says that it is %x with signer %x", said.Account, said.Signer)
	}
	return chain.Member{Account: said.Account, Signer: said.Signer, EncryptionKey: crypto.Keccak256Hash(said.Next)}
}

// phaseBlocks are enough for whatever a test machine is busy with: blocks come
// once a second, and where nobody has anything to say, skip makes them.
const phaseBlocks = 30

// skip makes blocks until an epoch is to be certified.
func (w *world) skip(number uint64) {
	w.t.Helper()
	for {
		phase, err := w.board.Phase(w.t.Context(), number)
		must(w.t, err)
		if phase >= chain.Certification {
			return
		}
		_, err = w.chain.Pay(w.t.Context(), w.miner, w.miner.Address(), nil)
		must(w.t, err)
	}
}

// Three processes make a key and refresh it, although one of them is killed after
// everything that it does; nothing but its share is left afterwards.
func TestEpochsSurviveKillAtEveryStep(t *testing.T) {
	t.Parallel()
	w := newBoardWorld(t, thisMachine(t), somePEM(t))
	a, b, c := w.network.holders[0], w.network.holders[1], w.network.holders[2]
	for _, h := range w.network.holders {
		h.start()
	}
	var made keyholder.Network
	for _, round := range []string{"make a key", "refresh it"} {
		number := w.begin(2, a, b, c)
		epoch := fmt.Sprintf(`"epoch":%d`, number)
		w.killUntil(b, "posted the dealing of")
		a.await("posted the dealing", epoch)
		c.await("posted the dealing", epoch)
		w.skip(number)
		w.killUntil(b, `"ready"`, epoch)
		for _, h := range w.network.holders {
			h.await(`"ready"`, epoch)
		}
		now := w.network.agreed(t)
		if round != "make a key" && now.GroupKey != made.GroupKey {
			t.Fatal("group key changed")
		}
		made = now
	}
	for _, h := range w.network.holders {
		h.stop()
		checkSecretsAtRest(t, h.dir)
		wantRecords(t, h, keystore.NextEncryption, keystore.ShareOf(2), keystore.Signer)
	}
}

// killUntil kills a holder whenever it has done something, until that was the
// last thing to do, or it serves, and starts it again.
func (w *world) killUntil(h *holder, last ...string) {
	w.t.Helper()
	for {
		line := h.awaitAny([]string{"epoch goes on"}, last)
		h.kill()
		h.start()
		h.await(`"listening"`)
		if containsAll(line, last) {
			return
		}
	}
}

// wantRecords opens the keystore of a holder that is stopped.
func wantRecords(t *testing.T, h *holder, want ...string) {
	t.Helper()
	source, err := keystore.PassphraseFile(h.passphrase())
	must(t, err)
	keys, err := keystore.Unlock(t.Context(), h.dir, source)
	must(t, err)
	defer keys.Close()
	for _, name := range keys.Names() {
		if strings.HasPrefix(name, "epoch-") && !slices.Contains(want, name) {
			t.Errorf("%s stays behind", name)
		}
	}
	for _, name := range want {
		if !slices.Contains(keys.Names(), name) {
			t.Errorf("%s is not there", name)
		}
	}
}

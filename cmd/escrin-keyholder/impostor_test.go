// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/keystore"
)

// KR-23, with real processes and a real chain: somebody has taken over the address of a member that is away, and calls
// itself by its account. It gives no share of any key, is dealt nothing, can post nothing, and learns nothing; and when
// the member is back, the key goes on.
func TestKR23ImpostorProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c := w.network.holders[0], w.network.holders[1], w.network.holders[2]
	first := w.claimed(1)
	key := first.mustRelease()
	named := w.entry(c) // as the governor had it of the member itself
	c.stop()

	impostor, signer := w.takeOver(c)
	if status := first.ask(t, 3); status != http.StatusServiceUnavailable {
		t.Errorf("the impostor answers a request for a key with %d", status)
	}
	if again := first.mustRelease(); !again.Equal(key) {
		t.Error("another key")
	}

	number, _, err := w.board.Start(t.Context(), w.governor, []chain.Member{w.entry(a), w.entry(b), named}, 2, phaseBlocks)
	must(t, err)
	for _, h := range []*holder{a, b} {
		h.await("nothing is dealt without the encryption keys of members [3]", fmt.Sprintf(`"epoch":%d`, number))
	}
	w.takesNothing(signer, number)
	w.skip(number)
	record, err := w.board.Epoch(t.Context(), number)
	must(t, err)
	blocks := chain.Range{First: record.StartBlock, Last: record.Blocks(chain.Certification).First}
	if posts, err := w.board.Posts(t.Context(), number, blocks); err != nil || len(posts) > 0 {
		t.Errorf("%d messages in epoch %d, %v", len(posts), number, err)
	}
	if now := w.network.keynet(t, 1).Network; now == nil || now.Epoch != 1 || now.GroupKey != w.keys.GroupKey {
		t.Errorf("the first member describes %+v", now)
	}
	impostor.stop()
	impostor.hasNoShare()

	c.start()
	_, err = w.board.Abort(t.Context(), w.governor, number)
	must(t, err)
	w.epoch(2, a, b, c)
	w.follow(w.network.agreed(t))
	if again := first.mustRelease(); !again.Equal(key) {
		t.Error("another key in the end")
	}
}

// takeOver starts a holder with keys of its own that has everything of another one that is no secret: account, address
// and configuration. It returns its signer, too, which can pay for messages to the board.
func (w *world) takeOver(h *holder) (*holder, *chain.Account) {
	w.t.Helper()
	impostor := newHolder(w.t, h.member.Account, h.url)
	config, err := os.ReadFile(h.config)
	must(w.t, err)
	must(w.t, os.WriteFile(impostor.config, config, 0o600))
	signer := impostor.signer()
	_, err = w.chain.Pay(w.t.Context(), w.governor, signer.Address(), chaintest.Ether(1))
	must(w.t, err)
	impostor.start()
	w.t.Cleanup(func() { _ = impostor.cmd.Process.Kill() })
	impostor.await(`"listening"`)
	var said keyholder.HolderReply
	must(w.t, json.Unmarshal(get(w.t, h.url+keyholder.PathKeyholder), &said))
	if said.Account != h.member.Account || said.Signer != signer.Address() || said.Signer == h.member.Signer {
		w.t.Fatalf("no impostor: account %x with signer %x", said.Account, said.Signer)
	}
	return impostor, signer
}

// signer is the account of a holder that does not run.
func (h *holder) signer() *chain.Account {
	h.t.Helper()
	for _, secret := range h.secrets() {
		if key, err := crypto.ToECDSA(secret); err == nil && crypto.PubkeyToAddress(key.PublicKey) == h.member.Signer {
			return chain.NewAccount(key)
		}
	}
	h.t.Fatal("the holder has no signer")
	return nil
}

// takesNothing expects that the board refuses what a signer posts that is no member's.
func (w *world) takesNothing(from *chain.Account, number uint64) {
	w.t.Helper()
	if _, err := w.board.Deal(w.t.Context(), from, number, make([]byte, 100)); !chain.IsRevert(err, "Unauthorized") {
		w.t.Errorf("an impostor's dealing: %v", err)
	}
}

// hasNoShare expects that a holder that does not run has nothing but what it made itself.
func (h *holder) hasNoShare() {
	h.t.Helper()
	source, err := keystore.PassphraseFile(h.passphrase())
	must(h.t, err)
	keys, err := keystore.Unlock(h.t.Context(), h.dir, source)
	must(h.t, err)
	defer keys.Close()
	for _, name := range keys.Names() {
		if strings.HasPrefix(name, "epoch-") && name != keystore.NextEncryption {
			h.t.Errorf("it has %s", name)
		}
	}
	if !slices.Contains(keys.Names(), keystore.Signer) {
		h.t.Error("it has no signer")
	}
}

// SPDX-License-Identifier: Apache-2.0

package epoch_test

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
)

// impostor answers in a member's place, with a key of its own.
type impostor struct {
	epochtest.Peers
	victim [20]byte
	key    []byte
}

// EncryptionKeys implements epoch.Peers.
func (i impostor) EncryptionKeys(ctx context.Context, members []dkg.Member) [][]byte {
	keys := i.Peers.EncryptionKeys(ctx, members)
	for place, m := range members {
		if m.Account == i.victim {
			keys[place] = i.key
		}
	}
	return keys
}

// KR-23: nobody seals anything to the key of who answers in the place of a member,
// whose key the board names.
func TestKR23ImpostorGetsNoSubShare(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	victim := w.holders[4]
	_, key, err := envelope.GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	members := w.members(w.holders...)
	for _, h := range w.holders[:4] {
		h.node, err = epoch.New(epoch.Config{
			Account: h.account, Signer: h.signer(), Board: h.board, Keys: h.keys, Peers: impostor{w.peers, victim.account, key}, Rand: rand.Reader,
		})
		if err != nil {
			t.Fatal(err)
		}
		w.peers[h.account] = h.node
	}
	victim.down()
	number, err := w.chain.Start(members, 3, phase)
	if err != nil {
		t.Fatal(err)
	}
	w.chain.Mine(1)
	w.pass(4*phase + lag + 1)
	posts, err := w.chain.ViewAt(w.chain.Newest()).Posts(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range posts {
		t.Errorf("member %d posts %d bytes in phase %d", p.Index, len(p.Message), p.Phase)
	}
}

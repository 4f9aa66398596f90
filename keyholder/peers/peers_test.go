// SPDX-License-Identifier: Apache-2.0

package peers_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/peers"
)

// holderOf returns a holder as it answers, over HTTP.
func holderOf(t *testing.T, account [20]byte) (dkg.Member, string) {
	t.Helper()
	node, err := epoch.New(epoch.Config{
		Account: account, Signer: account, Board: epochtest.NewChain(0).Board(account), Keys: epochtest.NewKeys(),
		Peers: epochtest.Peers{}, Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := node.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+keyholder.PathKey, func(w http.ResponseWriter, r *http.Request) {
		key := node.Holder().Next
		if account == [20]byte{6} {
			key = append(key, 0)
		} else if r.PathValue("digest") != fmt.Sprintf("0x%x", abi.Keccak(key)) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(keyholder.KeyReply{Key: key})
	})
	mux.HandleFunc("GET /v1/epochs/7/completion", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(keyholder.CompletionReply{Epoch: 7, Index: 1, Signature: [48]byte{9}})
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return epochtest.Member(node), s.URL
}

func TestOnlyWhatWasAskedForIsTaken(t *testing.T) {
	t.Parallel()
	good, url := holderOf(t, [20]byte{1})
	_, other := holderOf(t, [20]byte{6})
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	garbage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"x":1}`)) }))
	defer garbage.Close()
	huge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strings.Repeat(" ", 1<<20)))
	}))
	defer huge.Close()
	p := peers.New(map[[20]byte]string{{1}: url + "/", {2}: silent.URL, {3}: garbage.URL, {4}: huge.URL, {5}: "http://127.0.0.1:1", {6}: other})
	members := []dkg.Member{good}
	for i := byte(2); i <= 7; i++ { // 6 shows another key than the board has, 7 is in no configuration
		members = append(members, dkg.Member{Account: [20]byte{i}, EncryptionKey: [32]byte{i}})
	}
	keys := p.EncryptionKeys(t.Context(), members)
	partials := p.Completions(t.Context(), 7, members)
	if len(keys) != 7 || len(keys[0]) != 1216 || !bytes.Equal(partials[0], append([]byte{9}, make([]byte, 47)...)) {
		t.Fatalf("%d keys of %d bytes, partial %x", len(keys), len(keys[0]), partials[0])
	}
	for i := 1; i < 7; i++ {
		if keys[i] != nil || (i != 5 && partials[i] != nil) {
			t.Errorf("member %d: key of %d bytes, partial of %d", i+1, len(keys[i]), len(partials[i]))
		}
	}
	if other := p.Completions(t.Context(), 8, members[:1]); other[0] != nil {
		t.Error("took a completion of another epoch")
	}
}

// Members tell the public shares of the epoch that they serve, by index; of another one, or of more members than there
// are, nothing is taken.
func TestPublicSharesOfTheEpochAskedFor(t *testing.T) {
	t.Parallel()
	point := func(k uint32) [curve.G2Size]byte { return curve.ScalarFromIndex(k).Public().Bytes() }
	network := keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: 7, Threshold: 2, GroupKey: point(9), Holders: []keyholder.Holder{
		{Index: 1, PublicShare: point(1)}, {Index: 3, PublicShare: point(3)}, // the second has none
	}}
	more := network
	more.Holders = append(slices.Clone(network.Holders), keyholder.Holder{Index: 4, PublicShare: point(4)})
	more.Threshold = 3
	var urls = map[[20]byte]string{}
	var members []dkg.Member
	for i, told := range []*keyholder.Network{&network, nil, &more} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(keyholder.KeynetReply{Network: told})
		}))
		defer s.Close()
		account := [20]byte{byte(i + 1)}
		urls[account] = s.URL
		members = append(members, dkg.Member{Account: account})
	}
	p := peers.New(urls)
	got := p.PublicShares(t.Context(), 7, members)
	if want := [][curve.G2Size]byte{point(1), {}, point(3)}; len(got) != 1 || !slices.Equal(got[0], want) {
		t.Errorf("%d answers: %x", len(got), got)
	}
	if other := p.PublicShares(t.Context(), 6, members); len(other) != 0 {
		t.Errorf("%d answers of another epoch", len(other))
	}
}

// Who shows its key to one peer shows it to all: here, one whom we do not reach has shown it to another.
func TestKeysOfMembersOutOfReach(t *testing.T) {
	t.Parallel()
	member, url := holderOf(t, [20]byte{1})
	saw := peers.New(map[[20]byte]string{{1}: url})
	if _, ok := saw.EncryptionKey(member.EncryptionKey); ok {
		t.Fatal("knows a key that it never asked for")
	}
	saw.EncryptionKeys(t.Context(), []dkg.Member{member})
	known := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, ok := saw.EncryptionKey(member.EncryptionKey)
		if !ok || r.URL.Path != fmt.Sprintf("/v1/keys/0x%x", member.EncryptionKey) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(keyholder.KeyReply{Key: key})
	}))
	defer known.Close()
	asking := peers.New(map[[20]byte]string{{1}: "http://127.0.0.1:1", {2}: known.URL})
	unknown := dkg.Member{Account: [20]byte{3}, EncryptionKey: [32]byte{3}}
	if keys := asking.EncryptionKeys(t.Context(), []dkg.Member{unknown, member}); keys[0] != nil || member.CheckKey(keys[1]) != nil {
		t.Fatalf("keys of %d and %d bytes", len(keys[0]), len(keys[1]))
	}
}

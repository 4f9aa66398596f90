// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"

	"github.com/escrin/escrin/keyholder"
)

// holder is a keyholder that can be switched off.
type holder struct {
	mu    sync.Mutex
	down  bool
	asked []string
	reply keyholder.KeynetReply
	other http.HandlerFunc
}

func (h *holder) set(down bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = down
}

func (h *holder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, r.Method+" "+r.URL.Path)
	switch {
	case h.down:
		panic(http.ErrAbortHandler)
	case r.URL.Path == keyholder.PathKeynet:
		json.NewEncoder(w).Encode(h.reply)
	case h.other != nil:
		h.other(w, r)
	default:
		io.Copy(w, r.Body)
	}
}

// releases counts what it was asked for that a question after the network, still on its way, is not.
func (h *holder) releases() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.asked {
		if a == "POST "+keyholder.PathRelease {
			n++
		}
	}
	return n
}

func multiple(k uint64) (out [96]byte) {
	var s bls12381.Scalar
	s.SetUint64(k)
	var p bls12381.G2
	p.ScalarMult(&s, bls12381.G2Generator())
	copy(out[:], p.BytesCompressed())
	return out
}

// newHolders starts three keyholders with threshold two.
func newHolders(t *testing.T) ([]*holder, keyholder.Network) {
	t.Helper()
	n := keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: 1, Threshold: 2, GroupKey: multiple(7)}
	var holders []*holder
	for i := uint32(1); i <= 3; i++ {
		h := &holder{}
		server := httptest.NewServer(h)
		t.Cleanup(server.Close)
		holders = append(holders, h)
		n.Holders = append(n.Holders, keyholder.Holder{Index: i, URL: server.URL, PublicShare: multiple(10 + uint64(i))})
	}
	for i, h := range holders {
		h.reply = keyholder.KeynetReply{Index: uint32(i + 1), Ready: true, Network: &n}
	}
	return holders, n
}

// TestJS06RelayReachesOnlyKeyholders tries to make the relay fetch something else.
func TestJS06RelayReachesOnlyKeyholders(t *testing.T) {
	holders, n := newHolders(t)
	r := newRelay(n)
	for _, path := range []string{
		"", "/", "/v1/keynet", "/v1/epochs/1/completion", "/v1/release/../keynet", "/v1/release?x", "/v1/release/", "/V1/release",
		"@127.0.0.1:1/v1/release", ".evil.example/v1/release", "http://127.0.0.1:1/v1/release", "/v1/certificate\n",
	} {
		if _, _, err := r.do(t.Context(), 1, 1, path, nil); !errors.Is(err, errPath) {
			t.Errorf("%q: %v", path, err)
		}
	}
	for _, index := range []uint32{0, 4, 1<<32 - 1} {
		if _, _, err := r.do(t.Context(), 1, index, keyholder.PathRelease, nil); !errors.Is(err, errHolder) {
			t.Errorf("holder %d: %v", index, err)
		}
	}
	for _, h := range holders {
		if len(h.asked) != 0 {
			t.Errorf("a keyholder was asked for %v", h.asked)
		}
	}
}

func TestRelayIsBounded(t *testing.T) {
	holders, n := newHolders(t)
	r := newRelay(n)
	if status, reply, err := r.do(t.Context(), 1, 1, keyholder.PathRelease, []byte("body")); status != 200 || string(reply) != "body" || err != nil {
		t.Errorf("%d, %q, %v", status, reply, err)
	}
	if _, _, err := r.do(t.Context(), 1, 1, keyholder.PathRelease, make([]byte, keyholder.MaxBody+1)); err == nil {
		t.Error("a request over the limit was sent")
	}
	holders[0].other = func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, keyholder.MaxBody+1)) }
	if _, _, err := r.do(t.Context(), 1, 1, keyholder.PathRelease, nil); err == nil {
		t.Error("a reply over the limit was taken")
	}
}

func TestRelayFollowsNoRedirect(t *testing.T) {
	holders, n := newHolders(t)
	holders[0].other = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, n.Holders[1].URL+"/v1/secret", http.StatusTemporaryRedirect)
	}
	status, _, err := newRelay(n).do(t.Context(), 1, 1, keyholder.PathRelease, nil)
	if status != http.StatusTemporaryRedirect || err != nil || len(holders[1].asked) != 0 {
		t.Errorf("status %d, %v; the other was asked for %v", status, err, holders[1].asked)
	}
}

// TestThresholdOfKeyholders: one of three down does not matter; two down is waited for, and said; one back is enough.
func TestThresholdOfKeyholders(t *testing.T) {
	holders, n := newHolders(t)
	holders[2].set(true)
	if err := newRelay(n).awaitThreshold(t.Context(), func(reason string) {
		if reason != "" {
			t.Errorf("one down: %s", reason)
		}
	}); err != nil {
		t.Fatal(err)
	}
	holders[1].set(true)
	var said []string
	err := newRelay(n).awaitThreshold(t.Context(), func(reason string) {
		said = append(said, reason)
		holders[1].set(false)
	})
	if err != nil || len(said) != 2 || said[0] != "waiting for keyholders: 1 of 2 needed answer" || said[1] != "" {
		t.Errorf("%v, said %q", err, said)
	}
}

// TestKeyholdersThatAreNotOurs: an answer counts only from a ready holder of this network.
func TestKeyholdersThatAreNotOurs(t *testing.T) {
	for name, change := range map[string]func(*keyholder.KeynetReply){
		"not ready":     func(k *keyholder.KeynetReply) { k.Ready = false },
		"other index":   func(k *keyholder.KeynetReply) { k.Index = 9 },
		"no network":    func(k *keyholder.KeynetReply) { k.Network = nil },
		"other network": func(k *keyholder.KeynetReply) { o := *k.Network; o.GroupKey = multiple(8); k.Network = &o },
	} {
		holders, n := newHolders(t)
		change(&holders[0].reply)
		change(&holders[1].reply)
		ctx, cancel := context.WithCancel(t.Context())
		err := newRelay(n).awaitThreshold(ctx, func(reason string) {
			if !strings.HasPrefix(reason, "waiting for keyholders: 1 of 2") {
				t.Errorf("%s: %q", name, reason)
			}
			cancel()
		})
		if err == nil {
			t.Errorf("%s: went on", name)
		}
	}
}

// KR-21: when the epoch changes, the relay finds those who hold the key now by the word of t holders, and no fewer.
func TestKR21RelayFindsTheNextEpoch(t *testing.T) {
	holders, n := newHolders(t)
	next := n
	next.Epoch = 2
	next.Holders = slices.Clone(n.Holders)
	for i := range next.Holders { // others, at the addresses of before
		next.Holders[i].URL, next.Holders[i].PublicShare = n.Holders[2-i].URL, multiple(20+uint64(i))
	}
	tell := func(of ...*holder) {
		for _, h := range of {
			h.mu.Lock()
			h.reply.Network = &next
			h.mu.Unlock()
		}
	}
	r := newRelay(n)
	tell(holders[0])
	if found, err := r.renew(t.Context()); err != nil || found.Epoch != 1 {
		t.Errorf("by one holder's word: epoch %d, %v", found.Epoch, err)
	}
	tell(holders[1])
	if err := r.awaitThreshold(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	if r.present().network.Epoch != 2 {
		t.Fatal("the next epoch is not found")
	}
	for epoch, asked := range map[uint64]*holder{1: holders[0], 2: holders[2]} {
		before := asked.releases()
		if status, _, err := r.do(t.Context(), epoch, 1, keyholder.PathRelease, nil); status != 200 || err != nil || asked.releases() != before+1 {
			t.Errorf("epoch %d: status %d, %v, holder asked for %d releases", epoch, status, err, asked.releases())
		}
	}
	if _, _, err := r.do(t.Context(), 3, 1, keyholder.PathRelease, nil); !errors.Is(err, errHolder) {
		t.Errorf("an epoch to come: %v", err)
	}
}

// TestKR10RelayFindsThoseWhoCameInTheirPlace: fewer than a threshold stay; those who left tell who came.
func TestKR10RelayFindsThoseWhoCameInTheirPlace(t *testing.T) {
	holders, n := newHolders(t)
	_, next := newHolders(t)
	next.Epoch = 2
	for _, h := range holders[:2] {
		h.reply = keyholder.KeynetReply{Network: &next}
	}
	r := newRelay(n)
	if err := r.awaitThreshold(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	if found := r.present().network; found.Epoch != 2 || found.Holders[0].URL != next.Holders[0].URL {
		t.Errorf("found epoch %d at %s", found.Epoch, found.Holders[0].URL)
	}
}

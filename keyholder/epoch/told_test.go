// SPDX-License-Identifier: Apache-2.0

package epoch_test

import (
	"context"
	"crypto/rand"
	"reflect"
	"slices"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
)

// reader is a board that notes whose messages are read.
type reader struct {
	epoch.Board
	read map[uint64]bool
}

type readerView struct {
	epoch.View
	read map[uint64]bool
}

// View implements epoch.Board.
func (r reader) View(ctx context.Context) (epoch.View, error) {
	v, err := r.Board.View(ctx)
	return readerView{v, r.read}, err
}

// Posts implements epoch.View.
func (v readerView) Posts(ctx context.Context, number uint64) ([]dkg.Post, error) {
	v.read[number] = true
	return v.View.Posts(ctx, number)
}

type list = [][curve.G2Size]byte

// tellers are members who tell public shares as they like.
type tellers struct {
	epochtest.Peers
	tell func(right []list) []list
}

// PublicShares implements epoch.Peers.
func (p tellers) PublicShares(ctx context.Context, number uint64, members []dkg.Member) []list {
	return p.tell(p.Peers.PublicShares(ctx, number, members))
}

// KR-10: a newcomer takes the public shares of the epoch before from those of its members
// who tell what was certified, and replays transcripts only if nobody does. Whatever
// they tell, nobody's share and nobody's key becomes another.
func TestKR10NewcomersNeedNoOldTranscripts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tell    func([]list) []list
		replays bool
	}{
		"all tell the truth": {func(right []list) []list { return right }, false},
		"one of all":         {func(right []list) []list { return append(changed(swapped)(slices.Clone(right[1:])), right[0]) }, false},
		"nobody answers":     {func([]list) []list { return nil }, true},
		"empty":              {changed(func(list) list { return nil }), true},
		"two swapped":        {changed(swapped), true},
		"one missing":        {changed(func(l list) list { return l[1:] }), true},
		"one too many":       {changed(func(l list) list { return append(slices.Clone(l), l[0]) }), true},
		"none has a share":   {changed(func(l list) list { return make(list, len(l)) }), true},
		"one has no share":   {changed(func(l list) list { return append(list{{}}, l[1:]...) }), true},
		"no point":           {changed(func(l list) list { return append(list{{0x80, 95: 1}}, l[1:]...) }), true},
		"a point that is another's": {changed(func(l list) list {
			return append(list{curve.G2Generator().Bytes()}, l[1:]...)
		}), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 4)
			first := w.run(2, w.holders[:3]...)
			group := w.check(first, 2, nil, w.holders[:3]...)
			second := w.run(2, w.holders[:3]...)
			newcomer := w.holders[3]
			board := reader{newcomer.board, map[uint64]bool{}}
			node, err := epoch.New(epoch.Config{
				Account: newcomer.account, Signer: newcomer.signer(), Board: board, Keys: newcomer.keys,
				Peers: tellers{w.peers, c.tell}, Rand: rand.Reader,
			})
			if err != nil {
				t.Fatal(err)
			}
			newcomer.node, w.peers[newcomer.account] = node, node
			w.check(w.run(3, w.holders...), 3, &group, w.holders...)
			if board.read[first] != c.replays || board.read[second] != c.replays {
				t.Fatalf("read messages of the epochs %v", board.read)
			}
		})
	}
}

// changed has all tell something else than the truth.
func changed(change func(list) list) func([]list) []list {
	return func(right []list) []list {
		for i := range right {
			right[i] = change(right[i])
		}
		return right
	}
}

func swapped(l list) list {
	l = slices.Clone(l)
	l[0], l[1] = l[1], l[0]
	return l
}

// KR-10: who has no share of the active epoch, any more or yet, describes it, as those who
// have one do; but only what was certified.
func TestKR10OthersAreDescribed(t *testing.T) {
	t.Parallel()
	board := keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}
	urls := map[[20]byte]string{{4}: "https://four.example"}
	for name, lies := range map[string]bool{"told the truth": false, "told lies": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 6)
			h := w.holders
			w.run(2, h[:3]...)
			tell := func(right []list) []list { return right }
			if lies {
				tell = func(right []list) []list { return append(changed(swapped)(right), nil) }
			}
			for _, asks := range []*holder{h[0], h[5]} { // one who leaves, and one who is in no epoch at all
				node, err := epoch.New(epoch.Config{
					Account: asks.account, Signer: asks.signer(), Board: asks.board, Keys: asks.keys, Peers: tellers{w.peers, tell}, Rand: rand.Reader,
				})
				if err != nil {
					t.Fatal(err)
				}
				asks.node, w.peers[asks.account] = node, node
			}
			w.run(2, h[2:5]...)
			w.pass(10)
			own, _ := h[2].node.Serving()
			used, err := own.Use(h[2].key().Sign, board, urls)
			if err != nil {
				t.Fatal(err)
			}
			for _, asked := range []*holder{h[0], h[5]} {
				if got, ok := asked.node.Others(board, urls); ok == lies || ok && !reflect.DeepEqual(got, used.Network()) {
					t.Errorf("holder %d: %v, %+v", asked.account[0], ok, got)
				}
			}
			if _, ok := h[2].node.Others(board, urls); ok {
				t.Error("a member takes itself for none")
			}
			w.run(4, h...)
			if _, ok := h[0].node.Others(board, urls); ok {
				t.Error("who is a member again takes itself for none")
			}
		})
	}
}

// SPDX-License-Identifier: Apache-2.0

package board_test

import (
	"bytes"
	"crypto/rand"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/keyholder/board"
	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/transact"
)

// world is a real chain with the real contract, and holders in this process.
type world struct {
	*chaintest.Network
	t       *testing.T
	board   *chain.Board
	holders []*holder
	peers   epochtest.Peers

	// In the tests of faults:
	complaint  []byte      // that the first holder posts in any case
	seen, want []dkg.Fault // of the latest epoch
}

type holder struct {
	account [20]byte
	signer  transact.Account
	keys    *epochtest.Keys
	board   *board.Board
	posts   epoch.Board // what its node has for the board
	node    *epoch.Node
}

func newWorld(t *testing.T, holders int) *world {
	t.Helper()
	w := &world{Network: chaintest.New(t), t: t, peers: epochtest.Peers{}}
	w.board = w.Chain.Board(w.At.KeyNetwork)
	funded, err := devchain.Accounts(holders + 1)
	w.must(err)
	for i := range holders {
		signer, err := transact.ParseAccount(funded[i+1].Key.D.FillBytes(make([]byte, 32)))
		w.must(err)
		h := &holder{account: [20]byte{byte(i) + 1}, signer: signer, keys: epochtest.NewKeys(), board: w.newBoard(signer, w.URL)}
		h.posts = h.board
		h.boot(w)
		w.holders = append(w.holders, h)
	}
	w.settle()
	return w
}

func (w *world) newBoard(signer transact.Account, urls ...string) *board.Board {
	w.t.Helper()
	var nodes []transact.Node
	for _, url := range urls {
		nodes = append(nodes, jsonrpc.New(url))
	}
	sender, err := transact.NewSender(transact.Config{ChainID: devchain.ChainID, Account: signer, Nodes: nodes})
	w.must(err)
	view, err := chainview.New(chainview.Config{
		ChainID: devchain.ChainID, Registry: w.At.Registry, TaskHub: w.At.TaskHub, Platforms: w.At.Platforms, Anchors: w.At.Anchors,
		URLs: urls, Finality: chainview.Latest(), MaxHeadAge: time.Hour, Floor: &floor{}, Clock: time.Now,
	})
	w.must(err)
	b, err := board.New(board.Config{Contract: w.At.KeyNetwork, Chain: view, Nodes: nodes, Sender: sender})
	w.must(err)
	return b
}

func (h *holder) boot(w *world) {
	w.t.Helper()
	var err error
	h.node, err = epoch.New(epoch.Config{
		Account: h.account, Signer: h.signer.Address(), Board: h.posts, Keys: h.keys, Peers: w.peers, Rand: rand.Reader,
	})
	w.must(err)
	w.peers[h.account] = h.node
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// settle lets everybody step until there is nothing to do.
func (w *world) settle() {
	w.t.Helper()
	for busy := true; busy; {
		busy = false
		for _, h := range w.holders {
			p, err := h.node.Step(w.t.Context())
			if err != nil {
				w.t.Fatalf("holder %d: %v", h.account[0], err)
			}
			if len(p.Faults) > 0 && p.Phase == epoch.Certification {
				w.seen = p.Faults
			}
			busy = busy || p.Did != ""
		}
	}
}

// mine makes a block.
func (w *world) mine() {
	w.t.Helper()
	_, err := w.Chain.Pay(w.t.Context(), w.Accounts[9], w.Accounts[9].Address(), nil)
	w.must(err)
}

const phaseBlocks = 12

// run takes an epoch to where all its members serve.
func (w *world) run(threshold uint8, holders ...*holder) uint64 {
	w.t.Helper()
	w.settle() // who has not read the board shows no key
	number, _, err := w.board.Start(w.t.Context(), w.Accounts[0], members(holders), threshold, phaseBlocks)
	w.must(err)
	w.seen = nil
	for range 6 * phaseBlocks {
		w.accuse(number)
		w.settle()
		if !slices.ContainsFunc(holders, func(h *holder) bool {
			own, ok := h.node.Serving()
			return !ok || own.Epoch != number
		}) {
			w.checkFaults()
			return number
		}
		w.mine()
	}
	phase, err := w.board.Phase(w.t.Context(), number)
	w.t.Fatalf("epoch %d is %s: %v", number, phase, err)
	return 0
}

func members(holders []*holder) []chain.Member {
	var list []chain.Member
	for _, h := range holders {
		m := epochtest.Member(h.node)
		list = append(list, chain.Member{Account: m.Account, Signer: m.Signer, EncryptionKey: m.EncryptionKey})
	}
	slices.SortFunc(list, func(a, b chain.Member) int { return bytes.Compare(a.Account[:], b.Account[:]) })
	return list
}

// floor remembers the chain's height in memory.
type floor struct {
	mu     sync.Mutex
	number uint64
	hash   [32]byte
}

func (f *floor) Load() (uint64, [32]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.number, f.hash, nil
}

func (f *floor) Raise(number uint64, hash [32]byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if number > f.number {
		f.number, f.hash = number, hash
	}
	return nil
}

// A key is made, refreshed and handed on, on the real contract, which verifies
// every certificate.
func TestLifeOnTheChain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	w.run(2, w.holders[:3]...)
	key, err := w.board.GroupKey(t.Context())
	w.must(err)
	w.run(2, w.holders[:3]...)
	w.run(3, w.holders...)
	w.run(2, w.holders[3:]...)
	again, err := w.board.GroupKey(t.Context())
	w.must(err)
	if len(key) != 256 || !bytes.Equal(key, again) {
		t.Fatalf("group key went from %x to %x", key, again)
	}
	for _, h := range w.holders[:3] {
		if own, ok := h.node.Serving(); ok {
			t.Fatalf("former member serves epoch %d", own.Epoch)
		}
	}
}

// What is read as proven storage is what the contract's own getters say.
func TestViewIsWhatTheContractSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	number := w.run(3, w.holders...)
	v, err := w.holders[0].board.View(t.Context())
	w.must(err)
	said, err := w.board.Epoch(t.Context(), number)
	w.must(err)
	read, err := v.Epoch(t.Context(), number)
	w.must(err)
	if read.SessionID != said.SessionID || read.Transcript != said.Transcript || read.Commitments != said.Commitments ||
		read.StartBlock != said.StartBlock || read.Previous != said.Previous || read.PhaseBlocks != uint64(said.PhaseBlocks) ||
		read.Threshold != int(said.Threshold) || len(read.Members) != len(said.Members) {
		t.Fatalf("read %+v, the contract says %+v", read, said)
	}
	for i, m := range said.Members {
		if read.Members[i] != (dkg.Member{Account: m.Account, Signer: m.Signer, EncryptionKey: m.EncryptionKey}) {
			t.Fatalf("member %d: read %+v", i+1, read.Members[i])
		}
	}
	posts, err := v.Posts(t.Context(), number)
	w.must(err)
	if len(posts) != 4 || dkg.Transcript(read.SessionID, posts) != read.Transcript {
		t.Fatalf("%d posts", len(posts))
	}
	if again, err := v.Epoch(t.Context(), number+1); err != nil || again.SessionID != [32]byte{} {
		t.Fatalf("an epoch that is not: %+v, %v", again, err)
	}
}

// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
	"github.com/escrin/escrin/keyholder/release"
)

// sight is what one RPC endpoint says of the chain: all of it up to a block.
type sight struct {
	chain  *epochtest.Chain
	newest uint64
}

// endpoints are the three that every holder asks. The second is slow; the third
// tells what the liar wants, if there is one.
func (w *world) endpoints() []sight {
	slow := w.chain.Newest() - min(w.delay, w.chain.Newest()-w.chain.Lag)
	all := []sight{{w.chain, w.chain.Newest()}, {w.chain, slow}, {w.chain, w.chain.Newest()}}
	if w.liar != nil {
		all[2] = sight{w.liar, w.liar.Newest()}
	}
	return all
}

// agreed is how many endpoints must tell the same.
const agreed = 2

// look returns the chain as of the highest block that is final. It never goes back.
func (h *holder) look() (sight, block, error) {
	s, at, err := h.agree()
	if err != nil {
		return sight{}, block{}, err
	}
	if h.liar == honest && at.number < h.ghost.seen {
		h.w.fail("holder %d goes back from block %d to %d", h.number, h.ghost.seen, at.number)
	}
	h.ghost.seen = at.number
	return s, at, nil
}

// agree finds the highest block that enough endpoints call final and know by one
// hash, and raises the holder's floor to it. These are the rules of package
// chainview, without its proofs and its sockets.
func (h *holder) agree() (sight, block, error) {
	w := h.w
	need := agreed
	if w.mutation == trustsOneEndpoint {
		need = 1
	}
	all := w.endpoints()
	slices.SortStableFunc(all, func(a, b sight) int { return int(b.newest) - int(a.newest) })
	for i := need - 1; i < len(all); i++ {
		number := all[i].newest - w.chain.Lag
		if w.mutation == looksAtLatest {
			number = all[i].newest
		}
		votes := map[[32]byte]int{}
		for _, s := range all[:i+1] {
			hash := s.chain.Hash(number)
			if votes[hash]++; votes[hash] >= need {
				at := block{number, hash}
				return s, at, h.raise(s.chain, at)
			}
		}
	}
	return sight{}, block{}, refusal(keyholder.CodeChainDisagrees)
}

// raise refuses to go back, and remembers how far the holder has seen.
func (h *holder) raise(chain *epochtest.Chain, at block) error {
	floor := h.disk.floor
	switch {
	case h.w.mutation == skipsFloor:
		return nil
	case at.number < floor.number, floor.number > 0 && chain.Hash(floor.number) != floor.hash:
		return refusal(keyholder.CodeChainRegressed)
	case at.number > floor.number:
		h.write(func() { h.disk.floor = at })
	}
	return nil
}

func refusal(code keyholder.Code) error {
	return &keyholder.Error{Code: code, Message: "simulated", Retryable: true}
}

// board is the board as a holder uses it.
type board struct {
	epoch.Board
	h *holder
}

// View implements epoch.Board.
func (b board) View(context.Context) (epoch.View, error) {
	s, at, err := b.h.look()
	if err != nil {
		return nil, err
	}
	return s.chain.ViewAt(at.number), nil
}

// At implements release.ChainView.
func (h *holder) At(context.Context) (release.State, error) {
	s, at, err := h.look()
	if err != nil {
		return nil, err
	}
	return state{s.chain, at, h.w}, nil
}

// state implements release.State.
type state struct {
	chain *epochtest.Chain
	at    block
	w     *world
}

func timeOf(number uint64) uint64 { return blockTime * number }

func (s state) Head() release.Head {
	return release.Head{Number: s.at.number, Hash: s.at.hash, Time: timeOf(s.at.number)}
}

func (s state) Expect(context.Context, release.Reads) {}

func (s state) BlockHash(_ context.Context, n uint64) ([32]byte, error) { return s.chain.Hash(n), nil }

func (s state) Permitter(context.Context, [32]byte) ([20]byte, error) {
	return address("permitter"), nil
}

func (s state) Policy(context.Context, [20]byte, [32]byte) (release.Policy, error) {
	return s.w.lab.taskPolicy(), nil
}

func (s state) Anchor(context.Context, keyholder.AnchorName) (keyholder.Anchor, error) {
	return keyholder.Anchor{}, nil
}

func (s state) PlatformAllowed(context.Context, [32]byte) (bool, error) { return true, nil }

func (s state) PermitExpiry(_ context.Context, requester [20]byte, _ [32]byte) (uint64, error) {
	if s.w.mutation == skipsPermit {
		return 1 << 60, nil
	}
	return permitAt(s.chain, s.at.number, requester), nil
}

func (s state) Task(_ context.Context, id [32]byte) (release.Task, error) {
	t := taskAt(s.chain, s.at.number, id)
	if s.w.mutation == skipsClaim {
		t = task{taskClaimed, 1, 1 << 60, s.w.asks}
	}
	return release.Task{
		State: t.state, Attempt: t.attempt, ClaimExpiry: t.expiry, Requester: t.requester(s.w.lab), Digest: terms().Digest(),
	}, nil
}

// task is a hub's record.
type task struct {
	state   uint8 // 1 open, 2 claimed
	attempt uint32
	expiry  uint64
	claimer byte // number of the enclave with the requester
}

const (
	taskOpen    = 1
	taskClaimed = 2
)

func (t task) word() (w [32]byte) {
	w[0], w[1] = t.state, t.claimer
	binary.BigEndian.PutUint32(w[2:], t.attempt)
	binary.BigEndian.PutUint64(w[6:], t.expiry)
	return w
}

func taskAt(c *epochtest.Chain, number uint64, id [32]byte) task {
	w := c.Read(number, id)
	if w[0] == 0 {
		return task{state: taskOpen}
	}
	return task{w[0], binary.BigEndian.Uint32(w[2:]), binary.BigEndian.Uint64(w[6:]), w[1]}
}

func (t task) requester(l *lab) [20]byte {
	if t.state != taskClaimed {
		return [20]byte{}
	}
	return l.enclaves[t.claimer].binding.Requester
}

func permitSlot(requester [20]byte) [32]byte { return word("permit " + string(requester[:])) }

func permitAt(c *epochtest.Chain, number uint64, requester [20]byte) uint64 {
	w := c.Read(number, permitSlot(requester))
	return binary.BigEndian.Uint64(w[:])
}

func permitWord(expiry uint64) (w [32]byte) {
	binary.BigEndian.PutUint64(w[:], expiry)
	return w
}

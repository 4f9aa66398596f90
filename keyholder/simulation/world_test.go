// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/epoch/epochtest"
)

// world is a chain, holders and clients, of one schedule. Nothing in it depends on
// anything but its seed.
type world struct {
	seed     uint64
	rng      *rand.Rand
	mutation mutation
	lab      *lab
	phase    uint64 // blocks

	chain   *epochtest.Chain
	liar    *epochtest.Chain // what the lying endpoint shows; nil while it does not lie
	delay   uint64           // blocks that the slow endpoint is behind
	holders []*holder
	mail    []message
	asks    byte // number of the enclave whose request is being decided

	// Of what is checked.
	secrets  secrets
	networks map[uint64]keyholder.Network
	faults   map[uint64]string
	attended map[attendance]bool
	cutOff   map[attendance]bool
	given    map[uint64]map[[32]byte]map[[32]byte]map[uint32]bool // epoch, attempt, channel key, index
	parsed   map[string]*storedShare
	checked  map[string]bool
	dealings [][]byte
	records  int
	opened   int // keys that clients got
	changed  bool

	history []string
}

// attendance names a holder in a phase of an epoch.
type attendance struct {
	holder int
	epoch  uint64
	phase  epoch.Phase
}

// violation is what an invariant finds.
type violation struct {
	seed    uint64
	what    string
	history []string
}

func (v *violation) Error() string {
	return fmt.Sprintf("seed %d: %s\nlast steps:\n  %s", v.seed, v.what, lines(v.history))
}

func lines(all []string) string {
	out := ""
	for _, l := range all[max(0, len(all)-80):] {
		out += l + "\n  "
	}
	return out
}

// fail ends the schedule.
func (w *world) fail(format string, args ...any) {
	panic(&violation{w.seed, fmt.Sprintf(format, args...), w.history})
}

func (w *world) must(err error) {
	if err != nil {
		w.fail("cannot go on: %v", err)
	}
}

func (w *world) note(format string, args ...any) {
	w.history = append(w.history, fmt.Sprintf("block %d: ", w.chain.Newest())+fmt.Sprintf(format, args...))
}

// chance is true once in n times.
func (w *world) chance(n int) bool { return w.rng.IntN(n) == 0 }

func (w *world) pick(n int) int { return w.rng.IntN(n) }

// newWorld returns holders with empty disks, which run.
func newWorld(seed uint64, l *lab, holders int, lag, phase uint64) *world {
	w := &world{
		seed: seed, rng: rand.New(rand.NewPCG(seed, 6)), lab: l, phase: phase, chain: epochtest.NewChain(lag),
		secrets:  secrets{epochs: map[uint64]map[uint32]scalar{}, need: map[uint64]int{}},
		networks: map[uint64]keyholder.Network{}, faults: map[uint64]string{}, attended: map[attendance]bool{}, cutOff: map[attendance]bool{},
		given: map[uint64]map[[32]byte]map[[32]byte]map[uint32]bool{}, parsed: map[string]*storedShare{}, checked: map[string]bool{},
	}
	for i := range holders {
		h := newHolder(w, i)
		w.holders = append(w.holders, h)
	}
	return w
}

// members are holders as an epoch names them.
func (w *world) members(holders []*holder) []dkg.Member {
	var members []dkg.Member
	for _, h := range holders {
		members = append(members, epochtest.Member(h.proc.node))
	}
	slices.SortFunc(members, func(a, b dkg.Member) int { return bytes.Compare(a.Account[:], b.Account[:]) })
	return members
}

// settle lets everybody step until there is nothing to do.
func (w *world) settle() {
	for busy := true; busy; {
		busy = false
		for _, h := range w.holders {
			busy = w.step(h) || busy
		}
		w.check()
	}
}

// step lets one holder do one thing.
func (w *world) step(h *holder) bool {
	before := h.proc
	busy := h.step()
	switch {
	case before != nil && h.proc == nil:
		w.note("holder %d loses power", h.number)
	case busy:
		w.note("holder %d %s", h.number, h.proc.last.Did)
	}
	if h.proc != nil {
		w.watch(h, busy)
	}
	return busy
}

// pass lets blocks pass in peace.
func (w *world) pass(blocks uint64) {
	for range blocks {
		w.settle()
		w.chain.Mine(1)
	}
	w.settle()
}

// finalHead is the board in the newest final block.
func (w *world) finalHead() epoch.Head { return w.chain.ViewAt(w.chain.Newest() - w.chain.Lag).Head() }

// missed notes that a dealer cannot have a member's encryption key.
func (w *world) missed(m dkg.Member) {
	for _, h := range w.holders {
		if h.account == m.Account {
			w.cutOff[attendance{h.number, w.chain.ViewAt(w.chain.Newest()).Head().Latest, epoch.Dealing}] = true
		}
	}
}

// publicKey returns that of an encryption key.
func (w *world) publicKey(private []byte) []byte {
	public, err := envelope.PublicKey(private)
	w.must(err)
	return public
}

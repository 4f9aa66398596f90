// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"context"
	"fmt"
	"strings"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/release"
)

type scalar = curve.Scalar

// ghost is what the simulation remembers of a holder.
type ghost struct {
	seen  uint64 // newest block that it used
	since uint64 // epochs up to this it may have lost what it had, with its disk
	lacks bool   // its disk was put back to one that lacks what it had answered
}

// check is run after every step.
func (w *world) check() {
	w.keyIsNeverLost()
	if w.changed {
		w.changed = false
		w.sharesSuffice()
	}
}

// learn demands that the group key is the one it was.
func (w *world) learn(n keyholder.Network) {
	for _, known := range w.networks {
		if known.GroupKey != n.GroupKey {
			w.fail("group key of epoch %d is another", n.Epoch)
		}
	}
	w.networks[n.Epoch] = n
}

// sharesSuffice looks at all shares on disks: t of an epoch make the secret, which
// never changes, fewer do not, nor do those of two epochs.
func (w *world) sharesSuffice() {
	for _, h := range w.holders {
		for name := range h.disk.keys {
			var number uint64
			if n, err := fmt.Sscanf(name, "epoch-%d.share", &number); n != 1 || err != nil || name != keystore.ShareOf(number) {
				continue
			}
			if id := fmt.Sprint(h.number, name, string(h.disk.keys[name])); !w.checked[id] {
				w.checked[id] = true
				if err := w.secrets.add(number, h.shareOf(number)); err != nil {
					w.fail("holder %d: %v", h.number, err)
				}
			}
		}
	}
}

// keyIsNeverLost demands that honest members of the active epoch have their shares,
// or what they need to compute them. In a final block another epoch may be active;
// until then nothing of this one is destroyed.
func (w *world) keyIsNeverLost() {
	head := w.finalHead()
	if head.Active == 0 {
		return
	}
	r, err := w.chain.ViewAt(w.chain.Newest()-w.chain.Lag).Epoch(context.Background(), head.Active)
	w.must(err)
	for _, h := range w.holders {
		i := indexIn(r.Members, h.address)
		if i == 0 || h.liar != honest || h.ghost.since >= r.Epoch || w.excused(h, r.Epoch) {
			continue
		}
		if !h.able(r, r.Members[i-1]) {
			w.fail("holder %d has lost its share of epoch %d, which is active", h.number, r.Epoch)
		}
	}
}

// able reports whether the holder has its share of an epoch, or its encryption key.
func (h *holder) able(r epoch.Record, m dkg.Member) bool {
	if h.disk.keys[keystore.ShareOf(r.Epoch)] != nil || h.disk.keys[keystore.Encryption(r.Epoch)] != nil {
		return true
	}
	next := h.disk.keys[keystore.NextEncryption]
	return next != nil && abi.Keccak(h.w.publicKey(next)) == m.EncryptionKey
}

// excused reports whether a member could not see to it that it gets a share: nobody
// had its key, it was not there to complain, or so few honest dealers dealt that it
// may not complain (SPEC.md, section 7, rule 7).
func (w *world) excused(h *holder, number uint64) bool {
	return w.cutOff[attendance{h.number, number, epoch.Dealing}] || !w.attended[attendance{h.number, number, epoch.Complaints}] ||
		!w.enoughDealt(number)
}

// enoughDealt reports whether as many honest dealers dealt as are needed.
func (w *world) enoughDealt(number uint64) bool {
	view := w.chain.ViewAt(w.chain.Newest())
	r, err := view.Epoch(context.Background(), number)
	w.must(err)
	if r.Previous == 0 {
		return true // of a checkpoint
	}
	before, err := view.Epoch(context.Background(), r.Previous)
	w.must(err)
	posts, err := view.Posts(context.Background(), number)
	w.must(err)
	dealt := 0
	for _, p := range posts {
		for _, h := range w.holders {
			if p.Phase == dkg.Dealing && h.liar == honest && indexIn(before.Members, h.address) == p.Index {
				dealt++
			}
		}
	}
	return dealt >= before.Threshold
}

// attend notes that a holder is there in the phase of now.
func (w *world) attend(h *holder) {
	view := w.chain.ViewAt(w.chain.Newest())
	head := view.Head()
	r, err := view.Epoch(context.Background(), head.Latest)
	w.must(err)
	if now := r.PhaseAt(w.chain.Newest()+1, head.Active); now == r.PhaseAt(w.chain.Newest()-w.chain.Lag+1, head.Active) {
		w.attended[attendance{h.number, r.Epoch, now}] = true
	}
}

// watch notes what a holder saw in a step.
func (w *world) watch(h *holder, busy bool) {
	p := h.proc.last
	if p.Head.Latest == 0 {
		return
	}
	r, err := w.chain.ViewAt(w.chain.Newest()).Epoch(context.Background(), p.Head.Latest)
	w.must(err)
	if next := r.PhaseAt(w.chain.Newest()+1, p.Head.Active); !busy && p.Phase == next && next >= epoch.Dealing && next <= epoch.Certification {
		w.attended[attendance{h.number, r.Epoch, next}] = true
	}
	if h.liar == honest && strings.HasPrefix(p.Did, "kept the share") {
		w.everybodyNamesTheSame(h, p)
	}
}

// everybodyNamesTheSame demands that all members see the same faults in a transcript, and
// none of an honest dealer that was there.
func (w *world) everybodyNamesTheSame(h *holder, p epoch.Progress) {
	var number uint64
	_, err := fmt.Sscanf(p.Did, "kept the share of epoch %d", &number)
	w.must(err)
	faults := fmt.Sprint(p.Faults)
	if known, ok := w.faults[number]; ok && known != faults {
		w.fail("holder %d sees %s, others see %s in epoch %d", h.number, faults, known, number)
	}
	w.faults[number] = faults
	view := w.chain.ViewAt(w.chain.Newest())
	r, err := view.Epoch(context.Background(), number)
	w.must(err)
	before, err := view.Epoch(context.Background(), r.Previous)
	w.must(err)
	for _, f := range p.Faults {
		by := r.Members
		if f.Phase != dkg.Complaints && r.Previous != 0 {
			by = before.Members
		}
		for _, other := range w.holders {
			if indexIn(by, other.address) == f.Index && other.liar == honest &&
				(f.Reason != dkg.JustificationAbsent || w.attended[attendance{other.number, number, epoch.Justifications}]) {
				w.fail("honest holder %d is said to be at fault: %s", other.number, f)
			}
		}
	}
}

// released demands of what an honest holder releases: a live permit and the claim of
// this attempt in a final block, and one channel key.
func (w *world) released(h *holder, asked release.Asked[keyholder.ReleaseRequest], g release.Grant) {
	at, request := g.Grounds().Head, asked.Request()
	if at.Number > w.chain.Newest()-w.chain.Lag || w.chain.Hash(at.Number) != at.Hash {
		w.fail("holder %d releases on block %d, which is not final", h.number, at.Number)
	}
	if expiry := permitAt(w.chain, at.Number, asked.Requester()); expiry <= at.Time {
		w.fail("holder %d releases without a permit (until %d, at %d)", h.number, expiry, at.Time)
	}
	t := taskAt(w.chain, at.Number, request.Task.ID)
	if t.state != taskClaimed || t.attempt != request.Task.Attempt || t.requester(w.lab) != asked.Requester() || t.expiry <= at.Time {
		w.fail("holder %d releases without a claim: %+v", h.number, t)
	}
	attempt := abi.Words{}.Bytes32(request.Task.ID).Uint64(uint64(request.Task.Attempt)).Keccak()
	w.give(h, asked.Epoch(), attempt, asked.Evidence().Binding.ChannelKeyHash)
}

// give demands that no two channel keys can have the key of one attempt, whatever
// those who deviate add.
func (w *world) give(h *holder, number uint64, attempt, channel [32]byte) {
	if w.given[number] == nil {
		w.given[number] = map[[32]byte]map[[32]byte]map[uint32]bool{}
	}
	if w.given[number][attempt] == nil {
		w.given[number][attempt] = map[[32]byte]map[uint32]bool{}
	}
	to := w.given[number][attempt]
	for other, from := range to {
		if other != channel && from[uint32(h.number)] {
			w.fail("holder %d releases to two channel keys of one attempt in epoch %d", h.number, number)
		}
	}
	if to[channel] == nil {
		to[channel] = map[uint32]bool{}
	}
	to[channel][uint32(h.number)] = true
	enough := 0
	for _, from := range to {
		if len(from)+w.liars(number) >= w.networks[number].Threshold {
			enough++
		}
	}
	if enough > 1 {
		w.fail("two channel keys can have the key of one attempt in epoch %d", number)
	}
}

// liars are the members of an epoch that release to anybody.
func (w *world) liars(number uint64) (n int) {
	for _, m := range w.networks[number].Holders {
		for _, h := range w.holders {
			if h.address == m.Signer && h.liar.lies() {
				n++
			}
		}
	}
	return n
}

// obtained demands that whoever has a key was given it by honest holders.
func (w *world) obtained(c *client) {
	attempt := abi.Words{}.Bytes32(batch(c.task)).Uint64(uint64(c.attempt)).Keccak()
	from := w.given[c.network.Epoch][attempt][c.enclave.binding.ChannelKeyHash]
	if len(from)+w.liars(c.network.Epoch) < c.network.Threshold {
		w.fail("enclave %d has a key that %d honest holders gave it", c.enclave.number, len(from))
	}
}

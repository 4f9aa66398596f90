// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"context"

	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/standing"
)

// schedule is what a seed decides before the first step.
type schedule struct {
	*world
	shape    shape
	handover bool  // whether the key is handed on, too
	asking   []int // numbers of enclaves
	starts   int
	gossips  bool // whether holders exchange statements before it begins
	clones   bool // whether clones of one enclave race, on machines that fail
}

// result is what a schedule was like.
type result struct {
	steps, opened, epochs int
	kinds                 map[kind]int
}

// handovers says how many schedules there are for one that hands the key on, which
// takes ten times as long.
const handovers = 20

// variant is a schedule of a special kind; the zero value is none.
type variant struct {
	mutation mutation
	liar     kind // of all that deviate; any if zero
	handover bool
}

// plan lets a seed decide.
func plan(seed uint64, l *lab, v variant) *schedule {
	s := &schedule{}
	dice := newWorld(seed, l, 0, 1, 4)
	s.shape = shapes[max(0, dice.pick(2*len(shapes))-len(shapes))]
	s.handover = v.handover || seed%handovers == 0
	lag := uint64(2 + dice.pick(8))
	if dice.chance(8) {
		lag = maxLag
	}
	phase := lag + uint64(6+dice.pick(8))
	others := 0
	if s.handover {
		others = 1
	}
	s.world = resume(seed, l, s.shape, others, lag, phase, func(w *world) {
		w.mutation = v.mutation
		s.chooseLiars(w, dice, v.liar)
	})
	s.gossips = dice.chance(4)
	s.asking = []int{0, 1, 2, 5}
	if 2*s.shape.threshold-s.shape.members > s.countLiars() { // two thresholds share an honest member
		s.asking = []int{0, 1, 2, 3, 4, 5}
		s.clones = dice.chance(3)
	}
	if s.clones {
		s.asking = []int{0, 3}
	}
	return s
}

// chooseLiars has at most threshold - 1 members deviate; where the key is handed on, no
// more than it can do without.
func (s *schedule) chooseLiars(w, dice *world, only kind) {
	most := s.shape.threshold - 1
	if s.handover {
		most = min(most, s.shape.members-s.shape.threshold)
	}
	count := dice.pick(most + 1)
	if only != honest {
		count = max(1, count)
	}
	for range count {
		k := givesWrongShares + kind(dice.pick(int(kinds-givesWrongShares)))
		if s.handover {
			k = kind(1 + dice.pick(int(kinds)-1))
		}
		if only != honest {
			k = only
		}
		w.holders[dice.pick(s.shape.members)].liar = k
	}
}

// countLiars counts the holders that deviate in what they release.
func (s *schedule) countLiars() (n int) {
	for _, h := range s.holders {
		if h.liar.lies() {
			n++
		}
	}
	return n
}

// run takes a schedule from its seed to its end. The error is what an invariant found.
func run(seed uint64, l *lab, v variant) (r result, err error) {
	defer func() {
		switch found := recover().(type) {
		case nil:
		case *violation:
			err = found
		default:
			panic(found)
		}
	}()
	s := plan(seed, l, v)
	s.begin()
	rounds := 50
	if s.handover {
		rounds = 200
	}
	for range rounds {
		s.event()
		s.check()
		r.steps++
	}
	if s.handover {
		s.end()
	}
	s.keyIsThere()
	r.opened, r.epochs, r.kinds = s.opened, len(s.networks), map[kind]int{}
	for _, h := range s.holders {
		r.kinds[h.liar]++
	}
	return r, nil
}

// begin has everybody serve, and two tasks claimed.
func (s *schedule) begin() {
	s.settle()
	for _, h := range s.holders {
		if s.gossips {
			h.exchange()
			h.backups = append(h.backups, h.disk.copy())
		}
	}
	for _, e := range s.asking {
		if e := s.lab.enclaves[e]; e.number == e.sameSigner {
			s.permit(e)
		}
	}
	for number := range byte(tasks) {
		s.claim(s.enclave(), number)
	}
	s.chain.Mine(s.chain.Lag + 1)
	s.settle()
}

func (s *schedule) enclave() *enclave { return s.lab.enclaves[s.asking[s.pick(len(s.asking))]] }

func (s *schedule) holder() *holder { return s.holders[s.pick(len(s.holders))] }

// event is one thing that happens.
func (s *schedule) event() {
	h := s.holder()
	if s.clones && s.chance(8) {
		s.scare(h)
		return
	}
	switch n := s.pick(100); {
	case n < 22:
		s.step(h)
	case n < 58:
		for range 1 + s.pick(6) {
			s.deliver()
		}
	case n < 66:
		s.ask(s.enclave(), byte(s.pick(tasks)))
	case n < 72:
		s.claim(s.enclave(), byte(s.pick(tasks)))
	case n < 74:
		s.permit(s.enclave())
	case n < 82:
		s.mine()
	case n < 84:
		h.exchange()
	case n < 90:
		s.harm(h)
	case n < 95:
		s.mend()
	case n < 98:
		s.disturb()
	default:
		s.startEpoch()
	}
}

// mine makes some blocks; where the key is handed on everybody then has time to act.
func (s *schedule) mine() {
	if !s.handover {
		s.chain.Mine(uint64(1 + s.pick(4)))
		return
	}
	for range 3 {
		s.chain.Mine(uint64(1 + s.pick(int(s.phase-s.chain.Lag))))
		for range 6 * len(s.holders) {
			s.step(s.holder())
		}
	}
}

// harm does something to a machine.
func (s *schedule) harm(h *holder) {
	switch s.pick(6) {
	case 0:
		s.note("holder %d is switched off", h.number)
		h.crash()
	case 1, 2:
		h.fuse = 1 + s.pick(3)
	case 3:
		h.backups = append(h.backups, h.disk.copy())
	case 4:
		s.rollBack(h)
	case 5:
		s.restore(h)
	}
}

// scare has a machine fail, or put back, that has just released something.
func (s *schedule) scare(h *holder) {
	if s.gossips {
		for _, other := range s.holders {
			other.exchange()
		}
		s.rollBack(h)
	} else {
		h.crash()
	}
	if h.proc == nil {
		h.alive(h.boot)
		s.step(h)
	}
}

// rollBack puts a machine's whole disk back, unless nobody could know of it: that it
// released more since was told to so many others that no threshold - 1 of them lack it.
func (s *schedule) rollBack(h *holder) {
	if len(h.backups) == 0 || !s.expendable(h) {
		return
	}
	to := h.backups[s.pick(len(h.backups))]
	if h.liar == honest && !s.covered(h, to) {
		return
	}
	s.note("the disk of holder %d is put back", h.number)
	h.crash()
	h.disk = to.copy()
	h.ghost = ghost{since: s.chain.ViewAt(s.chain.Newest()).Head().Latest, lacks: to.appended < h.appended}
	s.changed = true
}

// restore makes a new machine of a backup, as the program does it.
func (s *schedule) restore(h *holder) {
	if len(h.backups) == 0 || !s.expendable(h) {
		return
	}
	s.note("holder %d is restored from a backup", h.number)
	h.crash()
	fresh := newDisk()
	fresh.keys = h.backups[s.pick(len(h.backups))].copy().keys
	h.disk = fresh
	mark, err := standing.Mark(h)
	s.must(err)
	fresh.keys[mark.Name] = mark.Secret
	h.ghost = ghost{since: s.chain.ViewAt(s.chain.Newest()).Head().Latest}
	s.changed = true
}

// expendable reports whether the network can do without what is on a disk: only so
// many may be lost.
func (s *schedule) expendable(h *holder) bool {
	latest := s.chain.ViewAt(s.chain.Newest()).Head().Latest
	left := 0
	for _, other := range s.holders[:s.shape.members] {
		if other != h && other.liar == honest && other.ghost.since < latest {
			left++
		}
	}
	return left >= s.shape.threshold && !s.running() && !s.someoneLacks()
}

// running reports whether a session is.
func (s *schedule) running() bool {
	v := s.chain.ViewAt(s.chain.Newest())
	r, err := v.Epoch(context.Background(), v.Head().Latest)
	s.must(err)
	phase := r.PhaseAt(s.chain.Newest(), v.Head().Active)
	return phase >= epoch.Dealing && phase <= epoch.Certification || v.Head() != (epoch.Head{
		Final: v.Head().Final, Newest: v.Head().Newest, Active: s.finalHead().Active, Latest: s.finalHead().Latest})
}

// someoneLacks reports whether somebody has yet to learn from the others that its disk was put back: none of them
// may forget it before.
func (s *schedule) someoneLacks() bool {
	for _, h := range s.holders {
		if h.liar != honest || !h.ghost.lacks {
			continue
		}
		now, err := standing.Load(h)
		s.must(err)
		if now.MayServe(s.finalHead().Active) {
			return true
		}
	}
	return false
}

// covered reports whether a holder whose disk becomes this one learns what it lacks.
func (s *schedule) covered(h *holder, to *disk) bool {
	if to.appended == h.appended {
		return true
	}
	network, ok := s.networks[s.finalHead().Active]
	if !ok {
		return false
	}
	ignorant := 0
	for _, other := range s.holders {
		if other != h && isHolder(network, other) && !other.knowsMore(h, network.Epoch, to) {
			ignorant++
		}
	}
	return ignorant < network.Threshold-1
}

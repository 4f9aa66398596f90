// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"context"
	"fmt"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/witness"
)

func isHolder(n keyholder.Network, h *holder) bool {
	for _, m := range n.Holders {
		if m.Signer == h.address {
			return true
		}
	}
	return false
}

// knowsMore reports whether a holder was told of a record of another in an epoch that a disk lacks.
func (h *holder) knowsMore(other *holder, number uint64, than *disk) bool {
	b := h.disk.statements[other.address]
	if b == nil || h.liar != honest {
		return false
	}
	s, err := witness.ParseStatement(b)
	h.w.must(err)
	return s.Epoch == number && than.contains(auditlog.Head{Length: s.Length, Hash: s.Head}) != nil
}

// mend undoes what was broken.
func (s *schedule) mend() {
	if s.chance(4) {
		for _, h := range s.holders {
			h.group = 0
		}
	}
	if s.chance(2) {
		s.liar, s.delay = nil, 0
	}
	if h := s.holder(); h.proc == nil {
		s.note("holder %d starts", h.number)
		h.alive(h.boot)
	}
}

// disturb does something to the network or the chain.
func (s *schedule) disturb() {
	switch s.pick(5) {
	case 0:
		s.holder().group = s.pick(2)
	case 1:
		s.reorganize()
	case 2:
		s.chain.Drop()
		s.forgetAttendance()
	case 3:
		s.delay = uint64(s.pick(6))
	case 4:
		s.lieAboutTheChain()
	}
}

// reorganize undoes blocks, up to the newest that is final.
func (s *schedule) reorganize() {
	depth := uint64(1 + s.pick(int(s.chain.Lag)))
	s.note("%d blocks are undone", depth)
	s.chain.Reorganize(depth, s.chance(2))
	s.forgetAttendance()
}

// forgetAttendance is for what was posted and is posted no more.
func (s *schedule) forgetAttendance() {
	v := s.chain.ViewAt(s.chain.Newest())
	for _, h := range s.holders {
		for p := epoch.Dealing; p <= epoch.Certification; p++ {
			r, err := v.Epoch(context.Background(), v.Head().Latest)
			s.must(err)
			if r.PhaseAt(s.chain.Newest()-s.chain.Lag, v.Head().Active) <= p {
				delete(s.attended, attendance{h.number, v.Head().Latest, p})
			}
		}
	}
}

// lieAboutTheChain has one endpoint show a chain of its own: an enclave has a permit
// there, and the claim, or so much time has passed that all sessions are over.
func (s *schedule) lieAboutTheChain() {
	s.note("an endpoint begins to lie")
	s.liar = s.chain.Fork()
	if s.chance(2) {
		s.liar.Mine(8 * s.phase)
		return
	}
	e := s.enclave()
	slot := permitSlot(e.binding.Requester)
	_ = s.liar.Write("forged permit", slot, s.liar.Read(s.liar.Newest(), slot), permitWord(1<<50))
	for number := range byte(tasks) {
		t := taskAt(s.liar, s.liar.Newest(), batch(number))
		before := t.word()
		if t == (task{state: taskOpen}) {
			before = [32]byte{}
		}
		t = task{taskClaimed, max(t.attempt, 1), 1 << 50, e.sameSigner}
		_ = s.liar.Write(fmt.Sprint("forged claim ", number), batch(number), before, t.word())
	}
	s.liar.Mine(s.chain.Lag + 8)
}

// startEpoch is the governor's.
func (s *schedule) startEpoch() {
	if !s.handover || s.starts == 2 || s.running() {
		return
	}
	var members []*holder
	for _, h := range s.holders {
		if h.proc != nil && h.proc.node.Holder().Next != nil {
			members = append(members, h)
		}
	}
	for len(members) > 3 && s.chance(2) {
		i := s.pick(len(members))
		members = append(members[:i:i], members[i+1:]...)
	}
	if len(members) < 3 {
		return
	}
	t := len(members)/2 + 1
	if _, err := s.chain.Start(s.members(members), t, s.phase); err == nil {
		s.starts++
		s.note("the governor starts an epoch of %d with threshold %d", len(members), t)
	}
}

// end mends everything, and lets the network come to rest.
func (s *schedule) end() {
	s.liar, s.delay = nil, 0
	for _, h := range s.holders {
		h.group, h.fuse = 0, 0
		if h.proc == nil {
			h.alive(h.boot)
		}
	}
	for s.running() {
		s.pass(s.phase / 3)
	}
	s.pass(s.chain.Lag + 2)
}

// keyIsThere demands that enough honest members of the active epoch hold a share,
// unless more than the network can do without were excused.
func (s *schedule) keyIsThere() {
	number := s.finalHead().Active
	r, err := s.chain.ViewAt(s.chain.Newest()-s.chain.Lag).Epoch(context.Background(), number)
	s.must(err)
	have, excused := 0, 0
	for _, h := range s.holders {
		switch {
		case indexIn(r.Members, h.address) == 0:
		case h.shareOf(number) != nil && h.liar == honest:
			have++
		case h.liar != honest || h.ghost.since >= number || s.excused(h, number):
			excused++
		default:
			s.fail("holder %d has no share of epoch %d in the end", h.number, number)
		}
	}
	if have < r.Threshold && excused <= len(r.Members)-r.Threshold {
		s.fail("%d of %d have a share in the end", have, r.Threshold)
	}
}

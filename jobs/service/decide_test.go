// SPDX-License-Identifier: Apache-2.0

package service

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"pgregory.net/rapid"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
)

func TestDecide(t *testing.T) {
	self, other := common.Address{1}, common.Address{2}
	terms := task.Terms{Deadline: 100, Count: 1}
	open := chain.Task{State: chain.StateOpen, Attempt: 2, Terms: terms}
	batch := open
	batch.Terms.Count = 2
	claimed := chain.Task{State: chain.StateClaimed, Attempt: 2, Terms: terms, ClaimExpiry: 50, Runner: self}
	theirs := claimed
	theirs.Runner, theirs.Requester = other, common.Address{3}
	accepted := chain.Task{State: chain.StateAccepted, Attempt: 2}
	for name, c := range map[string]struct {
		s    situation
		want verb
	}{
		"open and free":                     {situation{view: open, now: 10, free: true}, start},
		"open batch":                        {situation{view: batch, now: 10, free: true}, hold},
		"open batch and late":               {situation{view: batch, now: 100, free: true}, expire},
		"open and refused":                  {situation{view: open, now: 10, free: true, refused: "no fee"}, hold},
		"open, refused and late":            {situation{view: open, now: 100, free: true, refused: "no fee"}, expire},
		"open and no place":                 {situation{view: open, now: 10}, hold},
		"open and not our turn yet":         {situation{view: open, now: 10, free: true, early: true}, hold},
		"open, not our turn, and late":      {situation{view: open, now: 100, free: true, early: true}, expire},
		"open and resting":                  {situation{view: open, now: 10, free: true, resting: true}, nothing},
		"open with its guest":               {situation{view: open, now: 10, free: true, guest: 2}, nothing},
		"open with a guest of before":       {situation{view: open, now: 10, free: true, guest: 1}, stop},
		"open and late":                     {situation{view: open, now: 100, free: true}, expire},
		"open and late with a guest":        {situation{view: open, now: 100, free: true, guest: 2}, stop},
		"claimed by our guest":              {situation{view: claimed, now: 10, guest: 2}, nothing},
		"claimed by our guest, lapsed":      {situation{view: claimed, now: 50, guest: 2}, nothing},
		"claimed by a guest that is gone":   {situation{view: claimed, now: 49}, expire},
		"claimed, gone, resting":            {situation{view: claimed, now: 49, resting: true}, nothing},
		"claimed, gone, lapsed":             {situation{view: claimed, now: 50}, expire},
		"claimed, gone, lapsed, resting":    {situation{view: claimed, now: 50, resting: true}, nothing},
		"claimed by another":                {situation{view: theirs, now: 10}, hold},
		"claimed by another before our own": {situation{view: theirs, now: 10, guest: 2}, stop},
		"claimed by another, lapsed":        {situation{view: theirs, now: 50}, expire},
		"accepted":                          {situation{view: accepted}, nothing},
		"accepted, its guest ends":          {situation{view: accepted, guest: 2}, nothing},
		"accepted, guest of before":         {situation{view: accepted, guest: 1}, stop},
		"cancelled":                         {situation{view: chain.Task{State: chain.StateCancelled, Attempt: 2}, guest: 2}, stop},
		"expired":                           {situation{view: chain.Task{State: chain.StateExpired, Attempt: 2}, guest: 2}, stop},
		"nothing known":                     {situation{}, nothing},
	} {
		c.s.self = self
		if got := decide(c.s); got.verb != c.want {
			t.Errorf("%s: %d (%s), want %d", name, got.verb, got.why, c.want)
		}
	}
}

// TestKR20DecideNeverStartsASecondGuest covers every situation: a guest starts only for an open task of which none
// runs here, and the hub is told only what it would take.
func TestKR20DecideNeverStartsASecondGuest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := situation{
			view: chain.Task{
				State:       chain.State(rapid.IntRange(0, 6).Draw(t, "state")),
				Attempt:     uint32(rapid.IntRange(0, 3).Draw(t, "attempt")),
				Terms:       task.Terms{Deadline: uint64(rapid.IntRange(0, 5).Draw(t, "deadline")), Count: uint16(rapid.IntRange(1, 2).Draw(t, "count"))},
				ClaimExpiry: uint64(rapid.IntRange(0, 5).Draw(t, "claim")),
				Runner:      common.Address{byte(rapid.IntRange(1, 2).Draw(t, "runner"))},
			},
			now: uint64(rapid.IntRange(0, 6).Draw(t, "now")), self: common.Address{1},
			guest: uint32(rapid.IntRange(0, 3).Draw(t, "guest")),
			free:  rapid.Bool().Draw(t, "free"), resting: rapid.Bool().Draw(t, "resting"),
			early:   rapid.Bool().Draw(t, "early"),
			refused: rapid.SampledFrom([]string{"", "no fee"}).Draw(t, "refused"),
		}
		a := decide(s)
		late := s.now >= s.view.Terms.Deadline
		lapsed := s.view.State == chain.StateClaimed && (s.now >= s.view.ClaimExpiry || s.view.Runner == s.self)
		switch a.verb {
		case start:
			if s.view.State != chain.StateOpen || s.guest != 0 || !s.free || s.resting || s.early || late || s.refused != "" || s.view.Terms.Count != 1 {
				t.Fatalf("started in %+v", s)
			}
		case expire:
			if !(s.view.State == chain.StateOpen && late || lapsed) || s.guest != 0 || s.resting {
				t.Fatalf("expired in %+v", s)
			}
		case stop:
			if s.guest == 0 || a.why == "" {
				t.Fatalf("stopped in %+v", s)
			}
		case hold:
			if a.why == "" || s.guest != 0 {
				t.Fatalf("held in %+v", s)
			}
		}
	})
}

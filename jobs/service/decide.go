// SPDX-License-Identifier: Apache-2.0

package service

import (
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
)

// verb is what the service does about a task. The zero value does nothing.
type verb uint8

const (
	nothing verb = iota
	start        // give the attempt to a runner
	stop         // end the guest that runs for it
	expire       // tell the hub that the claim or the deadline is over
	hold         // say why nothing is done
)

// action is a verb and what to tell people about it.
type action struct {
	verb verb
	why  string
}

// situation is everything that a decision depends on.
type situation struct {
	view    chain.Task     // the hub's word
	now     uint64         // the chain's time, seconds since the epoch
	self    common.Address // the service's account
	guest   uint32         // attempt that a guest runs here for, 0 if none does
	free    bool           // there is a place for another guest
	resting bool           // the last failure is too recent, or the hub is being told
	early   bool           // another service may begin before this one
	refused string         // why the service does not take the task on, empty if it does
}

// decide chooses the action. It starts a guest only for an open task without one, and expires only what the hub would
// expire: so the worst that a wrong picture of the world can cost is a transaction that is refused.
func decide(s situation) action {
	switch s.view.State {
	case chain.StateOpen:
		return decideOpen(s)
	case chain.StateClaimed:
		return decideClaimed(s)
	case chain.StateAccepted: // a guest of this attempt may still have to hear of it
		if s.guest == s.view.Attempt {
			return action{}
		}
	}
	if s.guest != 0 {
		return action{stop, "the task is " + s.view.State.String()}
	}
	return action{}
}

func decideOpen(s situation) action {
	late := s.now >= s.view.Terms.Deadline
	switch {
	case s.guest != 0 && late:
		return action{stop, "the task's deadline passed"}
	case s.guest != 0 && s.guest != s.view.Attempt:
		return action{stop, "the attempt is over"}
	case s.guest != 0 || s.resting:
		return action{}
	case late:
		return action{expire, "the task's deadline passed"}
	case s.view.Terms.Count != 1:
		return action{hold, fmt.Sprintf("it is a batch of %d tasks: this service runs single tasks only", s.view.Terms.Count)}
	case s.refused != "":
		return action{hold, s.refused}
	case s.early:
		return action{hold, "job services beside each other begin at different times: it is not this one's turn yet"}
	case !s.free:
		return action{hold, "waiting for a free place: all guests of this service are busy"}
	}
	return action{verb: start}
}

// decideClaimed leaves a guest alone that may be the claim's: it is if the claim is ours and of its attempt; nobody else can
// claim for our guest. If the claim is one that a process before this one made, the guest finds out when it claims. A claim of
// ours without a guest is given up, which the hub lets its runner do before it lapses.
func decideClaimed(s situation) action {
	ours := s.view.Runner == s.self
	switch {
	case s.guest != 0 && s.guest == s.view.Attempt && ours:
		return action{}
	case s.guest != 0:
		return action{stop, "another runner has claimed the task"}
	case (ours || s.now >= s.view.ClaimExpiry) && s.resting:
		return action{}
	case ours:
		return action{expire, fmt.Sprintf("the guest of attempt %d is gone: giving its claim up", s.view.Attempt)}
	case s.now >= s.view.ClaimExpiry:
		return action{expire, fmt.Sprintf("the claim of attempt %d lapsed", s.view.Attempt)}
	}
	until := time.Unix(int64(min(s.view.ClaimExpiry, 1<<40)), 0).UTC().Format(time.RFC3339)
	return action{hold, fmt.Sprintf("attempt %d is claimed by another runner: waiting until the claim lapses at %s", s.view.Attempt, until)}
}

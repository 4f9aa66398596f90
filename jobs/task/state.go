// SPDX-License-Identifier: Apache-2.0

// Package task is what a job service knows of its tasks: one table of legal transitions, and a journal.
//
// The chain is the source of truth. The table adds to the chain's states what only the service knows (whether a
// guest runs, or what it waits for), and the journal keeps that with the attempts' steps for people to read. Both
// can be thrown away at any time: the tasks are found again on chain, and nothing that decides how a task ends is
// kept anywhere else.
package task

import (
	"fmt"

	"github.com/escrin/escrin/jobs/api"
)

// Event is something that happens to a task. The zero value is invalid.
type Event uint8

// The events. Held, Started and Ended are the service's; the others are read from the chain.
const (
	Submitted Event = iota + 1 // the hub recorded the task
	Held                       // it was taken up: its guest is prepared, or has to wait for something
	Started                    // a guest was started for it
	Ended                      // that guest is gone
	Claimed                    // an attested requester claimed it
	Reopened                   // the claim lapsed: the next attempt may begin
	Accepted                   // the hub accepted the result
	Expired                    // the deadline passed
	Cancelled                  // its submitter withdrew it
)

// String is the event's name.
func (e Event) String() string {
	names := [...]string{"invalid", "submitted", "held", "started", "ended", "claimed", "reopened", "accepted", "expired", "cancelled"}
	if int(e) >= len(names) {
		return names[0]
	}
	return names[e]
}

// transition is one line of the table.
type transition struct {
	from api.State
	on   Event
}

// table is every legal transition. A task that is unknown has the empty state. Two things can be read off it: a
// guest starts only where none runs and nobody holds a claim, and a final state is never left.
func table() map[transition]api.State {
	return map[transition]api.State{
		{"", Submitted}: api.StateOpen,

		{api.StateOpen, Held}:      api.StateWaiting,
		{api.StateOpen, Started}:   api.StateRunning,
		{api.StateOpen, Claimed}:   api.StateClaimed,
		{api.StateOpen, Expired}:   api.StateExpired,
		{api.StateOpen, Cancelled}: api.StateCancelled,

		{api.StateWaiting, Held}:      api.StateWaiting,
		{api.StateWaiting, Ended}:     api.StateWaiting,
		{api.StateWaiting, Started}:   api.StateRunning,
		{api.StateWaiting, Claimed}:   api.StateClaimed,
		{api.StateWaiting, Expired}:   api.StateExpired,
		{api.StateWaiting, Cancelled}: api.StateCancelled,

		{api.StateRunning, Ended}:     api.StateWaiting,
		{api.StateRunning, Claimed}:   api.StateClaimed,
		{api.StateRunning, Expired}:   api.StateExpired,
		{api.StateRunning, Cancelled}: api.StateCancelled,

		{api.StateClaimed, Held}:     api.StateClaimed,
		{api.StateClaimed, Ended}:    api.StateClaimed,
		{api.StateClaimed, Reopened}: api.StateOpen,
		{api.StateClaimed, Accepted}: api.StateAccepted,
		{api.StateClaimed, Expired}:  api.StateExpired,

		{api.StateAccepted, Ended}:  api.StateAccepted,
		{api.StateExpired, Ended}:   api.StateExpired,
		{api.StateCancelled, Ended}: api.StateCancelled,
	}
}

// Next returns the state after an event, or an error if the table does not have the transition.
func Next(from api.State, on Event) (api.State, error) {
	to, ok := table()[transition{from, on}]
	if !ok {
		return from, fmt.Errorf("task that is %q cannot be %s", from, on)
	}
	return to, nil
}

// Sighting is what the hub says of a task at one block.
type Sighting struct {
	State   api.State // open, claimed, accepted, expired or cancelled; empty if the hub does not know the task
	Attempt uint32    // from 1
}

// Observe returns the events that lead from what is known of a task to what the hub says. The hub may have moved
// through several states unseen. Nothing follows from a hub that is behind what is known (a chain that was
// reorganised, or a gateway that lags): the next sighting will tell.
func Observe(known api.State, attempt uint32, seen Sighting) []Event {
	if known.Final() || seen.State == "" || (known != "" && seen.Attempt < attempt) {
		return nil
	}
	var events []Event
	if known == "" {
		events, known, attempt = append(events, Submitted), api.StateOpen, 1
	}
	if seen.Attempt > attempt {
		if known != api.StateClaimed {
			events = append(events, Claimed)
		}
		events, known = append(events, Reopened), api.StateOpen
	}
	return append(events, arrive(known, seen.State)...)
}

// arrive returns the events that lead to the hub's state within one attempt.
func arrive(known, seen api.State) []Event {
	switch {
	case seen == api.StateOpen && known == api.StateClaimed:
		return []Event{Reopened}
	case seen == api.StateClaimed && known != api.StateClaimed:
		return []Event{Claimed}
	case seen == api.StateAccepted && known != api.StateClaimed:
		return []Event{Claimed, Accepted}
	case seen == api.StateAccepted:
		return []Event{Accepted}
	case seen == api.StateExpired:
		return []Event{Expired}
	case seen == api.StateCancelled && known == api.StateClaimed:
		return []Event{Reopened, Cancelled}
	case seen == api.StateCancelled:
		return []Event{Cancelled}
	}
	return nil
}

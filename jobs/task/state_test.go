// SPDX-License-Identifier: Apache-2.0

package task

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/jobs/api"
)

func allStates() []api.State {
	return []api.State{"", api.StateOpen, api.StateWaiting, api.StateRunning, api.StateClaimed,
		api.StateAccepted, api.StateExpired, api.StateCancelled}
}

func allEvents() []Event {
	return []Event{0, Submitted, Held, Started, Ended, Claimed, Reopened, Accepted, Expired, Cancelled, 99}
}

func TestFinalStatesAreNeverLeft(t *testing.T) {
	for _, from := range allStates() {
		for _, on := range allEvents() {
			to, err := Next(from, on)
			if err == nil && from.Final() && to != from {
				t.Errorf("%s leaves %s for %s", on, from, to)
			}
			if err != nil && to != from {
				t.Errorf("an illegal %s changes %q to %q", on, from, to)
			}
		}
	}
}

func TestAGuestStartsOnlyWhereNoneRunsAndNobodyHoldsAClaim(t *testing.T) {
	for _, from := range allStates() {
		_, err := Next(from, Started)
		if want := from == api.StateOpen || from == api.StateWaiting; (err == nil) != want {
			t.Errorf("started while %q: %v", from, err)
		}
	}
}

func TestATaskIsAcceptedOnlyOutOfAClaim(t *testing.T) {
	for _, from := range allStates() {
		if to, err := Next(from, Accepted); err == nil && from != api.StateClaimed {
			t.Errorf("%q is accepted to %q", from, to)
		}
	}
}

// hub is the model of TaskHub's states.
type hub struct {
	state   api.State
	attempt uint32
}

func (h *hub) step(t *rapid.T) {
	switch h.state {
	case api.StateOpen:
		h.state = rapid.SampledFrom([]api.State{api.StateClaimed, api.StateClaimed, api.StateClaimed,
			api.StateExpired, api.StateCancelled}).Draw(t, "from open")
	case api.StateClaimed:
		h.state = rapid.SampledFrom([]api.State{api.StateOpen, api.StateOpen, api.StateAccepted,
			api.StateExpired}).Draw(t, "from claimed")
		if h.state == api.StateOpen {
			h.attempt++
		}
	}
}

// TestObserveFollowsAnyHistory looks at a hub at random moments of a random life, with the service's own events
// in between: every event is legal, the state agrees with the hub each time, and a final state comes once.
func TestObserveFollowsAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := hub{state: api.StateOpen, attempt: 1}
		known, attempt, finals := api.State(""), uint32(0), 0
		apply := func(e Event) {
			to, err := Next(known, e)
			if err != nil {
				t.Fatal(err)
			}
			if to.Final() && !known.Final() {
				finals++
			}
			known = to
		}
		for range rapid.IntRange(1, 30).Draw(t, "length") {
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				h.step(t)
			case 1:
				for _, e := range Observe(known, attempt, Sighting{h.state, h.attempt}) {
					apply(e)
				}
				if !known.Final() {
					attempt = h.attempt
				}
				if hubState(known) != h.state {
					t.Fatalf("known %s, hub %s", known, h.state)
				}
			case 2:
				if e := rapid.SampledFrom([]Event{Held, Started, Ended}).Draw(t, "own"); legal(known, e) {
					apply(e)
				}
			}
		}
		if finals > 1 {
			t.Fatalf("ended %d times", finals)
		}
	})
}

// TestObserveBelievesNoHubThatIsBehind covers reorganised chains and lagging gateways.
func TestObserveBelievesNoHubThatIsBehind(t *testing.T) {
	for _, known := range allStates()[1:] {
		for _, seen := range []Sighting{{}, {api.StateOpen, 1}, {api.StateClaimed, 1}, {api.StateAccepted, 1}} {
			if events := Observe(known, 2, seen); len(events) != 0 {
				t.Errorf("%s at attempt 2, hub %+v: %v", known, seen, events)
			}
		}
	}
}

func legal(s api.State, e Event) bool { _, err := Next(s, e); return err == nil }

// hubState forgets what only the service knows.
func hubState(s api.State) api.State {
	if s == api.StateWaiting || s == api.StateRunning {
		return api.StateOpen
	}
	return s
}

// SPDX-License-Identifier: Apache-2.0

package pccs

import "sync"

// Bounds of what others can have AMD asked for at once. Its service wants ten
// seconds for each certificate of a chip, and who asks need not say who he is. All
// of it together is a minute.
const (
	maxStrangers  = 2    // chips that were never seen
	maxKnown      = 4    // chips that were, with other firmware
	maxRemembered = 4096 // chips
)

// quota bounds requests for certificates that are not in the cache. Anybody can
// make up chips: those that AMD confirmed do not wait behind them.
type quota struct {
	strangers, known chan struct{}

	mutex sync.Mutex
	chips map[string]bool // product and id
}

func newQuota() *quota {
	return &quota{
		strangers: make(chan struct{}, maxStrangers), known: make(chan struct{}, maxKnown), chips: make(map[string]bool),
	}
}

// enter takes a place for a request about a chip, if there is one, until leave is
// called.
func (q *quota) enter(chip string) (leave func(), ok bool) {
	places := q.strangers
	if q.met(chip) {
		places = q.known
	}
	select {
	case places <- struct{}{}:
		return func() { <-places }, true
	default:
		return nil, false
	}
}

func (q *quota) met(chip string) bool {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.chips[chip]
}

// meet remembers a chip whose certificate was seen: it exists.
func (q *quota) meet(chip string) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	if len(q.chips) < maxRemembered {
		q.chips[chip] = true
	}
}

// SPDX-License-Identifier: Apache-2.0

package origin

import (
	"context"
	"net/netip"
	"sync"
)

// Turns bounds how many of one network do something at once. It is safe for concurrent use.
type Turns struct {
	each int

	mu sync.Mutex
	of map[netip.Prefix]*turn
}

// turn is one network's. It is forgotten with its last user.
type turn struct {
	places chan struct{}
	users  int // that have a place, or wait for one
}

// NewTurns returns turns for each of every network at once.
func NewTurns(each int) *Turns { return &Turns{each: each, of: map[netip.Prefix]*turn{}} }

// Enter waits for a place of a network until ctx ends; leave gives it back.
func (t *Turns) Enter(ctx context.Context, of netip.Prefix) (leave func(), ok bool) {
	one := t.user(of)
	select {
	case one.places <- struct{}{}:
		return func() { <-one.places; t.forget(of, one) }, true
	case <-ctx.Done():
		t.forget(of, one)
		return nil, false
	}
}

// Try is Enter without waiting.
func (t *Turns) Try(of netip.Prefix) (leave func(), ok bool) {
	one := t.user(of)
	select {
	case one.places <- struct{}{}:
		return func() { <-one.places; t.forget(of, one) }, true
	default:
		t.forget(of, one)
		return nil, false
	}
}

// Networks returns how many networks have a place, or wait for one.
func (t *Turns) Networks() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.of)
}

// user returns a network's turn, with one user more.
func (t *Turns) user(of netip.Prefix) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.of[of]
	if one == nil {
		one = &turn{places: make(chan struct{}, t.each)}
		t.of[of] = one
	}
	one.users++
	return one
}

func (t *Turns) forget(of netip.Prefix, one *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(t.of, of)
	}
}

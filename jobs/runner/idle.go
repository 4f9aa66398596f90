// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"slices"
	"sync"
	"time"
)

// idle keeps machines that wait for a task: so many at most, and so long.
type idle struct {
	most  int
	limit time.Duration

	mu      sync.Mutex
	waiting []waiting // longest first
	closed  bool
}

// waiting is a machine, and what ends it when it has waited too long.
type waiting struct {
	*machine
	end *time.Timer
}

// put keeps a machine, in the place of the one that waits longest if there are enough.
func (i *idle) put(m *machine) {
	i.mu.Lock()
	i.waiting = append(i.waiting, waiting{m, time.AfterFunc(i.limit, func() { i.expire(m) })})
	most := i.most
	if i.closed {
		most = 0
	}
	surplus := i.cutLocked(max(len(i.waiting)-most, 0))
	i.mu.Unlock()
	endAll(surplus)
}

// cutLocked takes out the first n.
func (i *idle) cutLocked(n int) []waiting {
	cut := slices.Clone(i.waiting[:n])
	i.waiting = slices.Delete(i.waiting, 0, n)
	return cut
}

func endAll(list []waiting) {
	for _, w := range list {
		w.end.Stop()
		w.machine.end()
	}
}

// expire ends a machine that still waits.
func (i *idle) expire(m *machine) {
	if i.takeIf(func(w *machine) bool { return w == m }) != nil {
		m.end()
	}
}

// take returns the machine of a kind that has waited least, which may be gone meanwhile; nil if there is none.
func (i *idle) take(wanted kind) *machine {
	return i.takeIf(func(m *machine) bool { return m.kind == wanted })
}

func (i *idle) takeIf(wanted func(*machine) bool) *machine {
	i.mu.Lock()
	defer i.mu.Unlock()
	for at, w := range slices.Backward(i.waiting) {
		if wanted(w.machine) {
			w.end.Stop()
			i.waiting = slices.Delete(i.waiting, at, at+1)
			return w.machine
		}
	}
	return nil
}

// close ends all that wait, and those that would.
func (i *idle) close() {
	i.mu.Lock()
	i.closed = true
	all := i.cutLocked(len(i.waiting))
	i.mu.Unlock()
	endAll(all)
}

// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"sync"
	"time"
)

// demoted is for how long an endpoint that did not answer in time is the last to be asked, and is
// not waited for where others suffice.
const demoted = time.Minute

// slow remembers endpoints that did not answer in time, by their places.
type slow struct {
	mu    sync.Mutex
	since map[int]time.Time
}

func newSlow() *slow { return &slow{since: make(map[int]time.Time)} }

func (s *slow) mark(index int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since[index] = time.Now()
}

func (s *slow) is(index int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, ok := s.since[index]
	return ok && time.Since(since) < demoted
}

// order returns the endpoints as they are to be asked, one after the other: the preferred one
// first, the demoted ones last.
func (v *View) order() []endpoint {
	var quick, late []endpoint
	first := int(v.first.Load())
	for i := range v.endpoints {
		e := v.endpoints[(first+i)%len(v.endpoints)]
		if v.slow.is(e.index) {
			late = append(late, e)
		} else {
			quick = append(quick, e)
		}
	}
	return append(quick, late...)
}

// SPDX-License-Identifier: Apache-2.0

package uplink

import (
	"io"
	"sync"
	"time"
)

// Places are those of connections that strangers make, who need nothing for it. When all are taken, a new connection gets
// the place of the one that carried least of late: who wants to keep all places has to use them. New ones are spared for a minute.
type Places struct {
	limit int
	now   func() time.Time

	mu    sync.Mutex
	taken map[*Place]struct{} // guarded by mu
}

// NewPlaces makes so many.
func NewPlaces(limit int) *Places {
	return &Places{limit: limit, now: time.Now, taken: map[*Place]struct{}{}}
}

// spared is how long a connection keeps its place whatever it carries, and what counts as of late.
const spared = time.Minute

// Place is that of one connection.
type Place struct {
	of   *Places
	conn io.Closer

	since          time.Time // of the connection
	mark           time.Time // guarded by of.mu: when recent began
	recent, before uint64    // guarded by of.mu: bytes since mark, and in the time before it
}

// Take gives conn a place, which must be left again. There is none if all are taken by connections that are new. It closes the one
// whose place it gives.
func (p *Places) Take(conn io.Closer) (*Place, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if len(p.taken) >= p.limit {
		least := p.idlest(now)
		if least == nil {
			return nil, false
		}
		delete(p.taken, least)
		_ = least.conn.Close()
	}
	place := &Place{of: p, conn: conn, since: now, mark: now}
	p.taken[place] = struct{}{}
	return place, true
}

// idlest is the connection that carried least of late, among those that are not new.
func (p *Places) idlest(now time.Time) (least *Place) {
	for place := range p.taken {
		place.turn(now)
		if now.Sub(place.since) >= spared && (least == nil || place.recent+place.before < least.recent+least.before) {
			least = place
		}
	}
	return least
}

// turn begins to count anew when the time is over.
func (l *Place) turn(now time.Time) {
	switch late := now.Sub(l.mark); {
	case late >= 2*spared:
		l.mark, l.before, l.recent = now, 0, 0
	case late >= spared:
		l.mark, l.before, l.recent = now, l.recent, 0
	}
}

// Carried counts what the connection carried.
func (l *Place) Carried(bytes int) {
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	l.turn(l.of.now())
	l.recent += uint64(bytes)
}

// Leave gives the place back.
func (l *Place) Leave() {
	l.of.mu.Lock()
	defer l.of.mu.Unlock()
	delete(l.of.taken, l)
}

// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

const (
	// amdInterval is how far apart AMD's service wants requests from one address.
	// Chains and lists have turns of their own, so that they are renewed however many
	// certificates of chips others ask for.
	amdInterval = 10 * time.Second
	// maxPause is the longest that a service can ask to be left alone.
	maxPause = 15 * time.Minute
	// maxWait is the longest that a caller waits for its turn.
	maxWait = 2 * time.Minute
	// firstBackoff is the pause after a first failure; each more doubles it.
	firstBackoff = 2 * time.Second
	// worthSaying is how long a wait has to be for the operator to hear of it.
	worthSaying = 2 * time.Second
	// maxAttempts is how often a request is made before it has failed.
	maxAttempts = 3
)

// pace is when each service may be asked next. It is kept on disk, because AMD
// counts requests by address, and neither by process nor since a start.
type pace struct {
	dir    directory
	clock  Clock
	jitter func(time.Duration) time.Duration
}

func openPace(path string, clock Clock, jitter func(time.Duration) time.Duration) (pace, error) {
	dir, err := openDirectory(filepath.Join(path, "pace"), "escrin.pace\x02")
	if err != nil {
		return pace{}, fmt.Errorf("open cache: %w", err)
	}
	return pace{dir, clock, jitter}, nil
}

func interval(s source) time.Duration {
	if s == amdAPI || s == amdChips {
		return amdInterval
	}
	return 0
}

// turn is leave to make one request.
type turn struct {
	source source
	at     time.Time
	wait   time.Duration // until then, from when it was reserved
}

// reserve takes the next free turn with a service. It is an error if that is
// longer away than patience.
func (p pace) reserve(s source, patience time.Duration) (turn, error) {
	unlock, err := lock(filepath.Join(p.dir.path, "lock"))
	if err != nil {
		return turn{}, err
	}
	defer unlock()
	now := p.clock.Now()
	q := p.read(s, now)
	at := p.choose(s, q, now, patience)
	wait := at.Sub(now)
	if wait > patience {
		return turn{}, fmt.Errorf("%w: may be asked again in %v", ErrUnavailable, wait.Round(time.Second))
	}
	if interval(s) > 0 {
		q.turns = append(q.turns, at)
		err = p.write(s, q, now)
	}
	return turn{s, at, wait}, err
}

// choose returns the first turn that keeps away from all others at the service.
// Chains and lists do not wait for those of chips when there are many, or when
// there is no patience for it.
func (p pace) choose(s source, q queue, now time.Time, patience time.Duration) time.Time {
	all := q
	for _, part := range s.service() {
		if part != s {
			all.turns = slices.Concat(all.turns, p.read(part, now).turns)
		}
	}
	own, at := q.free(now, interval(s)), all.free(now, interval(s))
	if s == amdAPI && (at.Sub(own) > interval(s) || at.Sub(now) > patience) {
		return own
	}
	return at
}

// giveBack leaves a turn to others: nothing was asked.
func (p pace) giveBack(t turn) error {
	unlock, err := lock(filepath.Join(p.dir.path, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	now := p.clock.Now()
	q := p.read(t.source, now)
	i := slices.IndexFunc(q.turns, t.at.Equal)
	if i < 0 {
		return nil
	}
	q.turns = slices.Delete(q.turns, i, i+1)
	return p.write(t.source, q, now)
}

// postpone leaves the service alone after failures in a row; if it asked for
// patience, for that long, and all of it.
func (p pace) postpone(s source, failures int, asked time.Duration) error {
	unlock, err := lock(filepath.Join(p.dir.path, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	now := p.clock.Now()
	for _, part := range s.service() {
		pause := asked
		if part == s {
			pause = max(p.jitter(firstBackoff<<failures), asked)
		}
		if q := p.read(part, now); now.Add(pause).After(q.paused) {
			q.paused = now.Add(pause)
			err = errors.Join(err, p.write(part, q, now))
		}
	}
	return err
}

// queue is who may ask a service when.
type queue struct {
	paused time.Time   // nobody before this
	turns  []time.Time // that are taken
}

// free returns the first time from now on that is a whole interval away from all
// turns.
func (q queue) free(now time.Time, interval time.Duration) time.Time {
	at := now
	if q.paused.After(at) {
		at = q.paused
	}
	slices.SortFunc(q.turns, time.Time.Compare)
	for _, t := range q.turns {
		if t.Sub(at).Abs() < interval {
			at = t.Add(interval)
		}
	}
	return at
}

// read returns the queue as it is now. A time that no pause can have led to was
// written before the clock was set back, and counts for nothing; nor does what
// cannot be read.
func (p pace) read(s source, now time.Time) queue {
	data, err := p.dir.read(string(s))
	if err != nil || len(data) < 8 || len(data)%8 != 0 {
		return queue{}
	}
	var times []time.Time
	for ; len(data) > 0; data = data[8:] {
		at := time.Unix(0, int64(binary.BigEndian.Uint64(data)))
		if at.Sub(now) > maxPause+maxWait {
			return queue{}
		}
		times = append(times, at)
	}
	q := queue{paused: times[0]}
	for _, at := range times[1:] {
		if now.Sub(at) < interval(s) {
			q.turns = append(q.turns, at)
		}
	}
	return q
}

func (p pace) write(s source, q queue, now time.Time) error {
	var paused int64 // the epoch, if never
	if !q.paused.IsZero() {
		paused = q.paused.UnixNano()
	}
	data := binary.BigEndian.AppendUint64(nil, uint64(paused))
	for _, at := range q.turns {
		data = binary.BigEndian.AppendUint64(data, uint64(at.UnixNano()))
	}
	return p.dir.write(string(s), data, now)
}

// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"time"
)

const (
	// amdInterval is how far apart AMD's service wants requests from one address.
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
	dir, err := openDirectory(filepath.Join(path, "pace"), "escrin.pace\x01")
	if err != nil {
		return pace{}, fmt.Errorf("open cache: %w", err)
	}
	return pace{dir, clock, jitter}, nil
}

func interval(s source) time.Duration {
	if s == amdAPI {
		return amdInterval
	}
	return 0
}

// reserve takes the next turn with a service and returns how long it is until
// then. It is an error if that is longer than patience.
func (p pace) reserve(s source, patience time.Duration) (wait time.Duration, err error) {
	unlock, err := lock(filepath.Join(p.dir.path, "lock"))
	if err != nil {
		return 0, err
	}
	defer unlock()
	now := p.clock.Now()
	next := p.next(s, now)
	if wait = next.Sub(now); wait > patience {
		return 0, fmt.Errorf("%w: may be asked again in %v", ErrUnavailable, wait.Round(time.Second))
	}
	if interval(s) == 0 {
		return wait, nil
	}
	return wait, p.set(s, next.Add(interval(s)), now)
}

// postpone leaves the service alone after failures in a row, for as long as it
// asked if that is longer.
func (p pace) postpone(s source, failures int, asked time.Duration) error {
	unlock, err := lock(filepath.Join(p.dir.path, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	now := p.clock.Now()
	pause := max(p.jitter(firstBackoff<<failures), asked)
	if next := now.Add(pause); next.After(p.next(s, now)) {
		return p.set(s, next, now)
	}
	return nil
}

// next returns when the service may be asked. A time that no pause can have led
// to was written before the clock was set back, and counts for nothing; nor does
// what cannot be read.
func (p pace) next(s source, now time.Time) time.Time {
	data, err := p.dir.read(string(s))
	if err != nil || len(data) != 8 {
		return now
	}
	next := time.Unix(0, int64(binary.BigEndian.Uint64(data)))
	if next.Before(now) || next.Sub(now) > maxPause+maxWait {
		return now
	}
	return next
}

func (p pace) set(s source, next, now time.Time) error {
	return p.dir.write(string(s), binary.BigEndian.AppendUint64(nil, uint64(next.UnixNano())), now)
}

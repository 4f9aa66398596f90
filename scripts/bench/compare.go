// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"time"
)

// Repetitions of a comparison; the best of each side counts, since noise only ever adds.
const (
	repetitions     = 5
	bootRepetitions = 12 // a boot is a second or two, of a machine whose memory is all new: short against what disturbs it
)

// contender is one side of a comparison. What prepare does before each run is not timed; it may be nil.
type contender struct {
	name    string
	prepare func() error
	run     func() error
}

// compare runs both sides in turn and returns the best time of each.
func compare(sides ...contender) ([]time.Duration, error) { return compareBest(repetitions, sides...) }

// compareBest is compare with another number of repetitions.
func compareBest(repetitions int, sides ...contender) ([]time.Duration, error) {
	shortest := make([]time.Duration, len(sides))
	for range repetitions {
		for i, side := range sides {
			took, err := side.once()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", side.name, err)
			}
			if shortest[i] == 0 || took < shortest[i] {
				shortest[i] = took
			}
		}
	}
	return shortest, nil
}

func (c contender) once() (time.Duration, error) {
	if c.prepare != nil {
		if err := c.prepare(); err != nil {
			return 0, err
		}
	}
	started := time.Now()
	err := c.run()
	return time.Since(started), err
}

// versus prints ours as name, in seconds, against theirs.
func versus(name string, ours, theirs contender) error {
	return versusBest(repetitions, name, ours, theirs)
}

// versusBest is versus with another number of repetitions.
func versusBest(repetitions int, name string, ours, theirs contender) error {
	took, err := compareBest(repetitions, ours, theirs)
	if err == nil {
		seconds(name, took[0], took[1], theirs.name)
	}
	return err
}

// seconds prints one time against another of the same run.
func seconds(name string, ours, theirs time.Duration, against string) {
	compared(name, ours.Seconds(), "s", fmt.Sprintf("%.3f", ours.Seconds()/theirs.Seconds()),
		fmt.Sprintf("%s (%.2f s)", against, theirs.Seconds()))
}

// count prints one number of bytes against another.
func count(name string, ours, theirs int64, against string) {
	compared(name, float64(ours), "bytes", fmt.Sprintf("%.3f", float64(ours)/float64(theirs)), fmt.Sprintf("%s (%d bytes)", against, theirs))
}

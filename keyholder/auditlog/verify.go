// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Summary is what Verify found.
type Summary struct {
	First Head // before the oldest record that is there; not zero if older segments were moved away
	Last  Head
}

// ErrTorn reports that the log ends within a record, as after a crash. The next
// start of the keyholder cuts it off.
var ErrTorn = errors.New("the log ends within a record")

// Verify reads the log in dir, shows every record to visit, which may be nil, and
// reports the first thing that is wrong. It changes nothing, and may run beside
// the keyholder; then, at worst, it reports ErrTorn.
func Verify(dir string, visit func(Entry) error) (Summary, error) {
	names, err := segments(dir)
	if err != nil {
		return Summary{}, fmt.Errorf("verify audit log: %w", err)
	}
	s, err := verify(dir, names, visit)
	if err != nil {
		return s, fmt.Errorf("verify audit log: %w", err)
	}
	return s, nil
}

// verify walks through segments that must follow one another.
func verify(dir string, names []string, visit func(Entry) error) (s Summary, err error) {
	for i, name := range names {
		path := filepath.Join(dir, name)
		w, err := walkSegment(path, visit)
		if w.offset > 0 {
			if i == 0 {
				s.First = w.start
			} else if w.start != s.Last {
				return s, fmt.Errorf("%s does not follow %s: records are missing", name, names[i-1])
			}
			s.Last = w.head
		}
		if err != nil && i == len(names)-1 && torn(path, w, err) {
			return s, fmt.Errorf("%w: %w", ErrTorn, err)
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// ErrLacks reports that a log does not have a head that others were told of.
var ErrLacks = errors.New("audit log is not the one that others were told of")

// Contains reports whether the log in dir has a head, as somebody was told of it:
// that many records at least, and the first of them just those. The error is ErrLacks
// if not. Segments before the one with that record are not looked at.
func Contains(dir string, told Head) error {
	names, err := segments(dir)
	if err != nil {
		return fmt.Errorf("look into audit log: %w", err)
	}
	for len(names) > 1 && names[1] <= segmentName(told.Length) {
		names = names[1:]
	}
	found := told == Head{}
	s, err := verify(dir, names, func(e Entry) error {
		found = found || e.After == told
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, ErrTorn):
		return fmt.Errorf("look into audit log: %w", err)
	case found || s.First == told:
		return nil
	case told.Length > s.Last.Length:
		return fmt.Errorf("%w: it has %d records, others were told of %d: its end is missing", ErrLacks, s.Last.Length, told.Length)
	case told.Length < s.First.Length:
		return fmt.Errorf("audit log begins after record %d: segments from before are needed to look for %v", s.First.Length, told)
	}
	return fmt.Errorf("%w: it has another hash after %d records: it was changed", ErrLacks, told.Length)
}

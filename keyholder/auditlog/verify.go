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

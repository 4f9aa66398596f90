// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"encoding/binary"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/keyholder/store"
)

// edition is number n of a series, issued on a day of one month.
func edition(d collateral.Document, series, n, day int) collateral.Edition {
	e := collateral.Edition{Issued: time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC)}
	e.Series.Document = d
	binary.BigEndian.PutUint16(e.Series.FMSPC[:], uint16(series))
	e.Number[19] = byte(n)
	return e
}

// now is when the tests begin.
var now = time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)

func advance(t *testing.T, s *store.Store, at time.Time, want []collateral.Edition, editions ...collateral.Edition) {
	t.Helper()
	for _, do := range []func([]collateral.Edition, time.Time) ([]collateral.Edition, error){s.Outdated, s.Advance} {
		if outdated, err := do(editions, at); err != nil || !slices.Equal(outdated, want) {
			t.Fatalf("outdated are %v, %v; want %v", outdated, err, want)
		}
	}
}

// AT-05: the newest edition of each series counts, and for how long it was known,
// over restarts.
func TestAT05EditionsOnlyAdvance(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	s := open(t, path)
	const info, list = collateral.DocumentTCBInfo, collateral.DocumentCRL
	advance(t, s, now, nil, edition(info, 1, 5, 10), edition(list, 1, 1, 10))
	advance(t, s, now, nil, edition(info, 1, 6, 8)) // a higher number, whatever its date
	later := now.Add(collateral.MaxLag)
	old := func() {
		t.Helper()
		advance(t, s, now, []collateral.Edition{edition(info, 1, 5, 20)}, edition(info, 1, 5, 20))
		advance(t, s, later, nil, edition(info, 1, 6, 6), edition(list, 1, 1, 8)) // has the day, and lowers nothing
		later := later.Add(time.Second)
		advance(t, s, later, []collateral.Edition{edition(info, 1, 6, 6)}, edition(info, 1, 6, 6))
		advance(t, s, later, []collateral.Edition{edition(list, 1, 1, 8)}, edition(list, 1, 1, 8))
	}
	old()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path)
	defer s.Close()
	old()
	advance(t, s, later, nil, edition(info, 2, 1, 1), edition(collateral.DocumentQEIdentity, 1, 1, 1)) // other series
}

// What is only asked about is not remembered.
func TestAT05AskingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	older, newer := edition(collateral.DocumentTCBInfo, 1, 5, 10), edition(collateral.DocumentTCBInfo, 1, 6, 10)
	if outdated, err := s.Outdated([]collateral.Edition{newer}, now); err != nil || len(outdated) != 0 {
		t.Fatal(outdated, err)
	}
	advance(t, s, now, nil, older)
}

// What comes beside something outdated is not remembered.
func TestAT05RefusedEditionsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	const info, list = collateral.DocumentTCBInfo, collateral.DocumentCRL
	advance(t, s, now, nil, edition(info, 1, 5, 10), edition(list, 1, 1, 10))
	advance(t, s, now, []collateral.Edition{edition(list, 1, 0, 10)}, edition(info, 1, 9, 10), edition(list, 1, 0, 10))
	advance(t, s, now, nil, edition(info, 1, 5, 10))
}

// The bound holds, and what was known goes on when it is reached.
func TestAT05SeriesAreBounded(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	const bound, batch = 1024, 64
	for i := 0; i < bound; i += batch {
		var editions []collateral.Edition
		for j := range batch {
			editions = append(editions, edition(collateral.DocumentTCBInfo, i+j, 1, 1))
		}
		advance(t, s, now, nil, editions...)
	}
	if _, err := s.Advance([]collateral.Edition{edition(collateral.DocumentTCBInfo, bound, 1, 1)}, now); !errors.Is(err, store.ErrFull) {
		t.Fatalf("one too many: %v", err)
	}
	advance(t, s, now, nil, edition(collateral.DocumentTCBInfo, 3, 2, 1))
	advance(t, s, now, []collateral.Edition{edition(collateral.DocumentTCBInfo, 3, 1, 1)}, edition(collateral.DocumentTCBInfo, 3, 1, 1))
}

// Whoever comes first, the highest stays.
func TestAT05EditionsRace(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	var wait sync.WaitGroup
	for n := range 16 {
		wait.Go(func() {
			if _, err := s.Advance([]collateral.Edition{edition(collateral.DocumentCRL, 1, n, 1)}, now); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	advance(t, s, now, []collateral.Edition{edition(collateral.DocumentCRL, 1, 14, 1)}, edition(collateral.DocumentCRL, 1, 14, 1))
	advance(t, s, now, nil, edition(collateral.DocumentCRL, 1, 15, 1))
}

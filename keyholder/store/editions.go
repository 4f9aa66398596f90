// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/keyholder/release"
)

// maxSeries bounds how many series of collateral are remembered. The vendor has
// a few dozen platform families, and only what it signed gets here.
const maxSeries = 1024

var _ release.Editions = (*Store)(nil)

// ErrFull says that there are too many series of collateral.
var ErrFull = errors.New("state database holds too many series of collateral")

// Outdated implements release.Editions.
func (s *Store) Outdated(editions []collateral.Edition, now time.Time) (outdated []collateral.Edition, err error) {
	outdated, _, err = s.compare(editions, now)
	return outdated, err
}

// Advance implements release.Editions. Most calls find nothing new and do not
// write.
func (s *Store) Advance(editions []collateral.Edition, now time.Time) (outdated []collateral.Edition, err error) {
	outdated, newer, err := s.compare(editions, now)
	if err != nil || len(outdated) > 0 || len(newer) == 0 {
		return outdated, err
	}
	err = s.db.Update(func(tx *bolt.Tx) error {
		if outdated, newer, err = compare(tx, editions, now); err != nil || len(outdated) > 0 {
			return err
		}
		return putEditions(tx, newer)
	})
	if err != nil {
		return nil, fmt.Errorf("record collateral: %w", err)
	}
	return outdated, nil
}

// advance is a series and what is to be remembered of it.
type advance struct {
	series collateral.Series
	seen   collateral.Seen
}

func (s *Store) compare(editions []collateral.Edition, now time.Time) (outdated []collateral.Edition, newer []advance, err error) {
	err = s.db.View(func(tx *bolt.Tx) (err error) {
		outdated, newer, err = compare(tx, editions, now)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read collateral: %w", err)
	}
	return outdated, newer, nil
}

// compare returns the editions that are outdated by those recorded, and what is to
// be recorded of those that are newer or of a new series.
func compare(tx *bolt.Tx, editions []collateral.Edition, now time.Time) (outdated []collateral.Edition, newer []advance, err error) {
	b := tx.Bucket([]byte(editionsBucket))
	for _, e := range editions {
		var seen collateral.Seen
		if record := b.Get(seriesKey(e.Series)); record != nil {
			if seen, err = collateral.ParseSeen(record); err != nil {
				return nil, nil, fmt.Errorf("%w: %w", errCorrupt, err)
			}
		}
		if seen.Outdates(e, now) {
			outdated = append(outdated, e)
		} else if seen, advances := seen.With(e, now); advances {
			newer = append(newer, advance{e.Series, seen})
		}
	}
	return outdated, newer, nil
}

func putEditions(tx *bolt.Tx, newer []advance) error {
	b := tx.Bucket([]byte(editionsBucket))
	known := b.Stats().KeyN
	for _, n := range newer {
		if b.Get(seriesKey(n.series)) == nil {
			known++
		}
		if known > maxSeries {
			return ErrFull
		}
		if err := b.Put(seriesKey(n.series), n.seen.Marshal()); err != nil {
			return err
		}
	}
	return nil
}

func seriesKey(s collateral.Series) []byte {
	key := append([]byte{byte(s.Document)}, s.Authority[:]...)
	return append(key, s.FMSPC[:]...)
}

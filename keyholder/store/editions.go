// SPDX-License-Identifier: Apache-2.0

package store

import (
	"encoding/binary"
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

// editionSize is the size of a record: number, seconds since the epoch.
const editionSize = 20 + 8

var _ release.Editions = (*Store)(nil)

// ErrFull says that there are too many series of collateral.
var ErrFull = errors.New("state database holds too many series of collateral")

// Advance implements release.Editions. Most calls find nothing new and do not
// write.
func (s *Store) Advance(editions []collateral.Edition) (outdated []collateral.Edition, err error) {
	var newer []collateral.Edition
	err = s.db.View(func(tx *bolt.Tx) (err error) {
		outdated, newer, err = compare(tx, editions)
		return err
	})
	if err == nil && len(outdated) == 0 && len(newer) > 0 {
		err = s.db.Update(func(tx *bolt.Tx) (err error) {
			if outdated, newer, err = compare(tx, editions); err != nil || len(outdated) > 0 {
				return err
			}
			return putEditions(tx, newer)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("record collateral: %w", err)
	}
	return outdated, nil
}

// compare returns the editions that are outdated by those recorded, and those
// that are newer or of a new series.
func compare(tx *bolt.Tx, editions []collateral.Edition) (outdated, newer []collateral.Edition, err error) {
	b := tx.Bucket([]byte(editionsBucket))
	for _, e := range editions {
		record := b.Get(seriesKey(e.Series))
		if record == nil {
			newer = append(newer, e)
			continue
		}
		if len(record) != editionSize {
			return nil, nil, errCorrupt
		}
		newest := collateral.Edition{
			Series: e.Series, Number: [20]byte(record), Issued: time.Unix(int64(binary.BigEndian.Uint64(record[20:])), 0),
		}
		switch {
		case e.OutdatedBy(newest):
			outdated = append(outdated, e)
		case e.NewerThan(newest):
			newer = append(newer, e)
		}
	}
	return outdated, newer, nil
}

func putEditions(tx *bolt.Tx, editions []collateral.Edition) error {
	b := tx.Bucket([]byte(editionsBucket))
	known := b.Stats().KeyN
	for _, e := range editions {
		if b.Get(seriesKey(e.Series)) == nil {
			known++
		}
		if known > maxSeries {
			return ErrFull
		}
		record := binary.BigEndian.AppendUint64(e.Number[:], uint64(e.Issued.Unix()))
		if err := b.Put(seriesKey(e.Series), record); err != nil {
			return err
		}
	}
	return nil
}

func seriesKey(s collateral.Series) []byte {
	key := append([]byte{byte(s.Document)}, s.Authority[:]...)
	return append(key, s.FMSPC[:]...)
}

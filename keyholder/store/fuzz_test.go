// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/keyholder/release"
)

// FuzzRecords: whatever stands in the database where a record should, it is a record, or an error: nothing is bound,
// raised or advanced over what cannot be read.
func FuzzRecords(f *testing.F) {
	s, err := Open(filepath.Join(f.TempDir(), "state.db"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	s.db.NoSync = true
	a := release.Assignment{Attempt: [32]byte{1}, ChannelKeyHash: [32]byte{2}, Requester: [20]byte{3}}
	at := release.Head{Number: 7, Hash: [32]byte{7}}
	edition := collateral.Edition{Series: collateral.Series{Document: 1}}
	now := time.Unix(1_800_000_000, 0)
	seen, _ := collateral.Seen{}.With(edition, now)
	f.Add(uint8(0), append(append(a.ChannelKeyHash[:], a.Requester[:]...), encodeBlock(at.Number, at.Hash)...))
	f.Add(uint8(1), a.Attempt[:])
	f.Add(uint8(2), encodeBlock(9, [32]byte{9}))
	f.Add(uint8(3), seen.Marshal())
	f.Fuzz(func(t *testing.T, which uint8, record []byte) {
		places := []struct {
			bucket string
			key    []byte
		}{{releasesBucket, a.Attempt[:]}, {requestersBucket, a.Requester[:]}, {chainBucket, []byte(floorKey)}, {editionsBucket, seriesKey(edition.Series)}}
		place := places[int(which)%len(places)]
		for _, p := range places {
			set(t, s, p.bucket, p.key, nil)
		}
		set(t, s, place.bucket, place.key, record)

		bound, err := s.Bind(a, at)
		number, _, unread := s.Load()
		unraised := s.Raise(number+1, [32]byte{1})
		outdated, unadvanced := s.Advance([]collateral.Edition{edition}, now)
		broken := errors.Join(err, unread, unraised, unadvanced)
		if broken != nil && (!errors.Is(broken, errCorrupt) || bound && err != nil || len(outdated) > 0 && unadvanced != nil) {
			t.Fatalf("%s: %v", place.bucket, broken)
		}
		if now := value(t, s, place.bucket, place.key); broken != nil && !bytes.Equal(now, record) {
			t.Fatalf("%s: %x was not to be read, and became %x", place.bucket, record, now)
		}
	})
}

// set puts a value where it never came from, or takes it away.
func set(t *testing.T, s *Store, bucket string, key, value []byte) {
	t.Helper()
	err := s.db.Update(func(tx *bolt.Tx) error {
		if value == nil {
			return tx.Bucket([]byte(bucket)).Delete(key)
		}
		return tx.Bucket([]byte(bucket)).Put(key, value)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func value(t *testing.T, s *Store, bucket string, key []byte) (value []byte) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		value = bytes.Clone(tx.Bucket([]byte(bucket)).Get(key))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// SPDX-License-Identifier: Apache-2.0

// Package store keeps what a keyholder must not forget: which machine it served
// in which attempt, how far it has seen the chain, and the newest collateral it
// has seen. Every write is on disk before the call returns.
package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/release"
)

const openTimeout = 3 * time.Second

// Names in the database file.
const (
	releasesBucket   = "releases v2"   // attempt → channel key hash, requester, block number, block hash
	requestersBucket = "requesters v1" // requester → attempt
	editionsBucket   = "editions v2"   // document, authority, FMSPC → collateral.Seen
	chainBucket      = "chain v1"
	witnessBucket    = "statements v1" // signer → witness.Statement
	floorKey         = "floor"         // block number, block hash
)

var (
	_ release.Records = (*Store)(nil)
	_ chainview.Floor = (*Store)(nil)
)

var errCorrupt = errors.New("state database holds a malformed record")

// Store is a database file. It is safe for concurrent use.
type Store struct {
	db      *bolt.DB
	commits *committer
}

// Open opens or creates the file with mode 0600. A second process that opens the
// same file gets an error.
func Open(path string) (*Store, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: openTimeout, NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
	if err != nil {
		return nil, fmt.Errorf("open state database %s: %w", path, err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range []string{releasesBucket, requestersBucket, editionsBucket, chainBucket, witnessBucket} {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open state database %s: %w", path, err), db.Close())
	}
	return &Store{db, startCommitter(db)}, nil
}

// Close closes the file, after the writes under way.
func (s *Store) Close() error {
	s.commits.close()
	return s.db.Close()
}

// bond is one direction of an assignment: from belongs to to, and to nothing else.
type bond struct {
	bucket   string
	from, to []byte
	note     []byte // kept behind to
}

// bonds returns the directions that decide. A channel key has none of its own: nobody
// proves to have the one that its evidence names, so that a stranger could bind it first.
func bonds(a release.Assignment, at release.Head) []bond {
	return []bond{
		{releasesBucket, a.Attempt[:], slices.Concat(a.ChannelKeyHash[:], a.Requester[:]), encodeBlock(at.Number, at.Hash)},
		{requestersBucket, a.Requester[:], a.Attempt[:], nil},
	}
}

// possible reports whether from is bound to nothing yet, or to to.
func (b bond) possible(tx *bolt.Tx) (bool, error) {
	known := tx.Bucket([]byte(b.bucket)).Get(b.from)
	if known == nil {
		return true, nil
	}
	if len(known) != len(b.to)+len(b.note) {
		return false, errCorrupt
	}
	return bytes.HasPrefix(known, b.to), nil
}

func (b bond) written(tx *bolt.Tx) bool { return tx.Bucket([]byte(b.bucket)).Get(b.from) != nil }

// write leaves what is written already as it is.
func (b bond) write(tx *bolt.Tx) error {
	if b.written(tx) {
		return nil
	}
	return tx.Bucket([]byte(b.bucket)).Put(b.from, slices.Concat(b.to, b.note))
}

// Bind implements release.Records. Those who bind at the same time share a write.
func (s *Store) Bind(a release.Assignment, at release.Head) (bool, error) {
	bound := false
	err := s.commits.do(func(tx *bolt.Tx) (bool, error) {
		known := true
		for _, b := range bonds(a, at) {
			if ok, err := b.possible(tx); !ok || err != nil {
				return false, err
			}
			known = known && b.written(tx)
		}
		bound = true
		return !known, nil
	}, func(tx *bolt.Tx) error {
		for _, b := range bonds(a, at) {
			if err := b.write(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("record release: %w", err)
	}
	return bound, nil
}

// Load implements chainview.Floor.
func (s *Store) Load() (number uint64, hash [32]byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		number, hash, err = floor(tx)
		return err
	})
	if err != nil {
		return 0, [32]byte{}, fmt.Errorf("load chain floor: %w", err)
	}
	return number, hash, nil
}

// Raise implements chainview.Floor. A block that is not higher costs no write.
func (s *Store) Raise(number uint64, hash [32]byte) error {
	err := s.commits.do(func(tx *bolt.Tx) (bool, error) {
		known, _, err := floor(tx)
		return known < number, err
	}, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(chainBucket)).Put([]byte(floorKey), encodeBlock(number, hash))
	})
	if err != nil {
		return fmt.Errorf("raise chain floor: %w", err)
	}
	return nil
}

func floor(tx *bolt.Tx) (uint64, [32]byte, error) {
	b := tx.Bucket([]byte(chainBucket)).Get([]byte(floorKey))
	if b == nil {
		return 0, [32]byte{}, nil
	}
	if len(b) != 40 {
		return 0, [32]byte{}, errCorrupt
	}
	return binary.BigEndian.Uint64(b), [32]byte(b[8:]), nil
}

func encodeBlock(number uint64, hash [32]byte) []byte {
	return append(binary.BigEndian.AppendUint64(nil, number), hash[:]...)
}

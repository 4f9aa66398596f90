// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/escrin/escrin/keyholder/witness"
)

var _ witness.Book = (*Store)(nil)

// Statement implements witness.Book.
func (s *Store) Statement(signer [20]byte) (statement []byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		statement = bytes.Clone(tx.Bucket([]byte(witnessBucket)).Get(signer[:]))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read statement: %w", err)
	}
	return statement, nil
}

// Record implements witness.Book. Whose statements come is for the caller to
// bound.
func (s *Store) Record(statements map[[20]byte][]byte) error {
	err := s.db.Update(func(tx *bolt.Tx) error {
		for signer, statement := range statements {
			if err := tx.Bucket([]byte(witnessBucket)).Put(signer[:], statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("record statements: %w", err)
	}
	return nil
}

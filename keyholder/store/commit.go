// SPDX-License-Identifier: Apache-2.0

package store

import (
	"errors"
	"sync"

	bolt "go.etcd.io/bbolt"
)

// maxBatch is how many writes share a transaction at most.
const maxBatch = 512

// errClosed says that the database was closed.
var errClosed = errors.New("state database is closed")

// committer lets writes that come while others are being synced to the disk share
// the next transaction: one sync for all of them, and no waiting for more.
type committer struct {
	db    *bolt.DB
	queue chan *write
	quit  chan struct{}
	stop  sync.Once
	ended chan struct{}

	// doubt says that the last transaction failed, maybe when it was visible but
	// not on the disk. Of run alone.
	doubt bool
}

// write is one caller's part of a transaction.
type write struct {
	// check decides, on what earlier parts of the transaction wrote too, whether
	// there is something to write. Its error concerns this part only.
	check func(*bolt.Tx) (needed bool, err error)
	// put writes it. Its error undoes the whole transaction.
	put  func(*bolt.Tx) error
	done chan error
}

func startCommitter(db *bolt.DB) *committer {
	c := &committer{db: db, queue: make(chan *write, maxBatch), quit: make(chan struct{}), ended: make(chan struct{})}
	go c.run()
	return c
}

// do returns when the write is on the disk. What check saw is on the disk too,
// also if nothing was to be written.
func (c *committer) do(check func(*bolt.Tx) (bool, error), put func(*bolt.Tx) error) error {
	w := &write{check, put, make(chan error, 1)}
	select {
	case c.queue <- w:
	case <-c.quit:
		return errClosed
	}
	select {
	case err := <-w.done:
		return err
	case <-c.ended:
	}
	select { // the last transaction may have been its own
	case err := <-w.done:
		return err
	default:
		return errClosed
	}
}

func (c *committer) close() {
	c.stop.Do(func() { close(c.quit) })
	<-c.ended
}

func (c *committer) run() {
	defer close(c.ended)
	for {
		select {
		case <-c.quit:
			return
		case w := <-c.queue:
			c.commit(c.gather(w))
		}
	}
}

// gather takes what waits already.
func (c *committer) gather(first *write) []*write {
	batch := []*write{first}
	for len(batch) < maxBatch {
		select {
		case w := <-c.queue:
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a transaction and tells everybody how it ended.
func (c *committer) commit(batch []*write) {
	own := make([]error, len(batch))
	all := c.transact(batch, own)
	for i, w := range batch {
		w.done <- errors.Join(own[i], all)
	}
}

// transact writes the batch. Errors of single checks go to own. Unless there is
// doubt, the transaction before this one is on the disk, so that one without
// writes needs no sync.
func (c *committer) transact(batch []*write, own []error) error {
	tx, err := c.db.Begin(true)
	if err != nil {
		return err
	}
	changed := c.doubt
	for i, w := range batch {
		needed, err := w.check(tx)
		if err != nil || !needed {
			own[i] = err
			continue
		}
		if err := w.put(tx); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		changed = true
	}
	if !changed {
		return tx.Rollback()
	}
	err = tx.Commit()
	c.doubt = err != nil
	return err
}

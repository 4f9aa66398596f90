// SPDX-License-Identifier: Apache-2.0

package devchain

import (
	"errors"
	"time"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/log"
)

// defaultLead is enough for the blocks in which a key network makes its key, and those around.
const defaultLead = 2 * time.Minute

// maxBurst bounds the blocks made for what is in the pool; a transaction that no block takes waits for the next.
const maxBurst = 8

// sealer makes blocks: one at a time, whoever asks. The beacon calls every 32nd block finalized, and the newest safe.
type sealer struct {
	eth    *eth.Ethereum
	beacon *catalyst.SimulatedBeacon
	lead   time.Duration
	orders chan func()
	quit   chan struct{}
	done   chan struct{}
}

func newSealer(backend *eth.Ethereum, beacon *catalyst.SimulatedBeacon, lead time.Duration) *sealer {
	return &sealer{eth: backend, beacon: beacon, lead: lead, orders: make(chan func()), quit: make(chan struct{}), done: make(chan struct{})}
}

// run makes a block for new transactions, and one when none was made for a period.
func (s *sealer) run(period time.Duration) {
	defer close(s.done)
	arrivals := make(chan core.NewTxsEvent, 16)
	subscription := s.eth.TxPool().SubscribeTransactions(arrivals, true)
	defer subscription.Unsubscribe()
	wanted := make(chan struct{}, 1)
	go s.drain(arrivals, wanted)
	timer := time.NewTimer(period)
	defer timer.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-timer.C:
			s.idle(period)
		case <-wanted:
			s.burst()
		case order := <-s.orders:
			order()
		}
		timer.Reset(period)
	}
}

// drain turns any number of arrivals into one wish for a block. The pool waits for whoever does not read its events, and
// a block waits for the pool: so they are read even while a block is being made.
func (s *sealer) drain(arrivals <-chan core.NewTxsEvent, wanted chan<- struct{}) {
	for {
		select {
		case <-s.quit:
			return
		case <-arrivals:
		}
		select {
		case wanted <- struct{}{}:
		default:
		}
	}
}

// burst makes blocks until the pool has nothing left that a block would take.
func (s *sealer) burst() {
	for range maxBurst {
		if err := s.eth.TxPool().Sync(); err != nil {
			return
		}
		if executable, _ := s.eth.TxPool().Stats(); executable == 0 || !s.throttle() {
			return
		}
		s.try()
	}
}

// throttle waits while block times are too far ahead of the clock; it returns false at the end.
func (s *sealer) throttle() bool {
	lead := time.Until(time.Unix(int64(s.eth.BlockChain().CurrentBlock().Time), 0))
	if lead <= s.lead {
		return true
	}
	select {
	case <-s.quit:
		return false
	case <-time.After(lead - s.lead):
		return true
	}
}

// idle makes a block without transactions. Ahead of the clock, time goes on a little more slowly than the clock does, and not by
// the least that it can: those who wait for a time on the chain would wait much longer.
func (s *sealer) idle(period time.Duration) {
	before := s.eth.BlockChain().CurrentBlock()
	if step := period - time.Second; time.Until(time.Unix(int64(before.Time), 0)) > 0 && step > time.Second {
		if s.beacon.AdjustTime(step) == nil && s.eth.BlockChain().CurrentBlock().Number.Cmp(before.Number) > 0 {
			s.sync()
			return
		}
	}
	s.try() // there are transactions, or time is not ahead
}

func (s *sealer) sync() {
	if err := s.eth.ChainDb().SyncKeyValue(); err != nil {
		log.Error("Cannot write a block to the disk", "err", err)
	}
}

func (s *sealer) try() {
	if err := s.seal(); err != nil {
		log.Error("Cannot make a block", "err", err)
	}
}

// seal makes one block and writes it to the disk.
func (s *sealer) seal() error {
	before := s.eth.BlockChain().CurrentBlock().Number
	s.beacon.Commit()
	if s.eth.BlockChain().CurrentBlock().Number.Cmp(before) <= 0 {
		return errors.New("the chain did not grow")
	}
	return s.eth.ChainDb().SyncKeyValue()
}

func (s *sealer) stop() {
	close(s.quit)
	<-s.done
}

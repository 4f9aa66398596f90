// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/stateproof"
)

const (
	searchTimeout = 15 * time.Second
	// grace is how long the slower endpoints are waited for once enough have answered.
	grace = 250 * time.Millisecond
)

// sight is what one endpoint sees.
type sight struct {
	endpoint endpoint
	settled  uint64 // number of the highest block that it calls settled
	blocks   map[uint64]stateproof.Header
	err      error
}

// poll asks all endpoints at once what they see.
type poll struct {
	view     *View
	ctx      context.Context
	arrivals chan sight
	open     int // endpoints that have not answered
	sights   []sight
	faults   []string
}

// poll starts one. The blocks that are asked for are the one with the tag and, unless it
// is 0, the one with number floor.
func (v *View) poll(ctx context.Context, tag string, floor uint64) (*poll, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	p := &poll{view: v, ctx: ctx, arrivals: make(chan sight, len(v.endpoints)), open: len(v.endpoints)}
	for _, e := range v.endpoints {
		go func() {
			s, err := e.look(ctx, v.config.ChainID, tag, floor)
			s.endpoint, s.err = e, err
			if err == nil {
				s.settled, s.err = v.config.Finality.settled(s.settled)
			}
			p.arrivals <- s
		}()
	}
	return p, cancel
}

// await takes answers until all are there; if not patient, until some time after enough
// are.
func (p *poll) await(patient bool) {
	var late <-chan time.Time
	for p.open > 0 {
		if late == nil && !patient && len(p.sights) >= p.view.config.Agree {
			timer := time.NewTimer(grace)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case s := <-p.arrivals:
			p.open--
			p.view.tell(s.endpoint, ofBlocks, s.err)
			if s.err == nil {
				p.sights = append(p.sights, s)
			} else {
				p.faults = append(p.faults, fmt.Sprintf("endpoint %d: %v", s.endpoint.index+1, s.err))
			}
		case <-late:
			return
		}
	}
}

// agreeOnHead returns the highest block that enough endpoints call settled and know by one
// hash. The slow ones are waited for only if it is not to be had without them.
func (p *poll) agreeOnHead() (stateproof.Header, error) {
	p.await(false)
	head, err := p.highest()
	if err != nil && p.open > 0 {
		p.await(true)
		head, err = p.highest()
	}
	if err == nil {
		p.prefer(head)
	}
	return head, err
}

// prefer has proofs asked of an endpoint that has just shown the block: unless the one that gave the
// last one has, of the quickest.
func (p *poll) prefer(head stateproof.Header) {
	quickest := -1
	for _, s := range p.sights {
		if s.blocks[head.Number] != head {
			continue
		}
		if int64(s.endpoint.index) == p.view.first.Load() {
			return
		}
		if quickest < 0 {
			quickest = s.endpoint.index
		}
	}
	if quickest >= 0 {
		p.view.first.Store(int64(quickest))
	}
}

// highest tries the heights that endpoints are at, from the highest one down at which
// enough of them are.
func (p *poll) highest() (stateproof.Header, error) {
	need := p.view.config.Agree
	if len(p.sights) < need {
		return stateproof.Header{}, unavailable("%d of %d endpoints answer, %d must agree: %s",
			len(p.sights), len(p.view.endpoints), need, p.faults[0])
	}
	var heights []uint64
	for _, s := range p.sights {
		heights = append(heights, s.settled)
	}
	slices.Sort(heights)
	slices.Reverse(heights)
	var err error
	for _, number := range slices.Compact(heights[need-1:]) {
		var h stateproof.Header
		if h, err = p.blockAt(number); err == nil {
			return h, nil
		}
	}
	return stateproof.Header{}, err
}

// blockAt returns the block with a number by the hash on which enough of the endpoints
// agree that are as far as that.
func (p *poll) blockAt(number uint64) (stateproof.Header, error) {
	p.fetch(number)
	votes := make(map[stateproof.Header]int)
	for _, s := range p.sights {
		if h, ok := s.blocks[number]; ok && s.settled >= number {
			votes[h]++
			if votes[h] >= p.view.config.Agree {
				return h, nil
			}
		}
	}
	if len(votes) > 1 {
		return stateproof.Header{}, disagreement("block %d", number)
	}
	return stateproof.Header{}, unavailable("fewer than %d endpoints have block %d", p.view.config.Agree, number)
}

// fetch asks the endpoints for a block that have not shown it yet.
func (p *poll) fetch(number uint64) {
	ctx, cancel := context.WithTimeout(p.ctx, attemptTimeout)
	defer cancel()
	var all sync.WaitGroup
	for i := range p.sights {
		s := &p.sights[i]
		if _, known := s.blocks[number]; known || s.settled < number {
			continue
		}
		all.Go(func() {
			if h, err := s.endpoint.block(ctx, number); err == nil {
				s.blocks[number] = h
			} else {
				p.view.tell(s.endpoint, ofBlocks, err)
			}
		})
	}
	all.Wait()
}

// checkFloor refuses a head below the floor. Unless the keyholder was told to live without
// finality, the floor must also still be on the chain.
func (p *poll) checkFloor(head stateproof.Header, number uint64, known [32]byte) error {
	switch {
	case head.Number < number:
		return &keyholder.Error{
			Code:      keyholder.CodeChainRegressed,
			Message:   fmt.Sprintf("chain is at block %d, block %d was seen before", head.Number, number),
			Retryable: true,
		}
	case number == 0 || p.view.config.Finality == Latest() || head.Hash == known || head.ParentHash == known:
		return nil
	}
	block, err := p.blockAt(number)
	if err != nil {
		return err
	}
	if block.Hash != known {
		return &keyholder.Error{
			Code:    keyholder.CodeChainRegressed,
			Message: fmt.Sprintf("block %d is not the one that was final before", number),
		}
	}
	return nil
}

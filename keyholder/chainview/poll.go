// SPDX-License-Identifier: Apache-2.0

package chainview

import (
	"context"
	"fmt"
	"slices"
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
	open     map[int]bool // endpoints that have not answered
	sights   []sight
	faults   []string
	patient  bool // to ask and wait for every endpoint, not only for enough of them
}

// poll starts one. The blocks that are asked for are the one with the tag and, unless it
// is 0, the one with number floor.
func (v *View) poll(ctx context.Context, tag string, floor uint64) (*poll, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	p := &poll{view: v, ctx: ctx, arrivals: make(chan sight, len(v.endpoints)), open: make(map[int]bool)}
	for _, e := range v.endpoints {
		p.open[e.index] = true
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

// await takes answers until all are there or, once enough are, none is open but of
// endpoints that were slow before; or some time has passed since.
func (p *poll) await() {
	var late <-chan time.Time
	for len(p.open) > 0 {
		if len(p.sights) >= p.view.config.Agree {
			if p.onlySlowOpen() {
				return
			}
			if late == nil {
				timer := time.NewTimer(grace)
				defer timer.Stop()
				late = timer.C
			}
		}
		select {
		case s := <-p.arrivals:
			p.take(s)
		case <-late:
			for index := range p.open {
				p.view.slow.mark(index)
			}
			return
		}
	}
}

func (p *poll) onlySlowOpen() bool {
	for index := range p.open {
		if !p.view.slow.is(index) {
			return false
		}
	}
	return true
}

func (p *poll) take(s sight) {
	delete(p.open, s.endpoint.index)
	p.view.tell(s.endpoint, ofBlocks, s.err)
	if s.err == nil {
		p.sights = append(p.sights, s)
	} else {
		p.faults = append(p.faults, fmt.Sprintf("endpoint %d: %v", s.endpoint.index+1, s.err))
	}
}

// find looks for a block in what the quick endpoints say, and waits for the others, one
// after the other, only as long as it is not to be had without them.
func (p *poll) find(look func() (stateproof.Header, error)) (stateproof.Header, error) {
	p.await()
	h, err := look()
	for err != nil && len(p.open) > 0 {
		p.take(<-p.arrivals)
		h, err = look()
	}
	if err != nil {
		p.patient = true
		h, err = look()
	}
	return h, err
}

// agreeOnHead returns the highest block that enough endpoints call settled and know by one
// hash, if that is not below the floor.
func (p *poll) agreeOnHead(floor uint64) (stateproof.Header, error) {
	head, err := p.find(func() (stateproof.Header, error) {
		h, err := p.highest()
		if err == nil && h.Number < floor {
			err = regressed(h.Number, floor)
		}
		return h, err
	})
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
		if s.blocks[head.Number] != head || p.view.slow.is(s.endpoint.index) {
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
	h, ok, contested := p.vote(number)
	if !ok {
		p.fetch(number)
		h, ok, contested = p.vote(number)
	}
	switch {
	case ok:
		return h, nil
	case contested:
		return stateproof.Header{}, disagreement("block %d", number)
	}
	return stateproof.Header{}, unavailable("fewer than %d endpoints have block %d", p.view.config.Agree, number)
}

// vote counts who has shown which block with a number. Two blocks cannot both have enough votes.
func (p *poll) vote(number uint64) (h stateproof.Header, ok, contested bool) {
	votes := make(map[stateproof.Header]int)
	for _, s := range p.sights {
		if b, shown := s.blocks[number]; shown && s.settled >= number {
			votes[b]++
			if votes[b] >= p.view.config.Agree {
				return b, true, false
			}
		}
	}
	return stateproof.Header{}, false, len(votes) > 1
}

// fetched is the block that an endpoint shows when asked for it.
type fetched struct {
	sight  *sight
	header stateproof.Header
	err    error
}

// fetch asks the endpoints for a block that have not shown it yet, until enough agree on it. If
// not patient, it does not ask those that were slow before, and does not wait long for the last
// ones, which may keep silent because without them there is no such block.
func (p *poll) fetch(number uint64) {
	ctx, cancel := context.WithTimeout(p.ctx, attemptTimeout)
	defer cancel()
	answers := make(chan fetched, len(p.sights))
	asked := make(map[*sight]bool)
	for i := range p.sights {
		s := &p.sights[i]
		_, known := s.blocks[number]
		if known || s.settled < number || (!p.patient && p.view.slow.is(s.endpoint.index)) {
			continue
		}
		asked[s] = true
		go func() {
			h, err := s.endpoint.block(ctx, number)
			answers <- fetched{s, h, err}
		}()
	}
	var late <-chan time.Time
	for len(asked) > 0 {
		if late == nil && !p.patient && len(p.sights)-len(asked) >= p.view.config.Agree {
			timer := time.NewTimer(grace)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case a := <-answers:
			delete(asked, a.sight)
			if p.show(number, a); p.decided(number) {
				return
			}
		case <-late:
			for s := range asked {
				p.view.slow.mark(s.endpoint.index)
			}
			return
		}
	}
}

func (p *poll) show(number uint64, a fetched) {
	if a.err == nil {
		a.sight.blocks[number] = a.header
	} else {
		p.view.tell(a.sight.endpoint, ofBlocks, a.err)
	}
}

func (p *poll) decided(number uint64) bool {
	_, ok, _ := p.vote(number)
	return ok
}

// checkFloor refuses a head below the floor. Unless the keyholder was told to live without
// finality, the floor must also still be on the chain.
func (p *poll) checkFloor(head stateproof.Header, number uint64, known [32]byte) error {
	switch {
	case head.Number < number:
		return regressed(head.Number, number)
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

func regressed(number, floor uint64) error {
	return &keyholder.Error{
		Code:      keyholder.CodeChainRegressed,
		Message:   fmt.Sprintf("chain is at block %d, block %d was seen before", number, floor),
		Retryable: true,
	}
}

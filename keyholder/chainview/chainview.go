// SPDX-License-Identifier: Apache-2.0

// Package chainview reads the chain for release rules over JSON-RPC. Of its
// endpoints enough must agree on the hash of a block; of that block's state
// nobody is believed: every value is proven against the hash. And the chain never
// goes back behind what was seen, even by an earlier process (threats KR-17 to
// KR-19). SPEC.md, section 9.
package chainview

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/stateproof"
)

// maxAhead is how far block times may be ahead of our clock.
const maxAhead = 15 * time.Minute

// Floor remembers the highest block that was ever used.
type Floor interface {
	// Load returns the block; number 0 if there is none.
	Load() (number uint64, hash [32]byte, err error)
	// Raise durably records a block if it is higher than the known one.
	Raise(number uint64, hash [32]byte) error
}

// Config is everything that a view needs.
type Config struct {
	ChainID    uint64
	Registry   [20]byte
	TaskHub    [20]byte
	Platforms  [20]byte
	Anchors    [20]byte
	URLs       []string // JSON-RPC over HTTP
	Agree      int      // how many of them must agree on a block: more than half; 0 is all
	Finality   Finality
	MaxHeadAge time.Duration // how old the head may be
	Floor      Floor
	Clock      func() time.Time
	// Fault is told what is wrong with an endpoint (its place in URLs), each kind of
	// fault at most once a minute. Optional.
	Fault func(endpoint int, err error)
}

// View implements release.ChainView. It is safe for concurrent use.
type View struct {
	config    Config
	endpoints []endpoint
	lifetime  time.Duration // for which a head is used
	first     atomic.Int64  // the endpoint that is asked for proofs first

	mu     sync.Mutex
	head   *block              // nil if there was none yet
	since  time.Time           // when the search for it began
	search *search             // under way, or nil
	faults map[fault]time.Time // when they were last told

	permitters guesses
	remembered *remembered
	slow       *slow
}

// New returns a view. It does not connect.
func New(c Config) (*View, error) {
	if c.ChainID == 0 || len(c.URLs) == 0 || c.Floor == nil || c.Clock == nil || c.MaxHeadAge <= 0 {
		return nil, errors.New("chain view: chain id, RPC addresses, head age, floor and clock are required")
	}
	if err := CheckAgree(c.Agree, len(c.URLs)); err != nil {
		return nil, fmt.Errorf("chain view: %w", err)
	}
	if c.Agree == 0 {
		c.Agree = len(c.URLs)
	}
	if err := c.Finality.validate(); err != nil {
		return nil, err
	}
	v := &View{config: c, lifetime: c.Finality.lifetime(), remembered: newRemembered(), slow: newSlow(), faults: make(map[fault]time.Time)}
	for i, u := range c.URLs {
		v.endpoints = append(v.endpoints, endpoint{jsonrpc.New(u), i})
	}
	return v, nil
}

// CheckAgree reports whether of n endpoints k can be those that must agree: more
// than half, or 0 for all.
func CheckAgree(k, n int) error {
	if k < 0 || k > n || (k > 0 && 2*k <= n) {
		return fmt.Errorf("%d of %d endpoints cannot be what must agree: want more than half", k, n)
	}
	return nil
}

// At implements release.ChainView.
func (v *View) At(ctx context.Context) (release.State, error) {
	s, err := v.Settled(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Settled returns the newest state that is final. Its errors are of type
// *keyholder.Error.
func (v *View) Settled(ctx context.Context) (*State, error) {
	b, err := v.current(ctx)
	if err != nil {
		return nil, err
	}
	age := v.config.Clock().Sub(time.Unix(int64(b.header.Time), 0))
	switch {
	case age > v.config.MaxHeadAge:
		return nil, unavailable("head of the chain is %s old", age.Round(time.Second))
	case age < -maxAhead:
		return nil, unavailable("head of the chain is %s in the future: is our clock right?", -age.Round(time.Second))
	}
	return &State{view: v, block: b}, nil
}

// search is a search for the head, for all who wait for it.
type search struct {
	start time.Time
	done  chan struct{}
	head  *block
	err   error
}

// current returns the head as found by a search that began at most a lifetime before now. In the second half of that
// the next search is under way, so that whoever keeps asking waits for none.
func (v *View) current(ctx context.Context) (*block, error) {
	now := time.Now()
	enough := now.Add(-v.lifetime)
	for {
		v.mu.Lock()
		fresh := v.head != nil && !v.since.Before(enough)
		if v.search == nil && (!fresh || v.since.Before(now.Add(-v.lifetime/2))) {
			v.search = &search{start: time.Now(), done: make(chan struct{})}
			go v.find(context.WithoutCancel(ctx), v.search, fresh)
		}
		if fresh {
			defer v.mu.Unlock()
			return v.head, nil
		}
		s := v.search
		v.mu.Unlock()
		select {
		case <-s.done:
			if !s.start.Before(enough) {
				return s.head, s.err
			}
		case <-ctx.Done():
			return nil, unavailable("%v", ctx.Err())
		}
	}
}

// find does a search, ahead of time or for those who wait.
func (v *View) find(ctx context.Context, s *search, ahead bool) {
	ctx, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	header, err := v.settle(ctx)
	var head *block
	if err == nil {
		head = v.next(ctx, header, ahead)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err == nil {
		v.head, v.since, s.head = head, s.start, head
	}
	s.err = err
	v.search = nil
	close(s.done)
}

// next returns the block with a header. What was proven of the head is kept while it stays that. If nobody waits for the
// block, it is prepared.
func (v *View) next(ctx context.Context, h stateproof.Header, ahead bool) *block {
	v.mu.Lock()
	head := v.head
	v.mu.Unlock()
	if head != nil && head.header.Hash == h.Hash {
		return head
	}
	b := v.newBlock(h, head)
	if ahead {
		ctx, cancel := context.WithTimeout(ctx, v.lifetime/2)
		defer cancel()
		b.prepare(ctx, head)
	}
	return b
}

// settle finds the head, and records it before it is used.
func (v *View) settle(ctx context.Context) (stateproof.Header, error) {
	number, hash, err := v.config.Floor.Load()
	if err != nil {
		return stateproof.Header{}, internal("cannot load the chain's height")
	}
	asked := number
	if v.config.Finality == Latest() {
		asked = 0 // nobody looks at it
	}
	p, cancel := v.poll(ctx, v.config.Finality.tag(), asked)
	defer cancel()
	head, err := p.agreeOnHead(number)
	if err != nil {
		return stateproof.Header{}, err
	}
	if err := p.checkFloor(head, number, hash); err != nil {
		return stateproof.Header{}, err
	}
	if err := v.config.Floor.Raise(head.Number, head.Hash); err != nil {
		return stateproof.Header{}, internal("cannot record the chain's height")
	}
	return head, nil
}

// fault is a kind of fault of an endpoint.
type fault struct {
	endpoint int
	kind     string
}

const (
	ofBlocks = "blocks"
	ofProofs = "proofs"
	ofLogs   = "logs"
)

// tell tells whoever wants to know what is wrong with an endpoint.
func (v *View) tell(e endpoint, kind string, err error) {
	if err == nil || v.config.Fault == nil {
		return
	}
	f := fault{e.index, kind}
	v.mu.Lock()
	due := v.faults[f].IsZero() || time.Since(v.faults[f]) >= time.Minute
	if due {
		v.faults[f] = time.Now()
	}
	v.mu.Unlock()
	if due {
		v.config.Fault(e.index, err)
	}
}

func unavailable(format string, args ...any) *keyholder.Error {
	return &keyholder.Error{
		Code: keyholder.CodeChainUnavailable, Message: "cannot read the chain: " + fmt.Sprintf(format, args...), Retryable: true,
	}
}

func disagreement(format string, args ...any) *keyholder.Error {
	return &keyholder.Error{
		Code: keyholder.CodeChainDisagrees, Message: "RPC endpoints disagree on " + fmt.Sprintf(format, args...), Retryable: true,
	}
}

func internal(message string) *keyholder.Error {
	return &keyholder.Error{Code: keyholder.CodeInternal, Message: message, Retryable: true}
}

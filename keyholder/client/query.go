// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
)

const (
	statusOK     = 200
	patience     = 3 * time.Second  // until a holder that does not answer counts as one that fails
	answerWithin = 30 * time.Second // for one answer of one holder
	firstPause   = 500 * time.Millisecond
	longestPause = 5 * time.Second
	signedFor    = 2 * time.Minute // how long one signature is used; keyholder.MaxClockSkew bounds it
)

// question is what all holders are asked. Their answers are shares of one multiple
// of the base point of what they found.
type question struct {
	path        string
	responseKey [32]byte                                            // keccak256 of the channel key
	inner       func(epoch uint64) ([]byte, error)                  // the request to sign
	read        func(reply []byte, request [32]byte) (share, error) // request is its digest
	subject     func(f finding) [32]byte                            // what a holder's statement names
	base        func(f finding) curve.G1
	name        *keyname.Name // nil of certificates and states
}

// share is what a holder makes of its secret share and what it found.
type share struct {
	epoch     uint64
	index     uint32
	found     finding
	raw       [curve.G1Size]byte
	point     curve.G1 // of raw, if it is one
	statement [keyholder.SignatureSize]byte
	request   [32]byte // digest of the request that it answers
}

// signed is a question as it goes to the holders.
type signed struct {
	body   []byte
	digest [32]byte
	at     time.Time
}

// sign signs a question anew: its time must stay near the holders' clocks.
func (c *Client) sign(q question) (*signed, error) {
	inner, err := q.inner(c.Network.Epoch)
	if err != nil {
		return nil, err
	}
	var nonce [32]byte
	_, _ = rand.Read(nonce[:]) // never fails
	now := c.Requester.Now()
	var digest [32]byte
	r := keyholder.Sign(c.Network.GroupKey, q.path, inner, nonce, now, q.responseKey, func(d [32]byte) [keyholder.SignatureSize]byte {
		digest = d
		return c.Requester.Sign(d)
	})
	body, err := r.MarshalJSON()
	return &signed{body, digest, now}, err
}

type answer struct {
	holder  uint32
	share   share
	failure *Failure
}

// asking is one question while it is asked in one epoch.
type asking struct {
	client   *Client
	question question
	answers  chan answer
	current  chan *signed // holds one
}

// ask asks all holders at once, each again until it gives a share, refuses for
// good, or enough others have answered.
func (c *Client) ask(ctx context.Context, q question) (share, error) {
	if err := keyholder.CheckThreshold(c.Network.Threshold, len(c.Network.Holders)); err != nil {
		return share{}, err
	}
	group, err := c.Network.Group()
	if err != nil {
		return share{}, fmt.Errorf("group key: %w", err)
	}
	first, err := c.sign(q)
	if err != nil {
		return share{}, err
	}
	own := *c // renew may change c while some are still being asked
	a := &asking{client: &own, question: q, answers: make(chan answer), current: make(chan *signed, 1)}
	a.current <- first
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, h := range c.Network.Holders {
		go a.pursue(ctx, h.Index, 0)
	}
	return a.collect(ctx, c.tally(q, group))
}

func (c *Client) tally(q question, group curve.G2) *tally {
	return &tally{network: c.Network, group: group, question: q, accuse: c.Accuse, fromBoard: c.FromBoard, failures: map[uint32]*Failure{}}
}

// collect takes answers until the tally is done.
func (a *asking) collect(ctx context.Context, t *tally) (share, error) {
	for {
		select {
		case got := <-a.answers:
			t.add(got)
		case <-ctx.Done():
			waiting := t.waiting()
			return share{}, fmt.Errorf("%s (%w): %w", waiting, failed(waiting.Failures), ctx.Err())
		}
		sum, done, err := t.settle()
		if done {
			return sum, err
		}
		for _, holder := range t.retry() {
			go a.pursue(ctx, holder, firstPause)
		}
		waiting := t.waiting()
		if t.outOfReach() {
			return share{}, t.refused(waiting)
		}
		if a.client.Progress != nil && len(t.network.Holders)-len(waiting.Failures) < t.network.Threshold {
			a.client.Progress(waiting)
		}
	}
}

// pursue asks one holder until there is nothing more to expect of it.
func (a *asking) pursue(ctx context.Context, holder uint32, pause time.Duration) {
	for {
		if pause > 0 && !rest(ctx, pause) {
			return
		}
		pause = min(max(firstPause, 2*pause), longestPause)
		slow := time.AfterFunc(patience, func() {
			a.tell(ctx, answer{holder: holder, failure: &Failure{Holder: holder, Err: errSlow}})
		})
		got := a.once(ctx, holder)
		slow.Stop()
		a.tell(ctx, got)
		if got.failure == nil || got.failure.final() {
			return
		}
	}
}

func (a *asking) tell(ctx context.Context, got answer) {
	select {
	case a.answers <- got:
	case <-ctx.Done():
	}
}

// once puts the question to one holder.
func (a *asking) once(ctx context.Context, holder uint32) answer {
	fail := func(err error) answer { return answer{holder: holder, failure: &Failure{Holder: holder, Err: err}} }
	request, err := a.fresh()
	if err != nil {
		return fail(err)
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	status, reply, err := a.client.Transport.Do(ctx, holder, a.question.path, request.body)
	if err != nil {
		return fail(err)
	}
	return a.client.heed(a.question, request, holder, status, reply)
}

// heed reads what came from a holder. Its share is still to be verified.
func (c *Client) heed(q question, request *signed, holder uint32, status int, reply []byte) answer {
	fail := func(err error) answer { return answer{holder: holder, failure: &Failure{Holder: holder, Err: err}} }
	if len(reply) > keyholder.MaxBody {
		return fail(errors.New("reply is too long"))
	}
	if status != statusOK {
		return fail(refusal(status, reply))
	}
	s, err := q.read(reply, request.digest)
	switch {
	case err != nil:
		return fail(err)
	case s.index != holder:
		return fail(errIndex)
	case s.epoch != c.Network.Epoch:
		return fail(errEpoch)
	}
	s.request = request.digest
	s.point, _ = curve.G1FromBytes(s.raw[:]) // the zero value verifies nothing
	return answer{holder: holder, share: s}
}

// fresh returns the question under a signature that is not old.
func (a *asking) fresh() (*signed, error) {
	s := <-a.current
	defer func() { a.current <- s }()
	if age := a.client.Requester.Now().Sub(s.at); age >= 0 && age < signedFor {
		return s, nil
	}
	again, err := a.client.sign(a.question)
	if err != nil {
		return nil, err
	}
	s = again
	return s, nil
}

// refusal turns an error reply into an error. What cannot be read counts as a
// temporary failure: it may come from something between us and the holder.
func refusal(status int, reply []byte) error {
	var e keyholder.Error
	if err := e.UnmarshalJSON(reply); err != nil || e.Code == "" {
		return fmt.Errorf("answers with status %d", status)
	}
	return &e
}

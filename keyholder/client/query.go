// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

const (
	statusOK      = 200
	roundDeadline = 30 * time.Second // for all holders to answer once
	firstPause    = 500 * time.Millisecond
	longestPause  = 5 * time.Second
)

// ErrRefused reports that so many holders refused for good that the threshold
// is out of reach.
var ErrRefused = errors.New("too many keyholders refuse")

// Progress is called after each round in which fewer than t holders gave a
// valid share. It may be nil.
type Progress func(Waiting)

// Waiting says how far a request has come.
type Waiting struct {
	Have, Need int
	Failures   []Failure // latest failure of each holder that gave no share, by index
}

// String returns one line for users.
func (w Waiting) String() string {
	return fmt.Sprintf("waiting for keyholders: %d of %d", w.Have, w.Need)
}

// Failure is why one holder gave no share.
type Failure struct {
	Holder uint32
	Lied   bool // it answered with a share that does not verify
	Err    error
}

// Error implements error.
func (f *Failure) Error() string {
	if f.Lied {
		return fmt.Sprintf("keyholder %d gives a wrong share: %v", f.Holder, f.Err)
	}
	return fmt.Sprintf("keyholder %d: %v", f.Holder, f.Err)
}

// Unwrap returns the reason.
func (f *Failure) Unwrap() error { return f.Err }

// final reports whether the holder says that asking again is pointless. A wrong
// share is not final: whatever carries our messages could have made it.
func (f *Failure) final() bool {
	var refused *keyholder.Error
	return errors.As(f.Err, &refused) && !refused.Retryable
}

// query is one question to all holders. Their answers are shares of one multiple
// of the base point of their subject.
type query struct {
	network   keyholder.Network
	transport Transport
	progress  Progress
	path      string
	body      []byte
	share     func(reply []byte, holder uint32) (share, error)
	base      func(subject keyholder.Findings) curve.G1
}

// share is what a holder makes of its secret share and what it found.
type share struct {
	subject keyholder.Findings // zero where there is nothing to find
	point   curve.G1
}

type answer struct {
	holder  uint32
	share   share
	failure *Failure
}

// run asks in rounds until enough valid shares are there.
func (q query) run(ctx context.Context) (share, error) {
	if err := keyholder.CheckThreshold(q.network.Threshold, len(q.network.Holders)); err != nil {
		return share{}, err
	}
	group, err := q.network.Group()
	if err != nil {
		return share{}, fmt.Errorf("group key: %w", err)
	}
	t := &tally{network: q.network, group: group, base: q.base, failures: map[uint32]*Failure{}}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		if sum, done, err := q.round(ctx, t); done {
			return sum, err
		}
		waiting := q.waiting(t.most(), t.failures)
		if q.outOfReach(t.failures) {
			return share{}, fmt.Errorf("%w: %w", ErrRefused, failed(waiting.Failures))
		}
		if q.progress != nil {
			q.progress(waiting)
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return share{}, fmt.Errorf("%s (%w): %w", waiting, failed(waiting.Failures), ctx.Err())
		case <-timer.C:
		}
	}
}

// round asks every holder that may still answer, all at once, and is done as
// soon as the tally is. Otherwise every share that it leaves is a valid one.
func (q query) round(ctx context.Context, t *tally) (sum share, done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, roundDeadline)
	defer cancel()
	answers := make(chan answer, len(q.network.Holders))
	asked := 0
	for _, h := range q.network.Holders {
		if f := t.failures[h.Index]; t.has(h.Index) || (f != nil && f.final()) {
			continue
		}
		asked++
		go func() { answers <- q.ask(ctx, h) }()
	}
	for range asked {
		t.add(<-answers)
		if sum, done, err := t.settle(); done {
			return sum, true, err
		}
	}
	t.prove()
	return share{}, false, nil
}

// ask puts the question to one holder. Its share is still to be verified.
func (q query) ask(ctx context.Context, h keyholder.Holder) answer {
	fail := func(lied bool, err error) answer {
		return answer{holder: h.Index, failure: &Failure{h.Index, lied, err}}
	}
	status, reply, err := q.transport.Do(ctx, h.Index, q.path, q.body)
	if err != nil {
		return fail(false, err)
	}
	if len(reply) > keyholder.MaxBody {
		return fail(true, errors.New("reply is too long"))
	}
	if status != statusOK {
		return fail(false, refusal(status, reply))
	}
	share, err := q.share(reply, h.Index)
	if err != nil {
		return fail(true, err)
	}
	return answer{holder: h.Index, share: share}
}

func (q query) waiting(have int, failures map[uint32]*Failure) Waiting {
	w := Waiting{Have: have, Need: q.network.Threshold}
	for _, h := range q.network.Holders {
		if f := failures[h.Index]; f != nil {
			w.Failures = append(w.Failures, *f)
		}
	}
	return w
}

// outOfReach reports whether too few holders are left to reach the threshold.
func (q query) outOfReach(failures map[uint32]*Failure) bool {
	final := 0
	for _, f := range failures {
		if f.final() {
			final++
		}
	}
	return len(q.network.Holders)-final < q.network.Threshold
}

// failed is the failures of several holders as one error.
type failed []Failure

func (f failed) Error() string {
	var lines []string
	for i := range f {
		lines = append(lines, f[i].Error())
	}
	return strings.Join(lines, "; ")
}

func (f failed) Unwrap() []error {
	var out []error
	for i := range f {
		out = append(out, &f[i])
	}
	return out
}

// refusal turns an error reply into an error. What cannot be read counts as a
// temporary failure: it may come from something between us and the holder.
func refusal(status int, reply []byte) error {
	var e keyholder.Error
	if err := json.Unmarshal(reply, &e); err != nil || e.Code == "" {
		return fmt.Errorf("answers with status %d", status)
	}
	return &e
}

// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/attest/collateral"
)

// fetch gets an item from the vendor and stores it. A caller that can make do
// with what it has is not made to wait.
func (f *Fetcher) fetch(ctx context.Context, i Item, canDoWithout bool) (Endorsement, error) {
	// Who asked a moment after the last request landed finds its answer.
	now := f.config.Clock.Now()
	if e, err := f.cached(i, now); err == nil && e.covers(i) && e.fresh(now) {
		return e, nil
	}
	return f.obtain(ctx, i, canDoWithout)
}

// renew gets an item from the vendor even though a fresh one is in the cache.
func (f *Fetcher) renew(ctx context.Context, i Item) (Endorsement, error) {
	return f.flights.do(ctx, key(i)+" anew", func(ctx context.Context) (Endorsement, error) {
		return f.obtain(ctx, i, false)
	})
}

func (f *Fetcher) obtain(ctx context.Context, i Item, canDoWithout bool) (Endorsement, error) {
	e, err := f.ask(ctx, i, canDoWithout)
	if err == nil {
		err = f.unrevoked(e)
	}
	if err == nil {
		e, err = f.store(i, e)
	}
	if err != nil {
		err = fmt.Errorf("fetch %s: %w", i, err)
		if ctx.Err() == nil {
			f.remember(i, err, f.config.Clock.Now())
		}
		return Endorsement{}, err
	}
	return e, nil
}

// ask gets an item that is no older than what was seen and than what is asked
// for. If the vendor's current one is, it is asked for the number by name: Intel
// gives out more than one at a time in the months after a TCB recovery.
func (f *Fetcher) ask(ctx context.Context, i Item, canDoWithout bool) (Endorsement, error) {
	var issuers []byte
	if i.kind == amdVCEK {
		chain, err := f.Get(ctx, AMDChain(i.product, i.signer))
		if err != nil {
			return Endorsement{}, err
		}
		issuers = chain.Body
	}
	e, err := f.askFor(ctx, i, 0, issuers, canDoWithout)
	if err != nil || !i.numbered() {
		return e, err
	}
	least := i.least
	if newest, known, err := f.cache.newest(i, e.Edition.Series); err != nil {
		return Endorsement{}, err
	} else if known {
		seen := Endorsement{Item: i, Edition: newest}
		least = max(least, seen.EvaluationNumber())
	}
	if e.EvaluationNumber() >= least {
		return e, nil
	}
	named, err := f.askFor(ctx, i, least, issuers, canDoWithout)
	switch {
	case errors.Is(err, ErrNotFound) && least > i.least, err == nil && named.EvaluationNumber() < least:
		return e, nil // for the cache to refuse
	case err != nil:
		return Endorsement{}, fmt.Errorf("TCB evaluation data number %d: %w", least, err)
	}
	return named, nil
}

// askFor makes requests until one is answered, and verifies the answer.
func (f *Fetcher) askFor(ctx context.Context, i Item, number uint32, issuers []byte, canDoWithout bool) (Endorsement, error) {
	answer, err := f.request(ctx, i, i.location(f.config.URLs, number), canDoWithout)
	if err != nil {
		return Endorsement{}, err
	}
	if i.chainHeader() != "" {
		issuers = []byte(answer.chain)
	}
	e, err := f.trust.open(i, answer.body, issuers)
	if err != nil {
		return Endorsement{}, answer.hint(i, err)
	}
	e.Fetched = f.config.Clock.Now().UTC().Truncate(time.Second)
	return e, e.valid(e.Fetched)
}

// request asks, at the pace of the service, and again if an error may pass.
func (f *Fetcher) request(ctx context.Context, i Item, location string, canDoWithout bool) (reply, error) {
	patience, attempts := maxWait, maxAttempts
	if canDoWithout {
		patience, attempts = 0, 1
	}
	for attempt := 1; ; attempt++ {
		if err := f.turn(ctx, i, patience); err != nil {
			return reply{}, err
		}
		answer, err := f.client.get(ctx, i, location)
		var passing retryable
		if !errors.As(err, &passing) {
			return answer, err
		}
		if err := f.pace.postpone(i.source(), attempt-1, passing.after); err != nil {
			return reply{}, err
		}
		if attempt == attempts {
			return reply{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
}

// turn waits until the item's service may be asked. Who gives up while waiting
// leaves the turn to others.
func (f *Fetcher) turn(ctx context.Context, i Item, patience time.Duration) error {
	turn, err := f.pace.reserve(i.source(), patience)
	if err != nil {
		return err
	}
	if turn.wait >= worthSaying {
		f.config.Log(fmt.Sprintf("waiting %v until %s may be asked for: its service wants few requests", turn.wait.Round(time.Second), i))
	}
	err = ctx.Err()
	if err == nil && turn.wait > 0 {
		err = f.config.Clock.Wait(ctx, turn.wait)
	}
	if err != nil {
		return errors.Join(err, f.pace.giveBack(turn))
	}
	return nil
}

// store remembers how new e is and keeps it, unless an older answer would take a
// newer one's place. It returns what is kept.
func (f *Fetcher) store(i Item, e Endorsement) (Endorsement, error) {
	unlock, err := f.cache.lock()
	if err != nil {
		return Endorsement{}, err
	}
	defer unlock()
	now := f.config.Clock.Now()
	if e.Edition != (collateral.Edition{}) {
		if err := f.cache.check(i, e.Edition); err != nil {
			return Endorsement{}, err
		}
		if kept, err := f.cached(i, now); err == nil && kept.Edition.Series == e.Edition.Series && kept.Edition.NewerThan(e.Edition) {
			kept.Fetched = e.Fetched
			e = kept
		}
		if err := f.cache.advance(i, e.Edition, now); err != nil {
			return Endorsement{}, err
		}
	}
	if !e.covers(i) {
		return Endorsement{}, fmt.Errorf("%w: TCB evaluation data number is %d, asked for was %d", ErrNotFound, e.EvaluationNumber(), i.least)
	}
	if err := f.cache.write(i, record{e.Fetched, e.Issuers, e.Body}); err != nil {
		return Endorsement{}, err
	}
	return e, f.cache.sweep(now)
}

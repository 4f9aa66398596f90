// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/blob"
)

// elsewhereLimit is how long the network's job service may take for one blob; it is asked again after pauses between these.
const (
	elsewhereLimit = time.Minute
	shortestPause  = time.Second
	longestPause   = 30 * time.Second
)

// Elsewhere is the network's job service, with which submitters store their inputs, and where they look for results. Nil is this one.
type Elsewhere struct {
	jobs     *api.Client
	blobs    *blob.Client
	instance string
	own      atomic.Bool
	pause    time.Duration
}

// NewElsewhere is the job service at base, for one that says itself that it is the process of this name.
func NewElsewhere(base, instance string) *Elsewhere {
	return &Elsewhere{jobs: api.NewClient(base), blobs: blob.NewClient(base), instance: instance, pause: shortestPause}
}

// Own reports whether the network's job service is this one, as far as it was asked.
func (e *Elsewhere) Own() bool { return e == nil || e.own.Load() }

// errOwn says that the network's job service is this one.
var errOwn = errors.New("the network's job service is this one")

// Find asks the network's job service whether it is this one.
func (e *Elsewhere) Find(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, elsewhereLimit)
	defer cancel()
	if _, err := e.store(ctx); !errors.Is(err, errOwn) {
		return err
	}
	return nil
}

// store is the store of the network's job service, or errOwn. It asks each time: tomorrow the name may lead to another.
func (e *Elsewhere) store(ctx context.Context) (*blob.Client, error) {
	if e == nil {
		return nil, errOwn
	}
	instance, err := e.jobs.Instance(ctx)
	if err != nil {
		return nil, err
	}
	own := instance == e.instance
	if e.own.Store(own); own {
		return nil, errOwn
	}
	return e.blobs, nil
}

// blob returns a blob of this service, or else of the network's, of which it is kept until the task is over. Its digest is checked
// wherever it comes from.
func (l *Local) blob(ctx context.Context, d blob.Digest, task common.Hash) ([]byte, error) {
	b, err := l.Blobs.Get(d)
	if err == nil {
		return b, nil
	}
	b, missing := l.Elsewhere.get(ctx, d, l.Blobs.MaxBytes())
	switch {
	case errors.Is(missing, errOwn):
		return nil, err
	case missing != nil:
		return nil, fmt.Errorf("%w; from the network's job service: %w", err, missing)
	}
	return b, l.Blobs.Borrow(d, b, task)
}

func (e *Elsewhere) get(ctx context.Context, d blob.Digest, most int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, elsewhereLimit)
	defer cancel()
	store, err := e.store(ctx)
	if err != nil {
		return nil, err
	}
	return store.Get(ctx, d, most)
}

// Over forgets what was fetched for a task.
func (l *Local) Over(task common.Hash) {
	if err := l.Blobs.GiveBack(task); err != nil {
		l.Log(err.Error())
	}
}

// errand is something of the guest's that is being brought to the network's job service while the guest goes on.
type errand struct {
	done chan struct{}
	err  error // once it is done
}

// send begins an errand, which ends with the attempt at the latest.
func (at *attempt) send(put func(context.Context, *blob.Client) error) {
	e := &errand{done: make(chan struct{})}
	at.mu.Lock()
	defer at.mu.Unlock()
	at.errands = append(at.errands, e)
	at.sending.Go(func() {
		defer close(e.done)
		e.err = at.note(at.bring(at.life, put))
	})
}

// delivered waits until the network's job service has the evidence of this attempt and these blobs: whoever waits for the result looks
// for them there, and nobody would bring them once the chain has it. A guest waits with its claim, which it extends.
func (at *attempt) delivered(ctx context.Context, digests ...blob.Digest) error {
	at.mu.Lock()
	errands := at.errands
	at.mu.Unlock()
	for _, e := range errands {
		select {
		case <-e.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if e.err != nil {
			return e.err
		}
	}
	for _, d := range digests {
		if err := at.deliver(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// deliver brings a blob, once.
func (at *attempt) deliver(ctx context.Context, d blob.Digest) error {
	at.mu.Lock()
	known := at.brought[d]
	at.mu.Unlock()
	if known {
		return nil
	}
	err := at.bring(ctx, func(ctx context.Context, store *blob.Client) error {
		b, err := at.runner.Blobs.Get(d) // each time: to have it in memory while nobody takes it would be dear
		if err == nil {
			_, err = store.Put(ctx, b)
		}
		return err
	})
	if err == nil {
		at.mu.Lock()
		defer at.mu.Unlock()
		at.brought[d] = true
	}
	return err
}

// bring has something put into the store of the network's job service, again and again until it is there. It says what it waits for.
func (at *attempt) bring(ctx context.Context, put func(context.Context, *blob.Client) error) error {
	err := at.runner.Elsewhere.bring(ctx, put)
	if err == nil {
		return nil
	}
	defer at.observer.Waiting("")
	for pause := at.runner.Elsewhere.pause; err != nil; pause = min(2*pause, longestPause) {
		if errors.Is(err, blob.ErrRefused) {
			return &hostlink.Error{Code: hostlink.CodeRefused, Err: err}
		}
		at.observer.Waiting(err.Error())
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
		err = at.runner.Elsewhere.bring(ctx, put)
	}
	return nil
}

// bring is one try; nothing is to be done if the network's job service is this one.
func (e *Elsewhere) bring(ctx context.Context, put func(context.Context, *blob.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, elsewhereLimit)
	defer cancel()
	store, err := e.store(ctx)
	if errors.Is(err, errOwn) {
		return nil
	}
	if err == nil {
		err = put(ctx, store)
	}
	if err != nil {
		return fmt.Errorf("bring to the network's job service: %w", err)
	}
	return nil
}

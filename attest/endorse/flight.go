// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"context"
	"sync"
)

// flights make one request of many for the same thing at the same time. The
// request goes on as long as one of those who wait for it does.
type flights struct {
	mutex sync.Mutex
	calls map[string]*flight
	under sync.WaitGroup // requests that have not ended
}

// flight is one request under way.
type flight struct {
	waiting int
	cancel  context.CancelFunc
	done    chan struct{}
	result  Endorsement
	err     error
}

// do returns what fetch returns, which runs once for all callers of one key.
func (f *flights) do(ctx context.Context, key string, fetch func(context.Context) (Endorsement, error)) (Endorsement, error) {
	c := f.join(ctx, key, fetch)
	defer f.leave(key, c)
	select {
	case <-c.done:
		return c.result, c.err
	case <-ctx.Done():
		return Endorsement{}, ctx.Err()
	}
}

func (f *flights) join(ctx context.Context, key string, fetch func(context.Context) (Endorsement, error)) *flight {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if c, ok := f.calls[key]; ok {
		c.waiting++
		return c
	}
	shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c := &flight{waiting: 1, cancel: cancel, done: make(chan struct{})}
	if f.calls == nil {
		f.calls = make(map[string]*flight)
	}
	f.calls[key] = c
	f.under.Go(func() {
		c.result, c.err = fetch(shared)
		f.land(key, c)
		close(c.done)
	})
	return c
}

// leave gives the request up when nobody waits for it any more.
func (f *flights) leave(key string, c *flight) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if c.waiting--; c.waiting == 0 {
		c.cancel()
		f.forget(key, c)
	}
}

// land makes way for the next request.
func (f *flights) land(key string, c *flight) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.forget(key, c)
}

func (f *flights) forget(key string, c *flight) {
	if f.calls[key] == c {
		delete(f.calls, key)
	}
}

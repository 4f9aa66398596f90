// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"context"
	"math/rand/v2"
	"time"
)

// Clock is where a [Fetcher] gets its time from, and what it waits by.
type Clock interface {
	Now() time.Time
	// Wait returns nil after d, or the context's error if that ends earlier.
	Wait(ctx context.Context, d time.Duration) error
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now returns the current time.
func (SystemClock) Now() time.Time { return time.Now() }

// Wait waits for d on the monotonic clock.
func (SystemClock) Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// RandomJitter returns a duration between one half of d and d, so that clients
// that failed together do not come back together.
func RandomJitter(d time.Duration) time.Duration {
	if d < 2 {
		return d
	}
	return d/2 + rand.N(d/2)
}

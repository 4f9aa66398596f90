// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// part is something that goes on while something else is done: from begin, which may narrow the context of what comes after it, to
// end, which returns when nothing of it is under way any more.
type part struct {
	name  string
	begin func(context.Context) (during context.Context, end func(), err error)
}

// alongside does something until end is called, which returns when it is over.
func alongside(ctx context.Context, do func(context.Context)) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var doing sync.WaitGroup
	doing.Go(func() { do(ctx) })
	return func() {
		cancel()
		doing.Wait()
	}
}

// within does something while parts go on. They begin in order, each within those before it, and end in reverse, however it went.
func within(ctx context.Context, parts []part, do func(context.Context) error) error {
	var ends []func()
	defer func() {
		for _, end := range slices.Backward(ends) {
			end()
		}
	}()
	for _, p := range parts {
		during, end, err := p.begin(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		ctx, ends = during, append(ends, end)
	}
	return do(ctx)
}

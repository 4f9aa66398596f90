// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"sync"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/workload"
)

// readAlong hands sealed segments of what the workload says on to the task's owner, by the host, while it runs, if the measured config
// says so; and tells the host when there was a first byte. Else it is told nothing: a workload that knows a secret chooses the moment.
func (a *attempt) readAlong(ctx context.Context, said *transcript) (end func()) {
	if !a.run.Logs.Live {
		return func() {}
	}
	said.tail = new(livelog.Tail)
	return alongside(ctx, func(ctx context.Context) { a.tell(ctx, said.tail) })
}

// listener hears what the workload says.
func (a *attempt) listener(ctx context.Context, said *transcript) workload.Listener {
	if said.tail == nil {
		return said.hear
	}
	first := sync.OnceFunc(func() { a.reach(ctx, hostlink.StepOutputFirst) })
	return func(s workload.Stream, piece []byte) {
		first()
		said.hear(s, piece)
	}
}

// tell hands over a segment at each beat of the pace, full or empty. One that the host does not take goes again, as it is: two of
// one number, both signed, would let the host choose.
func (a *attempt) tell(ctx context.Context, tail *livelog.Tail) {
	beat := time.NewTicker(a.pace)
	defer beat.Stop()
	at := livelog.Place{Domain: a.domain(), TaskID: a.launch.Task.ID, Attempt: a.launch.Task.Attempt}
	for ; await(ctx, beat); at.Number++ {
		sealed, err := livelog.Seal(tail.Next(), a.manifest.ResultKey, at, a.keys.requester.Sign)
		if err != nil {
			return // of a key that the manifest had: each would fail
		}
		for a.link.Log(ctx, at.Number, sealed) != nil {
			if !await(ctx, beat) {
				return
			}
		}
	}
}

// await tells whether there is another beat.
func await(ctx context.Context, beat *time.Ticker) bool {
	select {
	case <-ctx.Done():
		return false
	case <-beat.C:
		return ctx.Err() == nil
	}
}

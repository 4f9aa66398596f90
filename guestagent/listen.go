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

// listen hears what the workload writes, until stop is called, which returns when nothing is under way any more. If the measured
// config says so, the host hands sealed segments on to the task's owner, and is told when there was a first byte. Else it is told nothing:
// a workload that knows a secret chooses the moment.
func (a *attempt) listen(ctx context.Context) (heard workload.Listener, stop func()) {
	if !a.run.Logs.Live {
		return func(workload.Stream, []byte) {}, func() {}
	}
	first := sync.OnceFunc(func() { a.reach(ctx, hostlink.StepOutputFirst) })
	var tail livelog.Tail
	ctx, cancel := context.WithCancel(ctx)
	var telling sync.WaitGroup
	telling.Go(func() { a.tell(ctx, &tail) })
	heard = func(s workload.Stream, piece []byte) {
		first()
		tail.Hear(s, piece)
	}
	return heard, func() {
		cancel()
		telling.Wait()
	}
}

// tell hands over a segment at each beat of the pace, full or empty. One that the host does not take is lost: another
// goes by its number.
func (a *attempt) tell(ctx context.Context, tail *livelog.Tail) {
	beat := time.NewTicker(a.pace)
	defer beat.Stop()
	for number := uint64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		task := a.launch.Task
		sealed, err := livelog.Seal(tail.Next(), a.manifest.ResultKey, task.ID, task.Attempt, number)
		if err == nil && a.link.Log(ctx, number, sealed) == nil {
			number++
		}
	}
}

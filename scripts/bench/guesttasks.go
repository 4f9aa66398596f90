// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/jobs/qemu"
)

// warmTasks compares a task in a machine that had others before, the wiping included, with one in a machine of its own, its start
// and end included. Both are whole jobs: evidence, permit, keys, input, output, result.
func (b *bench) warmTasks(emulator qemu.Binary) error {
	const several = repetitions + 2 // the first begins, and the last ends, beside the clock
	hello, err := b.compileC("hello")
	if err != nil {
		return err
	}
	alone, err := b.diskWith(hello, smallEnclave, 1)
	if err != nil {
		return err
	}
	together, err := b.diskWith(hello, smallEnclave, several)
	if err != nil {
		return err
	}
	fresh, err := compare(contender{name: "a fresh machine", run: func() error {
		_, err := b.tasksIn(emulator, alone, 1)
		return err
	}})
	if err != nil {
		return err
	}
	warm, err := b.tasksIn(emulator, together, several)
	if err == nil {
		seconds("guest.task_warm_vs_fresh", warm, fresh[0], "a fresh machine for each task")
	}
	return err
}

// tasksIn does so many tasks in one machine, and returns the least time from the end of one to the end of the next.
func (b *bench) tasksIn(emulator qemu.Binary, disk bootingDisk, tasks int) (least time.Duration, err error) {
	q := &queue{left: tasks}
	first, err := q.task(b.ctx)
	if err != nil {
		return 0, err
	}
	_, err = b.runGuest(emulator, (&booting{bench: b}).machine(disk), func(ctx context.Context, p *qemu.Process) error {
		return hostend.ServeJobs(ctx, p.Link(), first, q.next)
	})
	if err == nil {
		err = q.done()
	}
	return q.least, err
}

// queue has the tasks of one machine.
type queue struct {
	left  int
	given []*hosttest.Host
	ended time.Time // of the last one
	least time.Duration
}

// task is a new task.
func (q *queue) task(context.Context) (hostend.Handler, error) {
	host, err := hosttest.New(map[string][]byte{"input": []byte("input")})
	if err != nil {
		return nil, err
	}
	q.left--
	q.given = append(q.given, host)
	return host, nil
}

// next is asked for when a task has ended and the machine is wiped.
func (q *queue) next(ctx context.Context) (hostend.Handler, error) {
	now := time.Now()
	if took := now.Sub(q.ended); !q.ended.IsZero() && (q.least == 0 || took < q.least) {
		q.least = took
	}
	q.ended = now
	if q.left == 0 {
		return nil, hostend.ErrNoJob
	}
	return q.task(ctx)
}

// done requires a result of each task.
func (q *queue) done() error {
	for i, host := range q.given {
		if heard := host.Heard(); heard.Result == nil {
			return fmt.Errorf("task %d has no result; failure %q", i+1, heard.Failure)
		}
	}
	if q.left > 0 {
		return errors.New("the machine ended before its tasks did")
	}
	return nil
}

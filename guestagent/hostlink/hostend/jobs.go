// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
)

// Next waits for the next job of a guest that has wiped the last. Without one the error is ErrNoJob, and the guest ends.
type Next func(ctx context.Context) (Handler, error)

// ErrNoJob says that there is no further job for a guest.
var ErrNoJob error = &hostlink.Error{Code: hostlink.CodeNotFound, Err: errors.New("there is no further job")}

// Serve gives the guest at conn a job and answers its requests until it is gone (nil) or ctx ends, closes conn, and
// returns when the last Handler method has.
func Serve(ctx context.Context, conn io.ReadWriteCloser, h Handler) error {
	return ServeJobs(ctx, conn, h, func(context.Context) (Handler, error) { return nil, ErrNoJob })
}

// ServeJobs is Serve with more jobs behind the first: a guest that asks what to do a second time has done with the first. Between
// two jobs it is refused everything else.
func ServeJobs(ctx context.Context, conn io.ReadWriteCloser, first Handler, next Next) error {
	j := &jobs{handler: first, next: next}
	return serve(ctx, conn, j.answer)
}

// jobs knows which job a guest's request is about.
type jobs struct {
	next Next

	mu       sync.Mutex
	handler  Handler // of the present job; nil between two
	launched bool    // the first was asked for
}

// errBetween refuses what is asked for between two jobs.
var errBetween error = &hostlink.Error{Code: hostlink.CodeRefused, Err: errors.New("the guest has no job")}

func (j *jobs) answer(ctx context.Context, header frame.Request, in io.Reader) (reply, error) {
	handler := j.present()
	if header.Op == frame.OpLaunch {
		var err error
		if handler, err = j.launch(ctx); err != nil {
			return reply{}, err
		}
	}
	if handler == nil {
		return reply{}, errBetween
	}
	return jobRequest(ctx, header, in, handler)
}

func (j *jobs) present() Handler {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.handler
}

// launch is whose job a guest is given that asks for one.
func (j *jobs) launch(ctx context.Context) (Handler, error) {
	j.mu.Lock()
	first := !j.launched
	j.launched = true
	waits := j.handler == nil // already, for another request
	if !first {
		j.handler = nil
	}
	j.mu.Unlock()
	switch {
	case first:
		return j.present(), nil
	case waits:
		return nil, errBetween
	}
	handler, err := j.next(ctx)
	if err != nil {
		return nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.handler = handler
	return handler, nil
}

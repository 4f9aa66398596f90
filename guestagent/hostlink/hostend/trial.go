// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
)

// TrialHandler is the host's side of every request of a trial. Methods are called from several goroutines; their context
// ends with ServeTrial, and that of Stdin, Control and Fetch also when the guest waits for the answer no more.
type TrialHandler interface {
	Launch(ctx context.Context) (hostlink.Trial, error)
	// Stdin returns the next piece of standard input, at most MaxChunk bytes, or io.EOF at its end.
	Stdin(ctx context.Context) ([]byte, error)
	// Output takes the next piece of a stream.
	Output(ctx context.Context, stream hostlink.Stream, piece []byte) error
	// Control waits for the next event.
	Control(ctx context.Context) (hostlink.Control, error)
	// Ended takes the end, when all output has been taken.
	Ended(ctx context.Context, result hostlink.TrialResult) error
	Common
}

// ServeTrial gives the guest at conn a trial and answers its requests, as Serve does for a job.
func ServeTrial(ctx context.Context, conn io.ReadWriteCloser, h TrialHandler) error {
	return serve(ctx, conn, trialRequests(h))
}

// trialRequests is the table of a trial's requests.
func trialRequests(h TrialHandler) requests {
	return func(ctx context.Context, header frame.Request, in io.Reader) (reply, error) {
		switch header.Op {
		case frame.OpLaunch:
			return handle(header, in, 0, func(frame.None, []byte) (hostlink.Assignment, error) {
				trial, err := h.Launch(ctx)
				return hostlink.Assignment{Trial: &trial}, err
			})
		case frame.OpStdin:
			return handleStdin(ctx, header, in, h)
		case frame.OpOutput:
			return handle(header, in, hostlink.MaxChunk, func(p frame.OutputParams, piece []byte) (frame.None, error) {
				return frame.None{}, takeOutput(ctx, p, piece, h)
			})
		case frame.OpControl:
			return handle(header, in, 0, func(frame.None, []byte) (hostlink.Control, error) { return h.Control(ctx) })
		case frame.OpEnded:
			return handle(header, in, 0, func(r hostlink.TrialResult, _ []byte) (frame.None, error) { return frame.None{}, h.Ended(ctx, r) })
		}
		return commonRequest(ctx, header, in, h)
	}
}

func handleStdin(ctx context.Context, header frame.Request, in io.Reader, h TrialHandler) (reply, error) {
	var piece []byte
	out, err := handle(header, in, 0, func(frame.None, []byte) (frame.StdinResult, error) {
		var err error
		piece, err = h.Stdin(ctx)
		if errors.Is(err, io.EOF) {
			return frame.StdinResult{End: true}, nil
		}
		if err == nil && len(piece) > hostlink.MaxChunk {
			err = &hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("piece of %d bytes, more than %d", len(piece), hostlink.MaxChunk)}
		}
		return frame.StdinResult{}, err
	})
	out.body = frame.Bytes(piece)
	return out, err
}

func takeOutput(ctx context.Context, p frame.OutputParams, piece []byte, h TrialHandler) error {
	if s := hostlink.Stream(p.Stream); s != hostlink.Stdout && s != hostlink.Stderr {
		return &hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("unknown stream")}
	}
	return h.Output(ctx, hostlink.Stream(p.Stream), piece)
}

// SPDX-License-Identifier: Apache-2.0

// Package hostend is the host's end of the host link: it answers what guests ask. A guest is as hostile to it as it is to
// the guest: requests are bounded before they are allocated and checked before a Handler sees them.
package hostend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/mux"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

// Handler is the host's side of every request of a job. Methods are called from several goroutines; their context
// ends with Serve, and that of Quote, Keyholder, Keynet, Fetch, RPC and Object also when the guest waits for the answer no more. To
// choose the code that the guest sees, return an *Error.
type Handler interface {
	Launch(ctx context.Context) (hostlink.Launch, error)
	Quote(ctx context.Context, reportData [64]byte) (hostlink.Quote, error)
	Keyholder(ctx context.Context, epoch uint64, index uint32, path string, request []byte) (status int, reply []byte, err error)
	// Keynet returns the JSON of the key network as it is now, at most 32 KiB.
	Keynet(ctx context.Context) ([]byte, error)
	// Accuse takes the proof that a keyholder lied, which it should check.
	Accuse(ctx context.Context, proof []byte) error
	Evidence(ctx context.Context, evidence []byte) error
	Permit(ctx context.Context, request hostlink.PermitRequest) (hostlink.Permit, error)
	Heartbeat(ctx context.Context, beat hostlink.Heartbeat) error
	Result(ctx context.Context, result hostlink.Result) (hostlink.Receipt, error)
	// Log takes a sealed segment of the workload's output, of livelog.SealedSize bytes.
	Log(ctx context.Context, number uint64, segment []byte) error
	Storage
	Common
}

// Common are the requests of jobs and trials.
type Common interface {
	// Fetch returns a blob and its size, at most limit bytes; the guest checks the digest.
	Fetch(ctx context.Context, digest wire.Digest, limit uint64) (blob io.ReadCloser, size uint64, err error)
	// Store reads a blob of size bytes, at most MaxBlob; the host should check the digest.
	Store(ctx context.Context, digest wire.Digest, blob io.Reader, size uint64) error
	Step(ctx context.Context, report hostlink.StepReport) error
	Failed(ctx context.Context, failure hostlink.Failure) error
}

// requests answers a request by its header; the body is still to be read.
type requests func(ctx context.Context, header frame.Request, in io.Reader) (reply, error)

func serve(ctx context.Context, conn io.ReadWriteCloser, answers requests) error {
	session := mux.Host(conn, frame.Host())
	ctx, cancel := context.WithCancel(ctx)
	var handlers sync.WaitGroup // at most frame.MaxRequests
	defer handlers.Wait()
	defer cancel()
	defer session.Close()
	stop := context.AfterFunc(ctx, func() { session.Close() })
	defer stop()
	for {
		stream, err := session.Accept()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return endOfSession(err)
		}
		handlers.Go(func() {
			defer stream.Close()
			answer(ctx, stream, answers)
		})
	}
}

// endOfSession makes nil of the ends that a powered-off guest leaves behind.
func endOfSession(err error) error {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, syscall.ECONNRESET, mux.ErrClosed} {
		if errors.Is(err, end) {
			return nil
		}
	}
	return fmt.Errorf("serve host link: %w", err)
}

// reply is what a request's handler gives back.
type reply struct {
	result strictjson.Raw
	body   frame.Body
	close  io.Closer
}

// requestStream is a *mux.Stream.
type requestStream interface {
	io.ReadWriter
	Widen(n int)
	Left() bool
}

// answer reads one request and writes one reply. A guest that breaks the protocol loses its stream.
func answer(ctx context.Context, stream requestStream, answers requests) {
	header, err := frame.Read[frame.Request](stream)
	if err != nil {
		return
	}
	stream.Widen(int(min(header.BodyLength, frame.BodyWindow)))
	if question(header.Op) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		go func() { // until this end has closed the stream
			stream.Left()
			cancel()
		}()
	}
	out, err := answers(ctx, header, io.LimitReader(stream, int64(min(header.BodyLength, hostlink.MaxBlob))))
	if out.close != nil {
		defer out.close.Close()
	}
	if err != nil {
		_ = frame.Write(stream, frame.Reply{Error: string(codeOf(err)), Result: strictjson.Raw("null")})
		return
	}
	if frame.Write(stream, frame.Reply{Result: out.result, BodyLength: out.body.Size}) == nil {
		_ = out.body.Send(stream)
	}
}

// question says that a request changes nothing here, and ends when the guest closes its stream: a guest that asks all keyholders does
// that when enough have answered, and has the numbers of the others again only when this end has closed them, too. What changes
// something is done to its end: a transaction that nobody waits for would be in the way of others, or cost gas that is not counted.
func question(op frame.Op) bool {
	switch op {
	case frame.OpQuote, frame.OpKeyholder, frame.OpKeynet, frame.OpFetch, frame.OpRPC, frame.OpObject, frame.OpStdin, frame.OpControl:
		return true
	}
	return false
}

func codeOf(err error) hostlink.Code {
	var e *hostlink.Error
	if errors.As(err, &e) && e.Code != "" {
		return e.Code
	}
	return hostlink.CodeUnavailable
}

// jobRequest is the table of a job's requests.
func jobRequest(ctx context.Context, header frame.Request, in io.Reader, h Handler) (reply, error) {
	switch header.Op {
	case frame.OpLaunch:
		return handle(header, in, 0, func(frame.None, []byte) (hostlink.Assignment, error) {
			launch, err := h.Launch(ctx)
			return hostlink.Assignment{Job: &launch}, err
		})
	case frame.OpQuote:
		return handleQuote(ctx, header, in, h)
	case frame.OpKeyholder:
		return handleKeyholder(ctx, header, in, h)
	case frame.OpKeynet:
		return handleKeynet(ctx, header, in, h)
	case frame.OpAccuse:
		return handle(header, in, MaxAccusation, func(_ frame.None, proof []byte) (frame.None, error) { return frame.None{}, h.Accuse(ctx, proof) })
	case frame.OpEvidence:
		return handle(header, in, MaxEvidence, func(_ frame.None, evidence []byte) (frame.None, error) {
			return frame.None{}, h.Evidence(ctx, evidence)
		})
	case frame.OpPermit:
		return handle(header, in, 0, func(r hostlink.PermitRequest, _ []byte) (hostlink.Permit, error) {
			return valid(ctx, r, checkPermit, h.Permit)
		})
	case frame.OpHeartbeat:
		return handle(header, in, 0, func(r hostlink.Heartbeat, _ []byte) (frame.None, error) {
			return valid(ctx, r, checkHeartbeat, noResult(h.Heartbeat))
		})
	case frame.OpResult:
		return handle(header, in, 0, func(r hostlink.Result, _ []byte) (hostlink.Receipt, error) {
			return valid(ctx, r, checkResult, h.Result)
		})
	case frame.OpLog:
		return handle(header, in, livelog.SealedSize, func(p frame.LogParams, segment []byte) (frame.None, error) {
			if len(segment) != livelog.SealedSize {
				return frame.None{}, &hostlink.Error{Code: hostlink.CodeInvalid, Err: fmt.Errorf("segment of %d bytes, want %d", len(segment), livelog.SealedSize)}
			}
			return frame.None{}, h.Log(ctx, p.Number, segment)
		})
	case frame.OpRPC:
		return handleRPC(ctx, header, in, h)
	case frame.OpAdvance:
		return handle(header, in, 0, func(a hostlink.Advance, _ []byte) (frame.None, error) {
			return valid(ctx, a, checkAdvance, noResult(h.Advance))
		})
	case frame.OpObject:
		return handleObject(ctx, header, h)
	}
	return commonRequest(ctx, header, in, h)
}

func commonRequest(ctx context.Context, header frame.Request, in io.Reader, h Common) (reply, error) {
	switch header.Op {
	case frame.OpFetch:
		return handleFetch(ctx, header, h)
	case frame.OpStore:
		return handleStore(ctx, header, in, h)
	case frame.OpStep:
		return handle(header, in, 0, func(r hostlink.StepReport, _ []byte) (frame.None, error) {
			return valid(ctx, r, checkStep, noResult(h.Step))
		})
	case frame.OpFailed:
		return handle(header, in, 0, func(p frame.FailedParams, _ []byte) (frame.None, error) {
			return valid(ctx, hostlink.Failure(p.Failure), checkFailure, noResult(h.Failed))
		})
	}
	return reply{}, &hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("unknown request")}
}

// handle decodes params, reads a body of at most limit bytes, and encodes what f makes of them.
func handle[P, R any](header frame.Request, in io.Reader, limit uint64, f func(P, []byte) (R, error)) (reply, error) {
	params, err := decodeParams[P](header.Params)
	if err != nil {
		return reply{}, err
	}
	if header.BodyLength > limit {
		return reply{}, &hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("body of %d bytes, more than %d", header.BodyLength, limit)}
	}
	request := make([]byte, header.BodyLength)
	if _, err := io.ReadFull(in, request); err != nil {
		return reply{}, fmt.Errorf("body: %w", err)
	}
	result, err := f(params, request)
	if err != nil {
		return reply{}, err
	}
	raw, err := wire.Encode(result)
	return reply{result: raw}, err
}

// decodeParams reads params in their one encoding.
func decodeParams[P any](raw strictjson.Raw) (P, error) {
	var v, zero P
	if err := wire.Decode(raw, frame.MaxHeader, &v); err != nil {
		return zero, &hostlink.Error{Code: hostlink.CodeInvalid, Err: err}
	}
	return v, nil
}

func noResult[P any](f func(context.Context, P) error) func(context.Context, P) (frame.None, error) {
	return func(ctx context.Context, p P) (frame.None, error) { return frame.None{}, f(ctx, p) }
}

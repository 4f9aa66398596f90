// SPDX-License-Identifier: Apache-2.0

package hostlink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"syscall"

	"github.com/hashicorp/yamux"

	"github.com/escrin/escrin/guestagent/wire"
)

// Handler is the host's side of every request of a job. Methods are called from several goroutines; their context
// ends with Serve. To choose the code that the guest sees, return an *Error.
type Handler interface {
	Launch(ctx context.Context) (Launch, error)
	Quote(ctx context.Context, reportData [64]byte) (Quote, error)
	Keyholder(ctx context.Context, epoch uint64, index uint32, path string, request []byte) (status int, reply []byte, err error)
	// Keynet returns the JSON of the key network as it is now, at most 32 KiB.
	Keynet(ctx context.Context) ([]byte, error)
	// Accuse takes the proof that a keyholder lied, which it should check.
	Accuse(ctx context.Context, proof []byte) error
	Evidence(ctx context.Context, evidence []byte) error
	Permit(ctx context.Context, request PermitRequest) (Permit, error)
	Heartbeat(ctx context.Context, beat Heartbeat) error
	Result(ctx context.Context, result Result) (Receipt, error)
	Storage
	Common
}

// Common are the requests of jobs and trials.
type Common interface {
	// Fetch returns a blob and its size, at most limit bytes; the guest checks the digest.
	Fetch(ctx context.Context, digest wire.Digest, limit uint64) (blob io.ReadCloser, size uint64, err error)
	// Store reads a blob of size bytes, at most MaxBlob; the host should check the digest.
	Store(ctx context.Context, digest wire.Digest, blob io.Reader, size uint64) error
	Step(ctx context.Context, report StepReport) error
	Failed(ctx context.Context, failure Failure) error
}

// maxRequests bounds the requests that are answered at once, and so the memory that a guest can make the host take
// (each may have a body of 1 MiB in memory). Further ones wait.
const maxRequests = 32

// Serve gives the guest at conn a job and answers its requests until it is gone (nil) or ctx ends, closes conn, and
// returns when the last Handler method has.
func Serve(ctx context.Context, conn io.ReadWriteCloser, h Handler) error {
	return serve(ctx, conn, jobRequests(h))
}

// requests answers a request by its header; the body is still to be read.
type requests func(ctx context.Context, header requestHeader, in io.Reader) (reply, error)

func serve(ctx context.Context, conn io.ReadWriteCloser, answers requests) error {
	session, err := yamux.Server(&guard{ReadWriteCloser: conn, opens: true}, sessionConfig())
	if err != nil {
		return fmt.Errorf("serve host link: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	places := make(chan struct{}, maxRequests)
	var handlers sync.WaitGroup
	defer handlers.Wait()
	defer cancel()
	defer session.Close()
	stop := context.AfterFunc(ctx, func() { session.Close() })
	defer stop()
	for {
		stream, err := session.AcceptStream()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return endOfSession(err)
		}
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		handlers.Go(func() {
			defer func() { <-places }()
			defer stream.Close()
			answer(ctx, stream, answers)
		})
	}
}

// endOfSession makes nil of the ends that a powered-off guest leaves behind.
func endOfSession(err error) error {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, syscall.ECONNRESET, yamux.ErrSessionShutdown} {
		if errors.Is(err, end) {
			return nil
		}
	}
	return fmt.Errorf("serve host link: %w", err)
}

// reply is what a request's handler gives back.
type reply struct {
	result json.RawMessage
	body   body
	close  io.Closer
}

// answer reads one request and writes one reply. A guest that breaks the protocol loses its stream.
func answer(ctx context.Context, stream io.ReadWriter, answers requests) {
	header, err := readHeader[requestHeader](stream)
	if err != nil {
		return
	}
	out, err := answers(ctx, header, io.LimitReader(stream, int64(min(header.BodyLength, MaxBlob))))
	if out.close != nil {
		defer out.close.Close()
	}
	if err != nil {
		_ = writeHeader(stream, replyHeader{Error: codeOf(err), Result: json.RawMessage("null")})
		return
	}
	if writeHeader(stream, replyHeader{Result: out.result, BodyLength: out.body.size}) == nil {
		_ = out.body.writeTo(stream)
	}
}

func codeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) && e.Code != "" {
		return e.Code
	}
	return CodeUnavailable
}

// jobRequests is the table of a job's requests.
func jobRequests(h Handler) requests {
	return func(ctx context.Context, header requestHeader, in io.Reader) (reply, error) {
		switch header.Op {
		case opLaunch:
			return handle(header, in, 0, func(none, []byte) (assignment, error) {
				launch, err := h.Launch(ctx)
				return assignment{Job: &launch}, err
			})
		case opQuote:
			return handleQuote(ctx, header, in, h)
		case opKeyholder:
			return handleKeyholder(ctx, header, in, h)
		case opKeynet:
			return handleKeynet(ctx, header, in, h)
		case opAccuse:
			return handle(header, in, MaxAccusation, func(_ none, proof []byte) (none, error) { return none{}, h.Accuse(ctx, proof) })
		case opEvidence:
			return handle(header, in, MaxEvidence, func(_ none, evidence []byte) (none, error) { return none{}, h.Evidence(ctx, evidence) })
		case opPermit:
			return handle(header, in, 0, func(r PermitRequest, _ []byte) (Permit, error) { return valid(ctx, r, h.Permit) })
		case opHeartbeat:
			return handle(header, in, 0, func(r Heartbeat, _ []byte) (none, error) { return valid(ctx, r, noResult(h.Heartbeat)) })
		case opResult:
			return handle(header, in, 0, func(r Result, _ []byte) (Receipt, error) { return valid(ctx, r, h.Result) })
		case opRPC:
			return handleRPC(ctx, header, in, h)
		case opAdvance:
			return handle(header, in, 0, func(a Advance, _ []byte) (none, error) { return valid(ctx, a, noResult(h.Advance)) })
		case opObject:
			return handleObject(ctx, header, h)
		}
		return commonRequest(ctx, header, in, h)
	}
}

func commonRequest(ctx context.Context, header requestHeader, in io.Reader, h Common) (reply, error) {
	switch header.Op {
	case opFetch:
		return handleFetch(ctx, header, h)
	case opStore:
		return handleStore(ctx, header, in, h)
	case opStep:
		return handle(header, in, 0, func(r StepReport, _ []byte) (none, error) { return valid(ctx, r, noResult(h.Step)) })
	case opFailed:
		return handle(header, in, 0, func(p failedParams, _ []byte) (none, error) { return valid(ctx, p, noResult(p.call(h))) })
	}
	return reply{}, &Error{Code: CodeInvalid, Err: errors.New("unknown request")}
}

// handle decodes params, reads a body of at most limit bytes, and encodes what f makes of them.
func handle[P, R any](header requestHeader, in io.Reader, limit uint64, f func(P, []byte) (R, error)) (reply, error) {
	params, err := decodeParams[P](header.Params)
	if err != nil {
		return reply{}, err
	}
	request, err := readBody(in, header.BodyLength, limit)
	if err != nil {
		return reply{}, err
	}
	result, err := f(params, request)
	if err != nil {
		return reply{}, err
	}
	raw, err := wire.Encode(result)
	return reply{result: raw}, err
}

// valid calls f if its argument is within bounds.
func valid[P interface{ validate() error }, R any](ctx context.Context, params P, f func(context.Context, P) (R, error)) (R, error) {
	if err := params.validate(); err != nil {
		var zero R
		return zero, &Error{Code: CodeInvalid, Err: err}
	}
	return f(ctx, params)
}

func noResult[P any](f func(context.Context, P) error) func(context.Context, P) (none, error) {
	return func(ctx context.Context, p P) (none, error) { return none{}, f(ctx, p) }
}

func (p failedParams) validate() error {
	if !slices.Contains(Failures(), p.Failure) {
		return errors.New("unknown failure")
	}
	return nil
}

func (failedParams) call(h Common) func(context.Context, failedParams) error {
	return func(ctx context.Context, p failedParams) error { return h.Failed(ctx, p.Failure) }
}

// SPDX-License-Identifier: Apache-2.0

package hostlink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
	"github.com/escrin/escrin/guestagent/mux"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

// Client is the guest's end. Its methods may be called at the same time, and return early with the
// context's error when it ends. An error reply of the host is an *Error.
type Client struct{ session *mux.Session }

// NewClient begins to speak over conn, which it closes in Close.
func NewClient(conn io.ReadWriteCloser) *Client {
	return &Client{session: mux.Guest(conn, frame.Guest())}
}

// Close ends the link.
func (c *Client) Close() error { return c.session.Close() }

// Gone is closed when the link has ended, whoever ended it.
func (c *Client) Gone() <-chan struct{} { return c.session.Done() }

// Launch asks what to do: exactly one of job and trial is not nil. Bounds and presence are checked, nothing else. When it is asked
// again, the answer may take as long as the host likes, and is an Error of CodeNotFound when there is nothing more to do.
func (c *Client) Launch(ctx context.Context) (job *Launch, trial *Trial, err error) {
	given, _, err := call[frame.None, Assignment](ctx, c, frame.OpLaunch, frame.None{}, frame.Body{}, 0)
	if err == nil {
		err = given.validate()
	}
	return given.Job, given.Trial, wrap("ask for launch", err)
}

// Quote asks the host for a quote over reportData.
func (c *Client) Quote(ctx context.Context, reportData [64]byte) (Quote, error) {
	result, blob, err := call[frame.QuoteParams, frame.QuoteResult](ctx, c, frame.OpQuote, frame.QuoteParams{ReportData: reportData[:]}, frame.Body{}, MaxQuote+MaxCollateral)
	n := result.QuoteLength
	if err == nil && (n > uint64(len(blob)) || n > MaxQuote || uint64(len(blob))-n > MaxCollateral) {
		err = errors.New("quote or collateral is too large")
	}
	if err != nil {
		return Quote{}, wrap("ask for quote", err)
	}
	return Quote{Quote: blob[:n:n], Collateral: blob[n:]}, nil
}

// Keyholder relays a request to the holder with this index in this epoch and returns its HTTP status and reply, at
// most MaxKeyholderBody bytes.
func (c *Client) Keyholder(ctx context.Context, epoch uint64, index uint32, path string, request []byte) (int, []byte, error) {
	result, reply, err := call[frame.KeyholderParams, frame.KeyholderResult](ctx, c, frame.OpKeyholder, frame.KeyholderParams{Epoch: epoch, Index: index, Path: path}, frame.Bytes(request), MaxKeyholderBody)
	return result.Status, reply, wrap(fmt.Sprint("ask keyholder ", index), err)
}

// Keynet asks for the key network as it is now: the JSON of a keyholder.Network, of which nothing is checked but the size.
func (c *Client) Keynet(ctx context.Context) ([]byte, error) {
	_, network, err := call[frame.None, frame.None](ctx, c, frame.OpKeynet, frame.None{}, frame.Body{}, MaxKeyNetwork)
	return network, wrap("ask for key network", err)
}

// Accuse hands over the proof that a keyholder lied about a certificate: the JSON of a keyholder.Proof.
func (c *Client) Accuse(ctx context.Context, proof []byte) error {
	return tell(ctx, c, "accuse keyholder", frame.OpAccuse, frame.None{}, frame.Bytes(proof))
}

// Evidence hands the evidence over, for whoever verifies the task later.
func (c *Client) Evidence(ctx context.Context, evidence []byte) error {
	return tell(ctx, c, "hand over evidence", frame.OpEvidence, frame.None{}, frame.Bytes(evidence))
}

// Permit asks the host to obtain the permit and to claim the task; it returns when both are on chain.
func (c *Client) Permit(ctx context.Context, request PermitRequest) (Permit, error) {
	permit, _, err := call[PermitRequest, Permit](ctx, c, frame.OpPermit, request, frame.Body{}, 0)
	return permit, wrap("ask for permit", err)
}

// Heartbeat hands over the signature that extends the claim; it returns when the chain has it, or the host does not want it.
func (c *Client) Heartbeat(ctx context.Context, beat Heartbeat) error {
	return tell(ctx, c, "hand over heartbeat", frame.OpHeartbeat, beat, frame.Body{})
}

// Fetch asks for the blob with this digest, of at most limit bytes, and checks the digest.
func (c *Client) Fetch(ctx context.Context, digest wire.Digest, limit uint64) ([]byte, error) {
	_, blob, err := call[frame.FetchParams, frame.None](ctx, c, frame.OpFetch, frame.FetchParams{Digest: digest, Max: limit}, frame.Body{}, limit)
	if err == nil && wire.DigestOf(blob) != digest {
		blob, err = nil, errors.New("the host sent other bytes")
	}
	return blob, wrap("fetch "+digest.String(), err)
}

// Store hands over a blob of size bytes with this digest.
func (c *Client) Store(ctx context.Context, digest wire.Digest, blob io.Reader, size uint64) error {
	return tell(ctx, c, "store output", frame.OpStore, frame.StoreParams{Digest: digest}, frame.Body{Reader: blob, Size: size})
}

// Step reports that a step was reached, this many milliseconds after the kernel started.
func (c *Client) Step(ctx context.Context, step Step, sinceBoot time.Duration) error {
	return tell(ctx, c, "report step", frame.OpStep, StepReport{step, uint64(sinceBoot.Milliseconds())}, frame.Body{})
}

// Result hands over the signed result and returns when the chain has accepted it.
func (c *Client) Result(ctx context.Context, result Result) (Receipt, error) {
	receipt, _, err := call[Result, Receipt](ctx, c, frame.OpResult, result, frame.Body{}, 0)
	return receipt, wrap("hand over result", err)
}

// Log hands over the sealed segment of this number, from 0, of the workload's output: livelog.SealedSize bytes.
func (c *Client) Log(ctx context.Context, number uint64, segment []byte) error {
	return tell(ctx, c, "hand over log", frame.OpLog, frame.LogParams{Number: number}, frame.Bytes(segment))
}

// Failed reports that the guest gave up.
func (c *Client) Failed(ctx context.Context, failure Failure) error {
	return tell(ctx, c, "report failure", frame.OpFailed, frame.FailedParams{Failure: string(failure)}, frame.Body{})
}

// call makes one request on one stream, with a reply body of at most limit bytes. Only what depends on the types is
// generic: the guest has a copy of this for each request.
func call[P, R any](ctx context.Context, c *Client, name frame.Op, params P, request frame.Body, limit uint64) (result R, reply []byte, err error) {
	encoded, err := wire.Encode(params)
	if err != nil {
		return result, nil, err
	}
	answer, reply, err := c.ask(ctx, frame.Request{Op: name, Params: encoded, BodyLength: request.Size}, request, limit)
	if err != nil {
		return result, nil, err
	}
	if err := wire.Decode(answer, frame.MaxHeader, &result); err != nil {
		return result, nil, &Error{Code: CodeInvalid, Err: err}
	}
	return result, reply, nil
}

// tell is call for what has no answer but that it was taken.
func tell[P any](ctx context.Context, c *Client, doing string, name frame.Op, params P, request frame.Body) error {
	_, _, err := call[P, frame.None](ctx, c, name, params, request, 0)
	return wrap(doing, err)
}

// ask sends a request and returns the result and the body of its reply.
func (c *Client) ask(ctx context.Context, header frame.Request, request frame.Body, limit uint64) (result strictjson.Raw, reply []byte, err error) {
	most := frame.MaxRequests
	if header.Op == frame.OpKeyholder {
		most = frame.MaxQuestions
	}
	stream, err := c.session.Await(ctx, most)
	if err == nil {
		defer stream.Close()
		defer context.AfterFunc(ctx, func() { stream.Close() })()
		result, reply, err = exchange(stream, header, request, limit)
	}
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return result, reply, err
}

// exchange writes the request and reads the reply. A host may answer before it has read the whole
// body, so that a write error is reported only if there is no reply.
func exchange(stream *mux.Stream, header frame.Request, request frame.Body, limit uint64) (strictjson.Raw, []byte, error) {
	writeErr := frame.Write(stream, header)
	if writeErr == nil {
		writeErr = request.Send(stream)
	}
	answer, err := frame.Read[frame.Reply](stream)
	switch {
	case err != nil:
		return nil, nil, errors.Join(writeErr, err)
	case answer.Error != "":
		return nil, nil, &Error{Code: knownCode(Code(answer.Error))}
	case writeErr != nil:
		return nil, nil, writeErr
	case answer.BodyLength > limit:
		return nil, nil, &Error{Code: CodeTooLarge}
	}
	reply, err := stream.Next(int(answer.BodyLength))
	return answer.Result, reply, err
}

// knownCode maps what a later or hostile host may invent to CodeUnavailable.
func knownCode(code Code) Code {
	switch code {
	case CodeInvalid, CodeNotFound, CodeTooLarge, CodeRefused:
		return code
	}
	return CodeUnavailable
}

func wrap(doing string, err error) error {
	if err != nil {
		err = fmt.Errorf("%s: %w", doing, err)
	}
	return err
}

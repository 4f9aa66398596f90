// SPDX-License-Identifier: Apache-2.0

// Package jsonrpc asks Ethereum nodes over HTTP (JSON-RPC 2.0). It believes
// nothing of what they answer: replies are bounded, matched to their requests,
// and otherwise left as they are.
package jsonrpc

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	// Timeout bounds one exchange, however slowly the reply comes.
	Timeout = 10 * time.Second
	// MaxReply bounds the reply to a call, or to all calls of a batch, in bytes.
	MaxReply = 4 << 20
	// MaxBatch bounds the calls of a batch.
	MaxBatch = 64

	maxMessage = 200  // bytes of an error's message
	maxData    = 1024 // bytes of an error's data
)

// Call is a method and its parameters, each a JSON value.
type Call struct {
	Method string
	Params []json.RawMessage
}

// NewCall returns a call.
func NewCall(method string, params ...json.RawMessage) Call { return Call{method, params} }

// Reply is the answer to one call: a result, or an error, most likely an *Error.
type Reply struct {
	Result json.RawMessage
	Err    error
}

// Error is what a node says instead of a result.
type Error struct {
	Code    int
	Message string // at most 200 bytes
	Data    []byte // what a contract that refused a call says; nil if that is longer than 1,024 bytes
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("error %d: %s", e.Code, e.Message) }

// Client asks one node. It is safe for concurrent use.
type Client struct {
	url  string
	http *http.Client
}

// New returns a client of the node at an http or https URL. It does not connect.
// Redirects are not followed.
func New(url string) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 8
	transport.MaxResponseHeaderBytes = 16 << 10
	transport.DisableCompression = true // replies are small, and there is one thing less to be read of strangers
	return &Client{url, &http.Client{
		Transport:     transport,
		Timeout:       Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Call returns the result of one call.
func (c *Client) Call(ctx context.Context, method string, params ...json.RawMessage) (json.RawMessage, error) {
	return c.CallUpTo(ctx, MaxReply, NewCall(method, params...))
}

// CallUpTo is Call for replies of up to limit bytes.
func (c *Client) CallUpTo(ctx context.Context, limit int64, call Call) (json.RawMessage, error) {
	raw, err := c.exchange(ctx, limit, newRequest(0, call))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", call.Method, err)
	}
	var r response
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", call.Method, err)
	}
	reply := r.reply(call)
	return reply.Result, reply.Err
}

// Batch makes up to 64 calls at once and returns their replies in the same
// order. The error is that of the exchange as a whole; then there are no replies.
func (c *Client) Batch(ctx context.Context, calls ...Call) ([]Reply, error) {
	if len(calls) == 0 || len(calls) > MaxBatch {
		return nil, fmt.Errorf("batch of %d calls, want 1 to %d", len(calls), MaxBatch)
	}
	requests := make([]request, len(calls))
	for i, call := range calls {
		requests[i] = newRequest(i, call)
	}
	raw, err := c.exchange(ctx, MaxReply, requests)
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	return sorted(calls, raw)
}

// sorted brings the responses of a batch, which may come in any order, into that
// of the calls.
func sorted(calls []Call, raw []byte) ([]Reply, error) {
	var responses []response
	if err := json.Unmarshal(raw, &responses); err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	if len(responses) != len(calls) {
		return nil, fmt.Errorf("batch: %d responses to %d calls", len(responses), len(calls))
	}
	replies := make([]Reply, len(calls))
	seen := make([]bool, len(calls))
	for _, r := range responses {
		if r.ID == nil || *r.ID < 0 || *r.ID >= len(calls) || seen[*r.ID] {
			return nil, errors.New("batch: responses do not belong to the calls")
		}
		seen[*r.ID] = true
		replies[*r.ID] = r.reply(calls[*r.ID])
	}
	return replies, nil
}

type request struct {
	Version string            `json:"jsonrpc"`
	ID      int               `json:"id"`
	Method  string            `json:"method"`
	Params  []json.RawMessage `json:"params"`
}

func newRequest(id int, c Call) request {
	params := c.Params
	if params == nil {
		params = []json.RawMessage{}
	}
	return request{"2.0", id, c.Method, params}
}

type response struct {
	ID     *int            `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Code    int             `json:"code"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data"`
	} `json:"error"`
}

func (r response) reply(call Call) Reply {
	switch {
	case r.Error != nil:
		message := r.Error.Message
		if len(message) > maxMessage {
			message = message[:maxMessage]
		}
		return Reply{Err: fmt.Errorf("%s: %w", call.Method, &Error{r.Error.Code, message, refusal(r.Error.Data)})}
	case len(r.Result) == 0:
		return Reply{Err: fmt.Errorf("%s: neither result nor error", call.Method)}
	}
	return Reply{Result: r.Result}
}

// refusal returns the data of an error where it is what a contract said.
func refusal(raw json.RawMessage) []byte {
	var d Data
	if json.Unmarshal(raw, &d) != nil || len(d) > maxData {
		return nil
	}
	return d
}

// exchange sends a body, a request or a slice of them, and returns the reply's.
func (c *Client) exchange(ctx context.Context, limit int64, body any) ([]byte, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(encoded))
	if err != nil {
		return nil, withoutURL(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, err
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	case int64(len(raw)) > limit:
		return nil, fmt.Errorf("reply of more than %d bytes", limit)
	}
	return raw, nil
}

// withoutURL takes the URL out of an error: there may be a password in it.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

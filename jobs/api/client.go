// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/ethereum/go-ethereum/common"
)

// maxReply bounds a reply and one line of an event stream, in bytes.
const maxReply = 8 << 20

// ErrUnknownTask says that the service does not know the task (yet).
var ErrUnknownTask = errors.New("the job service does not know this task")

// Client talks to one job service.
type Client struct {
	base string
	http *http.Client
}

// NewClient makes a client of the job service at base, for example http://127.0.0.1:1057.
func NewClient(base string) *Client {
	return &Client{base: base, http: HTTPClient()}
}

// HTTPClient is a client that goes where it is sent and nowhere else: whoever answers for a job service does not choose where a request,
// or what one service brings another, goes instead.
func HTTPClient() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Tasks lists the tasks the service knows.
func (c *Client) Tasks(ctx context.Context) ([]Task, error) {
	var list TaskList
	if err := c.get(ctx, "/v1/tasks", &list); err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	return list.Tasks, nil
}

// Task asks for the status of one task; the error is ErrUnknownTask if the service has not seen it.
func (c *Client) Task(ctx context.Context, id common.Hash) (Task, error) {
	var t Task
	if err := c.get(ctx, "/v1/tasks/"+id.Hex(), &t); err != nil {
		return Task{}, fmt.Errorf("get task: %w", err)
	}
	return t, nil
}

// Health asks whether the service is up and follows the chain.
func (c *Client) Health(ctx context.Context) (Health, error) {
	var h Health
	if err := c.get(ctx, "/healthz", &h); err != nil {
		return Health{}, fmt.Errorf("get health: %w", err)
	}
	return h, nil
}

// Instance asks which process it is that answers, whether it follows the chain or not; empty if it does not say.
func (c *Client) Instance(ctx context.Context) (string, error) {
	resp, err := c.ask(ctx, "/healthz")
	if err != nil {
		return "", fmt.Errorf("get health: %w", err)
	}
	defer resp.Body.Close()
	name := resp.Header.Get(InstanceHeader)
	if name == "" && resp.StatusCode != http.StatusOK { // not the service's own words, perhaps
		return "", fmt.Errorf("get health: %w", ReadError(resp))
	}
	return name, nil
}

// Watch calls seen with the task now and again each time it changes, and returns nil after a final state. It
// returns the first error of seen, of the service or of ctx. A broken connection is an error; callers that want
// to outlive a restart of the service call Watch again.
func (c *Client) Watch(ctx context.Context, id common.Hash, seen func(Task) error) error {
	resp, err := c.do(ctx, "/v1/tasks/"+id.Hex()+"/events")
	if err != nil {
		return fmt.Errorf("watch task: %w", err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(make([]byte, 64<<10), maxReply)
	for lines.Scan() {
		var t Task
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return fmt.Errorf("watch task: parse event: %w", err)
		}
		if err := seen(t); err != nil {
			return err
		}
		if t.State.Final() {
			return nil
		}
	}
	return fmt.Errorf("watch task: %w", errors.Join(io.ErrUnexpectedEOF, lines.Err(), ctx.Err()))
}

func (c *Client) get(ctx context.Context, path string, into interface{}) error {
	resp, err := c.do(ctx, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return fmt.Errorf("read reply: %w", err)
	}
	if len(raw) > maxReply {
		return fmt.Errorf("reply is larger than %d bytes", maxReply)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("parse reply: %w", err)
	}
	return nil
}

func (c *Client) do(ctx context.Context, path string) (*http.Response, error) {
	resp, err := c.ask(ctx, path)
	if err != nil || resp.StatusCode == http.StatusOK {
		return resp, err
	}
	defer resp.Body.Close()
	return nil, ReadError(resp)
}

func (c *Client) ask(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("reach job service: %w", err)
	}
	return resp, nil
}

// ReadError turns a reply that is not 200 into an error; it reads at most 64 KiB of the body.
func ReadError(resp *http.Response) error {
	var e Error
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil || json.Unmarshal(raw, &e) != nil || e.Error.Code == "" {
		return fmt.Errorf("job service answered %s", resp.Status)
	}
	if e.Error.Code == CodeUnknownTask {
		return ErrUnknownTask
	}
	return errors.New(e.Error.Message)
}

// The codes of Error.
const (
	CodeUnknownTask = "unknown_task"
	CodeBadRequest  = "bad_request"
	CodeNotFound    = "not_found"
	CodeTooLarge    = "too_large"
	CodeMismatch    = "digest_mismatch"
	CodeInternal    = "internal"
	CodeBusy        = "busy"
	CodeChain       = "chain_unavailable"
)

// SPDX-License-Identifier: Apache-2.0

package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"syscall"

	"github.com/escrin/escrin/keyholder/member"
)

// ErrNotRunning says that no keyholder runs in the directory.
var ErrNotRunning = errors.New("no keyholder runs here")

// Client talks to the keyholder that runs in a directory.
type Client struct{ http *http.Client }

// To returns a client for a directory. Its calls return ErrNotRunning if no
// keyholder runs there.
func To(dir string) Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		path, done, err := shortPath(dir)
		if err != nil {
			return nil, err
		}
		defer done()
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return Client{&http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// Status returns how the keyholder stands.
func (c Client) Status(ctx context.Context) (s Status, err error) {
	return s, c.call(ctx, "status", struct{}{}, &s)
}

// Join has the keyholder take part in epochs to come, stores those parts of the
// profile that are not zero, and returns its member entry.
func (c Client) Join(ctx context.Context, p member.Profile) (e member.Entry, err error) {
	return e, c.call(ctx, "join", p, &e)
}

// Leave has the keyholder take no part in epochs to come.
func (c Client) Leave(ctx context.Context) error {
	return c.call(ctx, "leave", struct{}{}, &struct{}{})
}

func (c Client) call(ctx context.Context, command string, request, reply any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	defer clear(body)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://keyholder/"+command, bytes.NewReader(body))
	if err != nil {
		return err
	}
	got, err := c.http.Do(req)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return ErrNotRunning
	}
	if err != nil {
		return fmt.Errorf("ask the running keyholder: %w", err)
	}
	defer got.Body.Close()
	b, err := io.ReadAll(io.LimitReader(got.Body, maxReply))
	if err != nil {
		return fmt.Errorf("ask the running keyholder: %w", err)
	}
	if got.StatusCode != http.StatusOK {
		return fmt.Errorf("the running keyholder refuses: %.500s", b)
	}
	return json.Unmarshal(b, reply)
}

// SPDX-License-Identifier: Apache-2.0

// Package httptransport carries requests to keyholders over HTTP, for programs
// that have a network of their own. The guest's requests go through its host
// link instead.
package httptransport

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/escrin/escrin/keyholder"
)

// What one request may take, and how many of them one holder gets at a time.
const (
	timeout     = 30 * time.Second
	connections = 16
	grace       = time.Second // for an answer that nobody waits for
)

// Transport knows the address of each holder. It implements client.Transport.
type Transport struct {
	urls   map[uint32]string
	client *http.Client
}

// New returns a transport to the holders of network.
func New(network keyholder.Network) *Transport {
	urls := map[uint32]string{}
	for _, h := range network.Holders {
		urls[h.Index] = h.URL
	}
	return ToURLs(urls)
}

// ToURLs returns a transport to base addresses by holder index.
func ToURLs(urls map[uint32]string) *Transport {
	return &Transport{urls: urls, client: &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is what came of a request.
type reply struct {
	status int
	body   []byte
	err    error
}

// Do implements client.Transport; body must not be changed afterwards. Whoever asks all
// holders and has enough answers ends ctx. That ends the waiting at once, but the request
// only if it goes on for a while: it would take its connection along, and the next one
// would have to make another.
func (t *Transport) Do(ctx context.Context, holder uint32, path string, body []byte) (int, []byte, error) {
	base, ok := t.urls[holder]
	if !ok {
		return 0, nil, fmt.Errorf("no address of keyholder %d", holder)
	}
	exchange, end := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan reply, 1)
	go func() {
		defer end()
		var r reply
		r.status, r.body, r.err = t.exchange(exchange, base, path, body)
		done <- r
	}()
	select {
	case r := <-done:
		return r.status, r.body, r.err
	case <-ctx.Done():
		time.AfterFunc(grace, end)
		return 0, nil, ctx.Err()
	}
}

// exchange takes no longer than the timeout.
func (t *Transport) exchange(ctx context.Context, base, path string, body []byte) (int, []byte, error) {
	method, content := http.MethodGet, io.Reader(http.NoBody)
	if body != nil {
		method, content = http.MethodPost, bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(base, "/")+path, content)
	if err != nil {
		return 0, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, keyholder.MaxBody+1))
	if err != nil {
		return 0, nil, err
	}
	if len(reply) > keyholder.MaxBody {
		return 0, nil, fmt.Errorf("reply has more than %d bytes", keyholder.MaxBody)
	}
	return resp.StatusCode, reply, nil
}

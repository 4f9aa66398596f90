// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder"
)

// relay carries a guest's requests to the keyholders. It can only delay or drop them: what they say is sealed or
// signed end to end. A guest chooses among the network's own holders and a fixed list of paths, never an address.
type relay struct {
	network keyholder.Network
	client  *http.Client

	mu      sync.Mutex
	failing map[uint32]bool // holders that did not answer when last asked
}

const (
	relayTimeout = 30 * time.Second // for one request of a guest
	probeTimeout = 3 * time.Second  // for asking a holder whether it is there
	probePause   = time.Second      // between two rounds of asking
)

func newRelay(n keyholder.Network) *relay {
	return &relay{network: n, failing: map[uint32]bool{}, client: &http.Client{
		Transport:     &http.Transport{MaxConnsPerHost: 16, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// errPath and errHolder refuse what is not on the lists.
var (
	errPath   = errors.New("no such path of a keyholder")
	errHolder = errors.New("no such keyholder")
)

// do passes one request of a guest on: only to release and certificate, which are POSTs.
func (r *relay) do(ctx context.Context, index uint32, path string, body []byte) (int, []byte, error) {
	if path != keyholder.PathCertificate && path != keyholder.PathRelease {
		return 0, nil, errPath
	}
	return r.send(ctx, index, http.MethodPost, path, body, relayTimeout)
}

// send makes one bounded request and remembers whether the holder answered.
func (r *relay) send(ctx context.Context, index uint32, method, path string, body []byte, limit time.Duration) (int, []byte, error) {
	base, err := r.address(index)
	if err != nil {
		return 0, nil, err
	}
	if len(body) > keyholder.MaxBody {
		return 0, nil, fmt.Errorf("request to a keyholder has %d bytes, at most %d are allowed", len(body), keyholder.MaxBody)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	status, reply, err := r.exchange(ctx, method, base+path, body)
	if context.Cause(ctx) != context.Canceled { // a guest that went away says nothing about the holder
		r.mu.Lock()
		r.failing[index] = err != nil || status >= 500
		r.mu.Unlock()
	}
	if err != nil {
		return 0, nil, fmt.Errorf("reach keyholder %d: %w", index, err)
	}
	return status, reply, nil
}

func (r *relay) address(index uint32) (string, error) {
	for _, h := range r.network.Holders {
		if h.Index == index {
			return h.URL, nil
		}
	}
	return "", errHolder
}

func (r *relay) exchange(ctx context.Context, method, url string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := r.client.Do(req)
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

// waiting says what the relay knows to hold a guest back: empty unless so many holders failed when last asked that
// the others are fewer than the threshold.
func (r *relay) waiting() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer := len(r.network.Holders)
	for _, failed := range r.failing {
		if failed {
			answer--
		}
	}
	if answer >= r.network.Threshold {
		return ""
	}
	return fmt.Sprintf("waiting for keyholders: %d of %d needed answer", answer, r.network.Threshold)
}

// awaitThreshold asks the holders whether they are ready until enough are, and tells notify while they are not.
func (r *relay) awaitThreshold(ctx context.Context, notify func(string)) error {
	for {
		r.probe(ctx)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("wait for keyholders: %w", err)
		}
		reason := r.waiting()
		notify(reason)
		if reason == "" {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(probePause):
		}
	}
}

// probe asks every holder at once whether it is there, ready, and of this network.
func (r *relay) probe(ctx context.Context) {
	var all sync.WaitGroup
	for _, h := range r.network.Holders {
		all.Go(func() {
			status, body, err := r.send(ctx, h.Index, http.MethodGet, keyholder.PathKeynet, nil, probeTimeout)
			if err != nil {
				return // send remembers it
			}
			var reply keyholder.KeynetReply
			ready := status == http.StatusOK && json.Unmarshal(body, &reply) == nil && reply.Ready &&
				reply.Index == h.Index && reply.Network != nil && reply.Network.GroupKey == r.network.GroupKey
			r.mu.Lock()
			r.failing[h.Index] = !ready
			r.mu.Unlock()
		})
	}
	all.Wait()
}

// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client/httptransport"
)

// relay carries a guest's requests to the keyholders. It can only delay or drop them: what they say is sealed or
// signed end to end. A guest chooses among the network's own holders and a fixed list of paths, never an address.
type relay struct {
	network   keyholder.Network
	transport *httptransport.Transport

	mu      sync.Mutex
	failing map[uint32]bool // holders that did not answer when last asked
}

const (
	probeTimeout = 3 * time.Second // for asking a holder whether it is there
	probePause   = time.Second     // between two rounds of asking
)

func newRelay(n keyholder.Network) *relay {
	return &relay{network: n, transport: httptransport.New(n), failing: map[uint32]bool{}}
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
	if !slices.ContainsFunc(r.network.Holders, func(h keyholder.Holder) bool { return h.Index == index }) {
		return 0, nil, errHolder
	}
	if len(body) > keyholder.MaxBody {
		return 0, nil, fmt.Errorf("request to a keyholder has %d bytes, at most %d are allowed", len(body), keyholder.MaxBody)
	}
	if body == nil {
		body = []byte{} // a POST all the same
	}
	return r.send(ctx, index, path, body)
}

// send makes one request and remembers whether the holder answered.
func (r *relay) send(ctx context.Context, index uint32, path string, body []byte) (int, []byte, error) {
	status, reply, err := r.transport.Do(ctx, index, path, body)
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
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var all sync.WaitGroup
	for _, h := range r.network.Holders {
		all.Go(func() {
			status, body, err := r.send(ctx, h.Index, keyholder.PathKeynet, nil)
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

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
	"sync/atomic"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/client/httptransport"
)

// relay carries a guest's requests to the keyholders. It can only delay or drop them: what they say is sealed or
// signed end to end. A guest chooses among the holders of an epoch that the network itself told of, and a fixed list of
// paths, never an address.
type relay struct {
	mu      sync.Mutex
	epochs  []epoch           // in order, at most maxEpochs; the last is the present one
	failing map[uint32]bool   // holders of the present epoch that did not answer when last asked
	final   map[uint32]uint64 // the newest block that was final to them, of those that said one
}

// epoch is the network of one epoch and the way to it.
type epoch struct {
	network   keyholder.Network
	transport *httptransport.Transport
}

const (
	probeTimeout = 3 * time.Second // for asking a holder whether it is there
	probePause   = time.Second     // between two rounds of asking
	maxEpochs    = 4               // that guests may still ask for
)

func newRelay(n keyholder.Network) *relay {
	return &relay{epochs: []epoch{{n, httptransport.New(n)}}, failing: map[uint32]bool{}, final: map[uint32]uint64{}}
}

// errPath and errHolder refuse what is not on the lists.
var (
	errPath   = errors.New("no such path of a keyholder")
	errHolder = errors.New("no such keyholder")
)

// present is the latest epoch that is known.
func (r *relay) present() epoch {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.epochs[len(r.epochs)-1]
}

// find is the epoch with a number, if it is known.
func (r *relay) find(number uint64) (epoch, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := slices.IndexFunc(r.epochs, func(e epoch) bool { return e.network.Epoch == number })
	if at < 0 {
		return epoch{}, false
	}
	return r.epochs[at], true
}

// renew asks the holders who holds the key now, and returns the present network.
func (r *relay) renew(ctx context.Context) (keyholder.Network, error) {
	known := r.present()
	found, err := client.Current(ctx, known.network, known.transport)
	if err != nil {
		return keyholder.Network{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if last := r.epochs[len(r.epochs)-1].network; found.Epoch <= last.Epoch {
		return last, nil
	}
	r.epochs = append(r.epochs, epoch{found, httptransport.New(found)})
	r.epochs = r.epochs[max(0, len(r.epochs)-maxEpochs):]
	r.failing, r.final = map[uint32]bool{}, map[uint32]uint64{}
	return found, nil
}

// do passes one request of a guest on: only to release, certificate and state, which are POSTs.
func (r *relay) do(ctx context.Context, number uint64, index uint32, path string, body []byte) (int, []byte, error) {
	if path != keyholder.PathCertificate && path != keyholder.PathRelease && path != keyholder.PathState {
		return 0, nil, errPath
	}
	e, known := r.find(number)
	if _, holds := e.network.Holder(index); !known || !holds {
		return 0, nil, errHolder
	}
	if len(body) > keyholder.MaxBody {
		return 0, nil, fmt.Errorf("request to a keyholder has %d bytes, at most %d are allowed", len(body), keyholder.MaxBody)
	}
	if body == nil {
		body = []byte{} // a POST all the same
	}
	return r.send(ctx, e, index, path, body)
}

// send makes one request and remembers whether the holder answered.
func (r *relay) send(ctx context.Context, e epoch, index uint32, path string, body []byte) (int, []byte, error) {
	status, reply, err := e.transport.Do(ctx, index, path, body)
	if context.Cause(ctx) != context.Canceled { // a guest that went away says nothing about the holder
		r.note(e, index, err != nil || status >= 500)
	}
	if err != nil {
		return 0, nil, fmt.Errorf("reach keyholder %d: %w", index, err)
	}
	return status, reply, nil
}

// note remembers whether a holder of the present epoch fails.
func (r *relay) note(e epoch, index uint32, fails bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.network.Epoch == r.epochs[len(r.epochs)-1].network.Epoch {
		r.failing[index] = fails
	}
}

// waiting says what the relay knows to hold a guest back: empty unless so many holders failed when last asked that
// the others are fewer than the threshold.
func (r *relay) waiting() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	network := r.epochs[len(r.epochs)-1].network
	answer := len(network.Holders)
	for _, failed := range r.failing {
		if failed {
			answer--
		}
	}
	if answer >= network.Threshold {
		return ""
	}
	return fmt.Sprintf("waiting for keyholders: %d of %d needed answer", answer, network.Threshold)
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

// probe asks every holder at once whether it is there, ready, and of this network; and the network anew if one tells of a later
// epoch.
func (r *relay) probe(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	e := r.present()
	var all sync.WaitGroup
	var later atomic.Bool
	for _, h := range e.network.Holders {
		all.Go(func() {
			status, body, err := r.send(ctx, e, h.Index, keyholder.PathKeynet, nil)
			if err != nil {
				return // send remembers it
			}
			var reply keyholder.KeynetReply
			known := status == http.StatusOK && json.Unmarshal(body, &reply) == nil &&
				reply.Network != nil && reply.Network.GroupKey == e.network.GroupKey
			if known && reply.Network.Epoch > e.network.Epoch {
				later.Store(true)
			}
			fails := !known || !reply.Ready || reply.Network.Epoch == e.network.Epoch && reply.Index != h.Index
			r.note(e, h.Index, fails)
			if !fails {
				r.noteFinal(e, h.Index, reply.Final)
			}
		})
	}
	all.Wait()
	if later.Load() {
		_, _ = r.renew(ctx) // else at the next probe, or when a guest asks
	}
}

// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/keyholder"
)

// replaying is a host with a key network of its own, from the launch to the manifest, that puts each request of the guest to the
// holders of another as well.
type replaying struct {
	*hosttest.Host
	real *hosttest.KeyNetwork

	mu    sync.Mutex
	codes map[string][]keyholder.Code // what the others answered, by path; empty of an answer
}

func (r *replaying) Keyholder(ctx context.Context, epoch uint64, index uint32, path string, request []byte) (int, []byte, error) {
	status, reply, err := r.real.Answer(ctx, index, path, request)
	var refused keyholder.Error
	if err == nil && status != 200 {
		err = json.Unmarshal(reply, &refused)
	}
	if err != nil {
		return 0, nil, err
	}
	r.mu.Lock()
	r.codes[path] = append(r.codes[path], refused.Code)
	r.mu.Unlock()
	return r.Host.Keyholder(ctx, epoch, index, path, request)
}

// TestKR01FakeNetworkGetsNoPermit: a host that shows the guest a network of its own has the guest live its life there; but from
// the real holders, all that the guest signs gets no certificate, and so no permit and no claim, nor a key or a state.
func TestKR01FakeNetworkGetsNoPermit(t *testing.T) {
	for name, c := range map[string]struct {
		fake         bool
		bound, asked keyholder.Code // of what has evidence in it, and of the rest
	}{"a fake network": {true, keyholder.CodeWrongNetwork, keyholder.CodeSignatureInvalid}, "the real one": {}} {
		h := &replaying{Host: newHost(t), codes: map[string][]keyholder.Code{}}
		announce(t, h.Host, 3, encode(t, live1()))
		h.real = h.Keys
		if c.fake {
			h.real = newHost(t).Keys
		}
		if err := live(t, &machine{config: admitting(true)}, h); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for path, want := range map[string]keyholder.Code{
			keyholder.PathCertificate: c.bound, keyholder.PathState: c.asked, keyholder.PathRelease: c.bound,
		} {
			if got := slices.Compact(h.codes[path]); !slices.Equal(got, []keyholder.Code{want}) {
				t.Errorf("%s: %s of the real holders: %q", name, path, got)
			}
		}
	}
}

// relaying is a host that shows the guest another group key, and has the real holders answer.
type relaying struct{ *replaying }

func (r relaying) Keyholder(ctx context.Context, _ uint64, index uint32, path string, request []byte) (int, []byte, error) {
	return r.real.Answer(ctx, index, path, request)
}

func TestKR01RelayToTheRealNetworkEndsTheAttempt(t *testing.T) {
	h := relaying{&replaying{Host: newHost(t), real: newHost(t).Keys}}
	m := &machine{}
	var failure *Error
	if err := live(t, m, h); !errors.As(err, &failure) || failure.Failure != hostlink.FailPermit {
		t.Errorf("the attempt ended with %v", err)
	}
	if heard := h.Heard(); len(heard.Permit.Authorization) > 0 || slices.Contains(m.done, "run") {
		t.Errorf("permit %+v, did %q", heard.Permit, m.done)
	}
}

// TestKR01OneGroupKeyForALife: when the epoch changes, the host describes the next one; a word of it that would make the guest
// sign for another group key, or take another board's statements, ends the attempt, though the holders are the real ones.
func TestKR01OneGroupKeyForALife(t *testing.T) {
	for name, change := range map[string]func(n *keyholder.Network){
		"group key": func(n *keyholder.Network) { n.GroupKey = n.Holders[0].PublicShare },
		"board":     func(n *keyholder.Network) { n.Board.KeyNetwork[0]++ },
	} {
		h := newHost(t)
		next := h.Keys.Network
		next.Epoch++
		change(&next)
		document, err := json.Marshal(next)
		if err != nil {
			t.Fatal(err)
		}
		h.Claim.ClaimWindow = 1
		m := &machine{}
		err = liveWith(t, m, handover{h, document}, time.Second)
		if err == nil || !strings.Contains(err.Error(), "another board or group key") || slices.Contains(m.done, "run") {
			t.Errorf("another %s: %v, did %q", name, err, m.done)
		}
	}
}

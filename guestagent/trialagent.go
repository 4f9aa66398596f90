// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"crypto/rand"
	"strconv"
	"sync"

	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

// trialAgent answers the workload of a trial. Its keys and its storage end with it.
type trialAgent struct {
	root [32]byte
	have api.Files

	mu      sync.Mutex // guards what follows
	anchors map[[32]byte]api.Anchor
	objects map[wire.Digest][]byte
}

func newTrialAgent(files api.Files) *trialAgent {
	t := &trialAgent{have: files, anchors: map[[32]byte]api.Anchor{}, objects: map[wire.Digest][]byte{}}
	_, _ = rand.Read(t.root[:]) // never fails
	return t
}

// Task implements api.Agent.
func (t *trialAgent) Task() api.Task { return api.Task{Trial: true} }

// OmniKey implements api.Agent.
func (t *trialAgent) OmniKey(_ context.Context, policy api.Policy, version uint64) ([32]byte, error) {
	return api.Derive(t.root, "trial", string(policy), strconv.FormatUint(version, 10))
}

// Evidence implements api.Agent.
func (t *trialAgent) Evidence(context.Context, []byte) ([]byte, error) { return nil, api.ErrTrial() }

// Files implements api.Agent.
func (t *trialAgent) Files() api.Files { return t.have }

// RPC implements api.Agent.
func (t *trialAgent) RPC(context.Context, string, strictjson.Raw) (strictjson.Raw, error) {
	return nil, api.ErrTrial()
}

// Anchor implements api.Agent.
func (t *trialAgent) Anchor(_ context.Context, name [32]byte, _ uint64) (api.Anchor, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.anchors[name], nil
}

// Advance implements api.Agent.
func (t *trialAgent) Advance(_ context.Context, name [32]byte, from, to api.Anchor) (uint64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.anchors[name] == from {
		delete(t.objects, from.Digest)
		t.anchors[name] = to
	}
	return 0, nil
}

// Object implements api.Agent.
func (t *trialAgent) Object(_ context.Context, _ [32]byte, digest wire.Digest) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.objects[digest], nil
}

// maxKept is how much of storage a trial keeps, in bytes: it has nothing but the agent's memory for that.
const maxKept = 32 << 20

// Keep implements api.Agent.
func (t *trialAgent) Keep(_ context.Context, digest wire.Digest, object []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	size := len(object)
	for _, kept := range t.objects {
		size += len(kept)
	}
	if size > maxKept {
		return &api.Error{Status: 413, Code: "too_large", Message: "a trial keeps its storage in memory, 32 MiB of it"}
	}
	t.objects[digest] = object
	return nil
}

// Progress implements api.Agent.
func (t *trialAgent) Progress(string) {}

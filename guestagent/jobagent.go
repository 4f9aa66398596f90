// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

// jobAgent answers the workload of a job.
type jobAgent struct {
	*attempt
	asking sync.Mutex // held while the key network is asked

	pledging sync.Mutex
	pledged  map[[32]byte]api.Anchor // guarded by pledging: what was signed last of each anchor

	noting sync.Mutex
	notes  []byte // guarded by noting
}

// Task implements api.Agent.
func (j *jobAgent) Task() api.Task {
	l := j.launch
	return api.Task{
		ChainID: l.ChainID, Registry: l.Registry, Identity: l.Identity, MeasurementRoot: l.MeasurementRoot, Requester: j.keys.requester.Address(),
		ID: l.Task.ID, Attempt: l.Task.Attempt, Deadline: l.Task.Terms.Deadline,
	}
}

// OmniKey implements api.Agent.
func (j *jobAgent) OmniKey(ctx context.Context, policy api.Policy, version uint64) (key [32]byte, err error) {
	under := [32]byte{}
	if policy == api.ByEnclave {
		under = j.launch.MeasurementRoot
	}
	name := keyname.ForOmni(j.launch.ChainID, j.launch.Registry, j.launch.Identity, under, version)
	j.asking.Lock()
	defer j.asking.Unlock()
	if err := j.recoverKey(ctx, name); err != nil {
		return key, err
	}
	return ibe.OmniKey(j.inputKeys[name], name)
}

// Evidence implements api.Agent.
func (j *jobAgent) Evidence(ctx context.Context, data []byte) ([]byte, error) {
	e, err := attest.ParseEvidence(j.evidence)
	if err != nil {
		return nil, err
	}
	quote, err := j.quote(ctx, e.Binding.WorkloadReportData(data))
	if err != nil {
		return nil, err
	}
	e.Signed, e.Collateral = quote.Quote, quote.Collateral
	return e.Marshal()
}

// Files implements api.Agent.
func (j *jobAgent) Files() api.Files { return j.files(j.secrets) }

// RPC implements api.Agent.
func (j *jobAgent) RPC(ctx context.Context, method string, params json.RawMessage) (json.RawMessage, error) {
	result, err := j.link.RPC(ctx, method, params)
	if err == nil && !json.Valid(result) {
		err = &api.Error{Status: 502, Code: "upstream", Message: "the host's answer is no JSON"}
	}
	var refused *hostlink.Error
	if errors.As(err, &refused) && refused.Code == hostlink.CodeRefused {
		err = &api.Error{Status: 502, Code: "upstream", Message: "the chain's node refuses the call"}
	}
	return result, err
}

// Anchor implements api.Agent.
func (j *jobAgent) Anchor(ctx context.Context, name [32]byte) (api.Anchor, error) {
	l := j.launch
	j.asking.Lock()
	defer j.asking.Unlock()
	found, err := j.keyholders.State(ctx, j.keys.requester.Address(), keyholder.AnchorName{
		ChainID: l.ChainID, Registry: l.Registry, IdentityID: l.Identity, Set: keyholder.Advanced, Name: name,
	})
	return api.Anchor{Contract: found.Contract, Version: found.Version, Digest: found.Digest}, err
}

// Advance implements api.Agent.
func (j *jobAgent) Advance(ctx context.Context, name [32]byte, from, to api.Anchor) error {
	if !j.pledge(name, to) {
		return errors.New("another content was signed as this version")
	}
	signed := keyholder.Advance{
		ChainID: j.launch.ChainID, Contract: to.Contract, IdentityID: j.launch.Identity, Name: name,
		Version: to.Version, Previous: from.Digest, Digest: to.Digest,
	}
	signature := j.keys.requester.Sign(signed.SigningDigest())
	return j.link.Advance(ctx, hostlink.Advance{Name: name, Version: to.Version, Digest: wire.Hash32(to.Digest), Signature: signature[:]})
}

// pledge says whether a version may be signed: no two of a number, as the host could publish either.
func (j *jobAgent) pledge(name [32]byte, to api.Anchor) bool {
	j.pledging.Lock()
	defer j.pledging.Unlock()
	if last := j.pledged[name]; to.Version <= last.Version && to != last {
		return false
	}
	j.pledged[name] = to
	return true
}

// Object implements api.Agent.
func (j *jobAgent) Object(ctx context.Context, name [32]byte, digest wire.Digest) ([]byte, error) {
	blob, err := j.link.Object(ctx, name, digest)
	var refused *hostlink.Error
	if errors.As(err, &refused) && refused.Code != hostlink.CodeUnavailable || err == nil && wire.DigestOf(blob) != digest {
		return nil, api.ErrWithheld
	}
	return blob, err
}

// Keep implements api.Agent.
func (j *jobAgent) Keep(ctx context.Context, digest wire.Digest, object []byte) error {
	return j.link.Store(ctx, digest, bytes.NewReader(object), uint64(len(object)))
}

// maxNotes bounds what a workload tells of its progress, in bytes.
const maxNotes = 64 << 10

// Progress implements api.Agent. The owner reads it behind what the workload wrote to standard error.
func (j *jobAgent) Progress(line string) {
	j.noting.Lock()
	defer j.noting.Unlock()
	if len(j.notes)+len(line) < maxNotes {
		j.notes = append(append(j.notes, line...), '\n')
	}
}

// told are the notes so far.
func (j *jobAgent) told() []byte {
	j.noting.Lock()
	defer j.noting.Unlock()
	return slices.Clone(j.notes)
}

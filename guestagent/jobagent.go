// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
	"github.com/escrin/escrin/strictjson"
)

// jobAgent answers the workload of a job.
type jobAgent struct {
	*attempt
	said   *transcript
	asking sync.Mutex // held while the key network is asked

	pledging sync.Mutex
	pledged  map[[32]byte]pledge // guarded by pledging: what was signed last of each anchor
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
func (j *jobAgent) RPC(ctx context.Context, method string, params strictjson.Raw) (strictjson.Raw, error) {
	result, err := j.link.RPC(ctx, method, params)
	var refused *hostlink.Error
	switch {
	case err == nil && !strictjson.Valid(result):
		err = &api.Error{Status: 502, Code: "upstream", Message: "the host's answer is no JSON that every reader takes for the same"}
	case errors.As(err, &refused) && refused.Code == hostlink.CodeRefused:
		err = &api.Error{Status: 502, Code: "upstream", Message: "the chain's node, or the host, refuses the call"}
	case refused != nil && refused.Code == hostlink.CodeTooLarge:
		err = &api.Error{Status: 413, Code: "too_large", Message: "the result has more than 1 MiB"}
	}
	return result, err
}

// Anchor implements api.Agent.
func (j *jobAgent) Anchor(ctx context.Context, name [32]byte, after uint64) (api.Anchor, error) {
	if after != 0 { // may not be there yet, and others want to ask
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	j.asking.Lock()
	defer j.asking.Unlock()
	found, err := j.keyholders.State(ctx, j.keys.requester.Address(), keyholder.AnchorName{
		ChainID: j.launch.ChainID, Registry: j.launch.Registry, IdentityID: j.launch.Identity, Set: keyholder.Advanced, Name: name,
	}, after)
	return api.Anchor{Contract: found.Contract, Version: found.Version, Digest: found.Digest}, err
}

// patience is how long holders are waited for that do not have a block of a later time yet.
const patience = 3 * time.Second

// pledge is a signature that has left the guest: up to the deadline the host may make its version the newest.
type pledge struct {
	to       api.Anchor
	deadline uint64 // seconds since the epoch
}

// validity is how long the host may publish a version.
const validity = 10 * time.Minute

// Advance implements api.Agent.
func (j *jobAgent) Advance(ctx context.Context, name [32]byte, from, to api.Anchor) (uint64, error) {
	deadline, err := j.pledge(ctx, name, from, to)
	if err != nil {
		return 0, err
	}
	signed := keyholder.Advance{
		ChainID: j.launch.ChainID, Contract: to.Contract, IdentityID: j.launch.Identity, Name: name,
		Version: to.Version, Previous: from.Digest, Digest: to.Digest, Deadline: deadline,
	}
	signature := j.keys.requester.Sign(signed.SigningDigest())
	err = j.link.Advance(ctx, hostlink.Advance{
		Name: name, Version: to.Version, Digest: wire.Hash32(to.Digest), Deadline: deadline, Signature: signature[:],
	})
	if refused := new(hostlink.Error); errors.As(err, &refused) && refused.Code == hostlink.CodeRefused {
		err = api.ErrRefused
	}
	return deadline, err
}

// pledge says up to when a version may be published, if it may be signed: no two of a number, as the host could publish either,
// unless the first is seen to have lapsed. The same again has the same deadline while that lasts. The clock is the machine's, which
// holders compare with theirs (keyholder/SPEC.md, 5); what lapsed is told by the chain's time alone.
func (j *jobAgent) pledge(ctx context.Context, name [32]byte, from, to api.Anchor) (uint64, error) {
	now := uint64(time.Now().Unix())
	j.pledging.Lock()
	last, next := j.pledged[name], pledge{to, now + uint64(j.validity/time.Second)}
	j.pledging.Unlock()
	switch {
	case last.to == to && now < last.deadline:
		next.deadline = last.deadline
	case last.to != to && last.to.Version >= to.Version:
		if now <= last.deadline {
			return 0, api.ErrPledged
		}
		if found, err := j.Anchor(ctx, name, last.deadline); err != nil || found != from {
			return 0, api.ErrPledged
		}
	}
	j.pledging.Lock()
	defer j.pledging.Unlock()
	if j.pledged[name] != last {
		return 0, api.ErrPledged
	}
	j.pledged[name] = next
	return next.deadline, nil
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

// Progress implements api.Agent. The owner reads it in standard error.
func (j *jobAgent) Progress(line string) { j.said.note(line) }

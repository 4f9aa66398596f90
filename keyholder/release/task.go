// SPDX-License-Identifier: Apache-2.0

package release

import (
	"context"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/keyname"
)

// Release decides about a key: of a task, of the identity, or of one of its
// secrets, always for a claimed attempt at a task. Before it approves, the attempt is
// durably bound to the channel key and the requester of the evidence, and the
// requester to it: another clone of the same machine gets nothing, nor does the same
// machine in another attempt or task; the same request is approved again. A
// refusal is a *keyholder.Error.
func (r *Rules) Release(ctx context.Context, asked Asked[keyholder.ReleaseRequest]) (Grant, error) {
	if err := r.opened(asked.digest); err != nil {
		return Grant{}, err
	}
	e, req := asked.evidence, asked.request
	if err := checkName(req, e.Binding); err != nil {
		return Grant{}, err
	}
	state, err := r.entitled(ctx, e.Binding, req.Task)
	if err != nil {
		return Grant{}, err
	}
	c, err := r.verified(e)
	if err != nil {
		return Grant{}, err
	}
	state.Expect(ctx, reads(e.Binding, c))
	grounds, err := r.appraised(ctx, state, e, c)
	if err == nil {
		err = checkPolicy(req.Name, e.Binding, grounds.Findings.Author)
	}
	if err != nil {
		return Grant{}, err
	}
	if err := r.bind(req.Task, e.Binding, state.Head()); err != nil {
		return Grant{}, err
	}
	answers := Answers{asked.digest, asked.epoch, req.Name.Digest()}
	return Grant{ibe.HashName(req.Name), e.ChannelKey, grounds, answers}, nil
}

// entitled returns the newest state, if the requester has a permit and the attempt
// there. It costs one read, and who asks had to pay for both; so only then is the
// evidence verified, which costs milliseconds.
func (r *Rules) entitled(ctx context.Context, b attest.Binding, task keyholder.TaskAttempt) (State, error) {
	state, err := r.config.Chain.At(ctx)
	if err != nil {
		return nil, err
	}
	state.Expect(ctx, Reads{BaseBlock: b.BaseBlock, Identity: b.IdentityID, Release: true, Requester: b.Requester, Task: task.ID})
	if err := livePermit(ctx, state, b); err != nil {
		return nil, err
	}
	return state, claimedTask(ctx, state, b, task)
}

// checkName reports whether the name is of a key of the identity, and if it is a
// task's, of this task and measurement root.
func checkName(req keyholder.ReleaseRequest, b attest.Binding) error {
	name := req.Name
	if name.Kind < keyname.Task || name.Kind > keyname.Secret {
		return refuse(keyholder.CodeKindUnsupported, "keys of kind %d do not exist", name.Kind)
	}
	if err := name.Validate(); err != nil {
		return refuse(keyholder.CodeWrongName, "%v", err)
	}
	if name.ChainID != b.ChainID || name.Registry != b.Registry || name.IdentityID != b.IdentityID {
		return refuse(keyholder.CodeWrongName, "key name does not belong to this identity")
	}
	if name.Kind == keyname.Task && (name.Subject != req.Task.ID || name.Policy != b.MeasurementRoot) {
		return refuse(keyholder.CodeWrongName, "key name does not belong to this task and measurement root")
	}
	return nil
}

// checkPolicy reports whether a key is meant for enclaves such as this one, as the
// evidence itself shows: by its measurement root; by its author, if verification
// found one; or because whoever chose the name left it to the identity's policy.
// What the chain says of the identity is no ground: its registrant writes it.
func checkPolicy(name keyname.Name, b attest.Binding, author [32]byte) error {
	switch {
	case name.Policy == b.MeasurementRoot:
		return nil
	case name.Kind != keyname.Task && (name.Policy == [32]byte{} || name.Policy == author):
		return nil
	}
	return refuse(keyholder.CodeWrongName, "key is for enclaves of %x, which is neither the measurement root of this one nor an author whom its evidence shows", name.Policy)
}

func livePermit(ctx context.Context, state State, b attest.Binding) error {
	expiry, err := state.PermitExpiry(ctx, b.Requester, b.IdentityID)
	if err != nil {
		return err
	}
	if expiry == 0 {
		return notYet(keyholder.CodePermitMissing, "requester holds no permit of the identity")
	}
	if expiry <= state.Head().Time {
		return refuse(keyholder.CodePermitMissing, "permit of the requester ended at %d", expiry)
	}
	return nil
}

// claimedTask reports whether the chain records this requester for this attempt
// of this batch of tasks, and these terms for the batch.
func claimedTask(ctx context.Context, state State, b attest.Binding, want keyholder.TaskAttempt) error {
	if want.ID[len(want.ID)-1] != 0 {
		return refuse(keyholder.CodeTaskMismatch, "task id is not that of a batch")
	}
	task, err := state.Task(ctx, want.ID)
	if err != nil {
		return err
	}
	switch {
	case task.State == 0:
		return notYet(keyholder.CodeTaskMismatch, "no such task")
	case task.State != taskOpen && task.State != taskClaimed:
		return refuse(keyholder.CodeTaskMismatch, "task has ended")
	case task.Digest != want.Terms.Digest():
		return refuse(keyholder.CodeTaskMismatch, "task was submitted under other terms")
	case want.Terms.Identity() != b.IdentityID:
		return refuse(keyholder.CodeTaskMismatch, "task belongs to another identity")
	case state.Head().Time >= want.Terms.Deadline():
		return refuse(keyholder.CodeTaskMismatch, "deadline of the task has passed")
	case task.Attempt > want.Attempt:
		return refuse(keyholder.CodeTaskMismatch, "task is at attempt %d, not %d", task.Attempt, want.Attempt)
	case task.Attempt < want.Attempt, task.State == taskOpen:
		return notYet(keyholder.CodeTaskMismatch, "attempt is not claimed")
	case task.Requester != b.Requester:
		return refuse(keyholder.CodeTaskMismatch, "attempt is claimed for another requester")
	case state.Head().Time >= task.ClaimExpiry: // anybody may reopen the task; a heartbeat may extend the claim
		return notYet(keyholder.CodeTaskMismatch, "the claim has lapsed, and is not extended")
	}
	return nil
}

// bind takes the binding of evidence that was appraised: its channel key hash
// is that of the evidence's channel key.
func (r *Rules) bind(task keyholder.TaskAttempt, b attest.Binding, at Head) error {
	attempt := abi.Words{}.
		Uint64(r.config.ChainID).Address(r.config.TaskHub).
		Bytes32(task.ID).Uint64(uint64(task.Attempt)).
		Keccak()
	free, err := r.config.Records.Bind(Assignment{attempt, b.ChannelKeyHash, b.Requester}, at)
	if err != nil {
		return &keyholder.Error{Code: keyholder.CodeInternal, Message: "cannot record the release", Retryable: true}
	}
	if !free {
		return refuse(keyholder.CodeAlreadyReleased,
			"attempt was served to another channel key or requester, or this requester in another attempt")
	}
	return nil
}

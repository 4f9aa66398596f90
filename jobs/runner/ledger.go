// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/blob"
)

// Permit acquires the identity for the guest's requester and claims the task for it. What is on chain already is not
// sent again, so that a guest, or a runner, that lost an answer may ask again.
func (at *attempt) Permit(ctx context.Context, r hostlink.PermitRequest) (hostlink.Permit, error) {
	if err := at.allow("permit", maxPermits); err != nil {
		return hostlink.Permit{}, err
	}
	at.turn.Lock()
	defer at.turn.Unlock()
	if at.permit != nil {
		if at.permit.requester != r.Requester {
			return hostlink.Permit{}, &hostlink.Error{Code: hostlink.CodeRefused, Err: errors.New("this attempt has a requester already")}
		}
		return at.permit.permit, nil
	}
	window, err := at.claimWindow(ctx)
	if err != nil {
		return hostlink.Permit{}, at.note(err)
	}
	if err := at.wanted(ctx, requester(r.Requester)); err != nil {
		return hostlink.Permit{}, at.note(err)
	}
	permit, err := at.acquire(ctx, r)
	if err != nil {
		return hostlink.Permit{}, at.note(refused(err))
	}
	claimed, err := at.claim(ctx, requester(r.Requester), [chain.SignatureSize]byte(r.Claim))
	if err != nil {
		return hostlink.Permit{}, at.note(refused(err))
	}
	if err := at.hold(ctx, claimed.ClaimExpiry); err != nil {
		return hostlink.Permit{}, at.note(err)
	}
	permit.ClaimExpiry, permit.ClaimWindow = claimed.ClaimExpiry, window
	at.mu.Lock()
	defer at.mu.Unlock()
	at.permit = &grantedPermit{r.Requester, permit}
	return permit, nil
}

// claimWindow reads for how long a claim lasts. Close to the deadline, where the hub would end the claim before, it
// refuses: the bond would be lost for too little time.
func (at *attempt) claimWindow(ctx context.Context) (uint64, error) {
	window, err := at.runner.Chain.ClaimWindow(ctx)
	if err != nil {
		return 0, err
	}
	head, err := at.runner.Chain.Head(ctx)
	if err != nil {
		return 0, err
	}
	if deadline := at.assignment.Terms.Deadline; deadline < head.Time || deadline-head.Time < window {
		return 0, &hostlink.Error{Code: hostlink.CodeRefused, Err: fmt.Errorf("the task's deadline is less than a claim of %d s away", window)}
	}
	return window, nil
}

// wanted looks at the task once more, so that no permit is paid for where another runner was faster.
func (at *attempt) wanted(ctx context.Context, requester common.Address) error {
	a := at.assignment
	now, err := at.runner.Chain.Task(ctx, a.TaskID)
	if err != nil || at.hasClaim(now, requester) || now.State == chain.StateOpen && now.Attempt == a.Attempt {
		return err
	}
	return &hostlink.Error{Code: hostlink.CodeRefused, Err: fmt.Errorf("attempt %d is over: the task is %s, at attempt %d", a.Attempt, now.State, now.Attempt)}
}

// acquire presents the certificate unless the requester has a live permit. One that fails because somebody presented the
// same before us is as good as ours: all that counts is that the permit is live.
func (at *attempt) acquire(ctx context.Context, r hostlink.PermitRequest) (hostlink.Permit, error) {
	c := at.runner.Chain
	head, err := c.Head(ctx)
	if err != nil {
		return hostlink.Permit{}, err
	}
	expiry, err := c.Permit(ctx, requester(r.Requester), at.assignment.identity())
	if err != nil {
		return hostlink.Permit{}, err
	}
	if expiry > head.Time {
		return hostlink.Permit{Block: head.Number, Expiry: expiry}, nil
	}
	expiry, receipt, err := c.AcquireIdentity(ctx, at.runner.Account, chain.Acquisition{
		Identity: at.assignment.identity(), Requester: requester(r.Requester), Duration: at.policy.MaxDuration,
		Context: r.Context, Authorization: r.Authorization, Release: at.enclave.release,
	})
	if err != nil {
		return at.acquired(ctx, r, err)
	}
	at.sent("permit", receipt)
	return hostlink.Permit{TxHash: wire.Hash32(receipt.TxHash), Block: receipt.Block, Expiry: expiry}, nil
}

// acquired looks, after a failure, whether the requester has a live permit all the same.
func (at *attempt) acquired(ctx context.Context, r hostlink.PermitRequest, failure error) (hostlink.Permit, error) {
	head, headErr := at.runner.Chain.Head(ctx)
	expiry, err := at.runner.Chain.Permit(ctx, requester(r.Requester), at.assignment.identity())
	if headErr != nil || err != nil || expiry <= head.Time {
		return hostlink.Permit{}, failure
	}
	return hostlink.Permit{Block: head.Number, Expiry: expiry}, nil
}

// claim claims the attempt for a requester that signed so, unless it has it, and returns the claimed task.
func (at *attempt) claim(ctx context.Context, requester common.Address, signature [chain.SignatureSize]byte) (chain.Task, error) {
	a := at.assignment
	now, err := at.runner.Chain.Task(ctx, a.TaskID)
	if err != nil || at.hasClaim(now, requester) {
		return now, err
	}
	if now.Attempt != a.Attempt {
		return chain.Task{}, &hostlink.Error{Code: hostlink.CodeRefused, Err: fmt.Errorf("attempt %d is over, the task is at %d", a.Attempt, now.Attempt)}
	}
	return at.sendClaim(ctx, requester, signature)
}

// hasClaim tells whether this attempt is claimed for a requester, by us: nobody else can have its signature.
func (at *attempt) hasClaim(t chain.Task, requester common.Address) bool {
	return t.State == chain.StateClaimed && t.Attempt == at.assignment.Attempt && t.Requester == requester && t.Runner == at.runner.Account.Address()
}

// sendClaim claims the attempt and returns the claimed task. A claim that fails because an earlier one of ours came first
// is as good as one.
func (at *attempt) sendClaim(ctx context.Context, requester common.Address, signature [chain.SignatureSize]byte) (chain.Task, error) {
	c, a := at.runner.Chain, at.assignment
	receipt, claimErr := c.Claim(ctx, at.runner.Account, a.TaskID, a.Terms, requester, signature)
	if claimErr == nil {
		at.sent("claim", receipt)
	}
	now, err := c.Task(ctx, a.TaskID)
	if claimErr != nil && (err != nil || !at.hasClaim(now, requester)) {
		return chain.Task{}, claimErr
	}
	return now, err
}

// Result reports the guest's results to the hub, if they are of this attempt and their outputs are in the store, and in that of the
// network's job service.
func (at *attempt) Result(ctx context.Context, r hostlink.Result) (hostlink.Receipt, error) {
	if err := at.allow("result", maxResults); err != nil {
		return hostlink.Receipt{}, err
	}
	report, err := at.readReport(r.Report)
	if err != nil {
		return hostlink.Receipt{}, at.note(&hostlink.Error{Code: hostlink.CodeInvalid, Err: err})
	}
	if len(r.Signature) != chain.SignatureSize {
		return hostlink.Receipt{}, at.note(&hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("signature has the wrong size")})
	}
	if err := at.keepOutputs(ctx, report.Results); err != nil {
		return hostlink.Receipt{}, at.note(err)
	}
	at.turn.Lock()
	defer at.turn.Unlock()
	if at.receipt != nil {
		return *at.receipt, nil
	}
	receipt, err := at.accept(ctx, report, [chain.SignatureSize]byte(r.Signature))
	if err != nil {
		return hostlink.Receipt{}, at.note(refused(err))
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	at.receipt = &receipt
	return receipt, nil
}

// keepOutputs keeps outputs for good, here and with the network's job service.
func (at *attempt) keepOutputs(ctx context.Context, results []task.Result) error {
	var outputs []blob.Digest
	for _, r := range results {
		if err := at.runner.Blobs.Keep(r.OutputDigest); err != nil { // a guest could have made it a version of an object
			return err
		}
		if r.ExitStatus != task.ExitInputsRejected {
			outputs = append(outputs, r.OutputDigest)
		}
	}
	return at.delivered(ctx, outputs...)
}

// accept sends the report. If that fails it asks whether the hub has the results all the same.
func (at *attempt) accept(ctx context.Context, r task.Report, signature [chain.SignatureSize]byte) (hostlink.Receipt, error) {
	receipt, err := at.runner.Chain.Accept(ctx, at.runner.Account, at.assignment.Terms, r, signature)
	if err == nil {
		at.sent("result", receipt)
		return hostlink.Receipt{TxHash: wire.Hash32(receipt.TxHash), Block: receipt.Block}, nil
	}
	events, historyErr := at.runner.Chain.TaskHistory(ctx, at.assignment.TaskID)
	if historyErr != nil {
		return hostlink.Receipt{}, err
	}
	for _, e := range events {
		if a, ok := e.(chain.TaskAccepted); ok && a.Attempt == r.Attempt && slices.Equal(a.Results, r.Results) {
			return hostlink.Receipt{TxHash: wire.Hash32(a.At.TxHash), Block: a.At.Block}, nil
		}
	}
	return hostlink.Receipt{}, err
}

// readReport decodes a report and checks that it is about this attempt and that its output, if it has one, can be had.
func (at *attempt) readReport(report []byte) (task.Report, error) {
	a := at.assignment
	attempt, results, err := readback.ParseReport(report)
	if err != nil {
		return task.Report{}, err
	}
	if attempt != a.Attempt || len(results) != int(a.Terms.Count) {
		return task.Report{}, errors.New("report is not about this attempt")
	}
	for _, r := range results {
		if r.ExitStatus == task.ExitInputsRejected {
			continue
		}
		if _, err := at.runner.Blobs.Get(r.OutputDigest); err != nil {
			return task.Report{}, fmt.Errorf("output: %w", err)
		}
	}
	return task.Report{TaskID: a.TaskID, TermsDigest: a.Terms.Digest(), Attempt: attempt, Results: results}, nil
}

func (at *attempt) sent(kind string, r chain.Receipt) {
	at.observer.Sent(api.Tx{Kind: kind, Hash: r.TxHash, Block: r.Block})
}

// refused gives the guest the code that says whether asking again helps: a contract's refusal is final.
func refused(err error) error {
	var revert *chain.RevertError
	if errors.As(err, &revert) {
		return &hostlink.Error{Code: hostlink.CodeRefused, Err: err}
	}
	return err
}

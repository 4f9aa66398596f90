// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder"
)

// claimable is an attempt at an open task on a chain, and a requester with a permit.
func claimable(t *testing.T) (*chaintest.Network, *attempt, common.Address) {
	t.Helper()
	n := chaintest.New(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, requester, root := t.Context(), common.Address{7}, common.Hash{8}
	identity, _, err := n.Chain.CreateIdentity(ctx, n.Accounts[1])
	must(err)
	_, err = n.Chain.SetPolicy(ctx, n.Accounts[1], identity, chain.Policy{MeasurementRoot: root, MaxDuration: 600, Locator: "none"})
	must(err)
	head, err := n.Chain.Head(ctx)
	must(err)
	terms := keyholder.Certificate{
		ChainID: n.Contracts().ChainID, Permitter: n.At.Permitter, Registry: n.At.Registry, IdentityID: identity, Requester: requester,
		Duration: 600, BaseBlock: head.Number, BaseBlockHash: head.Hash, MeasurementRoot: root,
	}
	number := common.BigToHash(new(big.Int).SetUint64(head.Number))
	_, _, err = n.Chain.AcquireIdentity(ctx, n.Accounts[1], chain.Acquisition{
		Identity: identity, Requester: requester, Duration: 600, Authorization: n.Certify(terms.Digest()),
		Context: bytes.Join([][]byte{number[:], head.Hash[:], root[:], make([]byte, 64)}, nil),
	})
	must(err)
	id, _, err := n.Chain.Submit(ctx, n.Accounts[1], chain.Submission{Identity: identity, Deadline: head.Time + 3600})
	must(err)
	at, _ := newAttempt(t, nil)
	at.runner.Chain, at.runner.Account = n.Chain, n.Accounts[2]
	at.assignment = Assignment{TaskID: id, Attempt: 1, Identity: identity}
	return n, at, requester
}

// TestCT06ClaimsInFrontOfOurs: somebody saw our claim and sent one for our requester first. The attempt goes on, and
// says so; a claim for another requester ends it.
func TestCT06ClaimsInFrontOfOurs(t *testing.T) {
	n, at, requester := claimable(t)
	if _, err := n.Chain.Claim(t.Context(), n.Accounts[3], at.assignment.TaskID, requester); err != nil {
		t.Fatal(err)
	}
	for name, claim := range map[string]func() error{
		"seen before our claim": func() error { _, err := at.claim(t.Context(), requester); return err },
		"seen by its failure":   func() error { _, err := at.sendClaim(t.Context(), requester); return err },
	} {
		if err := claim(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if want := n.Accounts[3].Address().Hex() + " claimed attempt 1"; !strings.Contains(at.unusual, want) {
		t.Errorf("said %q, want %q", at.unusual, want)
	}
	if _, err := at.claim(t.Context(), common.Address{9}); !chain.IsRevert(err, "TaskIs") {
		t.Errorf("for another requester: %v", err)
	}
}

func TestOurOwnClaimIsNothingUnusual(t *testing.T) {
	_, at, requester := claimable(t)
	for range 2 {
		if left, err := at.claim(t.Context(), requester); err != nil || left <= 0 || left > chaintest.ClaimWindow {
			t.Errorf("%s left, %v", left, err)
		}
	}
	if at.unusual != "" {
		t.Errorf("said %q", at.unusual)
	}
}

// TestPolicyChangedUnderATask: nothing is fetched or booted for inputs that the policy's enclave could not open; the
// same task goes on when the policy is back.
func TestPolicyChangedUnderATask(t *testing.T) {
	n, at, _ := claimable(t)
	at.runner.Network.Contracts.Permitter = n.At.Permitter
	manifest, err := task.Manifest{
		Version: task.ManifestVersion, Identity: wire.Hash32(at.assignment.Identity), Policy: wire.Hash32{5}, Inputs: []task.Input{},
		ResultKey: make([]byte, task.ResultKeySize), GroupKey: make([]byte, task.GroupKeySize),
	}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	at.assignment.InputDigest = common.Hash(put(t, at, manifest))
	o := &record{}
	for _, c := range []struct {
		root common.Hash
		want string
	}{
		{common.Hash{6}, "inputs were sealed to measurement root " + common.Hash{5}.Hex() + ", the identity's policy now names " + common.Hash{6}.Hex()},
		{common.Hash{5}, "the policy's locator"}, // which names no enclave: this is past the inputs
	} {
		policy := chain.Policy{MeasurementRoot: c.root, MaxDuration: 600, Locator: "No Name"}
		if _, err := n.Chain.SetPolicy(t.Context(), n.Accounts[1], at.assignment.Identity, policy); err != nil {
			t.Fatal(err)
		}
		if err := at.runner.Run(t.Context(), at.assignment, o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	if len(o.steps) != 0 {
		t.Errorf("reached %q", o.steps)
	}
}

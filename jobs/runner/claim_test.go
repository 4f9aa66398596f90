// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"crypto/ecdsa"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder"
)

// claimable is an attempt at an open task on a chain, and a requester with a permit.
func claimable(t *testing.T) (*chaintest.Network, *attempt, *guest) {
	t.Helper()
	n := chaintest.New(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := crypto.GenerateKey()
	must(err)
	ctx, g := t.Context(), &guest{t, key}
	identity, _, err := n.Chain.CreateIdentity(ctx, n.Accounts[1])
	must(err)
	_, err = n.Chain.SetPolicy(ctx, n.Accounts[1], identity, chain.Measured(certifiedRoot, 600, "none"))
	must(err)
	head, err := n.Chain.Head(ctx)
	must(err)
	certified := certify(n, identity, head, g.address())
	_, _, err = n.Chain.AcquireIdentity(ctx, n.Accounts[1], chain.Acquisition{
		Identity: identity, Requester: g.address(), Duration: 600, Authorization: certified.Authorization, Context: certified.Context,
	})
	must(err)
	submitter := n.Accounts[1].Address()
	terms := task.Terms{Submitter: submitter, Identity: identity, Deadline: head.Time + 3600, Count: 1, Attempts: 1, Refundee: submitter}
	id, _, err := n.Chain.Submit(ctx, n.Accounts[1], terms, common.Hash{})
	must(err)
	at, _ := newAttempt(t, nil)
	at.runner.Chain, at.runner.Account = n.Chain, n.Accounts[2]
	at.assignment = Assignment{TaskID: id, Attempt: 1, Terms: terms}
	return n, at, g
}

// certifiedRoot is the measurement root of certificates.
var certifiedRoot = common.Hash{8}

// certify is a requester's request for a permit, without a claim, with the key network's certificate.
func certify(n *chaintest.Network, identity common.Hash, head chain.Block, requester common.Address) hostlink.PermitRequest {
	c := keyholder.Certificate{
		ChainID: n.Contracts().ChainID, Permitter: n.At.Permitter, Registry: n.At.Registry, IdentityID: identity, Requester: requester,
		Duration: 600, BaseBlock: head.Number, BaseBlockHash: head.Hash, MeasurementRoot: certifiedRoot,
		Findings: keyholder.Findings{Platform: chaintest.Platform()},
	}
	return hostlink.PermitRequest{Requester: wire.Address(requester), Context: c.Context(), Authorization: n.Certify(c.Digest())}
}

// guest is a guest's requester.
type guest struct {
	t   *testing.T
	key *ecdsa.PrivateKey
}

func (g *guest) address() common.Address { return crypto.PubkeyToAddress(g.key.PublicKey) }

// claim is its signature that allows a runner to claim the attempt.
func (g *guest) claim(at *attempt, runner *chain.Account) [chain.SignatureSize]byte {
	g.t.Helper()
	a := at.assignment
	claim := task.Claim{TaskID: a.TaskID, TermsDigest: a.Terms.Digest(), Attempt: a.Attempt, Runner: runner.Address()}
	return g.sign(claim.SigningDigest(at.runner.Chain.Domain()))
}

func (g *guest) sign(digest [32]byte) [chain.SignatureSize]byte {
	g.t.Helper()
	signature, err := crypto.Sign(digest[:], g.key)
	if err != nil {
		g.t.Fatal(err)
	}
	signature[64] += 27
	return [chain.SignatureSize]byte(signature)
}

// TestCT06ClaimsAreOfTheRunnerThatTheGuestNames: what the guest signs for us is of no use to others, and the other way round.
func TestCT06ClaimsAreOfTheRunnerThatTheGuestNames(t *testing.T) {
	n, at, g := claimable(t)
	ours, theirs := g.claim(at, n.Accounts[2]), g.claim(at, n.Accounts[3])
	a := at.assignment
	if _, err := n.Chain.Claim(t.Context(), n.Accounts[3], a.TaskID, a.Terms, g.address(), ours); !chain.IsRevert(err, "SignatureInvalid") {
		t.Errorf("a copied claim: %v", err)
	}
	if _, err := at.claim(t.Context(), g.address(), theirs); !chain.IsRevert(err, "SignatureInvalid") {
		t.Errorf("a claim for another runner: %v", err)
	}
	if _, err := n.Chain.Claim(t.Context(), n.Accounts[3], a.TaskID, a.Terms, g.address(), theirs); err != nil {
		t.Fatal(err)
	}
	if _, err := at.claim(t.Context(), g.address(), ours); !chain.IsRevert(err, "TaskIs") {
		t.Errorf("claimed by another: %v", err)
	}
}

// TestNoPermitIsPaidForWhatAnotherHas: a runner that is slower than another loses a boot, and no gas.
func TestNoPermitIsPaidForWhatAnotherHas(t *testing.T) {
	n, at, theirs := claimable(t)
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	ours := &guest{t, key}
	head, err := n.Chain.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	request := certify(n, at.assignment.identity(), head, ours.address())
	signature := ours.claim(at, n.Accounts[2])
	request.Claim = signature[:]
	at.policy.MaxDuration = 600
	a := at.assignment
	if _, err := n.Chain.Claim(t.Context(), n.Accounts[3], a.TaskID, a.Terms, theirs.address(), theirs.claim(at, n.Accounts[3])); err != nil {
		t.Fatal(err)
	}
	if _, err := at.Permit(t.Context(), request); codeOf(err) != hostlink.CodeRefused {
		t.Errorf("what another has: %v", err)
	}
	if expiry, err := n.Chain.Permit(t.Context(), ours.address(), a.identity()); expiry != 0 || err != nil {
		t.Errorf("a permit was paid for, to %d, %v", expiry, err)
	}
}

// TestClaimsAreSentOnce: a guest, or a runner, that lost the answer asks again.
func TestClaimsAreSentOnce(t *testing.T) {
	n, at, g := claimable(t)
	signature := g.claim(at, n.Accounts[2])
	for name, claim := range map[string]func() error{
		"seen before our claim": func() error {
			claimed, err := at.claim(t.Context(), g.address(), signature)
			if !at.hasClaim(claimed, g.address()) || claimed.ClaimExpiry == 0 {
				t.Errorf("claimed %+v", claimed)
			}
			return err
		},
		"seen by its failure": func() error { _, err := at.sendClaim(t.Context(), g.address(), signature); return err },
	} {
		for range 2 {
			if err := claim(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := at.claim(t.Context(), common.Address{9}, signature); !chain.IsRevert(err, "TaskIs") {
		t.Errorf("for another requester: %v", err)
	}
}

// TestHeartbeatsExtendOurClaim: once there is one, and by what the guest signed.
func TestHeartbeatsExtendOurClaim(t *testing.T) {
	n, at, g := claimable(t)
	if err := at.Heartbeat(t.Context(), hostlink.Heartbeat{Until: 1 << 33, Signature: make([]byte, 65)}); codeOf(err) != hostlink.CodeRefused {
		t.Errorf("without a claim: %v", err)
	}
	claimed, err := at.claim(t.Context(), g.address(), g.claim(at, n.Accounts[2]))
	if err != nil {
		t.Fatal(err)
	}
	at.permit = &grantedPermit{requester: wire.Address(g.address())}
	until := claimed.ClaimExpiry + 1
	signature := g.sign(task.Heartbeat{TaskID: claimed.ID, Attempt: 1, Until: until}.SigningDigest(n.Chain.Domain()))
	if err := at.Heartbeat(t.Context(), hostlink.Heartbeat{Until: until + 1, Signature: signature[:]}); codeOf(err) != hostlink.CodeRefused {
		t.Errorf("other than signed: %v", err)
	}
	if err := at.Heartbeat(t.Context(), hostlink.Heartbeat{Until: until, Signature: signature[:]}); err != nil {
		t.Fatal(err)
	}
	if extended, err := n.Chain.Task(t.Context(), claimed.ID); err != nil || extended.ClaimExpiry != until {
		t.Errorf("claim until %d, want %d: %v", extended.ClaimExpiry, until, err)
	}
}

// TestHeartbeatsWaitForNoOtherTransaction: a workload that has many versions of objects published, one after the other, each in a block of
// its own, does not lose the claim by that.
func TestHeartbeatsWaitForNoOtherTransaction(t *testing.T) {
	n, at, g, claimed, _ := held(t)
	at.turn.Lock() // as while a version waits for its block
	defer at.turn.Unlock()
	beat, done := g.beat(n, claimed, claimed.ClaimExpiry+1), make(chan error, 1)
	go func() { done <- at.Heartbeat(t.Context(), beat) }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("the heartbeat waits")
	}
}

// held is an attempt with a claim, and what ends its guest.
func held(t *testing.T) (*chaintest.Network, *attempt, *guest, chain.Task, chan error) {
	t.Helper()
	n, at, g := claimable(t)
	claimed, err := at.claim(t.Context(), g.address(), g.claim(at, n.Accounts[2]))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	at.cancel = func(err error) { ended <- err }
	at.permit = &grantedPermit{requester: wire.Address(g.address())}
	return n, at, g, claimed, ended
}

func (g *guest) beat(n *chaintest.Network, of chain.Task, until uint64) hostlink.Heartbeat {
	g.t.Helper()
	s := g.sign(task.Heartbeat{TaskID: of.ID, Attempt: 1, Until: until}.SigningDigest(n.Chain.Domain()))
	return hostlink.Heartbeat{Until: until, Signature: s[:]}
}

// TestCopiedHeartbeatIsAsGoodAsOurs: somebody who sends what our guest signed extends our claim. Our guest goes on, as long
// as the chain has its claim.
func TestCopiedHeartbeatIsAsGoodAsOurs(t *testing.T) {
	n, at, g, claimed, ended := held(t)
	beat := g.beat(n, claimed, claimed.ClaimExpiry+1)
	if _, err := n.Chain.Heartbeat(t.Context(), n.Accounts[5], claimed.ID, at.assignment.Terms, beat.Until, [chain.SignatureSize]byte(beat.Signature)); err != nil {
		t.Fatal(err)
	}
	at.claimed(0) // as if it had lapsed
	at.lapse()
	for what, beat := range map[string]func() error{
		"seen before ours":    func() error { return at.Heartbeat(t.Context(), beat) },
		"seen by our failure": func() error { return at.extend(t.Context(), g.address(), beat) },
	} {
		if err := beat(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	select {
	case err := <-ended:
		t.Errorf("the guest was ended: %v", err)
	default:
	}
	if _, err := n.Chain.Expire(t.Context(), n.Accounts[2], claimed.ID, at.assignment.Terms); err != nil {
		t.Fatal(err)
	}
	at.claimed(0)
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "lapsed") {
		t.Errorf("without a claim: %v", err)
	}
	if err := at.extend(t.Context(), g.address(), beat); err == nil {
		t.Error("extended a claim that is gone")
	}
}

// TestJS04HeartbeatsMustBeWorthTheirGas: a hostile guest cannot have its runner pay for one after the other.
func TestJS04HeartbeatsMustBeWorthTheirGas(t *testing.T) {
	n, at, g, claimed, _ := held(t)
	at.permit.permit = hostlink.Permit{ClaimExpiry: claimed.ClaimExpiry, ClaimWindow: 4}
	at.assignment.Terms.Deadline = claimed.Terms.Deadline
	if err := at.due(claimed.ClaimExpiry, claimed.ClaimExpiry, 4); codeOf(err) != hostlink.CodeRefused {
		t.Errorf("for no time: %v", err)
	}
	if err := at.due(claimed.Terms.Deadline, claimed.Terms.Deadline-1, 1000); err != nil {
		t.Errorf("to the deadline: %v", err)
	}
	if err := at.Heartbeat(t.Context(), hostlink.Heartbeat{Until: 1 << 33, Signature: []byte{1}}); codeOf(err) != hostlink.CodeInvalid {
		t.Errorf("signed with a byte: %v", err)
	}
	at.permit.permit.ClaimWindow = 40
	if err := at.Heartbeat(t.Context(), g.beat(n, claimed, claimed.ClaimExpiry+9)); codeOf(err) != hostlink.CodeRefused {
		t.Errorf("for less than a quarter of the window: %v", err)
	}
	if err := at.Heartbeat(t.Context(), g.beat(n, claimed, claimed.ClaimExpiry+1000)); codeOf(err) != hostlink.CodeRefused || !at.beaten.IsZero() { // by the hub, for no gas
		t.Errorf("beyond the window: %v", err)
	}
	at.permit.permit.ClaimWindow = 4
	if err := at.Heartbeat(t.Context(), g.beat(n, claimed, claimed.ClaimExpiry+1)); err != nil || at.beaten.IsZero() {
		t.Errorf("for less, after one that was refused: %v", err)
	}
	at.permit.permit.ClaimWindow = 40
	if err := at.Heartbeat(t.Context(), g.beat(n, claimed, claimed.ClaimExpiry+11)); codeOf(err) != hostlink.CodeRefused || !strings.Contains(err.Error(), "ago") {
		t.Errorf("right after another: %v", err)
	}
	for _, c := range []struct {
		deadline, window uint64
		want             int
	}{{1000, 0, 908}, {1000, 128, 522}, {50, 128, 72}, {1 << 63, 1, 1<<31 + 7}} {
		if got := maxHeartbeats(c.deadline, hostlink.Permit{ClaimExpiry: 100, ClaimWindow: c.window}); got != c.want {
			t.Errorf("%d heartbeats of a window of %d s until %d, want %d", got, c.window, c.deadline, c.want)
		}
	}
}

// TestCopiedPermitIsAsGoodAsOurs: a certificate that somebody presented before us gave our guest its permit.
func TestCopiedPermitIsAsGoodAsOurs(t *testing.T) {
	_, at, g := claimable(t)
	failure := errors.New("refused")
	permit, err := at.acquired(t.Context(), hostlink.PermitRequest{Requester: wire.Address(g.address())}, failure)
	if err != nil || permit.Expiry == 0 || permit.Block == 0 {
		t.Errorf("permit %+v, %v", permit, err)
	}
	if _, err := at.acquired(t.Context(), hostlink.PermitRequest{Requester: wire.Address{9}}, failure); !errors.Is(err, failure) {
		t.Errorf("without a permit: %v", err)
	}
}

// TestNoBondIsPostedNextToTheDeadline: a claim that the deadline cuts short costs the bond.
func TestNoBondIsPostedNextToTheDeadline(t *testing.T) {
	n, at, g := claimable(t)
	head, err := n.Chain.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	signature := g.claim(at, n.Accounts[2])
	at.assignment.Terms.Deadline = head.Time + 5
	_, err = at.Permit(t.Context(), hostlink.PermitRequest{Requester: wire.Address(g.address()), Claim: signature[:]})
	if codeOf(err) != hostlink.CodeRefused || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("5 s before the deadline: %v", err)
	}
}

// TestPolicyChangedUnderATask: nothing is fetched or booted for inputs that the policy's enclave could not open; the
// same task goes on when the policy is back.
func TestPolicyChangedUnderATask(t *testing.T) {
	n, at, _ := claimable(t)
	at.runner.Network.Contracts.Permitter = n.At.Permitter
	manifest, err := task.Manifest{
		Version: task.ManifestVersion, Identity: at.assignment.Terms.Identity, Policy: wire.Hash32{5}, Inputs: []task.Input{},
		ResultKey: make([]byte, task.ResultKeySize), GroupKey: make([]byte, task.GroupKeySize),
	}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	at.assignment.Terms.InputDigest = put(t, at, manifest)
	o := &record{}
	for _, c := range []struct {
		root common.Hash
		want string
	}{
		{common.Hash{6}, "inputs were sealed to measurement root " + common.Hash{5}.Hex() + ", the identity's policy now names " + common.Hash{6}.Hex()},
		{common.Hash{5}, "the policy's locator"}, // which names no enclave: this is past the inputs
	} {
		policy := chain.Measured(c.root, 600, "No Name")
		if _, err := n.Chain.SetPolicy(t.Context(), n.Accounts[1], at.assignment.identity(), policy); err != nil {
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

// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
)

// TestLifeOfATask goes from identity to payment, and compares everything that can be read with what was done.
func TestLifeOfATask(t *testing.T) {
	r := newRun(t)
	policy, err := r.Chain.Policy(t.Context(), r.identity)
	r.must(err)
	if policy.MeasurementRoot != root || policy.MaxDuration != 600 || policy.Locator == "" {
		t.Fatalf("policy is %+v", policy)
	}
	r.acquire()
	earned := r.submit("earned", big.NewInt(1)) // so that the runner has credit at the hub, as runners mostly have
	_, err = r.claim(earned, 1, r.Accounts[2])
	r.must(err)
	r.accept(earned)

	one := r.submit("one", big.NewInt(7))
	receipt, err := r.claim(one, 1, r.Accounts[2])
	r.must(err)
	r.gas["claim"] = receipt.GasUsed
	claimed, err := r.Chain.Task(t.Context(), one.id)
	r.must(err)
	if claimed.State != chain.StateClaimed || claimed.Terms != one.terms || claimed.Digest != one.terms.Digest() ||
		claimed.Requester != r.requesterAddress() || claimed.Runner != r.Accounts[2].Address() || claimed.Attempt != 1 || claimed.Results != nil {
		t.Fatalf("task is %+v", claimed)
	}
	receipt = r.accept(one)
	r.gas["accept_one"] = receipt.GasUsed

	report, _ := r.report(one, 1)
	got, err := r.Chain.Task(t.Context(), one.id)
	r.must(err)
	if got.State != chain.StateAccepted || !slices.Equal(got.Results, report.Results) || got.Digest != readback.RecordedDigest(report.Results) ||
		got.Requester != r.requesterAddress() || got.Runner != r.Accounts[2].Address() || got.Terms != one.terms {
		t.Fatalf("task is %+v", got)
	}
	r.checkHistory(one, receipt)
	r.checkPayment(8)
	r.measureBatch()
	r.compareGas(gasNames()...)
}

func (r *run) checkHistory(b batch, accepted chain.Receipt) {
	r.t.Helper()
	events, err := r.Chain.TaskHistory(r.t.Context(), b.id)
	r.must(err)
	if len(events) != 3 {
		r.t.Fatalf("%d events", len(events))
	}
	report, signature := r.report(b, 1)
	last, ok := events[2].(chain.TaskAccepted)
	if !ok || last.Where().TxHash != accepted.TxHash || last.Task() != b.id || !slices.Equal(last.Results, report.Results) || last.Runner != r.Accounts[2].Address() {
		r.t.Fatalf("last event is %#v", events[2])
	}
	certificates, err := r.Chain.Certificates(r.t.Context(), r.identity, r.requesterAddress())
	r.must(err)
	if len(certificates) != 1 || len(certificates[0].Context) != 224 || len(certificates[0].Authorization) != 128 {
		r.t.Fatalf("certificates are %+v", certificates)
	}
	proof, encoded, err := r.Chain.Report(r.t.Context(), accepted.TxHash)
	r.must(err)
	if !bytes.Equal(encoded, report.Encode()) || !bytes.Equal(proof, chain.Proof(b.terms, signature)) {
		r.t.Fatal("report or proof differs from what was sent")
	}
}

// checkPayment withdraws what the runner earned.
func (r *run) checkPayment(want int64) {
	r.t.Helper()
	earned, err := r.Chain.Credit(r.t.Context(), common.Address{}, r.Accounts[2].Address())
	r.must(err)
	if earned.Int64() != want {
		r.t.Errorf("the runner has %d wei, want %d", earned, want)
	}
	_, err = r.Chain.Withdraw(r.t.Context(), r.Accounts[2], common.Address{})
	r.must(err)
	if left, err := r.Chain.Credit(r.t.Context(), common.Address{}, r.Accounts[2].Address()); err != nil || left.Sign() != 0 {
		r.t.Errorf("%d wei are left, %v", left, err)
	}
}

// measureBatch has 64 results reported at once, and notes what each costs.
func (r *run) measureBatch() {
	r.t.Helper()
	const size = 64
	submit := r.gas["submit"]
	many := r.submitMany("many", big.NewInt(64), size)
	r.gas["submit"] = submit
	_, err := r.claim(many, 1, r.Accounts[2])
	r.must(err)
	r.gas["accept_batch64"] = r.accept(many).GasUsed / size
	report, _ := r.report(many, 1)
	last := many.id
	last[31] = size - 1
	got, err := r.Chain.Task(r.t.Context(), last)
	r.must(err)
	if got.ID != many.id || !slices.Equal(got.Results, report.Results) {
		r.t.Fatalf("task is %+v", got)
	}
	last[31]++
	if _, err := r.Chain.Task(r.t.Context(), last); !errors.Is(err, chain.ErrNoTask) {
		r.t.Errorf("task behind the batch: %v", err)
	}
}

// TestCT06CertificateServesOnce replays certificates, and presents them changed in each field.
func TestCT06CertificateServesOnce(t *testing.T) {
	r := newRun(t)
	a, context := r.certificate(300)
	refused := map[string]func(a *chain.Acquisition){
		"requester": func(a *chain.Acquisition) { a.Requester[0] ^= 1 },
		"duration":  func(a *chain.Acquisition) { a.Duration++ },
		"config":    func(a *chain.Acquisition) { a.Context = flip(a.Context, 2*32) },
		"evidence":  func(a *chain.Acquisition) { a.Context = flip(a.Context, 3*32) },
		"signature": func(a *chain.Acquisition) { a.Authorization = flip(a.Authorization, 127) },
		"infinity":  func(a *chain.Acquisition) { a.Authorization = make([]byte, 128) },
		"empty":     func(a *chain.Acquisition) { a.Authorization = nil },
	}
	for name, change := range refused {
		changed := a
		change(&changed)
		_, _, err := r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], changed)
		if !chain.IsRevert(err, "CertificateInvalid") {
			t.Errorf("%s changed: got %v", name, err)
		}
	}
	_, _, err := r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], chain.Acquisition{
		Identity: a.Identity, Requester: a.Requester, Duration: a.Duration, Context: flip(a.Context, 30), Authorization: a.Authorization})
	r.wantRevert(err, "BaseBlockUnfit")
	_, _, err = r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], chain.Acquisition{
		Identity: a.Identity, Requester: a.Requester, Duration: a.Duration, Context: flip(a.Context, 32), Authorization: a.Authorization})
	r.wantRevert(err, "CertificateInvalid")

	_, _, err = r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], a)
	r.must(err)
	_, _, err = r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], a)
	r.wantRevert(err, "PermitChanged")
	_, _, err = r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], r.sign(400, context))
	r.wantRevert(err, "PermitChanged") // older than the permit, though never seen
	r.acquire()                        // a newer one renews
}

func flip(b []byte, at int) []byte {
	changed := bytes.Clone(b)
	changed[at] ^= 1
	return changed
}

// TestCT04ResultOfAnotherHub signs for other domains and other keys.
func TestCT04ResultOfAnotherHub(t *testing.T) {
	r := newRun(t)
	r.acquire()
	b := r.submit("one", nil)
	_, err := r.claim(b, 1, r.Accounts[2])
	r.must(err)
	accept := func(report task.Report, signature [chain.SignatureSize]byte) error {
		_, err := r.Chain.Accept(t.Context(), r.Accounts[2], b.terms, report, signature)
		return err
	}

	report, signature := r.report(b, 2)
	r.wantRevert(accept(report, signature), "AttemptMismatch")
	report, signature = r.report(b, 1)
	report.Results[0].OutputDigest[0] ^= 1
	r.wantRevert(accept(report, signature), "SignatureInvalid")
	report.Results[0].OutputDigest[0] ^= 1
	report.Results[0].PublicOutput[0] ^= 1
	r.wantRevert(accept(report, signature), "SignatureInvalid")
	report.Results[0].PublicOutput[0] ^= 1
	other, err := crypto.GenerateKey()
	r.must(err)
	r.wantRevert(accept(report, r.signReport(report, other)), "SignatureInvalid")
	elsewhere := task.Domain{ChainID: r.Contracts().ChainID + 1, TaskHub: r.At.TaskHub}
	r.wantRevert(accept(report, r.sign65(report.SigningDigest(elsewhere), r.requester)), "SignatureInvalid")
	cheaper := b
	cheaper.terms.Attempts++
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], cheaper.terms, report, signature)
	r.wantRevert(err, "TermsMismatch")
	r.must(accept(report, signature))
	r.wantRevert(accept(report, signature), "TaskIs")
}

// TestCT06ClaimsNeedAPermitAndTheRequestersWord tries without, with the word for another runner, and twice.
func TestCT06ClaimsNeedAPermitAndTheRequestersWord(t *testing.T) {
	r := newRun(t)
	b := r.submit("one", chaintest.Ether(1))
	_, err := r.claim(b, 1, r.Accounts[2])
	r.wantRevert(err, "PermitMissing")
	r.acquire()
	claim := task.Claim{TaskID: b.id, TermsDigest: b.terms.Digest(), Attempt: 1, Runner: r.Accounts[2].Address()}
	ours := r.sign65(claim.SigningDigest(r.Chain.Domain()), r.requester)
	_, err = r.Chain.Claim(t.Context(), r.Accounts[4], b.id, b.terms, r.requesterAddress(), ours)
	r.wantRevert(err, "SignatureInvalid")
	_, err = r.Chain.Claim(t.Context(), r.Accounts[2], b.id, b.terms, r.requesterAddress(), ours)
	r.must(err)
	_, err = r.claim(b, 1, r.Accounts[4])
	r.wantRevert(err, "TaskIs")
	_, err = r.Chain.Expire(t.Context(), r.Accounts[4], b.id, b.terms)
	r.wantRevert(err, "NotExpired")
	_, err = r.Chain.Cancel(t.Context(), r.Accounts[3], b.id, b.terms)
	r.wantRevert(err, "TaskIs")
}

// TestClaimsEndAndAttemptsAreUsedUp: a runner gives its claim up until none of the two attempts is left, and the fee goes back.
func TestClaimsEndAndAttemptsAreUsedUp(t *testing.T) {
	r := newRun(t)
	r.acquire()
	b := r.submit("one", big.NewInt(5))
	r.giveUp(b, 1, chain.StateOpen)
	r.giveUp(b, 2, chain.StateExpired)
	refund, err := r.Chain.Credit(t.Context(), common.Address{}, r.Accounts[3].Address())
	r.must(err)
	if refund.Int64() != 5 {
		t.Errorf("refund of %d wei", refund)
	}
	_, err = r.claim(b, 3, r.Accounts[2])
	r.wantRevert(err, "TaskIs")
}

// giveUp claims, extends the claim once, and gives it up.
func (r *run) giveUp(b batch, attempt uint32, after chain.State) {
	r.t.Helper()
	ctx, runner := r.t.Context(), r.Accounts[2]
	_, err := r.claim(b, attempt, runner)
	r.must(err)
	claimed, err := r.Chain.Task(ctx, b.id)
	r.must(err)
	until := claimed.ClaimExpiry + 1
	beat := task.Heartbeat{TaskID: b.id, Attempt: attempt, Until: until}
	signature := r.sign65(beat.SigningDigest(r.Chain.Domain()), r.requester)
	_, err = r.Chain.Heartbeat(ctx, r.Accounts[4], b.id, b.terms, until, signature)
	r.must(err)
	if extended, err := r.Chain.Task(ctx, b.id); err != nil || extended.ClaimExpiry != until {
		r.t.Errorf("claim ends at %d, want %d: %v", extended.ClaimExpiry, until, err)
	}
	_, err = r.Chain.Expire(ctx, runner, b.id, b.terms)
	r.must(err)
	if now, err := r.Chain.Task(ctx, b.id); err != nil || now.State != after || now.Terms != b.terms {
		r.t.Errorf("after attempt %d: %s, %v", attempt, now.State, err)
	}
}

// TestErrorsSayWhatToDo covers what users run into.
func TestErrorsSayWhatToDo(t *testing.T) {
	n := chaintest.New(t)
	poorKey, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	poor := chain.NewAccount(poorKey)
	_, _, err = n.Chain.CreateIdentity(t.Context(), poor)
	var funds *chain.InsufficientFundsError
	if !errors.As(err, &funds) || funds.Account != poor.Address() {
		t.Errorf("without funds: %v", err)
	}
	if _, err := n.Chain.Identity(t.Context(), common.Hash{1}); !errors.Is(err, chain.ErrNoIdentity) {
		t.Errorf("wrong identity: %v", err)
	}
	if _, err := n.Chain.Policy(t.Context(), common.Hash{1}); !errors.Is(err, chain.ErrNoPolicy) {
		t.Errorf("no policy: %v", err)
	}
	if _, err := n.Chain.Task(t.Context(), common.Hash{1}); !errors.Is(err, chain.ErrNoTask) {
		t.Errorf("no task: %v", err)
	}
	wrong := n.Contracts()
	wrong.ChainID++
	var wrongChain *chain.WrongChainError
	if _, err := chain.Open(t.Context(), n.URL, wrong); !errors.As(err, &wrongChain) {
		t.Errorf("wrong chain: %v", err)
	}
	wrong = n.Contracts()
	wrong.TaskHub = poor.Address()
	var missing *chain.NoContractError
	if _, err := chain.Open(t.Context(), n.URL, wrong); !errors.As(err, &missing) {
		t.Errorf("no contract: %v", err)
	}
	var unreachable *chain.UnreachableError
	if _, err := chain.Open(t.Context(), "http://127.0.0.1:1", n.Contracts()); !errors.As(err, &unreachable) {
		t.Errorf("no node: %v", err)
	}
}

// TestIdentifiersAreTheContracts compares ids and digests computed here with the contracts' own.
func TestIdentifiersAreTheContracts(t *testing.T) {
	r := newRun(t)
	identities, err := r.Chain.Identities(t.Context())
	r.must(err)
	if len(identities) != 1 || identities[0].ID != r.identity || identities[0].Registrant != r.Accounts[1].Address() {
		t.Fatalf("identities are %+v", identities)
	}
	hub := bindings.NewTaskHub()
	salt := common.Hash{7}
	instance := hub.Instance(r.Chain.Client(), r.At.TaskHub)
	id, err := bind.Call(instance, nil, hub.PackTaskIdOf(r.Accounts[3].Address(), salt), hub.UnpackTaskIdOf)
	r.must(err)
	if common.BigToHash(id) != r.Chain.TaskID(r.Accounts[3].Address(), salt) {
		t.Fatal("task ids differ")
	}
	a, context := r.certificate(300)
	context.BaseBlock-- // a call sees the newest block as its own, whose hash no contract knows
	permitter := bindings.NewCertificatePermitter()
	call := permitter.PackCertificateDigest(a.Identity, a.Requester, a.Duration, context)
	digest, err := bind.Call(permitter.Instance(r.Chain.Client(), r.At.Permitter), nil, call, permitter.UnpackCertificateDigest)
	r.must(err)
	if digest != r.certificateDigest(a, context) {
		t.Fatal("certificate digests differ")
	}
}

// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/guestagent/task"
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
	task := r.submit("one", nil)
	receipt, err := r.Chain.Claim(t.Context(), r.Accounts[2], task, r.requesterAddress())
	r.must(err)
	r.gas["claim"] = receipt.GasUsed

	res, signature := r.result(task, 1)
	receipt, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, signature)
	r.must(err)
	r.gas["accept_one"] = receipt.GasUsed

	got, err := r.Chain.Task(t.Context(), task)
	r.must(err)
	if got.State != chain.StateAccepted || got.ExitStatus != 3 || got.OutputDigest != res.OutputDigest ||
		got.Requester != r.requesterAddress() || got.Submitter != r.Accounts[3].Address() || got.Identity != r.identity {
		t.Fatalf("task is %+v", got)
	}
	r.checkHistory(task, receipt)
	r.compareGas()
}

func (r *run) checkHistory(id common.Hash, accepted chain.Receipt) {
	r.t.Helper()
	events, err := r.Chain.TaskHistory(r.t.Context(), id)
	r.must(err)
	if len(events) != 3 {
		r.t.Fatalf("%d events", len(events))
	}
	last, ok := events[2].(chain.TaskAccepted)
	if !ok || last.Where().TxHash != accepted.TxHash || last.Task() != id || last.ExitStatus != 3 || last.Runner != r.Accounts[2].Address() {
		r.t.Fatalf("last event is %#v", events[2])
	}
	certificates, err := r.Chain.Certificates(r.t.Context(), r.identity, r.requesterAddress())
	r.must(err)
	if len(certificates) != 1 || len(certificates[0].Context) != 160 || len(certificates[0].Authorization) != 128 {
		r.t.Fatalf("certificates are %+v", certificates)
	}
	proof, report, err := r.Chain.Report(r.t.Context(), accepted.TxHash)
	r.must(err)
	res, signature := r.result(id, 1)
	if !bytes.Equal(report, task.Report(res)) || !bytes.Equal(proof, chain.Proof(signature)) {
		r.t.Fatal("report or proof differs from what was sent")
	}
}

// TestCT06CertificateServesOnce replays certificates, and presents them changed in each field.
func TestCT06CertificateServesOnce(t *testing.T) {
	r := newRun(t)
	a, context := r.certificate(300)
	refused := map[string]func(a *chain.Acquisition){
		"requester": func(a *chain.Acquisition) { a.Requester[0] ^= 1 },
		"duration":  func(a *chain.Acquisition) { a.Duration++ },
		"config":    func(a *chain.Acquisition) { a.Context = flip(a.Context, 3*32) },
		"evidence":  func(a *chain.Acquisition) { a.Context = flip(a.Context, 4*32) },
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
		Identity: a.Identity, Requester: a.Requester, Duration: a.Duration, Context: flip(a.Context, 63), Authorization: a.Authorization})
	r.wantRevert(err, "BaseBlockUnfit")
	_, _, err = r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], chain.Acquisition{
		Identity: a.Identity, Requester: a.Requester, Duration: a.Duration, Context: flip(a.Context, 64), Authorization: a.Authorization})
	r.wantRevert(err, "MeasurementMismatch")

	_, _, err = r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], a)
	r.must(err)
	_, _, err = r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], a)
	r.wantRevert(err, "CertificateUsed")
	_, _, err = r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], r.sign(400, context))
	r.wantRevert(err, "CertificateUsed") // older than the permit, though never seen
	r.acquire()                          // a newer one renews
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
	id := r.submit("one", nil)
	_, err := r.Chain.Claim(t.Context(), r.Accounts[2], id, r.requesterAddress())
	r.must(err)

	res, signature := r.result(id, 2)
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, signature)
	r.wantRevert(err, "AttemptMismatch")
	res, signature = r.result(id, 1)
	res.OutputDigest[0] ^= 1
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, signature)
	r.wantRevert(err, "SignatureInvalid")
	res.OutputDigest[0] ^= 1
	other, err := crypto.GenerateKey()
	r.must(err)
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, r.signResult(res, other))
	r.wantRevert(err, "SignatureInvalid")
	digest := res.SigningDigest(task.Domain{ChainID: r.Contracts().ChainID + 1, TaskHub: r.At.TaskHub})
	raw, err := crypto.Sign(digest[:], r.requester)
	r.must(err)
	raw[64] += 27
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, [65]byte(raw))
	r.wantRevert(err, "SignatureInvalid")
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, signature)
	r.must(err)
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, signature)
	r.wantRevert(err, "TaskIs")
}

// TestClaimsNeedAPermit tries without, and twice.
func TestClaimsNeedAPermit(t *testing.T) {
	r := newRun(t)
	task := r.submit("one", chaintest.Ether(1))
	_, err := r.Chain.Claim(t.Context(), r.Accounts[2], task, r.requesterAddress())
	r.wantRevert(err, "PermitMissing")
	r.acquire()
	_, err = r.Chain.Claim(t.Context(), r.Accounts[2], task, r.requesterAddress())
	r.must(err)
	_, err = r.Chain.Claim(t.Context(), r.Accounts[4], task, r.requesterAddress())
	r.wantRevert(err, "TaskIs")
	_, err = r.Chain.Expire(t.Context(), r.Accounts[4], task)
	r.wantRevert(err, "NotExpired")
	_, err = r.Chain.Cancel(t.Context(), r.Accounts[3], task)
	r.wantRevert(err, "TaskIs")
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
	permitter := bindings.NewCertificatePermitter()
	call := permitter.PackCertificateDigest(a.Identity, a.Requester, a.Duration, context)
	digest, err := bind.Call(permitter.Instance(r.Chain.Client(), r.At.Permitter), nil, call, permitter.UnpackCertificateDigest)
	r.must(err)
	if digest != certificateDigest(r.Network, a, context) {
		t.Fatal("certificate digests differ")
	}
}

// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"crypto/ecdsa"
	"errors"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/contracts/result"
)

// run is one life of a task, step by step.
type run struct {
	*chaintest.Network
	t         *testing.T
	identity  common.Hash
	requester *ecdsa.PrivateKey
	gas       map[string]uint64
}

var root = crypto.Keccak256Hash([]byte("measurements"))

func newRun(t *testing.T) *run {
	t.Helper()
	r := &run{Network: chaintest.New(t), t: t, gas: map[string]uint64{}}
	var err error
	if r.requester, err = crypto.ToECDSA(crypto.Keccak256([]byte("requester"))); err != nil {
		t.Fatal(err)
	}
	id, receipt, err := r.Chain.CreateIdentity(t.Context(), r.Accounts[1])
	r.must(err)
	r.identity, r.gas["create_identity"] = id, receipt.GasUsed
	policy := chain.Policy{MeasurementRoot: root, MaxDuration: 600, Locator: "localhost:5000/auction@sha256:00"}
	receipt, err = r.Chain.SetPolicy(t.Context(), r.Accounts[1], id, policy)
	r.must(err)
	r.gas["set_policy"] = receipt.GasUsed
	return r
}

func (r *run) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *run) requesterAddress() common.Address { return crypto.PubkeyToAddress(r.requester.PublicKey) }

// certificate is what the key network would sign now.
func (r *run) certificate(duration uint64) (chain.Acquisition, bindings.ICertificatePermitterContext) {
	r.t.Helper()
	head, err := r.Chain.Head(r.t.Context())
	r.must(err)
	context := bindings.ICertificatePermitterContext{
		BaseBlock: head.Number, BaseBlockHash: head.Hash, MeasurementRoot: root,
		ConfigDigest: crypto.Keccak256Hash([]byte("config")), EvidenceDigest: crypto.Keccak256Hash([]byte("evidence")),
	}
	return r.sign(duration, context), context
}

func (r *run) sign(duration uint64, context bindings.ICertificatePermitterContext) chain.Acquisition {
	r.t.Helper()
	a := chain.Acquisition{
		Identity: r.identity, Requester: r.requesterAddress(), Duration: duration, Context: encodeContext(context),
	}
	a.Authorization = r.Certify(certificateDigest(r.Network, a, context))
	return a
}

func encodeContext(c bindings.ICertificatePermitterContext) []byte {
	block := common.BigToHash(new(big.Int).SetUint64(c.BaseBlock))
	return bytes.Join([][]byte{block[:], c.BaseBlockHash[:], c.MeasurementRoot[:], c.ConfigDigest[:], c.EvidenceDigest[:]}, nil)
}

// certificateDigest is the message of a certificate, computed without the contract.
func certificateDigest(n *chaintest.Network, a chain.Acquisition, c bindings.ICertificatePermitterContext) [32]byte {
	number := func(v uint64) []byte { return common.BigToHash(new(big.Int).SetUint64(v)).Bytes() }
	address := func(v common.Address) []byte { return common.BytesToHash(v[:]).Bytes() }
	return crypto.Keccak256Hash(
		crypto.Keccak256([]byte("escrin.certificate.v1")), number(n.Contracts().ChainID), address(n.At.Permitter),
		address(n.At.Registry), a.Identity[:], address(a.Requester), number(a.Duration), number(c.BaseBlock),
		c.BaseBlockHash[:], c.MeasurementRoot[:], c.ConfigDigest[:], c.EvidenceDigest[:])
}

func (r *run) acquire() {
	r.t.Helper()
	a, _ := r.certificate(300)
	expiry, receipt, err := r.Chain.AcquireIdentity(r.t.Context(), r.Accounts[2], a)
	r.must(err)
	r.gas["certificate_permit"] = receipt.GasUsed
	block, err := r.Chain.BlockAt(r.t.Context(), receipt.Block)
	r.must(err)
	if expiry != block.Time+300 {
		r.t.Fatalf("permit ends at %d, %d s after the block", expiry, expiry-block.Time)
	}
}

func (r *run) submit(salt string, fee *big.Int) common.Hash {
	r.t.Helper()
	head, err := r.Chain.Head(r.t.Context())
	r.must(err)
	id, receipt, err := r.Chain.Submit(r.t.Context(), r.Accounts[3], chain.Submission{
		Identity: r.identity, InputDigest: crypto.Keccak256Hash([]byte("input")), Salt: crypto.Keccak256Hash([]byte(salt)),
		Deadline: head.Time + 3600, Fee: fee,
	})
	r.must(err)
	r.gas["submit"] = receipt.GasUsed
	return id
}

func (r *run) result(task common.Hash, attempt uint32) (result.Result, [result.SignatureSize]byte) {
	r.t.Helper()
	res := result.Result{
		TaskID: task, Attempt: attempt, ExitStatus: 3, InputDigest: crypto.Keccak256Hash([]byte("input")),
		OutputDigest: crypto.Keccak256Hash([]byte("output")),
	}
	return res, r.signResult(res, r.requester)
}

func (r *run) signResult(res result.Result, key *ecdsa.PrivateKey) (signature [result.SignatureSize]byte) {
	r.t.Helper()
	digest := res.Digest(r.Contracts().ChainID, r.At.TaskHub)
	raw, err := crypto.Sign(digest[:], key)
	r.must(err)
	copy(signature[:], raw)
	signature[64] += 27
	return signature
}

func (r *run) wantRevert(err error, name string) {
	r.t.Helper()
	if !chain.IsRevert(err, name) {
		r.t.Fatalf("got %v, want a revert with %s", err, name)
	}
}

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

func (r *run) checkHistory(task common.Hash, accepted chain.Receipt) {
	r.t.Helper()
	events, err := r.Chain.TaskHistory(r.t.Context(), task)
	r.must(err)
	if len(events) != 3 {
		r.t.Fatalf("%d events", len(events))
	}
	last, ok := events[2].(chain.TaskAccepted)
	if !ok || last.Where().TxHash != accepted.TxHash || last.Task() != task || last.ExitStatus != 3 {
		r.t.Fatalf("last event is %#v", events[2])
	}
	certificates, err := r.Chain.Certificates(r.t.Context(), r.identity, r.requesterAddress())
	r.must(err)
	if len(certificates) != 1 || len(certificates[0].Context) != 160 || len(certificates[0].Authorization) != 128 {
		r.t.Fatalf("certificates are %+v", certificates)
	}
	proof, report, err := r.Chain.Report(r.t.Context(), accepted.TxHash)
	r.must(err)
	res, signature := r.result(task, 1)
	if !bytes.Equal(report, result.Report(res)) || !bytes.Equal(proof, result.Proof(signature)) {
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
	task := r.submit("one", nil)
	_, err := r.Chain.Claim(t.Context(), r.Accounts[2], task, r.requesterAddress())
	r.must(err)

	res, signature := r.result(task, 2)
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, signature)
	r.wantRevert(err, "AttemptMismatch")
	res, signature = r.result(task, 1)
	res.OutputDigest[0] ^= 1
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, signature)
	r.wantRevert(err, "SignatureInvalid")
	res.OutputDigest[0] ^= 1
	other, err := crypto.GenerateKey()
	r.must(err)
	_, err = r.Chain.Accept(t.Context(), r.Accounts[2], res, r.signResult(res, other))
	r.wantRevert(err, "SignatureInvalid")
	digest := res.Digest(r.Contracts().ChainID+1, r.At.TaskHub)
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

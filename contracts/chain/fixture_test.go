// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"crypto/ecdsa"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/guestagent/task"
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
	policy := chain.Measured(root, 600, "localhost:5000/auction@sha256:00")
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
		BaseBlock: head.Number, MeasurementRoot: root,
		ConfigDigest: crypto.Keccak256Hash([]byte("config")), EvidenceDigest: crypto.Keccak256Hash([]byte("evidence")),
		Platform: chaintest.Platform(),
	}
	return r.sign(duration, context), context
}

func (r *run) sign(duration uint64, context bindings.ICertificatePermitterContext) chain.Acquisition {
	r.t.Helper()
	a := chain.Acquisition{
		Identity: r.identity, Requester: r.requesterAddress(), Duration: duration, Context: encodeContext(context),
	}
	a.Authorization = r.Certify(r.certificateDigest(a, context))
	return a
}

func encodeContext(c bindings.ICertificatePermitterContext) []byte {
	block := common.BigToHash(new(big.Int).SetUint64(c.BaseBlock))
	return bytes.Join([][]byte{block[:], c.MeasurementRoot[:], c.ConfigDigest[:], c.EvidenceDigest[:], c.Platform[:], c.Author[:]}, nil)
}

// certificateDigest is the message of a certificate, computed without the contract.
func (r *run) certificateDigest(a chain.Acquisition, c bindings.ICertificatePermitterContext) [32]byte {
	r.t.Helper()
	base, err := r.Chain.BlockAt(r.t.Context(), c.BaseBlock)
	r.must(err)
	number := func(v uint64) []byte { return common.BigToHash(new(big.Int).SetUint64(v)).Bytes() }
	address := func(v common.Address) []byte { return common.BytesToHash(v[:]).Bytes() }
	return crypto.Keccak256Hash(
		crypto.Keccak256([]byte("escrin.certificate.v2")), number(r.Contracts().ChainID), address(r.At.Permitter),
		address(r.At.Registry), a.Identity[:], address(a.Requester), number(a.Duration), number(c.BaseBlock),
		base.Hash[:], c.MeasurementRoot[:], c.ConfigDigest[:], c.EvidenceDigest[:], c.Platform[:], c.Author[:])
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

// batch is a batch of tasks that was submitted.
type batch struct {
	id    common.Hash
	terms task.Terms
}

// submit submits a batch of one.
func (r *run) submit(salt string, fee *big.Int) batch {
	r.t.Helper()
	return r.submitMany(salt, fee, 1)
}

func (r *run) submitMany(salt string, fee *big.Int, count uint16) batch {
	r.t.Helper()
	head, err := r.Chain.Head(r.t.Context())
	r.must(err)
	submitter := r.Accounts[3]
	terms := task.Terms{
		Submitter: submitter.Address(), Identity: r.identity, InputDigest: crypto.Keccak256Hash([]byte("input")), Deadline: head.Time + 3600,
		Count: count, Attempts: 2, Fee: chain.Word(fee), Refundee: submitter.Address(),
	}
	id, receipt, err := r.Chain.Submit(r.t.Context(), submitter, terms, crypto.Keccak256Hash([]byte(salt)))
	r.must(err)
	r.gas["submit"] = receipt.GasUsed
	return batch{id, terms}
}

// claim claims an attempt for the requester by a runner, as the requester allows.
func (r *run) claim(b batch, attempt uint32, runner *chain.Account) (chain.Receipt, error) {
	r.t.Helper()
	claim := task.Claim{TaskID: b.id, TermsDigest: b.terms.Digest(), Attempt: attempt, Runner: runner.Address()}
	signature := r.sign65(claim.SigningDigest(r.Chain.Domain()), r.requester)
	return r.Chain.Claim(r.t.Context(), runner, b.id, b.terms, r.requesterAddress(), signature)
}

// report is the requester's, with different results for each task.
func (r *run) report(b batch, attempt uint32) (task.Report, [chain.SignatureSize]byte) {
	r.t.Helper()
	report := task.Report{TaskID: b.id, TermsDigest: b.terms.Digest(), Attempt: attempt}
	for i := range b.terms.Count {
		report.Results = append(report.Results, task.Result{
			ExitStatus: 3, OutputDigest: crypto.Keccak256Hash([]byte("output"), []byte{byte(i)}), PublicOutput: crypto.Keccak256Hash([]byte("public"), []byte{byte(i)}),
		})
	}
	return report, r.signReport(report, r.requester)
}

func (r *run) signReport(report task.Report, key *ecdsa.PrivateKey) [chain.SignatureSize]byte {
	r.t.Helper()
	return r.sign65(report.SigningDigest(r.Chain.Domain()), key)
}

func (r *run) sign65(digest [32]byte, key *ecdsa.PrivateKey) [chain.SignatureSize]byte {
	r.t.Helper()
	raw, err := crypto.Sign(digest[:], key)
	r.must(err)
	raw[64] += 27
	return [chain.SignatureSize]byte(raw)
}

// accept reports the first attempt at a batch, by its runner.
func (r *run) accept(b batch) chain.Receipt {
	r.t.Helper()
	report, signature := r.report(b, 1)
	receipt, err := r.Chain.Accept(r.t.Context(), r.Accounts[2], b.terms, report, signature)
	r.must(err)
	return receipt
}

func (r *run) wantRevert(err error, name string) {
	r.t.Helper()
	if !chain.IsRevert(err, name) {
		r.t.Fatalf("got %v, want a revert with %s", err, name)
	}
}

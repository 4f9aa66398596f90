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

func (r *run) result(id common.Hash, attempt uint32) (task.Result, [chain.SignatureSize]byte) {
	r.t.Helper()
	res := task.Result{
		TaskID: id, Attempt: attempt, ExitStatus: 3, InputDigest: crypto.Keccak256Hash([]byte("input")),
		OutputDigest: crypto.Keccak256Hash([]byte("output")), Runner: r.Accounts[2].Address(),
	}
	return res, r.signResult(res, r.requester)
}

func (r *run) signResult(res task.Result, key *ecdsa.PrivateKey) (signature [chain.SignatureSize]byte) {
	r.t.Helper()
	digest := res.SigningDigest(task.Domain{ChainID: r.Contracts().ChainID, TaskHub: r.At.TaskHub})
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

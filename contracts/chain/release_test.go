// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver/release"
)

// released is what the key network certifies of an enclave with a measurement root, and a release of it.
func (r *run) released(root common.Hash, version uint64, author [32]byte) chain.Acquisition {
	r.t.Helper()
	_, context := r.certificate(300)
	context.MeasurementRoot = root
	a := r.sign(300, context)
	signed, err := release.Sign(release.Statement{MeasurementRoot: root, Version: version}, author)
	r.must(err)
	a.Release = signed.Words()
	return a
}

// One policy admits two enclaves, one after the other: between them is a signature of their author, and no transaction.
func TestAnUpgradeNeedsNoTransaction(t *testing.T) {
	r := newRun(t)
	author, stranger := [32]byte(crypto.Keccak256([]byte("author"))), [32]byte(crypto.Keccak256([]byte("stranger")))
	old, upgraded := crypto.Keccak256Hash([]byte("version 3")), crypto.Keccak256Hash([]byte("version 4"))
	key, err := crypto.ToECDSA(author[:])
	r.must(err)
	policy := chain.ByReleases(crypto.PubkeyToAddress(key.PublicKey), 3, 600, "localhost:5000/auction:latest")
	_, err = r.Chain.SetPolicy(t.Context(), r.Accounts[1], r.identity, policy)
	r.must(err)
	if got, err := r.Chain.Policy(t.Context(), r.identity); err != nil || got != policy {
		t.Fatalf("policy is %+v, %v", got, err)
	}

	acquire := func(a chain.Acquisition) error {
		_, _, err := r.Chain.AcquireIdentity(t.Context(), r.Accounts[2], a)
		return err
	}
	r.must(acquire(r.released(old, 3, author)))
	r.must(acquire(r.released(upgraded, 4, author)))

	r.wantRevert(acquire(r.released(old, 2, author)), "VersionTooOld")
	r.wantRevert(acquire(r.released(upgraded, 4, stranger)), "EnclaveMismatch")
	without := r.released(upgraded, 4, author)
	without.Release = nil
	if err := acquire(without); err == nil {
		t.Error("an enclave without a release got a permit")
	}
	other := r.released(upgraded, 4, author)
	other.Release = r.released(old, 4, author).Release
	r.wantRevert(acquire(other), "EnclaveMismatch")

	// What took versions back is the policy alone.
	policy.MinVersion = 4
	_, err = r.Chain.SetPolicy(t.Context(), r.Accounts[1], r.identity, policy)
	r.must(err)
	r.wantRevert(acquire(r.released(old, 3, author)), "VersionTooOld")
	r.must(acquire(r.released(upgraded, 4, author)))
}

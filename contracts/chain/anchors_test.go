// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/keyholder"
)

// TestMB15AnchorsOnlyGoOn announces and advances, and tries what must not be: skipping, going back, another's signature.
func TestMB15AnchorsOnlyGoOn(t *testing.T) {
	r := newRun(t)
	anchors, name := r.Chain.Anchors(r.At.Anchors), crypto.Keccak256Hash([]byte("name"))
	one, two := chain.Anchor{Version: 1, Digest: common.Hash{1}}, chain.Anchor{Version: 2, Digest: common.Hash{2}}

	_, err := anchors.Announce(t.Context(), r.Accounts[2], r.identity, name, one)
	r.wantRevert(err, "Unauthorized")
	_, err = anchors.Announce(t.Context(), r.Accounts[1], r.identity, name, two)
	r.wantRevert(err, "VersionUnfit")
	_, err = anchors.Announce(t.Context(), r.Accounts[1], r.identity, name, one)
	r.must(err)

	head, err := r.Chain.Head(t.Context())
	r.must(err)
	deadline := head.Time + 3600
	advance := func(next chain.Anchor, previous common.Hash) (chain.Receipt, error) {
		signed := keyholder.Advance{ChainID: r.Contracts().ChainID, Contract: r.At.Anchors, IdentityID: r.identity, Name: name,
			Version: next.Version, Previous: previous, Digest: next.Digest, Deadline: deadline}
		signature := r.sign65(signed.SigningDigest(), r.requester)
		return anchors.Advance(t.Context(), r.Accounts[2], r.identity, name, next, deadline, r.requesterAddress(), signature)
	}
	_, err = advance(one, common.Hash{})
	r.wantRevert(err, "PermitMissing")
	r.acquire()
	_, err = advance(one, common.Hash{9})
	r.wantRevert(err, "SignatureInvalid")
	_, err = advance(one, common.Hash{})
	r.must(err)
	_, err = advance(one, common.Hash{})
	r.wantRevert(err, "VersionUnfit")
	deadline = head.Time
	_, err = advance(two, one.Digest)
	r.wantRevert(err, "AdvanceExpired")
	deadline = head.Time + 3600
	receipt, err := advance(two, one.Digest)
	r.must(err)
	r.gas["advance_anchor"] = receipt.GasUsed
	r.compareGas("advance_anchor")

	if got, err := anchors.Announced(t.Context(), r.identity, name); err != nil || got != one {
		t.Errorf("announced is %v, %v", got, err)
	}
	if got, err := anchors.Advanced(t.Context(), r.identity, name); err != nil || got != two {
		t.Errorf("advanced is %v, %v", got, err)
	}
}

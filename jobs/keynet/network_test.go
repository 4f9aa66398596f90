// SPDX-License-Identifier: Apache-2.0

package keynet_test

import (
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/curve"
)

// answered is the statement of a holder that gives a share of a certificate's signature, signed by an account of the chain.
func answered(t *testing.T, board keyholder.Board, epoch uint64, index uint32, account int, secret curve.Scalar) keyholder.Proof {
	t.Helper()
	accounts, err := devchain.Accounts(account + 1)
	if err != nil {
		t.Fatal(err)
	}
	s := keyholder.Statement{Board: board, Path: keyholder.PathCertificate, Request: [32]byte{1}, Epoch: epoch, Index: index, Subject: [32]byte{2}}
	s.Share = curve.HashToG1(curve.DSTCertificate, s.Subject[:]).Mul(secret).Bytes()
	digest := s.Digest()
	signature, err := crypto.Sign(digest[:], accounts[account].Key)
	if err != nil {
		t.Fatal(err)
	}
	signature[64] += 27
	return keyholder.Proof{Statement: s, Signature: [65]byte(signature)}
}

// KR-04: the board alone tells whether a share was its holder's, in the epoch before and in the present one.
func TestKR04ProofsAgainstTheBoard(t *testing.T) {
	r := newRun(t)
	first := r.Succeed(2, 1, 2, 3)
	second := r.Succeed(2, 3, 2)
	at := keyholder.Board{ChainID: devchain.ChainID, KeyNetwork: r.At.KeyNetwork}
	elsewhere := keyholder.Board{ChainID: at.ChainID, KeyNetwork: r.At.Registry}
	v := view(r)
	report := keynet.Audit(v, keyholder.Network{})
	for _, c := range []struct {
		name    string
		proof   keyholder.Proof
		against bool
	}{
		{"its own share", answered(t, at, 1, 2, 2, first.Shares[1]), false},
		{"its own share of the next epoch", answered(t, at, 2, 2, 2, second.Shares[1]), false},
		{"another's", answered(t, at, 1, 2, 2, first.Shares[0]), true},
		{"its share of the epoch before", answered(t, at, 2, 2, 2, first.Shares[1]), true},
		{"another's, on another network's board", answered(t, elsewhere, 1, 2, 2, first.Shares[0]), false},
		{"one that somebody else signed", answered(t, at, 1, 2, 1, first.Shares[0]), false},
		{"one of a member that left", answered(t, at, 2, 1, 1, first.Shares[0]), false},
	} {
		n, err := v.Network(report, c.proof.Statement.Epoch)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.CheckProof(n, c.proof); (err == nil) != c.against || err != nil && !errors.Is(err, client.ErrNoProof) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	r.Start(2, 1, 2, 3)
	v = view(r)
	report = keynet.Audit(v, keyholder.Network{})
	for _, epoch := range []uint64{0, 3, 4} {
		if _, err := v.Network(report, epoch); err == nil {
			t.Errorf("epoch %d has a network", epoch)
		}
	}
}

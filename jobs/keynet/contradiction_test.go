// SPDX-License-Identifier: Apache-2.0

package keynet_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/jobs/keynet/keynettest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// A threshold of members can certify what they like. The contract cannot tell; the audit does.
func TestAuditFindsACertificateThatDoesNotFollow(t *testing.T) {
	other := curve.ScalarFromIndex(7).Public()
	for name, c := range map[string]struct {
		forge func(e *keynettest.Epoch) (key curve.G2, commitments [32]byte, secret *curve.Scalar)
		words string
	}{
		"public shares": {func(e *keynettest.Epoch) (curve.G2, [32]byte, *curve.Scalar) {
			return e.Outcome.GroupKey, [32]byte{1}, nil
		}, "other public shares"},
		"key": {func(e *keynettest.Epoch) (curve.G2, [32]byte, *curve.Scalar) {
			secret := curve.ScalarFromIndex(7)
			return other, e.Outcome.CommitmentsDigest(), &secret
		}, "another group key"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t)
			e := r.Start(2, 1, 2, 3)
			e.Deal(nil)
			e.Reach(chain.Certification)
			e.Evaluate()
			key, commitments, secret := c.forge(e)
			encoded := key.EIP2537()
			digest := e.DigestOf(crypto.Keccak256Hash(encoded[:]), commitments)
			e.Confirm(digest, nil)
			signature := e.Sign(digest)
			if secret != nil {
				raw := curve.HashToG1(curve.DSTCompletion, digest[:]).Mul(*secret).EIP2537()
				signature = raw[:]
			}
			_, err := r.Board.Certify(t.Context(), r.Accounts[0], e.Number, encoded[:], commitments, signature)
			r.Must(err)
			report := audit(r)
			wantProblem(t, report, 1, c.words)
			if len(report.Epochs[0].Faults) != 3 {
				t.Errorf("who confirmed it is not named: %+v", report.Epochs[0].Faults)
			}
		})
	}
}

// Nothing was dealt, and yet it is certified.
func TestAuditFindsACertificateOfNothing(t *testing.T) {
	r := newRun(t)
	e := r.Start(2, 1, 2, 3)
	secret := curve.ScalarFromIndex(7)
	key := secret.Public().EIP2537()
	digest := e.DigestOf(crypto.Keccak256Hash(key[:]), [32]byte{1})
	e.Confirm(digest, nil)
	signature := curve.HashToG1(curve.DSTCompletion, digest[:]).Mul(secret).EIP2537()
	_, err := r.Board.Certify(t.Context(), r.Accounts[0], e.Number, key[:], [32]byte{1}, signature[:])
	r.Must(err)
	wantProblem(t, audit(r), 1, "nothing follows from its messages")
}

// A node that lies about what was posted is found out by the digests, or by the group key.
func TestKR17AuditFindsWhatANodeMadeUp(t *testing.T) {
	r := newRun(t)
	r.Succeed(2, 1, 2, 3)
	r.Succeed(2, 1, 2, 3)
	honest := view(r)
	if report := keynet.Audit(honest, keyholder.Network{}); !report.Sound() {
		t.Fatalf("%+v", report)
	}
	for name, c := range map[string]struct {
		change func(v *keynet.View, e *keynet.Epoch)
		words  string
	}{
		"a message less":        {func(_ *keynet.View, e *keynet.Epoch) { e.Posts = e.Posts[1:] }, "not those that the board has the digest of"},
		"a changed message":     {func(_ *keynet.View, e *keynet.Epoch) { e.Posts[1].Message[0] ^= 1 }, "not those that the board has the digest of"},
		"another order":         {func(_ *keynet.View, e *keynet.Epoch) { e.Posts[0], e.Posts[1] = e.Posts[1], e.Posts[0] }, "not those that the board has the digest of"},
		"a message twice":       {func(_ *keynet.View, e *keynet.Epoch) { e.Posts = append(e.Posts, e.Posts[0]) }, "two messages"},
		"a message too late":    {func(_ *keynet.View, e *keynet.Epoch) { e.Posts[0].At.Block += keynettest.PhaseBlocks }, "outside of that phase"},
		"a message of nobody":   {func(_ *keynet.View, e *keynet.Epoch) { e.Posts[0].Index = 4 }, "by index 4 of 3"},
		"another member":        {func(_ *keynet.View, e *keynet.Epoch) { e.Members[0].Account = common.Address{9} }, "session id is not bound"},
		"another threshold":     {func(_ *keynet.View, e *keynet.Epoch) { e.Threshold++ }, "session id is not bound"},
		"another parent":        {func(_ *keynet.View, e *keynet.Epoch) { e.Parent[0] ^= 1 }, "session id is not bound"},
		"another previous":      {func(_ *keynet.View, e *keynet.Epoch) { e.Previous = 0 }, "epoch 1 was active"},
		"no session":            {func(_ *keynet.View, e *keynet.Epoch) { e.SessionID = common.Hash{} }, "no such epoch"},
		"no certificate":        {func(_ *keynet.View, e *keynet.Epoch) { e.Completion = nil }, "there is no certificate"},
		"another signature":     {func(_ *keynet.View, e *keynet.Epoch) { e.Completion.Signature = make([]byte, 128) }, "did not sign"},
		"another certified key": {func(_ *keynet.View, e *keynet.Epoch) { e.Completion.GroupKey[255] ^= 1 }, "none, or not the one"},
		"another record":        {func(_ *keynet.View, e *keynet.Epoch) { e.Commitments[0] ^= 1 }, "other public shares"},
	} {
		v := clone(honest)
		c.change(&v, &v.Epochs[1])
		report := keynet.Audit(v, keyholder.Network{})
		t.Run(name, func(t *testing.T) { wantProblem(t, report, 2, c.words) })
	}
	for name, change := range map[string]func(v *keynet.View){
		"an epoch less": func(v *keynet.View) { v.Epochs = v.Epochs[:1] },
		"another key":   func(v *keynet.View) { v.GroupKey = r.GroupKeyOnChain() },
		"no epoch":      func(v *keynet.View) { v.ActiveEpoch = 0 },
		"another chain": func(v *keynet.View) { v.ChainID++ },
		"another board": func(v *keynet.View) { v.Board[0]++ },
		"first missing": func(v *keynet.View) { v.Epochs = v.Epochs[1:] },
	} {
		v := clone(honest)
		change(&v)
		if keynet.Audit(v, keyholder.Network{}).Sound() {
			t.Errorf("%s: passes", name)
		}
	}
}

// clone copies what the cases change.
func clone(v keynet.View) keynet.View {
	v.Epochs = slices.Clone(v.Epochs)
	for i := range v.Epochs {
		e := &v.Epochs[i]
		e.Members, e.Posts = slices.Clone(e.Members), slices.Clone(e.Posts)
		for j := range e.Posts {
			e.Posts[j].Message = slices.Clone(e.Posts[j].Message)
		}
		completion := *e.Completion
		completion.GroupKey = slices.Clone(completion.GroupKey)
		e.Completion = &completion
	}
	return v
}

// An epoch that is under way, and one that was given up.
func TestAuditOfWhatIsNotOver(t *testing.T) {
	r := newRun(t)
	e := r.Start(2, 1, 2, 3)
	e.Deal(nil)
	report := audit(r)
	if got := report.Epochs[0]; !report.Sound() || got.Outcome != nil || got.Why != "it is under way" {
		t.Errorf("under way: %+v", got)
	}
	_, err := r.Board.Abort(t.Context(), r.Accounts[0], e.Number)
	r.Must(err)
	r.Succeed(2, 1, 2, 3)
	report = audit(r)
	if got := report.Epochs[0]; !report.Sound() || got.Outcome != nil || got.Why != "the governor gave it up" || report.Epochs[1].Outcome == nil {
		t.Errorf("given up: %+v, %v", got, report.Problems)
	}
}

func TestReadSaysWhereThereIsNoBoard(t *testing.T) {
	r := newRun(t)
	head, err := r.Chain.Head(t.Context())
	r.Must(err)
	_, err = keynet.Read(t.Context(), r.Chain, common.Address{9}, common.Address{}, head, keynet.All)
	if _, ok := errors.AsType[*keynet.NoBoardError](err); !ok {
		t.Errorf("error is %v", err)
	}
}

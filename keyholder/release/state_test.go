// SPDX-License-Identifier: Apache-2.0

package release

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// question is what the enclave would ask about its anchor.
func (w *world) question() keyholder.StateRequest {
	w.anchor = keyholder.Anchor{Contract: address("anchors"), Version: 7, Digest: word("digest")}
	return keyholder.StateRequest{Epoch: 3, Requester: w.binding.Requester, Nonce: word("nonce"), Name: keyholder.AnchorName{
		ChainID: chainID, Registry: w.binding.Registry, IdentityID: w.binding.IdentityID, Set: keyholder.Advanced, Name: word("anchor")}}
}

func (w *world) state(q keyholder.StateRequest, path string, responseKey [32]byte) (Certified, error) {
	w.t.Helper()
	inner, err := json.Marshal(q)
	if err != nil {
		w.t.Fatal(err)
	}
	signed := keyholder.Sign(group.Key, path, inner, word("request"), time.Now(), responseKey, func(digest [32]byte) [65]byte {
		compact := ecdsa.SignCompact(w.key, digest[:], false)
		return [65]byte(append(compact[1:], compact[0]))
	})
	asked, err := w.rules().OpenState(group, signed)
	if err != nil {
		return Certified{}, err
	}
	return w.rules().State(w.t.Context(), asked)
}

func TestMB15StateIsCertifiedForPermitsAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(w *world, q *keyholder.StateRequest)
		code   keyholder.Code
	}{
		{"another chain", func(_ *world, q *keyholder.StateRequest) { q.Name.ChainID++ }, keyholder.CodeWrongNetwork},
		{"another registry", func(_ *world, q *keyholder.StateRequest) { q.Name.Registry[0]++ }, keyholder.CodeWrongNetwork},
		{"no set", func(_ *world, q *keyholder.StateRequest) { q.Name.Set = 0 }, keyholder.CodeBadRequest},
		{"an unknown set", func(_ *world, q *keyholder.StateRequest) { q.Name.Set = 3 }, keyholder.CodeBadRequest},
		{"another requester", func(_ *world, q *keyholder.StateRequest) { q.Requester[0]++ }, keyholder.CodeSignatureInvalid},
		{"another's permit", func(w *world, _ *keyholder.StateRequest) { w.task.Requester[0]++ }, keyholder.CodePermitMissing},
		{"another identity", func(_ *world, q *keyholder.StateRequest) { q.Name.IdentityID[0]++ }, keyholder.CodePermitMissing},
		{"a block that is not final yet", func(w *world, q *keyholder.StateRequest) { q.After = w.head.Time }, keyholder.CodeNotFound},
		{"a permit that ended", func(w *world, _ *keyholder.StateRequest) { w.expiry = w.head.Time }, keyholder.CodePermitMissing},
		{"KR-17 chain cannot be read", func(w *world, _ *keyholder.StateRequest) { w.unreach = true }, keyholder.CodeChainUnavailable},
	} {
		w := newWorld(t)
		q := w.question()
		c.change(w, &q)
		t.Run(c.name, func(t *testing.T) {
			_, err := w.state(q, keyholder.PathState, [32]byte{})
			wantCode(t, err, c.code)
		})
	}
	w := newWorld(t)
	_, err := w.state(w.question(), keyholder.PathRelease, [32]byte{})
	wantCode(t, err, keyholder.CodeSignatureInvalid)
	_, err = w.state(w.question(), keyholder.PathState, [32]byte{1})
	wantCode(t, err, keyholder.CodeSignatureInvalid)
	if _, err := w.rules().State(t.Context(), AskedState{}); err == nil {
		t.Error("nothing was asked, and certified")
	}
	if _, err := new(Rules).OpenState(group, keyholder.SignedRequest{}); err == nil {
		t.Error("no rules, and opened")
	}
}

// What is certified is what the chain says, under the nonce of who asked, and under a tag of its own.
func TestStateIsTheChains(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.question()
	q.After = w.head.Time - 1
	certified, err := w.state(q, keyholder.PathState, [32]byte{})
	if err != nil {
		t.Fatal(err)
	}
	want := keyholder.StateCertificate{Name: q.Name, Anchor: w.anchor, Nonce: q.Nonce, After: q.After}
	digest := want.Digest()
	if !certified.Point().Equal(want.Point()) || certified.Anchor() != w.anchor || certified.Answers().Subject != digest || certified.Answers().Epoch != q.Epoch {
		t.Errorf("certified is %+v", certified)
	}
	for _, tag := range []curve.DST{curve.DSTKey, curve.DSTCertificate, curve.DSTCompletion} {
		if certified.Point().Equal(curve.HashToG1(tag, digest[:])) {
			t.Errorf("the point is one of %s", tag)
		}
	}
	if certified.Grounds().Head != w.head {
		t.Errorf("grounds are %+v", certified.Grounds())
	}
	q.Name.Name[0]++
	if other, err := w.state(q, keyholder.PathState, [32]byte{}); err != nil || other.Anchor().Version != 0 {
		t.Errorf("an anchor that was never set: %+v, %v", other.Anchor(), err)
	}
}

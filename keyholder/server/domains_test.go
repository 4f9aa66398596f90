// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ibe"
)

// told is a share that the server gave, and what it is a share of.
type told struct {
	path      string
	share     [curve.G1Size]byte
	base      curve.G1
	statement keyholder.Statement // what it signed about the share
	signature [keyholder.SignatureSize]byte
}

// KR-08: what a keyholder answers on one path is a share of nothing that it answers on another, and its signature says
// for which path it was given.
func TestKR08AnswersPassForNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.anchor = keyholder.Anchor{Contract: [20]byte{1}, Version: 1, Digest: [32]byte{2}}
	all := []told{w.toldCertificate(), w.toldRelease(), w.toldState()}
	public, signer := ourSecret().Public(), crypto.PubkeyToAddress(ourSigner().PublicKey)
	for i, a := range all {
		point, err := curve.G1FromBytes(a.share[:])
		if err != nil {
			t.Fatal(err)
		}
		for j, b := range all {
			if got := curve.Verify(point, b.base, public); got != (i == j) {
				t.Errorf("the share of %s is one of %s: %v", a.path, b.path, got)
			}
			s := a.statement
			s.Path = b.path
			if by, err := s.Signer(a.signature); (err == nil && by == signer) != (i == j) {
				t.Errorf("what is signed about %s is said about %s: %x, %v", a.path, b.path, by, err)
			}
		}
	}
}

// told puts a request, and reads the reply.
func (w *world) told(path string, signed keyholder.SignedRequest, responseKey [32]byte, reply json.Unmarshaler) keyholder.Statement {
	w.t.Helper()
	if r := w.post(path, signed); r.status != 200 || json.Unmarshal(r.body, reply) != nil {
		w.t.Fatal(r)
	}
	board := someShare(w.t, epoch).Network().Board
	return keyholder.Statement{Board: board, Path: path, Request: signed.Digest(w.groupKey(), path, responseKey), Epoch: epoch, Index: ourIndex}
}

func (w *world) toldCertificate() told {
	w.t.Helper()
	var r keyholder.CertificateReply
	key := w.evidence.Binding.ChannelKeyHash
	s := w.told(keyholder.PathCertificate, w.signed(keyholder.PathCertificate, w.certificate()), key, &r)
	c := keyholder.CertificateFor(w.evidence, r.Findings, w.permitter)
	s.Subject, s.Share = c.Digest(), r.Signature
	return told{s.Path, r.Signature, c.Point(), s, r.Statement}
}

func (w *world) toldRelease() told {
	w.t.Helper()
	var r keyholder.ReleaseReply
	key := w.evidence.Binding.ChannelKeyHash
	s := w.told(keyholder.PathRelease, w.signed(keyholder.PathRelease, w.release()), key, &r)
	context := keyholder.ReleaseContext(s.Request, epoch)
	plain, err := envelope.Unwrap(w.private, keyholder.ReleaseInfo, context[:], r.Sealed)
	if err != nil {
		w.t.Fatal(err)
	}
	share, signature, err := keyholder.SplitShare(plain)
	if err != nil {
		w.t.Fatal(err)
	}
	name := w.release().Name
	s.Subject, s.Share = name.Digest(), share
	return told{s.Path, share, ibe.HashName(name), s, signature}
}

func (w *world) toldState() told {
	w.t.Helper()
	var r keyholder.StateReply
	q := w.state()
	s := w.told(keyholder.PathState, w.signedFor([32]byte{}, keyholder.PathState, q), [32]byte{}, &r)
	c := keyholder.StateCertificate{Name: q.Name, Anchor: r.Anchor, Nonce: q.Nonce, After: q.After}
	s.Subject, s.Share = c.Digest(), r.Signature
	return told{s.Path, r.Signature, c.Point(), s, r.Statement}
}

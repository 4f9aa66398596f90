// SPDX-License-Identifier: Apache-2.0

package release

import (
	"encoding/json"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// Group is the network that a keyholder's share is of: requests are signed for its
// key, and evidence is bound to the digest. The zero value is none.
type Group struct {
	Key    [curve.G2Size]byte // compressed
	Digest [32]byte           // keyholder.GroupKeyDigest of it
}

// GroupOf returns the network with a group key; an error if that is no point.
func GroupOf(key [curve.G2Size]byte) (Group, error) {
	digest, err := keyholder.GroupKeyDigest(key)
	if err != nil {
		return Group{}, err
	}
	return Group{key, digest}, nil
}

// request is what a signed request may ask for.
type request interface {
	keyholder.CertificateRequest | keyholder.ReleaseRequest
	Asks() (epoch uint64, evidence []byte)
}

// decoder is a pointer to a request, which decodes itself strictly.
type decoder[R request] interface {
	*R
	json.Unmarshaler
}

// Asked is a request that the requester in its evidence signed. Only this package
// makes one; the evidence itself is not verified yet. The zero value is none, and
// is refused.
type Asked[R request] struct {
	request  R
	evidence attest.Evidence
	signed   keyholder.SignedRequest
	digest   [32]byte
	epoch    uint64
}

// Request returns what is asked for.
func (a Asked[R]) Request() R { return a.request }

// Signed returns the request as it came.
func (a Asked[R]) Signed() keyholder.SignedRequest { return a.signed }

// Digest returns what was signed, which names the request.
func (a Asked[R]) Digest() [32]byte { return a.digest }

// Requester returns the account that signed.
func (a Asked[R]) Requester() [20]byte { return a.evidence.Binding.Requester }

// Epoch returns the epoch whose share is asked for.
func (a Asked[R]) Epoch() uint64 { return a.epoch }

// Evidence returns the evidence, of which nothing is verified.
func (a Asked[R]) Evidence() attest.Evidence { return a.evidence }

// OpenCertificate takes a request for a certificate apart and checks who signed
// it, for the keyholder's network. A refusal is a *keyholder.Error.
func (r *Rules) OpenCertificate(group Group, s keyholder.SignedRequest) (Asked[keyholder.CertificateRequest], error) {
	return open[keyholder.CertificateRequest](r, group, keyholder.PathCertificate, s)
}

// OpenPermit is OpenCertificate for a request that was signed for another path, and
// reads as this certificate's there.
func (r *Rules) OpenPermit(group Group, path string, s keyholder.SignedRequest, read keyholder.CertificateRequest) (Asked[keyholder.CertificateRequest], error) {
	return signedFor(r, group, path, s, read)
}

// OpenRelease takes a request for a key apart and checks who signed it, for the
// keyholder's network. A refusal is a *keyholder.Error.
func (r *Rules) OpenRelease(group Group, s keyholder.SignedRequest) (Asked[keyholder.ReleaseRequest], error) {
	return open[keyholder.ReleaseRequest](r, group, keyholder.PathRelease, s)
}

func open[R request, P decoder[R]](r *Rules, group Group, path string, s keyholder.SignedRequest) (Asked[R], error) {
	var read R
	if err := P(&read).UnmarshalJSON(s.Inner); err != nil {
		return Asked[R]{}, refuse(keyholder.CodeBadRequest, "%v", err)
	}
	return signedFor(r, group, path, s, read)
}

// signedFor checks nothing that costs much: one signature of a small curve.
func signedFor[R request](r *Rules, group Group, path string, s keyholder.SignedRequest, read R) (Asked[R], error) {
	a := Asked[R]{request: read, signed: s}
	epoch, evidence := read.Asks()
	e, err := r.parsed(evidence, group)
	if err != nil {
		return Asked[R]{}, err
	}
	a.epoch, a.evidence = epoch, e
	responseKey := attest.HashChannelKey(e.ChannelKey)
	if responseKey != e.Binding.ChannelKeyHash {
		return Asked[R]{}, refuse(keyholder.CodeEvidenceRefused, "channel key is not the one that evidence binds")
	}
	digest := s.Digest(group.Key, path, responseKey)
	if signer, err := s.Recover(digest); err != nil || signer != e.Binding.Requester {
		return Asked[R]{}, refuse(keyholder.CodeSignatureInvalid, "request is not signed by the requester in the evidence for this key network")
	}
	a.digest = digest
	return a, nil
}

// SPDX-License-Identifier: Apache-2.0

package release

import (
	"context"
	"fmt"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// AskedState is a question about an anchor that its requester signed. Only this package
// makes one. The zero value is none, and is refused.
type AskedState struct {
	request keyholder.StateRequest
	signed  keyholder.SignedRequest
	digest  [32]byte
}

// Request returns what is asked for.
func (a AskedState) Request() keyholder.StateRequest { return a.request }

// Signed returns the request as it came.
func (a AskedState) Signed() keyholder.SignedRequest { return a.signed }

// Digest returns what was signed, which names the request.
func (a AskedState) Digest() [32]byte { return a.digest }

// Certified is what an anchor is, as this keyholder may sign it. The zero value is none.
type Certified struct {
	point   curve.G1
	grounds Grounds
	answers Answers
}

// Point returns the point to multiply by the share; not a point for the zero value.
func (c Certified) Point() curve.G1 { return c.point }

// Anchor returns what the certificate says of the anchor.
func (c Certified) Anchor() keyholder.Anchor { return c.grounds.Anchor }

// Grounds returns what it rests on.
func (c Certified) Grounds() Grounds { return c.grounds }

// Answers returns what it is good for.
func (c Certified) Answers() Answers { return c.answers }

// OpenState takes a question about an anchor apart and checks who signed it, for the
// keyholder's network. A refusal is a *keyholder.Error.
func (r *Rules) OpenState(group Group, s keyholder.SignedRequest) (AskedState, error) {
	var read keyholder.StateRequest
	if r.authentic == nil {
		return AskedState{}, refuse(keyholder.CodeInternal, "no rules")
	}
	if err := read.UnmarshalJSON(s.Inner); err != nil {
		return AskedState{}, refuse(keyholder.CodeBadRequest, "%v", err)
	}
	if read.Name.ChainID != r.config.ChainID || read.Name.Registry != r.config.Registry {
		return AskedState{}, refuse(keyholder.CodeWrongNetwork,
			"anchor is of chain %d and registry %x; this keyholder serves chain %d and registry %x",
			read.Name.ChainID, read.Name.Registry, r.config.ChainID, r.config.Registry)
	}
	digest := s.Digest(group.Key, keyholder.PathState, [32]byte{})
	if signer, err := s.Recover(digest); err != nil || signer != read.Requester {
		return AskedState{}, refuse(keyholder.CodeSignatureInvalid, "request is not signed by the requester in it for this key network")
	}
	return AskedState{read, s, digest}, nil
}

// State decides about a certificate of what an anchor is. All of it is public, and the
// nonce makes it of use to nobody but who drew it; that the requester has a permit keeps
// others from having us work. A refusal is a *keyholder.Error.
func (r *Rules) State(ctx context.Context, asked AskedState) (Certified, error) {
	if err := r.opened(asked.digest); err != nil {
		return Certified{}, err
	}
	q := asked.request
	state, err := r.config.Chain.At(ctx)
	if err != nil {
		return Certified{}, err
	}
	state.Expect(ctx, Reads{Identity: q.Name.IdentityID, Requester: q.Requester, Anchor: q.Name})
	if err := livePermit(ctx, state, attest.Binding{IdentityID: q.Name.IdentityID, Requester: q.Requester}); err != nil {
		return Certified{}, err
	}
	if state.Head().Time <= q.After && q.After != 0 {
		return Certified{}, notYet(keyholder.CodeNotFound, fmt.Sprintf("no block after second %d is final here", q.After))
	}
	anchor, err := state.Anchor(ctx, q.Name)
	if err != nil {
		return Certified{}, err
	}
	c := keyholder.StateCertificate{Name: q.Name, Anchor: anchor, Nonce: q.Nonce, After: q.After}
	return Certified{c.Point(), Grounds{Head: state.Head(), Anchor: anchor}, Answers{asked.digest, q.Epoch, c.Digest()}}, nil
}

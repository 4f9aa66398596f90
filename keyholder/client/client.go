// SPDX-License-Identifier: Apache-2.0

// Package client asks a key network for certificates and keys. It trusts no
// single holder and no transport: the sum of shares is checked by a pairing
// against the group key, and where that fails each share against its holder's
// public share. It is linked into the guest and brings no network code; see
// Transport.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ibe"
)

// Transport carries one request to the holder with the given index and returns
// its HTTP status and body. A nil body asks with GET, any other with POST. It
// must bound the reply to keyholder.MaxBody bytes.
type Transport interface {
	Do(ctx context.Context, holder uint32, path string, body []byte) (status int, reply []byte, err error)
}

// Certified is a certificate and the network's signature on it, which the
// permitter contract takes in EIP-2537 form.
type Certified struct {
	keyholder.Certificate
	Signature curve.G1
}

// Certificate returns the network's certificate for evidence (marshalled) and
// permitter. It asks until t holders have answered the same, or enough have
// refused for good, or ctx ends.
func Certificate(ctx context.Context, network keyholder.Network, tr Transport, evidence []byte, permitter [20]byte, progress Progress) (Certified, error) {
	e, err := attest.ParseEvidence(evidence)
	if err != nil {
		return Certified{}, fmt.Errorf("ask for certificate: %w", err)
	}
	body, err := json.Marshal(keyholder.CertificateRequest{Evidence: evidence, Permitter: permitter})
	if err != nil {
		return Certified{}, fmt.Errorf("ask for certificate: %w", err)
	}
	read := func(reply []byte, holder uint32) (share, error) {
		var r keyholder.CertificateReply
		if err := json.Unmarshal(reply, &r); err != nil {
			return share{}, err
		}
		if r.Index != holder {
			return share{}, errors.New("reply carries another holder's index")
		}
		signature, err := curve.G1FromBytes(r.Signature[:])
		return share{subject: r.Findings, point: signature}, err
	}
	of := func(found keyholder.Findings) keyholder.Certificate {
		return keyholder.CertificateFor(e, found, permitter)
	}
	q := query{
		network: network, transport: tr, progress: progress,
		path: keyholder.PathCertificate, body: body, share: read,
		base: func(found keyholder.Findings) curve.G1 { return of(found).Point() },
	}
	sum, err := q.run(ctx)
	if err != nil {
		return Certified{}, fmt.Errorf("ask for certificate: %w", err)
	}
	return Certified{of(sum.subject), sum.point}, nil
}

// Release returns the derived key that req names. channelPriv is the 32-byte
// private key of the channel key in the evidence. It asks as Certificate does.
func Release(ctx context.Context, network keyholder.Network, tr Transport, req keyholder.ReleaseRequest, channelPriv []byte, progress Progress) (curve.G1, error) {
	e, err := attest.ParseEvidence(req.Evidence)
	if err != nil {
		return curve.G1{}, fmt.Errorf("ask for key: %w", err)
	}
	body, err := json.Marshal(req)
	if err != nil {
		return curve.G1{}, fmt.Errorf("ask for key: %w", err)
	}
	context := keyholder.ReleaseDigest(req.Name, req.Task, attest.HashChannelKey(e.ChannelKey))
	read := func(reply []byte, holder uint32) (share, error) {
		var r keyholder.ReleaseReply
		if err := json.Unmarshal(reply, &r); err != nil {
			return share{}, err
		}
		if r.Index != holder {
			return share{}, errors.New("reply carries another holder's index")
		}
		plain, err := envelope.Unwrap(channelPriv, keyholder.ReleaseInfo, context[:], r.Sealed)
		if err != nil {
			return share{}, err
		}
		point, err := curve.G1FromBytes(plain)
		return share{point: point}, err
	}
	name := ibe.HashName(req.Name)
	q := query{
		network: network, transport: tr, progress: progress,
		path: keyholder.PathRelease, body: body, share: read,
		base: func(keyholder.Findings) curve.G1 { return name },
	}
	key, err := q.run(ctx)
	if err != nil {
		return curve.G1{}, fmt.Errorf("ask for key: %w", err)
	}
	return key.point, nil
}

// Keynet asks one holder for its index, whether it is ready, and its network.
// One holder's word is not enough to trust a network: compare several.
func Keynet(ctx context.Context, tr Transport, holder uint32) (keyholder.KeynetReply, error) {
	status, reply, err := tr.Do(ctx, holder, keyholder.PathKeynet, nil)
	if err != nil {
		return keyholder.KeynetReply{}, fmt.Errorf("ask for key network: %w", err)
	}
	if status != statusOK {
		return keyholder.KeynetReply{}, fmt.Errorf("ask for key network: %w", refusal(status, reply))
	}
	var r keyholder.KeynetReply
	if err := json.Unmarshal(reply, &r); err != nil {
		return keyholder.KeynetReply{}, fmt.Errorf("ask for key network: %w", err)
	}
	return r, nil
}

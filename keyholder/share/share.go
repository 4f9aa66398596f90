// SPDX-License-Identifier: Apache-2.0

// Package share uses a holder's share of the network secret. It does so only
// for what package release has approved.
package share

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/release"
)

// Share is one holder's share with the network it belongs to. The zero value
// signs nothing.
type Share struct {
	index   uint32
	secret  curve.Scalar
	network keyholder.Network
}

var errNothing = errors.New("nothing approved, or no share")

// New returns the share of the holder with an index, after checking that it fits
// the public share in network.
func New(index uint32, secret curve.Scalar, network keyholder.Network) (Share, error) {
	if err := network.Validate(); err != nil {
		return Share{}, err
	}
	if index < 1 || int(index) > len(network.Holders) {
		return Share{}, fmt.Errorf("share: no holder %d in the network", index)
	}
	public := curve.G2Generator().Mul(secret).Bytes()
	if public != network.Holders[index-1].PublicShare {
		return Share{}, errors.New("share: secret does not fit the public share")
	}
	return Share{index: index, secret: secret, network: network}, nil
}

// Index returns the holder's index.
func (s Share) Index() uint32 { return s.index }

// Network returns the public description of the network.
func (s Share) Network() keyholder.Network { return s.network }

// Sign returns our share of the signature on an approved certificate.
func (s Share) Sign(a release.Approved) (keyholder.CertificateReply, error) {
	signature, err := s.multiply(a.Point())
	if err != nil {
		return keyholder.CertificateReply{}, fmt.Errorf("sign certificate: %w", err)
	}
	return keyholder.CertificateReply{Index: s.index, Findings: a.Findings(), Signature: signature}, nil
}

// Seal returns our share of a granted key, sealed to the channel key.
func (s Share) Seal(g release.Grant) (keyholder.ReleaseReply, error) {
	point, err := s.multiply(g.Point())
	if err != nil {
		return keyholder.ReleaseReply{}, fmt.Errorf("release share: %w", err)
	}
	context := g.Context()
	sealed, err := envelope.Wrap(g.ChannelKey(), keyholder.ReleaseInfo, context[:], point[:])
	if err != nil {
		return keyholder.ReleaseReply{}, fmt.Errorf("release share: %w", err)
	}
	return keyholder.ReleaseReply{Index: s.index, Sealed: sealed}, nil
}

// multiply returns the compressed product of an approved point and the secret.
func (s Share) multiply(point curve.G1) ([curve.G1Size]byte, error) {
	if s.secret.IsZero() || !point.Equal(point) {
		return [curve.G1Size]byte{}, errNothing
	}
	return point.Mul(s.secret).Bytes(), nil
}

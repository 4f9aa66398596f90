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
	sign    Sign
	network keyholder.Network
	group   release.Group
}

// Sign makes the signature of the holder's signer on a digest: r, s and 27 or 28.
type Sign func(digest [32]byte) [keyholder.SignatureSize]byte

var (
	errNothing = errors.New("nothing approved, or no share")
	errEpoch   = errors.New("approved for another epoch")
)

// New returns the share of the holder with an index, after checking that it fits
// the public share in network. sign may be nil if the network names no signer of
// this holder; its wrong shares then prove nothing.
func New(index uint32, secret curve.Scalar, sign Sign, network keyholder.Network) (Share, error) {
	if err := network.Validate(); err != nil {
		return Share{}, err
	}
	own, known := network.Holder(index)
	if !known {
		return Share{}, fmt.Errorf("share: no holder %d in the network", index)
	}
	public := secret.Public().Bytes()
	if public != own.PublicShare {
		return Share{}, errors.New("share: secret does not fit the public share")
	}
	if err := checkSign(sign, own.Signer); err != nil {
		return Share{}, err
	}
	group, err := release.GroupOf(network.GroupKey)
	return Share{index: index, secret: secret, sign: sign, network: network, group: group}, err
}

// checkSign reports whether sign signs as the network says.
func checkSign(sign Sign, signer [20]byte) error {
	if sign == nil && signer == [20]byte{} {
		return nil
	}
	if sign != nil {
		var s keyholder.Statement
		if by, err := s.Signer(sign(s.Digest())); err == nil && by == signer {
			return nil
		}
	}
	return fmt.Errorf("share: signer is not %x, as the network says", signer)
}

// Index returns the holder's index.
func (s Share) Index() uint32 { return s.index }

// Network returns the public description of the network.
func (s Share) Network() keyholder.Network { return s.network }

// Group returns the network as requests and evidence name it.
func (s Share) Group() release.Group { return s.group }

// Sign returns our share of the signature on an approved certificate.
func (s Share) Sign(a release.Approved) (keyholder.CertificateReply, error) {
	answers := a.Answers()
	signature, err := s.multiply(a.Point(), answers.Epoch)
	if err != nil {
		return keyholder.CertificateReply{}, fmt.Errorf("sign certificate: %w", err)
	}
	return keyholder.CertificateReply{
		Epoch: answers.Epoch, Index: s.index, Findings: a.Findings(), Signature: signature,
		Statement: s.state(keyholder.PathCertificate, answers, signature),
	}, nil
}

// Seal returns our share of a granted key, sealed to the channel key.
func (s Share) Seal(g release.Grant) (keyholder.ReleaseReply, error) {
	answers := g.Answers()
	point, err := s.multiply(g.Point(), answers.Epoch)
	if err != nil {
		return keyholder.ReleaseReply{}, fmt.Errorf("release share: %w", err)
	}
	context := keyholder.ReleaseContext(answers.Request, answers.Epoch)
	plain := keyholder.JoinShare(point, s.state(keyholder.PathRelease, answers, point))
	sealed, err := envelope.Wrap(g.ChannelKey(), keyholder.ReleaseInfo, context[:], plain)
	if err != nil {
		return keyholder.ReleaseReply{}, fmt.Errorf("release share: %w", err)
	}
	return keyholder.ReleaseReply{Epoch: answers.Epoch, Index: s.index, Sealed: sealed}, nil
}

// Certify returns our share of the signature on what an anchor is.
func (s Share) Certify(c release.Certified) (keyholder.StateReply, error) {
	answers := c.Answers()
	signature, err := s.multiply(c.Point(), answers.Epoch)
	if err != nil {
		return keyholder.StateReply{}, fmt.Errorf("certify state: %w", err)
	}
	return keyholder.StateReply{
		Epoch: answers.Epoch, Index: s.index, Anchor: c.Anchor(), Signature: signature,
		Statement: s.state(keyholder.PathState, answers, signature),
	}, nil
}

// multiply returns the compressed product of an approved point and the secret.
func (s Share) multiply(point curve.G1, epoch uint64) ([curve.G1Size]byte, error) {
	if s.secret.IsZero() || !point.Equal(point) {
		return [curve.G1Size]byte{}, errNothing
	}
	if epoch != s.network.Epoch {
		return [curve.G1Size]byte{}, errEpoch
	}
	return point.Mul(s.secret).Bytes(), nil
}

// state signs the statement about a share that we give; zeros without a signer.
func (s Share) state(path string, a release.Answers, share [curve.G1Size]byte) [keyholder.SignatureSize]byte {
	if s.sign == nil {
		return [keyholder.SignatureSize]byte{}
	}
	return s.sign(keyholder.Statement{
		Board: s.network.Board, Path: path, Request: a.Request, Epoch: a.Epoch, Index: s.index, Subject: a.Subject, Share: share,
	}.Digest())
}

// SPDX-License-Identifier: Apache-2.0

package client

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ibe"
)

// ErrNoProof reports what does not prove that a holder lied.
var ErrNoProof = errors.New("this proves nothing")

// CheckProof returns nil if p proves that the holder whom it names lied, and
// ErrNoProof if it does not. network is that of the statement's epoch, from a
// source that the caller trusts: the board tells members, signers and public
// shares.
func CheckProof(network keyholder.Network, p keyholder.Proof) error {
	s := p.Statement
	if err := network.Validate(); err != nil {
		return fmt.Errorf("check proof: %w", err)
	}
	if s.Board != network.Board {
		return fmt.Errorf("%w: it is of the network on board %x of chain %d", ErrNoProof, s.Board.KeyNetwork, s.Board.ChainID)
	}
	holder, known := network.Holder(s.Index)
	if s.Epoch != network.Epoch || !known {
		return fmt.Errorf("%w: it is of another epoch, or of no holder", ErrNoProof)
	}
	if !signedBy(p, holder.Signer) {
		return fmt.Errorf("%w: holder %d did not sign it", ErrNoProof, s.Index)
	}
	base, err := baseOf(p)
	if err != nil {
		return err
	}
	public, err := curve.G2FromBytes(holder.PublicShare[:])
	if err != nil {
		return fmt.Errorf("check proof: %w", err)
	}
	if share, err := curve.G1FromBytes(s.Share[:]); err == nil && curve.Verify(share, base, public) {
		return fmt.Errorf("%w: the share is right", ErrNoProof)
	}
	return nil
}

// baseOf returns the point of which the share claims to be a multiple.
func baseOf(p keyholder.Proof) (curve.G1, error) {
	switch subject := p.Statement.Subject; {
	case p.Statement.Path == keyholder.PathCertificate && p.Name == nil:
		return curve.HashToG1(curve.DSTCertificate, subject[:]), nil
	case p.Statement.Path == keyholder.PathState && p.Name == nil:
		return curve.HashToG1(curve.DSTState, subject[:]), nil
	case p.Statement.Path == keyholder.PathRelease && p.Name != nil && p.Name.Digest() == subject:
		return ibe.HashName(*p.Name), nil
	}
	return curve.G1{}, fmt.Errorf("%w: it does not say of what the share is", ErrNoProof)
}

// signedBy reports whether a holder's signer signed the statement.
func signedBy(p keyholder.Proof, signer [20]byte) bool {
	by, err := p.Statement.Signer(p.Signature)
	return err == nil && by == signer && signer != [20]byte{}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"

	"github.com/drand/kyber"
	bls "github.com/drand/kyber-bls12381"
	"github.com/drand/kyber/encrypt/ibe"
	"github.com/drand/kyber/share"
	"github.com/drand/kyber/share/dkg"
	"github.com/drand/kyber/sign/schnorr"
	"github.com/drand/kyber/sign/tbls"
	"github.com/drand/kyber/util/random"
)

// kyberDKG is Pedersen's key generation of drand's kyber with the key in G2, seen by its first node: what the others
// dealt is there, commitments in the bytes that go over the wire.
type kyberDKG struct {
	group     dkg.Suite
	threshold int
	secrets   []kyber.Scalar
	nodes     []dkg.Node
	nonce     []byte
	others    []*dkg.DealBundle
	encoded   [][][]byte
}

func newKyberDKG(n, threshold int) (*kyberDKG, error) {
	k := &kyberDKG{group: bls.NewBLS12381Suite().G2().(dkg.Suite), threshold: threshold, nonce: dkg.GetNonce()}
	for i := range n {
		secret := k.group.Scalar().Pick(random.New())
		k.secrets = append(k.secrets, secret)
		k.nodes = append(k.nodes, dkg.Node{Index: uint32(i), Public: k.group.Point().Mul(secret, nil)})
	}
	for i := 1; i < n; i++ {
		node, err := k.node(i)
		if err != nil {
			return nil, err
		}
		bundle, err := node.Deals()
		if err != nil {
			return nil, err
		}
		var encoded [][]byte
		for _, p := range bundle.Public {
			b, err := p.MarshalBinary()
			if err != nil {
				return nil, err
			}
			encoded = append(encoded, b)
		}
		k.others, k.encoded = append(k.others, bundle), append(k.encoded, encoded)
	}
	return k, nil
}

func (k *kyberDKG) node(i int) (*dkg.DistKeyGenerator, error) {
	return dkg.NewDistKeyHandler(k.config(i))
}

func (k *kyberDKG) config(i int) *dkg.Config {
	return &dkg.Config{
		Suite: k.group, Longterm: k.secrets[i], NewNodes: k.nodes, Threshold: k.threshold,
		Nonce: k.nonce, Auth: schnorr.NewScheme(k.group),
	}
}

// authenticate checks who sent the messages.
func (k *kyberDKG) authenticate() error {
	for _, bundle := range k.others {
		if err := dkg.VerifyPacketSignature(k.config(0), bundle); err != nil {
			return err
		}
	}
	return nil
}

// decode reads the commitments of the others.
func (k *kyberDKG) decode() error {
	for i, bundle := range k.others {
		for j, b := range k.encoded[i] {
			p := k.group.Point()
			if err := p.UnmarshalBinary(b); err != nil {
				return err
			}
			bundle.Public[j] = p
		}
	}
	return nil
}

// run is the work of the first node, without signatures on messages.
func (k *kyberDKG) run() error {
	node, err := k.node(0)
	if err != nil {
		return err
	}
	own, err := node.Deals()
	if err != nil {
		return err
	}
	if _, err := node.ProcessDeals(append([]*dkg.DealBundle{own}, k.others...)); err != nil {
		return err
	}
	result, _, err := node.ProcessResponses(nil)
	if err == nil && result == nil {
		err = errors.New("no key")
	}
	return err
}

// kyberRecover returns what recovers a signature in G1 from the first of these partial ones.
func kyberRecover(n, threshold int, message []byte) (func() error, error) {
	suite := bls.NewBLS12381Suite()
	scheme := tbls.NewThresholdSchemeOnG1(suite)
	polynomial := share.NewPriPoly(suite.G2(), threshold, nil, random.New())
	public := polynomial.Commit(suite.G2().Point().Base())
	var partials [][]byte
	for _, s := range polynomial.Shares(n)[:threshold] {
		partial, err := scheme.Sign(s, message)
		if err != nil {
			return nil, err
		}
		partials = append(partials, partial)
	}
	return func() error {
		_, err := scheme.Recover(public, message, partials, threshold, n)
		return err
	}, nil
}

// kyberEncrypt encrypts to an identity, with the group key as its bytes.
func kyberEncrypt(key, identity, fileKey []byte) error {
	suite := bls.NewBLS12381Suite()
	group := suite.G2().Point()
	if err := group.UnmarshalBinary(key); err != nil {
		return err
	}
	sealed, err := ibe.EncryptCCAonG2(suite, group, identity, bytes.Clone(fileKey))
	if err == nil && len(sealed.W) != len(fileKey) {
		err = errors.New("short ciphertext")
	}
	return err
}

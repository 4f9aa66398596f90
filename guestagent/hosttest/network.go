// SPDX-License-Identifier: Apache-2.0

package hosttest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ibe"
)

// KeyNetwork is a key network of two out of three in one process. It knows its secret and releases
// without asking a chain: only the guest's side is real.
type KeyNetwork struct {
	keyholder.Network
	shares []curve.Scalar
}

// NewKeyNetwork deals a fresh key.
func NewKeyNetwork() (*KeyNetwork, error) {
	secret, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		return nil, err
	}
	slope, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		return nil, err
	}
	n := &KeyNetwork{Network: keyholder.Network{Epoch: 1, Threshold: 2, GroupKey: curve.G2Generator().Mul(secret).Bytes()}}
	for i := uint32(1); i <= 3; i++ {
		share := secret.Add(slope.Mul(curve.ScalarFromIndex(i)))
		n.shares = append(n.shares, share)
		n.Holders = append(n.Holders, keyholder.Holder{
			Index: i, URL: fmt.Sprintf("http://127.0.0.1:%d", 1074+i), PublicShare: curve.G2Generator().Mul(share).Bytes(),
		})
	}
	return n, nil
}

// Answer is what the holder with this index replies.
func (n *KeyNetwork) Answer(_ context.Context, index uint32, path string, body []byte) (int, []byte, error) {
	if index < 1 || int(index) > len(n.shares) {
		return 404, nil, nil
	}
	var reply json.Marshaler
	var err error
	switch path {
	case keyholder.PathCertificate:
		reply, err = n.certify(index, body)
	case keyholder.PathRelease:
		reply, err = n.release(index, body)
	default:
		return 404, nil, nil
	}
	if err != nil {
		return 0, nil, err
	}
	document, err := json.Marshal(reply)
	return 200, document, err
}

func (n *KeyNetwork) certify(index uint32, body []byte) (json.Marshaler, error) {
	var request keyholder.CertificateRequest
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	evidence, err := attest.ParseEvidence(request.Evidence)
	if err != nil {
		return nil, err
	}
	found := keyholder.Findings{Platform: [32]byte{byte(evidence.TEE), 1}}
	point := keyholder.CertificateFor(evidence, found, request.Permitter).Point()
	return keyholder.CertificateReply{Index: index, Findings: found, Signature: point.Mul(n.shares[index-1]).Bytes()}, nil
}

func (n *KeyNetwork) release(index uint32, body []byte) (json.Marshaler, error) {
	var request keyholder.ReleaseRequest
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, err
	}
	evidence, err := attest.ParseEvidence(request.Evidence)
	if err != nil {
		return nil, err
	}
	digest := keyholder.ReleaseDigest(request.Name, request.Task, evidence.Binding.ChannelKeyHash)
	if err := signedBy(evidence.Binding.Requester, digest, request.Signature[:]); err != nil {
		return nil, err
	}
	share := ibe.HashName(request.Name).Mul(n.shares[index-1]).Bytes()
	sealed, err := envelope.Wrap(evidence.ChannelKey, keyholder.ReleaseInfo, digest[:], share[:])
	return keyholder.ReleaseReply{Index: index, Sealed: sealed}, err
}

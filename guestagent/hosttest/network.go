// SPDX-License-Identifier: Apache-2.0

package hosttest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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
	secret curve.Scalar
	shares []curve.Scalar
}

// NewKeyNetwork deals a fresh key.
func NewKeyNetwork() (*KeyNetwork, error) {
	secret, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		return nil, err
	}
	n := &KeyNetwork{Network: keyholder.Network{Threshold: 2, GroupKey: curve.G2Generator().Mul(secret).Bytes()}, secret: secret}
	return n, n.HandOver()
}

// HandOver begins the next epoch: three holders have other shares of the same key, and those of before are of no use.
func (n *KeyNetwork) HandOver() error {
	slope, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		return err
	}
	n.Epoch++
	n.shares, n.Holders = nil, nil
	for i := uint32(1); i <= 3; i++ {
		share := n.secret.Add(slope.Mul(curve.ScalarFromIndex(i)))
		n.shares = append(n.shares, share)
		n.Holders = append(n.Holders, keyholder.Holder{
			Index: i, URL: fmt.Sprintf("http://127.0.0.1:%d", 1074+i), PublicShare: curve.G2Generator().Mul(share).Bytes(),
		})
	}
	return nil
}

// Answer is what the holder with this index replies.
func (n *KeyNetwork) Answer(_ context.Context, index uint32, path string, body []byte) (int, []byte, error) {
	if index < 1 || int(index) > len(n.shares) {
		return 404, nil, nil
	}
	request, err := keyholder.ParseSignedRequest(body)
	if err != nil {
		return 0, nil, err
	}
	var reply json.Marshaler
	switch path {
	case keyholder.PathCertificate:
		reply, err = n.certify(index, request)
	case keyholder.PathRelease:
		reply, err = n.release(index, request)
	default:
		return 404, nil, nil
	}
	if refused := new(keyholder.Error); errors.As(err, &refused) {
		document, err := json.Marshal(refused)
		return 403, document, err
	}
	if err != nil {
		return 0, nil, err
	}
	document, err := json.Marshal(reply)
	return 200, document, err
}

func (n *KeyNetwork) certify(index uint32, signed keyholder.SignedRequest) (json.Marshaler, error) {
	var request keyholder.CertificateRequest
	if err := json.Unmarshal(signed.Inner, &request); err != nil {
		return nil, err
	}
	evidence, _, err := n.opened(keyholder.PathCertificate, signed, request.Epoch, request.Evidence)
	if err != nil {
		return nil, err
	}
	found := keyholder.Findings{Platform: [32]byte{byte(evidence.TEE), 1}}
	point := keyholder.CertificateFor(evidence, found, request.Permitter).Point()
	return keyholder.CertificateReply{
		Epoch: n.Epoch, Index: index, Findings: found, Signature: point.Mul(n.shares[index-1]).Bytes(),
	}, nil
}

func (n *KeyNetwork) release(index uint32, signed keyholder.SignedRequest) (json.Marshaler, error) {
	var request keyholder.ReleaseRequest
	if err := json.Unmarshal(signed.Inner, &request); err != nil {
		return nil, err
	}
	evidence, digest, err := n.opened(keyholder.PathRelease, signed, request.Epoch, request.Evidence)
	if err != nil {
		return nil, err
	}
	share := keyholder.JoinShare(ibe.HashName(request.Name).Mul(n.shares[index-1]).Bytes(), [keyholder.SignatureSize]byte{})
	context := keyholder.ReleaseContext(digest, n.Epoch)
	sealed, err := envelope.Wrap(evidence.ChannelKey, keyholder.ReleaseInfo, context[:], share)
	return keyholder.ReleaseReply{Epoch: n.Epoch, Index: index, Sealed: sealed}, err
}

// opened returns the evidence of who signed a request, and the request's digest.
func (n *KeyNetwork) opened(path string, signed keyholder.SignedRequest, epoch uint64, raw []byte) (attest.Evidence, [32]byte, error) {
	evidence, err := attest.ParseEvidence(raw)
	if err != nil {
		return attest.Evidence{}, [32]byte{}, err
	}
	signer, err := signed.Recover(path, evidence.Binding.ChannelKeyHash)
	switch {
	case err == nil && epoch != n.Epoch:
		err = &keyholder.Error{Code: keyholder.CodeWrongEpoch, Message: "the epoch is over"}
	case err == nil && (signer != evidence.Binding.Requester || !signed.Timely(time.Now())):
		err = errors.New("the request is of another time, or not signed by the requester")
	}
	return evidence, signed.Digest(path, evidence.Binding.ChannelKeyHash), err
}

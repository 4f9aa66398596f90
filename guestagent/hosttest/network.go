// SPDX-License-Identifier: Apache-2.0

package hosttest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"

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
	Liar uint32 // index of the holder that signs wrong shares; 0 for none
	// Time is that of the newest final block, in seconds since the epoch; the present if zero.
	Time uint64
	// Anchor says what an anchor is; without it, none was ever set.
	Anchor func(keyholder.AnchorName) keyholder.Anchor

	mu      sync.RWMutex // a hand-over waits for answers under way
	secret  curve.Scalar
	shares  []curve.Scalar
	signers []*secp256k1.PrivateKey
}

// NewKeyNetwork deals a fresh key.
func NewKeyNetwork() (*KeyNetwork, error) {
	secret, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		return nil, err
	}
	n := &KeyNetwork{Network: keyholder.Network{
		Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Threshold: 2, GroupKey: secret.Public().Bytes(),
	}, secret: secret}
	return n, n.HandOver()
}

// HandOver begins the next epoch: three holders have other shares of the same key, and those of before are of no use.
func (n *KeyNetwork) HandOver() error {
	slope, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.Epoch++
	n.shares, n.signers, n.Holders = nil, nil, nil
	for i := uint32(1); i <= 3; i++ {
		share := n.secret.Add(slope.Mul(curve.ScalarFromIndex(i)))
		signer, err := secp256k1.GeneratePrivateKey()
		if err != nil {
			return err
		}
		n.shares, n.signers = append(n.shares, share), append(n.signers, signer)
		n.Holders = append(n.Holders, keyholder.Holder{
			Index: i, URL: fmt.Sprintf("http://127.0.0.1:%d", 1074+i), Signer: address(signer), PublicShare: share.Public().Bytes(),
		})
	}
	return nil
}

// Answer is what the holder with this index replies.
func (n *KeyNetwork) Answer(_ context.Context, index uint32, path string, body []byte) (int, []byte, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
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
	case keyholder.PathState:
		reply, err = n.tell(index, request)
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
	evidence, digest, err := n.opened(keyholder.PathCertificate, signed, request.Epoch, request.Evidence)
	if err != nil {
		return nil, err
	}
	found := keyholder.Findings{Platform: [32]byte{byte(evidence.TEE), 1}}
	certificate := keyholder.CertificateFor(evidence, found, request.Permitter)
	share := n.share(index, certificate.Point())
	return keyholder.CertificateReply{
		Epoch: n.Epoch, Index: index, Findings: found, Signature: share,
		Statement: n.state(index, keyholder.PathCertificate, digest, certificate.Digest(), share),
	}, nil
}

func (n *KeyNetwork) tell(index uint32, signed keyholder.SignedRequest) (json.Marshaler, error) {
	var request keyholder.StateRequest
	if err := json.Unmarshal(signed.Inner, &request); err != nil {
		return nil, err
	}
	digest := signed.Digest(n.GroupKey, keyholder.PathState, [32]byte{})
	if by, err := signed.Recover(digest); err != nil || by != request.Requester {
		return nil, &keyholder.Error{Code: keyholder.CodeSignatureInvalid, Message: "not signed by the requester for this network"}
	}
	if request.After != 0 && n.now() <= request.After {
		return nil, &keyholder.Error{Code: keyholder.CodeNotFound, Message: "no such block is final yet", Retryable: true}
	}
	certificate := keyholder.StateCertificate{Name: request.Name, Nonce: request.Nonce, After: request.After}
	if n.Anchor != nil {
		certificate.Anchor = n.Anchor(request.Name)
	}
	share := n.share(index, certificate.Point())
	return keyholder.StateReply{
		Epoch: n.Epoch, Index: index, Anchor: certificate.Anchor, Signature: share,
		Statement: n.state(index, keyholder.PathState, digest, certificate.Digest(), share),
	}, nil
}

// now is the time of the newest final block.
func (n *KeyNetwork) now() uint64 {
	if n.Time != 0 {
		return n.Time
	}
	return uint64(time.Now().Unix())
}

// share is what a holder makes of a point.
func (n *KeyNetwork) share(index uint32, point curve.G1) [curve.G1Size]byte {
	secret := n.shares[index-1]
	if index == n.Liar {
		secret = secret.Add(secret)
	}
	return point.Mul(secret).Bytes()
}

// state is a holder's signature of the statement about its share.
func (n *KeyNetwork) state(index uint32, path string, request, subject [32]byte, share [curve.G1Size]byte) [keyholder.SignatureSize]byte {
	digest := keyholder.Statement{Board: n.Board, Path: path, Request: request, Epoch: n.Epoch, Index: index, Subject: subject, Share: share}.Digest()
	compact := ecdsa.SignCompact(n.signers[index-1], digest[:], false)
	return [keyholder.SignatureSize]byte(append(compact[1:], compact[0]))
}

func address(key *secp256k1.PrivateKey) [20]byte {
	hash := sha3.NewLegacyKeccak256()
	hash.Write(key.PubKey().SerializeUncompressed()[1:])
	return [20]byte(hash.Sum(nil)[12:])
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
	share := n.share(index, ibe.HashName(request.Name))
	statement := n.state(index, keyholder.PathRelease, digest, request.Name.Digest(), share)
	context := keyholder.ReleaseContext(digest, n.Epoch)
	sealed, err := envelope.Wrap(evidence.ChannelKey, keyholder.ReleaseInfo, context[:], keyholder.JoinShare(share, statement))
	return keyholder.ReleaseReply{Epoch: n.Epoch, Index: index, Sealed: sealed}, err
}

// opened returns the evidence of who signed a request, and the request's digest.
func (n *KeyNetwork) opened(path string, signed keyholder.SignedRequest, epoch uint64, raw []byte) (attest.Evidence, [32]byte, error) {
	evidence, err := attest.ParseEvidence(raw)
	if err != nil {
		return attest.Evidence{}, [32]byte{}, err
	}
	digest := signed.Digest(n.GroupKey, path, evidence.Binding.ChannelKeyHash)
	signer, err := signed.Recover(digest)
	network, _ := keyholder.GroupKeyDigest(n.GroupKey)
	switch {
	case evidence.Binding.GroupKeyDigest != network:
		err = &keyholder.Error{Code: keyholder.CodeWrongNetwork, Message: "evidence is bound to another network"}
	case err != nil || signer != evidence.Binding.Requester:
		err = &keyholder.Error{Code: keyholder.CodeSignatureInvalid, Message: "not signed by the requester for this network"}
	case epoch != n.Epoch:
		err = &keyholder.Error{Code: keyholder.CodeWrongEpoch, Message: "the epoch is over"}
	case !signed.Timely(time.Now()):
		err = &keyholder.Error{Code: keyholder.CodeStaleRequest, Message: "the request is of another time"}
	}
	return evidence, digest, err
}

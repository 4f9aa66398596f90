// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/client/httptransport"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
)

// permitSeconds is how long permits last: as long as anything that is measured with them.
const permitSeconds = 6 * 3600

// releaseEnclave is an enclave with a permit, for which a task is claimed: it may ask for the task's key.
type releaseEnclave struct {
	w           *releaseWorld
	key         *ecdsa.PrivateKey
	channelPriv []byte
	responseKey [32]byte
	evidence    []byte
	attempt     keyholder.TaskAttempt
	name        keyname.Name
	inner       []byte // of its request
	transport   client.Transport
}

// newEnclave boots an enclave, gets it a permit by a certificate of the network, and claims a task for it.
func (w *releaseWorld) newEnclave(number byte) (*releaseEnclave, error) {
	e := &releaseEnclave{w: w, transport: httptransport.New(w.keys)}
	for _, step := range []func() error{e.boot, e.acquire, func() error { return e.claim(number) }} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	var err error
	e.inner, err = keyholder.ReleaseRequest{Epoch: w.keys.Epoch, Evidence: e.evidence, Name: e.name, Task: e.attempt}.MarshalJSON()
	return e, err
}

func (e *releaseEnclave) address() common.Address { return crypto.PubkeyToAddress(e.key.PublicKey) }

func (e *releaseEnclave) boot() (err error) {
	if e.key, err = crypto.GenerateKey(); err != nil {
		return err
	}
	var public []byte
	if e.channelPriv, public, err = envelope.GenerateRecipient(); err != nil {
		return err
	}
	head, err := e.w.chain.Head(e.w.ctx)
	if err != nil {
		return err
	}
	e.responseKey = attest.HashChannelKey(public)
	network, err := keyholder.GroupKeyDigest(e.w.keys.GroupKey)
	if err != nil {
		return err
	}
	binding := attest.Binding{
		ChainID: devchain.ChainID, Registry: e.w.file.Contracts.Registry, IdentityID: e.w.identity, Requester: e.address(),
		ChannelKeyHash: e.responseKey, Duration: permitSeconds, BaseBlock: head.Number, BaseBlockHash: head.Hash,
		MeasurementRoot: e.w.root, ConfigDigest: [32]byte{5}, GroupKeyDigest: network,
	}
	m := e.w.measured[0]
	evidence := attest.Evidence{TEE: m.TEE, Shape: m.Shape, Binding: binding, ChannelKey: public}
	if evidence.Signed, evidence.Collateral, err = e.w.platform.Start(m.Registers).Quote(binding.ReportData()); err != nil {
		return err
	}
	if evidence.Proof, err = attest.Proof(e.w.measured, m.Shape, m.TEE); err != nil {
		return err
	}
	e.evidence, err = evidence.Marshal()
	return err
}

func (e *releaseEnclave) acquire() error {
	certified, err := e.client().Certificate(e.w.ctx, e.evidence, e.w.file.Contracts.Permitter)
	if err != nil {
		return err
	}
	authorization := certified.Signature.EIP2537()
	_, _, err = e.w.chain.AcquireIdentity(e.w.ctx, e.w.owner, chain.Acquisition{
		Identity: e.w.identity, Requester: e.address(), Duration: certified.Duration,
		Context: certified.Context(), Authorization: authorization[:],
	})
	return err
}

func (e *releaseEnclave) claim(number byte) error {
	terms := task.Terms{Submitter: e.w.owner.Address(), Identity: e.w.identity, InputDigest: [32]byte{9, number},
		Deadline: uint64(time.Now().Add(permitSeconds * time.Second).Unix()), Count: 1, Attempts: 1, Refundee: e.w.owner.Address()}
	id, _, err := e.w.chain.Submit(e.w.ctx, e.w.owner, terms, common.Hash{number})
	if err != nil {
		return err
	}
	e.attempt = keyholder.TaskAttempt{ID: id, Attempt: 1, Terms: keyholder.Terms(terms.Encode())}
	e.name = keyname.ForTask(devchain.ChainID, e.w.file.Contracts.Registry, e.w.identity, id, e.w.root)
	claim := task.Claim{TaskID: id, TermsDigest: terms.Digest(), Attempt: 1, Runner: e.w.owner.Address()}
	_, err = e.w.chain.Claim(e.w.ctx, e.w.owner, id, terms, e.address(), e.sign(claim.SigningDigest(e.w.chain.Domain())))
	return err
}

// client asks the network as the enclave does. One of them is for one goroutine.
func (e *releaseEnclave) client() *client.Client {
	return &client.Client{Network: e.w.keys, Transport: e.transport,
		Requester: client.Requester{Sign: e.sign, ChannelPriv: e.channelPriv, Now: time.Now}}
}

// release asks all keyholders for the task's key, and makes it of what they answer.
func (e *releaseEnclave) release(ctx context.Context) error {
	_, err := e.client().Release(ctx, e.evidence, e.name, e.attempt)
	return err
}

// request is a new request for the task's key, as it is sent.
func (e *releaseEnclave) request() ([]byte, error) {
	var nonce [32]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		return nil, err
	}
	return keyholder.Sign(e.w.keys.GroupKey, keyholder.PathRelease, e.inner, nonce, time.Now(), e.responseKey, e.sign).MarshalJSON()
}

func (e *releaseEnclave) sign(digest [32]byte) [65]byte {
	signature, err := crypto.Sign(digest[:], e.key)
	if err != nil {
		return [65]byte{} // nobody takes it
	}
	signature[64] += 27
	return [65]byte(signature)
}

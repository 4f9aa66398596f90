// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ethsig"
)

// keys live as long as the attempt and never leave the machine.
type keys struct {
	requester   *ethsig.Key // signs requests and the result
	channelPriv []byte      // opens key shares
	channelPub  []byte
}

func (a *attempt) makeKeys(context.Context) error {
	requester, err := ethsig.GenerateKey()
	if err != nil {
		return err
	}
	priv, pub, err := envelope.GenerateRecipient()
	if err != nil {
		return err
	}
	a.keys = keys{requester: requester, channelPriv: priv, channelPub: pub}
	a.keyholders.Requester = client.Requester{Sign: requester.Sign, ChannelPriv: priv, Now: time.Now}
	return nil
}

// makeEvidence has the hardware vouch for the binding of keys, job, configuration and key network: the one under whose key every
// answer is verified. A host that describes a network of its own gets evidence that no other network, contract or client accepts.
func (a *attempt) makeEvidence(ctx context.Context) error {
	network, err := keyholder.GroupKeyDigest(a.keyholders.Network.GroupKey)
	if err != nil {
		return err
	}
	binding := attest.Binding{
		ChainID: a.launch.ChainID, Registry: a.launch.Registry, IdentityID: a.launch.Identity,
		Requester: a.keys.requester.Address(), ChannelKeyHash: wire.Keccak(a.keys.channelPub), Duration: a.launch.Duration,
		BaseBlock: a.launch.BaseBlock, BaseBlockHash: a.launch.BaseBlockHash,
		MeasurementRoot: a.launch.MeasurementRoot, ConfigDigest: a.configDigest, GroupKeyDigest: network,
	}
	quote, err := a.quote(ctx, binding.ReportData())
	if err != nil {
		return err
	}
	proof := make([][32]byte, len(a.launch.Proof))
	for i, node := range a.launch.Proof {
		proof[i] = node
	}
	evidence := attest.Evidence{
		TEE: attest.TDX, Shape: attest.Shape(a.launch.Shape), Proof: proof, Binding: binding,
		ChannelKey: a.keys.channelPub, Signed: quote.Quote, Collateral: quote.Collateral,
	}
	if a.evidence, err = evidence.Marshal(); err != nil {
		return err
	}
	a.askBeside(ctx)
	return nil
}

// askBeside hands the evidence over and asks for the manifest, both of which can be done while keyholders are asked for the
// certificate. The manifest is not read before the claim.
func (a *attempt) askBeside(ctx context.Context) {
	link, evidence, digest := a.link, a.evidence, wire.Digest(a.launch.Task.Terms.InputDigest)
	a.handedOver = beside(func() error { return link.Evidence(ctx, evidence) })
	var document []byte
	fetched := beside(func() (err error) {
		document, err = link.Fetch(ctx, digest, task.MaxManifest)
		return err
	})
	a.document = func(ctx context.Context) ([]byte, error) {
		if err := fetched(ctx); err != nil {
			return nil, err
		}
		return document, nil
	}
}

// quote prefers the machine's own quote; collateral always comes through the host. A host that makes up
// a quote gains nothing: every verifier checks its signatures up to the vendor's root.
func (a *attempt) quote(ctx context.Context, reportData [64]byte) (hostlink.Quote, error) {
	own, err := a.machine.Quote(reportData)
	if err != nil {
		return hostlink.Quote{}, err
	}
	quote, err := a.link.Quote(ctx, reportData)
	if own != nil {
		quote.Quote = own
	}
	return quote, err
}

// handOver waits until the host has the evidence, which comes before the claim.
func (a *attempt) handOver(ctx context.Context) error { return a.handedOver(ctx) }

// obtainCertificate has the key network certify the evidence.
func (a *attempt) obtainCertificate(ctx context.Context) (err error) {
	a.certified, err = a.keyholders.Certificate(ctx, a.evidence, a.launch.Permitter)
	return err
}

// obtainPermit has the host carry certificate and claim to the chain.
func (a *attempt) obtainPermit(ctx context.Context) (err error) {
	authorization, claim := a.certified.Signature.EIP2537(), a.signClaim()
	a.permit, err = a.link.Permit(ctx, hostlink.PermitRequest{
		Requester: a.keys.requester.Address(), Context: a.certified.Context(), Authorization: authorization[:], Claim: claim[:],
	})
	a.permitted = time.Now()
	return err
}

// signClaim allows the runner that the host named, and nobody else, to claim the attempt for the requester.
func (a *attempt) signClaim() [65]byte {
	t := a.launch.Task
	claim := task.Claim{TaskID: t.ID, TermsDigest: t.Terms.Digest(), Attempt: t.Attempt, Runner: a.launch.Runner}
	return a.keys.requester.Sign(claim.SigningDigest(a.domain()))
}

// relay is a client.Transport over the host link, to the holders of one epoch.
type relay struct {
	link  *hostlink.Client
	epoch uint64
}

// Do implements client.Transport.
func (r relay) Do(ctx context.Context, holder uint32, path string, body []byte) (int, []byte, error) {
	return r.link.Keyholder(ctx, r.epoch, holder, path, body)
}

// renew takes the host's word for who holds the key now. The client demands the group key that it knows, under which all that it
// gets is verified: a host that names others gets nothing from them.
func (a *attempt) renew(ctx context.Context, _ keyholder.Network) (network keyholder.Network, _ client.Transport, err error) {
	document, err := a.link.Keynet(ctx)
	if err == nil {
		err = network.UnmarshalJSON(document)
	}
	return network, relay{a.link, network.Epoch}, err
}

// accuse tells the host who lied about the certificate. The client shows no share of a key here: who describes the network to
// the guest is the host.
func (a *attempt) accuse(ctx context.Context, p keyholder.Proof) {
	if document, err := p.MarshalJSON(); err == nil {
		_ = a.link.Accuse(ctx, document) // a host that does not listen misses it
	}
}

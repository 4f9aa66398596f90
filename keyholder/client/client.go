// SPDX-License-Identifier: Apache-2.0

// Package client asks a key network for certificates and keys. It trusts no
// single holder and no transport: the sum of shares is checked by a pairing
// against the group key, and where that fails each share against its holder's
// public share. Who signed a wrong one is named with a proof that others can
// check. It is linked into the guest and brings no network code; see Transport.
package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

// Transport carries one request to the holder with the given index in its epoch
// and returns its HTTP status and body. A nil body asks with GET, any other with
// POST. It must bound the reply to keyholder.MaxBody bytes.
type Transport interface {
	Do(ctx context.Context, holder uint32, path string, body []byte) (status int, reply []byte, err error)
}

// Requester is who asks: the keys that its evidence binds.
type Requester struct {
	Sign        func(digest [32]byte) [keyholder.SignatureSize]byte // by the requester account
	ChannelPriv []byte                                              // 32 bytes; opens shares that are sealed to the channel key
	Now         func() time.Time
}

// Client asks one key network, over as many epochs as it lives. Its fields are set
// once; its methods may not be called at the same time.
type Client struct {
	Network   keyholder.Network
	Transport Transport
	Requester Requester
	// Renew finds the network of the present epoch when that of outdated is over. A
	// client without it gives up then. The group key stays what it was.
	Renew    func(ctx context.Context, outdated keyholder.Network) (keyholder.Network, Transport, error)
	Progress Progress // may be nil
	// FromBoard says that the caller took the public shares in Network from the board,
	// and not from whoever carries the messages. Else no share of a key is ever shown
	// as a proof: held against forged public shares, a right one would look wrong.
	FromBoard bool
	Accuse    func(keyholder.Proof) // told of each holder that provably lied; may be nil
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
func (c *Client) Certificate(ctx context.Context, evidence []byte, permitter [20]byte) (Certified, error) {
	e, err := attest.ParseEvidence(evidence)
	if err != nil {
		return Certified{}, fmt.Errorf("ask for certificate: %w", err)
	}
	of := func(f finding) keyholder.Certificate {
		return keyholder.CertificateFor(e, f.findings, permitter)
	}
	sum, err := c.run(ctx, question{
		path: keyholder.PathCertificate, responseKey: attest.HashChannelKey(e.ChannelKey), read: readCertificate,
		inner: func(epoch uint64) ([]byte, error) {
			return keyholder.CertificateRequest{Epoch: epoch, Evidence: evidence, Permitter: permitter}.MarshalJSON()
		},
		subject: func(f finding) [32]byte { return of(f).Digest() },
		base:    func(f finding) curve.G1 { return of(f).Point() },
	})
	if err != nil {
		return Certified{}, fmt.Errorf("ask for certificate: %w", err)
	}
	return Certified{of(sum.found), sum.point}, nil
}

// Release returns the derived key of name for a task's attempt. It asks as
// Certificate does.
func (c *Client) Release(ctx context.Context, evidence []byte, name keyname.Name, task keyholder.TaskAttempt) (curve.G1, error) {
	q, err := c.keyQuestion(evidence, name, task)
	if err != nil {
		return curve.G1{}, fmt.Errorf("ask for key: %w", err)
	}
	key, err := c.run(ctx, q)
	if err != nil {
		return curve.G1{}, fmt.Errorf("ask for key: %w", err)
	}
	return key.point, nil
}

func (c *Client) keyQuestion(evidence []byte, name keyname.Name, task keyholder.TaskAttempt) (question, error) {
	e, err := attest.ParseEvidence(evidence)
	if err != nil {
		return question{}, err
	}
	channel, err := envelope.NewRecipient(c.Requester.ChannelPriv)
	if err != nil {
		return question{}, err
	}
	base, subject := ibe.HashName(name), name.Digest()
	read := func(reply []byte, request [32]byte) (share, error) { return readShare(channel, reply, request) }
	return question{
		path: keyholder.PathRelease, responseKey: attest.HashChannelKey(e.ChannelKey), read: read, name: &name,
		inner: func(epoch uint64) ([]byte, error) {
			return keyholder.ReleaseRequest{Epoch: epoch, Evidence: evidence, Name: name, Task: task}.MarshalJSON()
		},
		subject: func(finding) [32]byte { return subject },
		base:    func(finding) curve.G1 { return base },
	}, nil
}

var (
	errIndex = errors.New("reply carries another holder's index")
	errEpoch = errors.New("reply is of another epoch")
)

// readCertificate takes a holder's share of a signature out of its reply.
func readCertificate(reply []byte, _ [32]byte) (share, error) {
	var r keyholder.CertificateReply
	if err := r.UnmarshalJSON(reply); err != nil {
		return share{}, err
	}
	return share{epoch: r.Epoch, index: r.Index, found: finding{findings: r.Findings}, raw: r.Signature, statement: r.Statement}, nil
}

// readShare opens a holder's share of a key, sealed in answer to a request.
func readShare(channel *envelope.Recipient, reply []byte, request [32]byte) (share, error) {
	var r keyholder.ReleaseReply
	if err := r.UnmarshalJSON(reply); err != nil {
		return share{}, err
	}
	context := keyholder.ReleaseContext(request, r.Epoch)
	plain, err := channel.Unwrap(keyholder.ReleaseInfo, context[:], r.Sealed)
	if err != nil {
		return share{}, err
	}
	s := share{epoch: r.Epoch, index: r.Index}
	s.raw, s.statement, err = keyholder.SplitShare(plain)
	return s, err
}

// renewals is how often a later network is looked for when fewer than t holders say
// that there is one.
const renewals = 6

// run asks the network, and the one of the next epoch when the present one turns
// out to be over.
func (c *Client) run(ctx context.Context, q question) (share, error) {
	for {
		sum, err := c.ask(ctx, q)
		over := sayOver(err)
		if err == nil || c.Renew == nil || over == 0 {
			return sum, err
		}
		if found := c.renew(ctx, over >= c.Network.Threshold); found != nil {
			return share{}, fmt.Errorf("%w; epoch %d is said to be over: %w", err, c.Network.Epoch, found)
		}
	}
}

// sayOver returns how many holders said that the epoch is over.
func sayOver(err error) (holders int) {
	var failures failed
	if !errors.Is(err, ErrRefused) || !errors.As(err, &failures) {
		return 0
	}
	for i := range failures {
		var refused *keyholder.Error
		if errors.As(failures[i].Err, &refused) && refused.Code == keyholder.CodeWrongEpoch {
			holders++
		}
	}
	return holders
}

// renew finds the network of a later epoch, of the same group key. Unless it is certain
// that there is one, it gives up after a while: a liar may have said so.
func (c *Client) renew(ctx context.Context, certain bool) error {
	pause := firstPause
	for tries := 1; ; tries++ {
		network, transport, err := c.Renew(ctx, c.Network)
		switch {
		case err == nil && (network.GroupKey != c.Network.GroupKey || network.Board != c.Network.Board):
			err = errors.New("the network found is another: it has another board or group key")
		case err == nil && network.Epoch > c.Network.Epoch:
			c.Network, c.Transport, c.FromBoard = network, transport, false
			return nil
		case err == nil:
			err = errors.New("no network of a later epoch is found")
		}
		if !certain && tries == renewals {
			return err
		}
		if !rest(ctx, pause) {
			return fmt.Errorf("%w: %w", err, ctx.Err())
		}
		pause = min(2*pause, longestPause)
	}
}

// rest waits, and reports whether ctx goes on.
func rest(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

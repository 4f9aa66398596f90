// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ethsig"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

// fixture is a network of three with threshold two whose secrets the test knows,
// and a machine that asks it.
type fixture struct {
	network   keyholder.Network
	group     curve.Scalar
	shares    []curve.Scalar
	signers   []*secp256k1.PrivateKey
	requester *secp256k1.PrivateKey
	evidence  attest.Evidence
	encoded   []byte
	client    *Client
	name      keyname.Name
	task      keyholder.TaskAttempt

	mu      sync.Mutex
	asked   map[uint32]int
	replies map[uint32]reply // what a holder does instead of its duty
}

// reply is a holder's behaviour; times limits how often, 0 is always.
type reply struct {
	do    misdeed
	times int
}

// misdeed is what a holder answers, whose index is 2 where it matters.
type misdeed func(ctx context.Context, f *fixture, path string, request [32]byte) (int, []byte, error)

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{asked: map[uint32]int{}, replies: map[uint32]reply{}, requester: newSigner(t)}
	a, b := scalar(t), scalar(t)
	f.group = a
	f.network = keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: 1, Threshold: 2, GroupKey: a.Public().Bytes()}
	for i := uint32(1); i <= 3; i++ {
		s := a.Add(b.Mul(curve.ScalarFromIndex(i)))
		f.shares = append(f.shares, s)
		f.signers = append(f.signers, newSigner(t))
		f.network.Holders = append(f.network.Holders, keyholder.Holder{
			Index: i, URL: "x", Signer: ethsig.Address([ethsig.PublicSize]byte(f.signers[i-1].PubKey().SerializeUncompressed())), PublicShare: s.Public().Bytes(),
		})
	}
	channelPriv, public, err := envelope.GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	f.evidence = attest.Evidence{
		TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, ChannelKey: public,
		Binding: attest.Binding{ChainID: 1, Registry: [20]byte{1}, IdentityID: [32]byte{2}, MeasurementRoot: [32]byte{3}},
		Signed:  []byte{1}, Collateral: []byte{1},
	}
	if f.encoded, err = f.evidence.Marshal(); err != nil {
		t.Fatal(err)
	}
	f.task = keyholder.TaskAttempt{ID: [32]byte{4}, Attempt: 1, Terms: keyholder.Terms{5}}
	f.name = keyname.ForTask(1, [20]byte{1}, [32]byte{2}, f.task.ID, [32]byte{3})
	f.client = &Client{Network: f.network, Transport: f, Requester: Requester{Sign: signer(f.requester), ChannelPriv: channelPriv, Now: time.Now}}
	return f
}

func newSigner(t *testing.T) *secp256k1.PrivateKey {
	t.Helper()
	key, err := secp256k1.GeneratePrivateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signer(key *secp256k1.PrivateKey) func(digest [32]byte) [65]byte {
	return func(digest [32]byte) [65]byte {
		compact := ecdsa.SignCompact(key, digest[:], false)
		return [65]byte(append(compact[1:], compact[0]))
	}
}

func scalar(t *testing.T) curve.Scalar {
	t.Helper()
	s, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// release asks for the fixture's key.
func (f *fixture) release(ctx context.Context) (curve.G1, error) {
	return f.client.Release(ctx, f.encoded, f.name, f.task)
}

// Do implements Transport: the holder's duty, or what replies says.
func (f *fixture) Do(ctx context.Context, holder uint32, path string, body []byte) (int, []byte, error) {
	f.mu.Lock()
	f.asked[holder]++
	r := f.replies[holder]
	odd := r.do != nil && (r.times == 0 || f.asked[holder] <= r.times)
	f.mu.Unlock()
	request, err := f.open(path, body)
	if err != nil {
		return 0, nil, err
	}
	if odd {
		return r.do(ctx, f, path, request)
	}
	return f.honest(holder, f.shares[holder-1], path, request)
}

var errForged = errors.New("not signed by the requester, in time")

// open returns the digest of a request, which must be the requester's.
func (f *fixture) open(path string, body []byte) ([32]byte, error) {
	r, err := keyholder.ParseSignedRequest(body)
	if err != nil {
		return [32]byte{}, err
	}
	digest := r.Digest(f.network.GroupKey, path, attest.HashChannelKey(f.evidence.ChannelKey))
	if by, err := r.Recover(digest); err != nil || by != ethsig.Address([ethsig.PublicSize]byte(f.requester.PubKey().SerializeUncompressed())) || !r.Timely(time.Now()) {
		return [32]byte{}, errForged
	}
	return digest, nil
}

func (f *fixture) honest(holder uint32, share curve.Scalar, path string, request [32]byte) (int, []byte, error) {
	if path == keyholder.PathCertificate {
		return encode(f.certified(holder, share, found, request))
	}
	return f.sealed(holder, ibe.HashName(f.name).Mul(share).Bytes(), request)
}

func (f *fixture) honestBase() curve.G1 { return ibe.HashName(f.name) }

// found is what honest holders find of the fixture's evidence.
var found = keyholder.Findings{Platform: [32]byte{1, 1}, Author: [32]byte{2}}

func (f *fixture) certified(holder uint32, share curve.Scalar, found keyholder.Findings, request [32]byte) keyholder.CertificateReply {
	certificate := keyholder.CertificateFor(f.evidence, found, [20]byte{7})
	r := keyholder.CertificateReply{
		Epoch: f.network.Epoch, Index: holder, Findings: found, Signature: certificate.Point().Mul(share).Bytes(),
	}
	r.Statement = f.state(keyholder.Statement{
		Board: f.network.Board, Path: keyholder.PathCertificate, Request: request, Epoch: r.Epoch, Index: holder, Subject: certificate.Digest(), Share: r.Signature,
	})
	return r
}

func (f *fixture) state(s keyholder.Statement) [65]byte {
	return signer(f.signers[s.Index-1])(s.Digest())
}

// sealed is a holder's signed answer with a share.
func (f *fixture) sealed(holder uint32, share [48]byte, request [32]byte) (int, []byte, error) {
	statement := keyholder.Statement{
		Board: f.network.Board, Path: keyholder.PathRelease, Request: request, Epoch: f.network.Epoch, Index: holder, Subject: f.name.Digest(), Share: share,
	}
	return f.wrapped(holder, keyholder.JoinShare(share, f.state(statement)), keyholder.ReleaseContext(request, f.network.Epoch))
}

func (f *fixture) wrapped(holder uint32, plain []byte, context [32]byte) (int, []byte, error) {
	s, err := envelope.Wrap(f.evidence.ChannelKey, keyholder.ReleaseInfo, context[:], plain)
	if err != nil {
		return 0, nil, err
	}
	return encode(keyholder.ReleaseReply{Epoch: f.network.Epoch, Index: holder, Sealed: s})
}

func encode(v json.Marshaler) (int, []byte, error) {
	b, err := json.Marshal(v)
	return 200, b, err
}

func refusing(code keyholder.Code, retryable bool) misdeed {
	return func(context.Context, *fixture, string, [32]byte) (int, []byte, error) {
		_, b, err := encode(keyholder.Error{Code: code, Message: "no", Retryable: retryable})
		return 403, b, err
	}
}

// refusingUntil is of a holder, 3, that does its duty when the other was named, however long that takes.
func refusingUntil(named <-chan struct{}) misdeed {
	return func(ctx context.Context, f *fixture, path string, request [32]byte) (int, []byte, error) {
		select {
		case <-named:
			return f.honest(3, f.shares[2], path, request)
		default:
			return refusing(keyholder.CodeNotReady, true)(ctx, f, path, request)
		}
	}
}

func silent(ctx context.Context, _ *fixture, _ string, _ [32]byte) (int, []byte, error) {
	<-ctx.Done()
	return 0, nil, ctx.Err()
}

func down(context.Context, *fixture, string, [32]byte) (int, []byte, error) {
	return 0, nil, errors.New("connection refused")
}

func (f *fixture) checkKey(t *testing.T, key curve.G1, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if !key.Equal(ibe.HashName(f.name).Mul(f.group)) {
		t.Fatal("got another key")
	}
}

func TestCertificateAndRelease(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	certified, err := f.client.Certificate(t.Context(), f.encoded, [20]byte{7})
	if err != nil {
		t.Fatal(err)
	}
	group, err := f.network.Group()
	if err != nil || certified.Findings != found ||
		!curve.Verify(certified.Signature, keyholder.CertificateFor(f.evidence, found, [20]byte{7}).Point(), group) {
		t.Fatal("signature does not verify")
	}
	key, err := f.release(t.Context())
	f.checkKey(t, key, err)
}

// KR-13: a silent holder does not delay; too few let it wait and say so.
func TestKR13SilentHolders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.replies[1] = reply{do: silent}
		before := time.Now()
		key, err := f.release(t.Context())
		f.checkKey(t, key, err)
		if waited := time.Since(before); waited != 0 {
			t.Fatalf("waited %s for a silent holder", waited)
		}
	})
}

func TestWaitsForKeyholders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.replies[1], f.replies[2] = reply{do: down}, reply{do: down, times: 5}
		var said []string
		f.client.Progress = func(w Waiting) { said = append(said, w.String()) }
		key, err := f.release(t.Context())
		f.checkKey(t, key, err)
		if len(said) < 5 || said[0] != "waiting for keyholders: 1 of 2" {
			t.Fatalf("said %q", said)
		}
		if f.asked[3] != 1 {
			t.Fatalf("asked holder 3, which had answered, %d times", f.asked[3])
		}
	})
}

func TestEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.replies[1], f.replies[2] = reply{do: down}, reply{do: silent}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := f.release(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestEndsWhenTooManyRefuse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replies[1] = reply{do: refusing(keyholder.CodeAlreadyReleased, false)}
	f.replies[2] = f.replies[1]
	_, err := f.release(t.Context())
	var refused *keyholder.Error
	if !errors.Is(err, ErrRefused) || !errors.As(err, &refused) || refused.Code != keyholder.CodeAlreadyReleased {
		t.Fatalf("got %v", err)
	}
}

// The description of a network is not trusted either.
func TestNetworkThatDoesNotAddUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.network.GroupKey = scalar(t).Public().Bytes() // holders that go along: others refuse what is signed for it
	f.client.Network.GroupKey = f.network.GroupKey
	if _, err := f.release(t.Context()); err == nil {
		t.Fatal("shares of another group key were combined")
	}
	f.client.Network = keyholder.Network{}
	if _, err := f.release(t.Context()); err == nil {
		t.Fatal("the zero network gave a key")
	}
}

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

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

// fixture is a network of three with threshold two whose secret the test knows,
// and a request to it.
type fixture struct {
	network     keyholder.Network
	group       curve.Scalar
	shares      []curve.Scalar
	evidence    attest.Evidence
	encoded     []byte
	channelPriv []byte
	request     keyholder.ReleaseRequest

	mu      sync.Mutex
	asked   map[uint32]int
	replies map[uint32]reply // what a holder does instead of its duty
}

// reply is a holder's behaviour; times limits how often, 0 is always.
type reply struct {
	do    func(ctx context.Context, f *fixture, path string) (int, []byte, error)
	times int
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{asked: map[uint32]int{}, replies: map[uint32]reply{}}
	a, b := scalar(t), scalar(t)
	f.group = a
	f.network = keyholder.Network{Epoch: 1, Threshold: 2, GroupKey: curve.G2Generator().Mul(a).Bytes()}
	for i := uint32(1); i <= 3; i++ {
		s := a.Add(b.Mul(curve.ScalarFromIndex(i)))
		f.shares = append(f.shares, s)
		f.network.Holders = append(f.network.Holders, keyholder.Holder{Index: i, URL: "x", PublicShare: curve.G2Generator().Mul(s).Bytes()})
	}
	var public []byte
	var err error
	if f.channelPriv, public, err = envelope.GenerateRecipient(); err != nil {
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
	task := keyholder.TaskAttempt{ID: [32]byte{4}, Attempt: 1, Terms: keyholder.Terms{5}}
	f.request = keyholder.ReleaseRequest{
		Evidence: f.encoded, Task: task,
		Name: keyname.ForTask(1, [20]byte{1}, [32]byte{2}, task.ID, [32]byte{3}),
	}
	return f
}

func scalar(t *testing.T) curve.Scalar {
	t.Helper()
	s, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Do implements Transport: the holder's duty, or what replies says.
func (f *fixture) Do(ctx context.Context, holder uint32, path string, _ []byte) (int, []byte, error) {
	f.mu.Lock()
	f.asked[holder]++
	r := f.replies[holder]
	odd := r.do != nil && (r.times == 0 || f.asked[holder] <= r.times)
	f.mu.Unlock()
	if odd {
		return r.do(ctx, f, path)
	}
	return f.honest(holder, f.shares[holder-1], path)
}

func (f *fixture) honest(holder uint32, share curve.Scalar, path string) (int, []byte, error) {
	if path == keyholder.PathCertificate {
		return encode(f.certified(holder, share, found))
	}
	point := ibe.HashName(f.request.Name).Mul(share).Bytes()
	return f.sealed(holder, point[:], keyholder.ReleaseDigest(f.request.Name, f.request.Task, attest.HashChannelKey(f.evidence.ChannelKey)))
}

// found is what honest holders find of the fixture's evidence.
var found = keyholder.Findings{Platform: [32]byte{1, 1}, Author: [32]byte{2}}

func (f *fixture) certified(holder uint32, share curve.Scalar, found keyholder.Findings) keyholder.CertificateReply {
	point := keyholder.CertificateFor(f.evidence, found, [20]byte{7}).Point().Mul(share)
	return keyholder.CertificateReply{Index: holder, Findings: found, Signature: point.Bytes()}
}

func (f *fixture) sealed(holder uint32, plain []byte, digest [32]byte) (int, []byte, error) {
	s, err := envelope.Wrap(f.evidence.ChannelKey, keyholder.ReleaseInfo, digest[:], plain)
	if err != nil {
		return 0, nil, err
	}
	return encode(keyholder.ReleaseReply{Index: holder, Sealed: s})
}

func encode(v json.Marshaler) (int, []byte, error) {
	b, err := json.Marshal(v)
	return 200, b, err
}

func refusing(code keyholder.Code, retryable bool) func(context.Context, *fixture, string) (int, []byte, error) {
	return func(context.Context, *fixture, string) (int, []byte, error) {
		_, b, err := encode(keyholder.Error{Code: code, Message: "no", Retryable: retryable})
		return 403, b, err
	}
}

func silent(ctx context.Context, _ *fixture, _ string) (int, []byte, error) {
	<-ctx.Done()
	return 0, nil, ctx.Err()
}

func down(context.Context, *fixture, string) (int, []byte, error) {
	return 0, nil, errors.New("connection refused")
}

func (f *fixture) checkKey(t *testing.T, key curve.G1, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if !key.Equal(ibe.HashName(f.request.Name).Mul(f.group)) {
		t.Fatal("got another key")
	}
}

func TestCertificateAndRelease(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	certified, err := Certificate(t.Context(), f.network, f, f.encoded, [20]byte{7}, nil)
	if err != nil {
		t.Fatal(err)
	}
	group, err := f.network.Group()
	if err != nil || certified.Findings != found ||
		!curve.Verify(certified.Signature, keyholder.CertificateFor(f.evidence, found, [20]byte{7}).Point(), group) {
		t.Fatal("signature does not verify")
	}
	key, err := Release(t.Context(), f.network, f, f.request, f.channelPriv, nil)
	f.checkKey(t, key, err)
}

// KR-01, KR-02, KR-03, KR-06, KR-12: whatever one holder answers, the key is the
// right one, and while only one honest holder is left the liar is named.
func TestKR01OneLiarChangesNothing(t *testing.T) {
	t.Parallel()
	digest := func(f *fixture) [32]byte {
		return keyholder.ReleaseDigest(f.request.Name, f.request.Task, attest.HashChannelKey(f.evidence.ChannelKey))
	}
	point := func(f *fixture, p curve.G1) (int, []byte, error) {
		b := p.Bytes()
		return f.sealed(2, b[:], digest(f))
	}
	other := scalar(t)
	lies := map[string]func(_ context.Context, f *fixture, _ string) (int, []byte, error){
		"chosen key": func(_ context.Context, f *fixture, _ string) (int, []byte, error) {
			return point(f, ibe.HashName(f.request.Name).Mul(other))
		},
		"share of another name": func(_ context.Context, f *fixture, _ string) (int, []byte, error) {
			name := f.request.Name
			name.Subject[0]++
			return point(f, ibe.HashName(name).Mul(f.shares[1]))
		},
		"KR-06 share of another holder": func(_ context.Context, f *fixture, _ string) (int, []byte, error) {
			return point(f, ibe.HashName(f.request.Name).Mul(f.shares[0]))
		},
		"KR-06 reply of another holder": func(_ context.Context, f *fixture, path string) (int, []byte, error) {
			return f.honest(1, f.shares[0], path)
		},
		"KR-07 identity": func(_ context.Context, f *fixture, _ string) (int, []byte, error) {
			return f.sealed(2, append([]byte{0xc0}, make([]byte, 47)...), digest(f))
		},
		"KR-03 sealed for another request": func(_ context.Context, f *fixture, _ string) (int, []byte, error) {
			b := ibe.HashName(f.request.Name).Mul(f.shares[1]).Bytes()
			return f.sealed(2, b[:], [32]byte{1})
		},
		"KR-12 empty":    func(context.Context, *fixture, string) (int, []byte, error) { return 200, nil, nil },
		"KR-12 not JSON": func(context.Context, *fixture, string) (int, []byte, error) { return 200, []byte("{"), nil },
		"KR-12 huge": func(context.Context, *fixture, string) (int, []byte, error) {
			return 200, make([]byte, keyholder.MaxBody+1), nil
		},
		"KR-12 short seal": func(context.Context, *fixture, string) (int, []byte, error) {
			return encode(keyholder.ReleaseReply{Index: 2, Sealed: []byte{1}})
		},
	}
	for name, lie := range lies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.replies[2] = reply{do: lie}
			key, err := Release(t.Context(), f.network, f, f.request, f.channelPriv, nil)
			f.checkKey(t, key, err)

			f.replies[3] = reply{do: refusing(keyholder.CodeNotReady, true), times: f.asked[3] + 1}
			named := false
			progress := func(w Waiting) {
				for _, failure := range w.Failures {
					named = named || (failure.Holder == 2 && failure.Lied)
				}
			}
			key, err = Release(t.Context(), f.network, f, f.request, f.channelPriv, progress)
			f.checkKey(t, key, err)
			if !named {
				t.Fatal("the liar is not named")
			}
		})
	}
}

// KR-13: a silent holder does not delay; too few let it wait and say so.
func TestKR13SilentHolders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t)
		f.replies[1] = reply{do: silent}
		before := time.Now()
		key, err := Release(t.Context(), f.network, f, f.request, f.channelPriv, nil)
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
		key, err := Release(t.Context(), f.network, f, f.request, f.channelPriv, func(w Waiting) { said = append(said, w.String()) })
		f.checkKey(t, key, err)
		if len(said) != 5 || said[0] != "waiting for keyholders: 1 of 2" {
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
		if _, err := Release(ctx, f.network, f, f.request, f.channelPriv, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestEndsWhenTooManyRefuse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replies[1] = reply{do: refusing(keyholder.CodeAlreadyReleased, false)}
	f.replies[2] = f.replies[1]
	_, err := Release(t.Context(), f.network, f, f.request, f.channelPriv, nil)
	var refused *keyholder.Error
	if !errors.Is(err, ErrRefused) || !errors.As(err, &refused) || refused.Code != keyholder.CodeAlreadyReleased {
		t.Fatalf("got %v", err)
	}
}

// The description of a network is not trusted either.
func TestNetworkThatDoesNotAddUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.network.GroupKey = curve.G2Generator().Mul(scalar(t)).Bytes()
	if _, err := Release(t.Context(), f.network, f, f.request, f.channelPriv, nil); err == nil {
		t.Fatal("shares of another group key were combined")
	}
	if _, err := Release(t.Context(), keyholder.Network{}, f, f.request, f.channelPriv, nil); err == nil {
		t.Fatal("the zero network gave a key")
	}
}

// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/ibe"
	"github.com/escrin/escrin/keyholder/keyname"
)

// lie is what holder 2 answers to a request for a key, and whether its signature
// gives it away.
type lie struct {
	do     misdeed
	proven bool
}

// point answers with a point of holder 2's choice, signed.
func point(of func(f *fixture) curve.G1) lie {
	return lie{func(_ context.Context, f *fixture, _ string, request [32]byte) (int, []byte, error) {
		return f.sealed(2, of(f).Bytes(), request)
	}, true}
}

func lies(t *testing.T) map[string]lie {
	other := scalar(t)
	raw := func(status int, reply []byte) lie {
		return lie{func(context.Context, *fixture, string, [32]byte) (int, []byte, error) { return status, reply, nil }, false}
	}
	right := func(f *fixture) [48]byte { return ibe.HashName(f.name).Mul(f.shares[1]).Bytes() }
	return map[string]lie{
		"chosen key": point(func(f *fixture) curve.G1 { return ibe.HashName(f.name).Mul(other) }),
		"share of another name": point(func(f *fixture) curve.G1 {
			name := f.name
			name.Subject[0]++
			return ibe.HashName(name).Mul(f.shares[1])
		}),
		"KR-06 share of another holder": point(func(f *fixture) curve.G1 { return ibe.HashName(f.name).Mul(f.shares[0]) }),
		"KR-21 share of another epoch":  point(func(f *fixture) curve.G1 { return ibe.HashName(f.name).Mul(f.shares[1].Add(other)) }),
		"KR-08 the name signed as a certificate": point(func(f *fixture) curve.G1 {
			return curve.HashToG1(curve.DSTCertificate, f.name.Encode()).Mul(f.shares[1])
		}),
		"KR-07 identity": {func(_ context.Context, f *fixture, _ string, request [32]byte) (int, []byte, error) {
			return f.sealed(2, [48]byte{0xc0}, request)
		}, true},
		"KR-02 wrong share that nobody signed": {func(_ context.Context, f *fixture, _ string, request [32]byte) (int, []byte, error) {
			share := ibe.HashName(f.name).Mul(other).Bytes()
			return f.wrapped(2, keyholder.JoinShare(share, [65]byte{}), keyholder.ReleaseContext(request, 1))
		}, false},
		"KR-06 reply of another holder": {func(_ context.Context, f *fixture, path string, request [32]byte) (int, []byte, error) {
			return f.honest(1, f.shares[0], path, request)
		}, false},
		"KR-03 sealed for another request": {func(_ context.Context, f *fixture, _ string, _ [32]byte) (int, []byte, error) {
			return f.sealed(2, right(f), [32]byte{1})
		}, false},
		"KR-21 sealed for another epoch": {func(_ context.Context, f *fixture, _ string, request [32]byte) (int, []byte, error) {
			share := right(f)
			return f.wrapped(2, keyholder.JoinShare(share, [65]byte{}), keyholder.ReleaseContext(request, 2))
		}, false},
		"KR-21 says that it is of another epoch": {func(_ context.Context, f *fixture, _ string, request [32]byte) (int, []byte, error) {
			reply := keyholder.ReleaseReply{Epoch: 2, Index: 2}
			_, body, err := f.wrapped(2, make([]byte, keyholder.SignedShareSize), keyholder.ReleaseContext(request, 2))
			if err == nil {
				var sealed keyholder.ReleaseReply
				err = json.Unmarshal(body, &sealed)
				reply.Sealed = sealed.Sealed
			}
			_, body, _ = encode(reply)
			return 200, body, err
		}, false},
		"KR-12 empty":      raw(200, nil),
		"KR-12 not JSON":   raw(200, []byte("{")),
		"KR-12 huge":       raw(200, make([]byte, keyholder.MaxBody+1)),
		"KR-12 short seal": raw(200, []byte(`{"epoch":1,"index":2,"sealed":"AQ=="}`)),
		"KR-12 short share": {func(_ context.Context, f *fixture, _ string, request [32]byte) (int, []byte, error) {
			return f.wrapped(2, make([]byte, 48), keyholder.ReleaseContext(request, 1))
		}, false},
	}
}

// KR-01, KR-02, KR-03, KR-06, KR-08, KR-12, KR-21: whatever one holder answers, the key is
// the right one; and while only one honest holder is left the liar is named, with
// a proof if it signed.
func TestKR01OneLiarChangesNothing(t *testing.T) {
	t.Parallel()
	for name, lie := range lies(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.replies[2] = reply{do: lie.do}
			key, err := f.release(t.Context())
			f.checkKey(t, key, err)

			named := make(chan struct{})
			name := sync.OnceFunc(func() { close(named) })
			f.mu.Lock() // what was asked before may still be on its way
			f.replies[3] = reply{do: refusingUntil(named)}
			f.mu.Unlock()
			f.client.Progress = func(w Waiting) {
				for _, failure := range w.Failures {
					if failure.Holder == 2 {
						name()
					}
				}
			}
			f.client.FromBoard = true
			var proofs []keyholder.Proof
			f.client.Accuse = func(p keyholder.Proof) { proofs = append(proofs, p) }
			key, err = f.release(t.Context())
			f.checkKey(t, key, err)
			if (len(proofs) == 1) != lie.proven {
				t.Fatalf("the liar is named with %d proofs", len(proofs))
			}
			for _, p := range proofs {
				if err := CheckProof(f.network, p); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// proven is a proof that holder 2 lied, about a key or about a certificate.
func proven(t *testing.T, f *fixture, path string) keyholder.Proof {
	t.Helper()
	wrong := scalar(t)
	f.replies[2] = reply{do: func(_ context.Context, f *fixture, path string, request [32]byte) (int, []byte, error) {
		return f.honest(2, wrong, path, request)
	}}
	named := make(chan struct{})
	f.replies[3] = reply{do: refusingUntil(named)}
	var proof keyholder.Proof
	f.client.FromBoard = path == keyholder.PathRelease
	f.client.Accuse = func(p keyholder.Proof) { proof = p; close(named) }
	var err error
	if path == keyholder.PathRelease {
		_, err = f.release(t.Context())
	} else {
		_, err = f.client.Certificate(t.Context(), f.encoded, [20]byte{7})
	}
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

// KR-04: a proof convinces whoever knows the network, after any travel, and nobody
// can make one of an honest share, or turn one against another holder.
func TestKR04ProofsAreTransferable(t *testing.T) {
	t.Parallel()
	for _, path := range []string{keyholder.PathCertificate, keyholder.PathRelease} {
		f := newFixture(t)
		proof := proven(t, f, path)
		b, err := json.Marshal(proof)
		if err != nil {
			t.Fatal(err)
		}
		var again keyholder.Proof
		if err := json.Unmarshal(b, &again); err != nil || !reflect.DeepEqual(again, proof) {
			t.Fatalf("a proof changes on its way: %v", err)
		}
		if err := CheckProof(f.network, again); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(n *keyholder.Network, p *keyholder.Proof){
			"another holder":  func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Index = 1 },
			"no holder":       func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Index = 0 },
			"fourth holder":   func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Index = 4 },
			"another epoch":   func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Epoch++ },
			"another share":   func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Share[47] ^= 1 },
			"another request": func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Request[0] ^= 1 },
			"another subject": func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Subject[0] ^= 1 },
			"another path":    func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Path = "/v1/other" },
			"other way round": func(_ *keyholder.Network, p *keyholder.Proof) {
				p.Statement.Path = map[string]string{
					keyholder.PathCertificate: keyholder.PathRelease, keyholder.PathRelease: keyholder.PathCertificate,
				}[p.Statement.Path]
			},
			"another name": func(_ *keyholder.Network, p *keyholder.Proof) {
				name := f.name
				name.Version++
				p.Name = &name
			},
			"unsigned":        func(_ *keyholder.Network, p *keyholder.Proof) { p.Signature = [65]byte{} },
			"unknown signer":  func(n *keyholder.Network, _ *keyholder.Proof) { n.Holders[1].Signer = [20]byte{} },
			"another board":   func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Board.KeyNetwork[0]++ },
			"another chain":   func(_ *keyholder.Network, p *keyholder.Proof) { p.Statement.Board.ChainID++ },
			"network's epoch": func(n *keyholder.Network, _ *keyholder.Proof) { n.Epoch++ },
		} {
			network, p := f.network, proof
			network.Holders = append([]keyholder.Holder{}, network.Holders...)
			change(&network, &p)
			if err := CheckProof(network, p); !errors.Is(err, ErrNoProof) {
				t.Errorf("%s, %s: %v", path, name, err)
			}
		}
	}
}

// KR-04: the statement on an honest share proves nothing, whatever is put beside it.
func TestKR04HonestSharesProveNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	share := ibe.HashName(f.name).Mul(f.shares[1]).Bytes()
	s := keyholder.Statement{Board: f.network.Board, Path: keyholder.PathRelease, Request: [32]byte{1}, Epoch: 1, Index: 2, Subject: f.name.Digest(), Share: share}
	other := f.name
	other.Subject[0]++
	for _, name := range []*keyname.Name{&f.name, &other, nil} {
		if err := CheckProof(f.network, keyholder.Proof{Statement: s, Signature: f.state(s), Name: name}); !errors.Is(err, ErrNoProof) {
			t.Error(err)
		}
	}
	if err := CheckProof(keyholder.Network{}, keyholder.Proof{}); err == nil {
		t.Error("nothing is proven to nobody")
	}
}

// KR-01: a host that describes the network falsely, and spoils one answer so that the sum is wrong, sees no share of
// those that it calls wrong; although each signed what it gave.
func TestKR01FalseDescriptionsRevealNoShare(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	other := scalar(t)
	f.replies[2] = reply{do: point(func(f *fixture) curve.G1 { return ibe.HashName(f.name).Mul(other) }).do}
	f.client.Network.Holders = slices.Clone(f.network.Holders)
	f.client.Network.Holders[0].PublicShare = other.Public().Bytes()
	shown := func(failures []Failure) {
		for _, failure := range failures {
			if failure.Proof != nil || strings.Contains(failure.Error(), "0x") {
				t.Errorf("shown: %+v", failure)
			}
		}
	}
	f.client.Accuse = func(p keyholder.Proof) { t.Errorf("shown: %+v", p) }
	f.client.Progress = func(w Waiting) { shown(w.Failures) }
	f.replies[3] = reply{do: refusing(keyholder.CodeAlreadyReleased, false)}
	_, err := f.release(t.Context())
	var failures failed
	if !errors.Is(err, ErrRefused) || !errors.As(err, &failures) {
		t.Fatal(err)
	}
	shown(failures)
}

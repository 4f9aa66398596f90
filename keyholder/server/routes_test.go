// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/keyname"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/share"
)

// AT-14: the share does nothing but with what package release approved, which it
// does for verified and appraised claims only. A new method has to be looked at here.
func TestAT14ShareActsOnApprovalsOnly(t *testing.T) {
	t.Parallel()
	want := map[string][]reflect.Type{
		"Index": nil, "Network": nil, "Group": nil,
		"Sign": {reflect.TypeFor[release.Approved]()},
		"Seal": {reflect.TypeFor[release.Grant]()}, "Certify": {reflect.TypeFor[release.Certified]()},
	}
	s := reflect.TypeFor[share.Share]()
	for i := range s.NumMethod() {
		m := s.Method(i)
		var takes []reflect.Type
		for n := 1; n < m.Type.NumIn(); n++ {
			takes = append(takes, m.Type.In(n))
		}
		if expected, known := want[m.Name]; !known || !slices.Equal(takes, expected) {
			t.Errorf("Share.%s takes %v", m.Name, takes)
		}
		delete(want, m.Name)
	}
	if len(want) > 0 {
		t.Errorf("methods are missing: %v", want)
	}
}

// withSecret is a server of one public network whose share is of another secret
// each time, and whose rules approve nothing.
func withSecret(t *testing.T, secret uint32) *Server {
	t.Helper()
	s := newServer(t, slog.New(slog.DiscardHandler))
	network := keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: 1, Threshold: 2, GroupKey: curve.G2Generator().Bytes()}
	for i := uint32(1); i <= 3; i++ {
		network.Holders = append(network.Holders, keyholder.Holder{
			Index: i, URL: "http://x", PublicShare: curve.ScalarFromIndex(secret + i - 1).Public().Bytes(),
		})
	}
	own, err := share.New(1, curve.ScalarFromIndex(secret), nil, network)
	if err != nil {
		t.Fatal(err)
	}
	s.SetShare(own)
	return s
}

// AT-14: every route is enumerated. Those that say nothing of the share answer
// the same without one; those that use it refuse whatever is not approved, be
// it as well formed and as authentic as it may.
func TestAT14EveryRouteVerifies(t *testing.T) {
	t.Parallel()
	s := withSecret(t, 5)
	bodies := requests(t)
	kinds := map[use]int{}
	for _, r := range s.routes() {
		kinds[r.uses]++
		method, path, _ := strings.Cut(r.pattern, " ")
		path = fill(path)
		for name, body := range bodies {
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, httptest.NewRequest(method, path, bytes.NewReader(body)))
			switch {
			case r.uses == ofShare && w.Code < 400:
				t.Errorf("%s answers %s with %d: %s", r.pattern, name, w.Code, w.Body)
			case r.uses == public && method != "GET":
				t.Errorf("%s changes something", r.pattern)
			case r.uses == gone && (w.Code != 410 || len(w.Body.Bytes()) == 0):
				t.Errorf("%s answers %s with %d", r.pattern, name, w.Code)
			case r.uses != ofShare && r.uses != public && r.uses != gone:
				t.Errorf("%s: nobody says what its answers are made of", r.pattern)
			}
		}
	}
	if kinds[ofShare] != 4 || kinds[public] != 11 || kinds[gone] != 9 {
		t.Errorf("routes are %v: look at the new one", kinds)
	}
}

// AT-14: what public routes answer does not depend on the secret, but for the
// public shares that are made of it.
func TestAT14PublicRoutesKnowNoSecret(t *testing.T) {
	t.Parallel()
	one, other := withSecret(t, 5), withSecret(t, 77)
	share := regexp.MustCompile(`"publicShare":"0x[0-9a-f]{192}"`)
	for i, r := range one.routes() {
		if r.uses != public {
			continue
		}
		_, path, _ := strings.Cut(r.pattern, " ")
		path = fill(path)
		answer := func(s *Server) string {
			w := httptest.NewRecorder()
			s.routes()[i].handle(w, httptest.NewRequest("GET", path, nil))
			return w.Body.String()
		}
		if a, b := share.ReplaceAllString(answer(one), ""), share.ReplaceAllString(answer(other), ""); a != b {
			t.Errorf("%s answers\n%s\n%s", r.pattern, a, b)
		}
	}
}

// fill puts something in the place of what a route leaves open.
func fill(path string) string {
	word := "0x" + strings.Repeat("09", 32)
	return strings.NewReplacer("{round}", "hello", "{epoch}", "3", "{chain}", "31337", "{registry}", "0x01"+strings.Repeat("00", 19),
		"{identity}", "0x09"+strings.Repeat("00", 31), "{signer}", word[:42], "{nonce}", word, "{digest}", word, "{name}", "omni", "{$}", "").Replace(path)
}

// requests are bodies up to well-formed requests with genuine evidence.
func requests(t *testing.T) map[string][]byte {
	t.Helper()
	platform, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	e := attest.Evidence{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024}, ChannelKey: make([]byte, attest.ChannelKeySize)}
	e.Binding = attest.Binding{ChainID: 1, Requester: crypto.PubkeyToAddress(key.PublicKey), ChannelKeyHash: attest.HashChannelKey(e.ChannelKey)}
	if e.Signed, e.Collateral, err = platform.Start(attest.Registers{}).Quote(e.Binding.ReportData()); err != nil {
		t.Fatal(err)
	}
	raw, err := e.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	certificate := signed(t, key, e, keyholder.PathCertificate, keyholder.CertificateRequest{Epoch: 1, Evidence: raw, Permitter: [20]byte{1}})
	name := keyname.ForTask(1, e.Binding.Registry, e.Binding.IdentityID, [32]byte{1}, e.Binding.MeasurementRoot)
	release := signed(t, key, e, keyholder.PathRelease,
		keyholder.ReleaseRequest{Epoch: 1, Evidence: raw, Name: name, Task: keyholder.TaskAttempt{ID: [32]byte{1}, Attempt: 1}})
	return map[string][]byte{"nothing": nil, "an object": []byte("{}"), "a request for a certificate": certificate, "a request for a key": release,
		"a question about an anchor": aboutAnchor(t, key)}
}

// aboutAnchor is a question about an anchor as its requester signs it.
func aboutAnchor(t *testing.T, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	return signedFor(t, key, [32]byte{}, keyholder.PathState, keyholder.StateRequest{Epoch: 1, Requester: crypto.PubkeyToAddress(key.PublicKey),
		Name: keyholder.AnchorName{ChainID: 1, Registry: [20]byte{1}, IdentityID: [32]byte{1}, Set: keyholder.Advanced}})
}

// signed is a request as its requester signs it.
func signed(t *testing.T, key *ecdsa.PrivateKey, e attest.Evidence, path string, request json.Marshaler) []byte {
	t.Helper()
	return signedFor(t, key, e.Binding.ChannelKeyHash, path, request)
}

func signedFor(t *testing.T, key *ecdsa.PrivateKey, responseKey [32]byte, path string, request json.Marshaler) []byte {
	t.Helper()
	inner, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	r := keyholder.Sign(curve.G2Generator().Bytes(), path, inner, [32]byte{}, time.Now(), responseKey, func(digest [32]byte) [65]byte {
		s, err := crypto.Sign(digest[:], key)
		if err != nil {
			t.Fatal(err)
		}
		s[64] += 27
		return [65]byte(s)
	})
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
	"github.com/escrin/escrin/keyholder/metrics"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/share"
	"github.com/escrin/escrin/keyholder/store"
	"github.com/escrin/escrin/keyholder/witness"
)

const (
	chainID  = 31337
	epoch    = 3
	ourIndex = 2
)

// world is a keyholder with a share, a chain that approves of one enclave, and
// that enclave on a simulated platform.
type world struct {
	t      testing.TB
	server *Server
	clock  *watch // of the server; the rules have the true one
	log    *logs
	audit  string // directory

	// chain
	head      release.Head
	registry  [20]byte
	permitter [20]byte
	policy    release.Policy
	task      release.Task
	taskID    [32]byte
	anchor    keyholder.Anchor

	// enclave
	platform *simulator.Platform
	evidence attest.Evidence
	private  []byte // of the channel key
	key      *ecdsa.PrivateKey
	terms    keyholder.Terms
	n        byte // of the last nonce
}

// logs is a log that many goroutines write.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := &world{
		t: t, clock: &watch{now: time.Now()}, log: &logs{}, audit: t.TempDir(), registry: [20]byte{1}, permitter: [20]byte{2}, taskID: [32]byte{3},
		head: release.Head{Number: 100, Hash: [32]byte{100}, Time: uint64(time.Now().Unix())},
	}
	w.newEnclave()
	c := Config{
		Rules: w.rules(), Log: slog.New(slog.NewTextHandler(w.log, nil)), Metrics: &metrics.Registry{}, Clock: w.clock.time,
		PerAddress: Rate{1000, 1000}, PerRequester: Rate{1000, 1000},
	}
	audit, err := auditlog.Open(w.audit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = audit.Close() })
	c.Audit = audit
	for _, f := range change {
		f(&c)
	}
	if w.server, err = New(c); err != nil {
		t.Fatal(err)
	}
	w.server.SetShare(someShare(t, epoch))
	return w
}

// someShare is a share of a network of three, of an epoch.
func someShare(t testing.TB, epoch uint64) share.Share {
	t.Helper()
	n := keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: epoch, Threshold: 2, GroupKey: secretOf(0).Public().Bytes()}
	for i := uint32(1); i <= 3; i++ {
		n.Holders = append(n.Holders, keyholder.Holder{
			Index: i, URL: "http://127.0.0.1:1", PublicShare: secretOf(i).Public().Bytes(), Signer: crypto.PubkeyToAddress(ourSigner().PublicKey),
		})
	}
	own, err := share.New(ourIndex, ourSecret(), func(d [32]byte) [65]byte { return sign(nil, ourSigner(), d) }, n)
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// groupKey is that of someShare's network.
func (w *world) groupKey() [curve.G2Size]byte { return secretOf(0).Public().Bytes() }

// secretOf is the value of a polynomial of degree one.
func secretOf(i uint32) curve.Scalar {
	group, slope := curve.ScalarFromWide(sha512.Sum512([]byte("group"))), curve.ScalarFromWide(sha512.Sum512([]byte("slope")))
	if i == 0 {
		return group
	}
	return group.Add(slope.Mul(curve.ScalarFromIndex(i)))
}

// ourSigner is the key of the holder's account.
func ourSigner() *ecdsa.PrivateKey {
	key, err := crypto.ToECDSA(crypto.Keccak256([]byte("signer")))
	if err != nil {
		panic(err)
	}
	return key
}

// sign needs no test, if that cannot be had.
func sign(t testing.TB, key *ecdsa.PrivateKey, digest [32]byte) [65]byte {
	s, err := crypto.Sign(digest[:], key)
	if err != nil {
		t.Fatal(err)
	}
	s[64] += 27
	return [65]byte(s)
}

// newEnclave starts an enclave, for which the task is claimed.
func (w *world) newEnclave() {
	w.t.Helper()
	var err error
	if w.platform == nil {
		if w.platform, err = simulator.Open(w.t.TempDir()); err != nil {
			w.t.Fatal(err)
		}
	}
	if w.key, err = crypto.GenerateKey(); err != nil {
		w.t.Fatal(err)
	}
	private, public, err := envelope.GenerateRecipient()
	if err != nil {
		w.t.Fatal(err)
	}
	w.private = private
	var registers attest.Registers
	registers.MRTD[0], registers.RTMR0[0], registers.RTMR1[0], registers.RTMR2[0] = 1, 2, 3, 4
	shape := attest.Shape{VCPUs: 1, MemoryMiB: 1024}
	m := []attest.Measurement{{TEE: attest.TDX, Shape: shape, Registers: registers}}
	root, err := attest.Root(m)
	if err != nil {
		w.t.Fatal(err)
	}
	proof, err := attest.Proof(m, shape, attest.TDX)
	if err != nil {
		w.t.Fatal(err)
	}
	e := attest.Evidence{TEE: attest.TDX, Shape: shape, Proof: proof, ChannelKey: public, Binding: attest.Binding{
		ChainID: chainID, Registry: w.registry, IdentityID: [32]byte{9}, Requester: crypto.PubkeyToAddress(w.key.PublicKey),
		ChannelKeyHash: attest.HashChannelKey(public), Duration: 600, BaseBlock: 90, BaseBlockHash: [32]byte{90}, MeasurementRoot: root, ConfigDigest: [32]byte{8},
		GroupKeyDigest: someShare(w.t, epoch).Group().Digest,
	}}
	if e.Signed, e.Collateral, err = w.platform.Start(registers).Quote(e.Binding.ReportData()); err != nil {
		w.t.Fatal(err)
	}
	w.evidence = e
	w.policy = release.Policy{Kind: release.ByMeasurements, Subject: root, MaxDuration: 3600}
	deadline := w.head.Time + 1000
	copy(w.terms[32:], e.Binding.IdentityID[:])
	for i := range 8 {
		w.terms[3*32+24+i] = byte(deadline >> (56 - 8*i))
	}
	w.task = release.Task{State: 2, Attempt: 1, ClaimExpiry: w.head.Time + 900, Requester: e.Binding.Requester, Digest: w.terms.Digest()}
}

func (w *world) rules() *release.Rules {
	w.t.Helper()
	roots, err := verify.ParseRoots(w.platform.RootPEM())
	if err != nil {
		w.t.Fatal(err)
	}
	policy, err := appraise.ParsePolicy(simulator.Policy())
	if err != nil {
		w.t.Fatal(err)
	}
	db, err := store.Open(filepath.Join(w.t.TempDir(), "state.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = db.Close() })
	rules, err := release.New(release.Config{
		ChainID: chainID, Registry: w.registry, TaskHub: [20]byte{5}, Roots: roots, Policy: policy,
		Chain: w, Records: db, Editions: db, Clock: time.Now,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return rules
}

// The chain.

func (w *world) At(context.Context) (release.State, error) { return w, nil }
func (w *world) Head() release.Head                        { return w.head }
func (w *world) Expect(context.Context, release.Reads)     {}
func (w *world) BlockHash(_ context.Context, n uint64) ([32]byte, error) {
	return [32]byte{byte(n)}, nil
}
func (w *world) Permitter(context.Context, [32]byte) ([20]byte, error) { return w.permitter, nil }
func (w *world) Policy(context.Context, [20]byte, [32]byte) (release.Policy, error) {
	return w.policy, nil
}
func (w *world) PlatformAllowed(context.Context, [32]byte) (bool, error) { return true, nil }
func (w *world) PermitExpiry(context.Context, [20]byte, [32]byte) (uint64, error) {
	if w.policy.MaxDuration == 1 { // refusing
		return 0, nil
	}
	return w.head.Time + 500, nil
}
func (w *world) Task(context.Context, [32]byte) (release.Task, error) { return w.task, nil }
func (w *world) Anchor(context.Context, keyholder.AnchorName) (keyholder.Anchor, error) {
	return w.anchor, nil
}

// Requests.

func (w *world) proof() []byte {
	w.t.Helper()
	b, err := w.evidence.Marshal()
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) certificate() keyholder.CertificateRequest {
	return keyholder.CertificateRequest{Epoch: epoch, Evidence: w.proof(), Permitter: w.permitter}
}

func (w *world) release() keyholder.ReleaseRequest {
	b := w.evidence.Binding
	return keyholder.ReleaseRequest{
		Epoch: epoch, Evidence: w.proof(), Name: keyname.ForTask(chainID, b.Registry, b.IdentityID, w.taskID, b.MeasurementRoot),
		Task: keyholder.TaskAttempt{ID: w.taskID, Attempt: 1, Terms: w.terms},
	}
}

func (w *world) state() keyholder.StateRequest {
	b := w.evidence.Binding
	return keyholder.StateRequest{Epoch: epoch, Requester: b.Requester, Nonce: [32]byte{1}, Name: keyholder.AnchorName{
		ChainID: chainID, Registry: b.Registry, IdentityID: b.IdentityID, Set: keyholder.Announced, Name: [32]byte{2}}}
}

// signed is a request with a nonce of its own.
func (w *world) signed(path string, request any) keyholder.SignedRequest {
	w.t.Helper()
	return w.signedFor(w.evidence.Binding.ChannelKeyHash, path, request)
}

func (w *world) signedFor(responseKey [32]byte, path string, request any) keyholder.SignedRequest {
	w.t.Helper()
	return w.signedUnder(w.groupKey(), responseKey, path, request)
}

// signedUnder is a request for the network with a group key.
func (w *world) signedUnder(group [curve.G2Size]byte, responseKey [32]byte, path string, request any) keyholder.SignedRequest {
	w.t.Helper()
	inner, err := json.Marshal(request)
	if err != nil {
		w.t.Fatal(err)
	}
	var nonce [32]byte
	if _, err := rand.Read(nonce[:]); err != nil {
		w.t.Fatal(err)
	}
	return keyholder.Sign(group, path, inner, nonce, w.clock.time(), responseKey,
		func(d [32]byte) [65]byte { return sign(w.t, w.key, d) })
}

func body(t testing.TB, v json.Marshaler) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// post puts a signed request to the server.
func (w *world) post(path string, r keyholder.SignedRequest) reply {
	w.t.Helper()
	return ask(w.server, "POST", path, bytes.NewReader(body(w.t, r)))
}

// reply is what a server answers.
type reply struct {
	status int
	header http.Header
	body   []byte
	err    *keyholder.Error // nil of no refusal
}

func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }

func (r reply) refused(c keyholder.Code) bool {
	return r.err != nil && r.err.Code == c && r.status == statusOf(c)
}

func ask(s *Server, method, path string, content io.Reader) reply {
	return askFrom(s, "192.0.2.1:1234", method, path, content)
}

func askFrom(s *Server, address, method, path string, content io.Reader) reply {
	q := httptest.NewRequest(method, path, content)
	q.RemoteAddr = address
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, q)
	r := reply{status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	var e keyholder.Error
	if json.Unmarshal(r.body, &e) == nil && e.Code != "" {
		r.err = &e
	}
	return r
}

// records are what the audit log has.
func (w *world) records() (all []auditlog.Record) {
	w.t.Helper()
	if _, err := auditlog.Verify(w.audit, func(e auditlog.Entry) error { all = append(all, e.Record); return nil }); err != nil {
		w.t.Fatal(err)
	}
	return all
}

// inNetwork puts the server into a key network on chain.
func inNetwork(c *Config) { c.Node, c.Witness = member{}, member{} }

// member shows what others of a network would be shown.
type member struct{}

func (member) Keyholder() json.Marshaler {
	return keyholder.HolderReply{Account: [20]byte{1}, Signer: [20]byte{2}, Next: make([]byte, 1216), Running: [][]byte{make([]byte, 1216)}}
}

func (member) EncryptionKey(digest [32]byte) (json.Marshaler, bool) {
	return keyholder.KeyReply{Key: []byte{1}}, digest[0] == 9
}

func (member) Completion(e uint64) (json.Marshaler, bool) {
	return keyholder.CompletionReply{Epoch: e, Index: ourIndex, Digest: [32]byte{1}}, e == epoch
}

func (member) Others() (keyholder.Network, bool) { return keyholder.Network{}, false }

// former is a member of an earlier epoch than the present one.
type former struct {
	member
	present keyholder.Network
}

func (f former) Others() (keyholder.Network, bool) { return f.present, true }

func (member) Own() (json.Marshaler, bool) {
	return witness.Statement{Signer: [20]byte{1}, Epoch: epoch, Length: 3}, true
}

func (member) Of([20]byte, [32]byte) (json.Marshaler, bool) {
	return witness.Answer{Witness: [20]byte{2}, Statement: &witness.Statement{Epoch: 1}}, true
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
	"github.com/escrin/escrin/keyholder/client/httptransport"
	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/keyname"
)

// world is keyholder processes, a real chain with the contracts, and
// simulated platforms of both vendors with one enclave.
type world struct {
	t            *testing.T
	rpc          string
	terms        deploy.Terms
	at           deploy.Addresses
	network      *network
	keys         keyholder.Network
	chain        *chain.Chain
	board        *chain.Board
	platforms    *chain.Platforms
	governor     *chain.Account
	miner        *chain.Account
	account      *chain.Account
	tdx          *simulator.Platform
	snp          *simulator.SNPPlatform
	measurements []attest.Measurement // of the enclave, on either platform
	identity     common.Hash
	root         [32]byte
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, func(*config.Config) {})
}

// newWorldWith is newWorld with a change in the configuration of each holder.
func newWorldWith(t *testing.T, change func(*config.Config)) *world {
	t.Helper()
	return newWorldAt(t, thisMachine(t), change)
}

// newWorldAt is newWorldWith at a site. The threshold is a majority.
func newWorldAt(t *testing.T, s site, change func(*config.Config)) *world {
	t.Helper()
	dir := t.TempDir()
	tdx, err := simulator.Open(dir)
	must(t, err)
	snp, err := simulator.OpenSNP(dir, kds.Genoa)
	must(t, err)
	w := newBoardWorld(t, s, append(tdx.RootPEM(), snp.RootPEM()...))
	w.tdx, w.snp = tdx, snp
	for _, h := range w.network.holders {
		h.configure(change)
		h.start()
	}
	w.epoch(uint8(len(s.holders)/2+1), w.network.holders...)
	w.keys = w.network.agreed(t)
	w.terms.GroupKey = w.keys.GroupKey
	w.deploy()
	for _, tee := range []chain.Family{chain.AllTDX, chain.AllSNP} {
		_, err := w.platforms.SetRule(t.Context(), w.governor, tee, chain.Rule{Access: chain.Allowed})
		must(t, err)
	}
	w.createIdentity()
	return w
}

func (w *world) createIdentity() {
	w.t.Helper()
	shape := attest.Shape{VCPUs: 1, MemoryMiB: 1024}
	w.measurements = []attest.Measurement{
		{TEE: attest.TDX, Shape: shape, Registers: attest.Registers{MRTD: attest.Register{1}, RTMR0: attest.Register{2}, RTMR2: attest.Register{3}}},
		{TEE: attest.SNP, Shape: shape, LaunchDigest: attest.Register{4}},
	}
	var err error
	if w.root, err = attest.Root(w.measurements); err != nil {
		w.t.Fatal(err)
	}
	if w.identity, _, err = w.chain.CreateIdentity(w.t.Context(), w.account); err != nil {
		w.t.Fatal(err)
	}
	policy := chain.Measured(w.root, 3600, "localhost:5000/x@sha256:0")
	if _, err := w.chain.SetPolicy(w.t.Context(), w.account, w.identity, policy); err != nil {
		w.t.Fatal(err)
	}
}

// measurement is the enclave's on one kind of platform, and sign makes the
// evidence of a guest that measures to it.
func (w *world) measurement(tee attest.TEE) (m attest.Measurement, sign func([64]byte) ([]byte, []byte, error)) {
	if tee == attest.SNP {
		m = w.measurements[1]
		return m, w.snp.Start(m.LaunchDigest).Report
	}
	m = w.measurements[0]
	return m, w.tdx.Start(m.Registers).Quote
}

// enclave is one boot: its keys and its evidence.
type enclave struct {
	w           *world
	key         *ecdsa.PrivateKey
	channelPriv []byte
	evidence    attest.Evidence
	encoded     []byte
}

// boot starts an enclave on the TDX platform; key is new if nil.
func (w *world) boot(key *ecdsa.PrivateKey) *enclave {
	w.t.Helper()
	return w.bootOn(attest.TDX, key)
}

func (w *world) bootOn(tee attest.TEE, key *ecdsa.PrivateKey) *enclave {
	w.t.Helper()
	e := &enclave{w: w, key: key}
	var err error
	if key == nil {
		if e.key, err = crypto.GenerateKey(); err != nil {
			w.t.Fatal(err)
		}
	}
	var public []byte
	if e.channelPriv, public, err = envelope.GenerateRecipient(); err != nil {
		w.t.Fatal(err)
	}
	head, err := w.chain.Head(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	network, err := keyholder.GroupKeyDigest(w.keys.GroupKey)
	if err != nil {
		w.t.Fatal(err)
	}
	binding := attest.Binding{
		ChainID: devchain.ChainID, Registry: w.chain.Contracts().Registry, IdentityID: w.identity,
		Requester: e.address(), ChannelKeyHash: attest.HashChannelKey(public), Duration: 3600,
		BaseBlock: head.Number, BaseBlockHash: head.Hash, MeasurementRoot: w.root, ConfigDigest: [32]byte{5},
		GroupKeyDigest: network,
	}
	m, sign := w.measurement(tee)
	signed, collateral, err := sign(binding.ReportData())
	if err != nil {
		w.t.Fatal(err)
	}
	e.evidence = attest.Evidence{TEE: m.TEE, Shape: m.Shape, Binding: binding, ChannelKey: public, Signed: signed, Collateral: collateral}
	if e.evidence.Proof, err = attest.Proof(w.measurements, m.Shape, m.TEE); err != nil {
		w.t.Fatal(err)
	}
	if e.encoded, err = e.evidence.Marshal(); err != nil {
		w.t.Fatal(err)
	}
	return e
}

func (e *enclave) address() [20]byte { return crypto.PubkeyToAddress(e.key.PublicKey) }

// acquire gets a certificate and has the contract accept it.
func (e *enclave) acquire() {
	e.w.t.Helper()
	permitter := e.w.chain.Contracts().Permitter
	certified, err := e.client(nil).Certificate(e.w.t.Context(), e.encoded, permitter)
	if err != nil {
		e.w.t.Fatal(err)
	}
	authorization := certified.Signature.EIP2537()
	_, _, err = e.w.chain.AcquireIdentity(e.w.t.Context(), e.w.account, chain.Acquisition{
		Identity: e.w.identity, Requester: e.address(), Duration: certified.Duration,
		Context: certified.Context(), Authorization: authorization[:],
	})
	if err != nil {
		e.w.t.Fatal(err)
	}
}

func (w *world) transport() client.Transport { return httptransport.New(w.keys) }

// submit puts a task on the chain and returns it as its first attempt.
func (w *world) submit(salt byte) keyholder.TaskAttempt {
	w.t.Helper()
	terms := task.Terms{
		Submitter: w.account.Address(), Identity: w.identity, InputDigest: [32]byte{9, salt}, Deadline: uint64(time.Now().Add(time.Hour).Unix()),
		Count: 1, Attempts: 1, Refundee: w.account.Address(),
	}
	id, _, err := w.chain.Submit(w.t.Context(), w.account, terms, common.Hash{salt})
	if err != nil {
		w.t.Fatal(err)
	}
	return keyholder.TaskAttempt{ID: id, Attempt: 1, Terms: keyholder.Terms(terms.Encode())}
}

func (w *world) claim(attempt keyholder.TaskAttempt, e *enclave) {
	w.t.Helper()
	must(w.t, w.tryClaim(attempt, e))
}

func (w *world) tryClaim(attempt keyholder.TaskAttempt, e *enclave) error {
	terms, err := task.ParseTerms(attempt.Terms[:])
	if err != nil {
		return err
	}
	claim := task.Claim{TaskID: attempt.ID, TermsDigest: terms.Digest(), Attempt: attempt.Attempt, Runner: w.account.Address()}
	signature := e.sign(claim.SigningDigest(w.chain.Domain()))
	_, err = w.chain.Claim(w.t.Context(), w.account, attempt.ID, terms, e.address(), signature)
	return err
}

func (w *world) name(task keyholder.TaskAttempt) keyname.Name {
	return keyname.ForTask(devchain.ChainID, w.chain.Contracts().Registry, w.identity, task.ID, w.root)
}

// request is what the enclave sends to ask for the task's key.
func (e *enclave) request(task keyholder.TaskAttempt) []byte {
	e.w.t.Helper()
	return e.signed(keyholder.PathRelease, keyholder.ReleaseRequest{
		Epoch: e.w.keys.Epoch, Evidence: e.encoded, Name: e.w.name(task), Task: task,
	})
}

// signed is a request of the enclave as it is sent.
func (e *enclave) signed(path string, request json.Marshaler) []byte {
	e.w.t.Helper()
	inner, err := json.Marshal(request)
	if err != nil {
		e.w.t.Fatal(err)
	}
	var nonce [32]byte
	rand.Read(nonce[:])
	body, err := json.Marshal(keyholder.Sign(e.w.keys.GroupKey, path, inner, nonce, time.Now(), e.evidence.Binding.ChannelKeyHash, e.sign))
	if err != nil {
		e.w.t.Fatal(err)
	}
	return body
}

// client asks the network as the enclave does.
func (e *enclave) client(progress client.Progress) *client.Client {
	return &client.Client{
		Network: e.w.keys, Transport: e.w.transport(), Progress: progress,
		Requester: client.Requester{Sign: e.sign, ChannelPriv: e.channelPriv, Now: time.Now},
	}
}

func (e *enclave) sign(digest [32]byte) [65]byte {
	e.w.t.Helper()
	signature, err := crypto.Sign(digest[:], e.key)
	if err != nil {
		e.w.t.Fatal(err)
	}
	signature[64] += 27
	return [65]byte(signature)
}

// release asks for the task's key.
func (e *enclave) release(ctx context.Context, task keyholder.TaskAttempt, progress client.Progress) (curve.G1, error) {
	e.w.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return e.client(progress).Release(ctx, e.encoded, e.w.name(task), task)
}

// bindEverywhere has every keyholder answer. Release is content with two, and
// the third one is then free to bind the attempt to another channel key: that
// gives one share, which is too few, but the third is lost for us.
func (e *enclave) bindEverywhere(task keyholder.TaskAttempt) {
	e.w.t.Helper()
	body := e.request(task)
	for _, h := range e.w.keys.Holders {
		if status, reply, err := e.w.transport().Do(e.w.t.Context(), h.Index, keyholder.PathRelease, body); err != nil || status != 200 {
			e.w.t.Fatalf("keyholder %d: %d %s, %v", h.Index, status, reply, err)
		}
	}
}

// One job through real processes and a real chain: inputs sealed offline, the
// certificate accepted by the contract, the key released to one enclave only.
func TestJobWithRealProcessesAndChain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	task := w.submit(1)
	group, err := w.keys.Group()
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	if err := envelope.SealToName(&sealed, rand.Reader, group, w.name(task), bytes.NewReader([]byte("a bid"))); err != nil {
		t.Fatal(err)
	}
	e := w.boot(nil)
	e.acquire()
	w.claim(task, e)
	key, err := e.release(t.Context(), task, nil)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := envelope.OpenWithKey(&sealed, key, w.name(task))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(plain); err != nil || string(got) != "a bid" {
		t.Fatalf("opened %q, %v", got, err)
	}

	e.bindEverywhere(task)
	t.Run("KR-20 a clone gets nothing, also after a restart", func(t *testing.T) {
		for _, h := range w.network.holders {
			h.kill()
			h.start()
			h.await(`"ready"`)
		}
		clone := w.boot(e.key)
		_, err := clone.release(t.Context(), task, nil)
		var refused *keyholder.Error
		if !errors.Is(err, client.ErrRefused) || !errors.As(err, &refused) || refused.Code != keyholder.CodeAlreadyReleased {
			t.Fatalf("got %v", err)
		}
		if again, err := e.release(t.Context(), task, nil); err != nil || !again.Equal(key) {
			t.Fatalf("the first enclave's own request again: %v", err)
		}
	})
	t.Run("KR-13 one keyholder down", func(t *testing.T) {
		w.network.holders[0].kill()
		if again, err := e.release(t.Context(), task, nil); err != nil || !again.Equal(key) {
			t.Fatal(err)
		}
	})
	t.Run("two keyholders down: waits, says so, goes on", func(t *testing.T) {
		w.network.holders[1].kill()
		var once sync.Once
		progress := func(p client.Waiting) {
			if got := p.String(); got != "waiting for keyholders: 1 of 2" {
				t.Errorf("progress is %q", got)
			}
			once.Do(w.network.holders[0].start)
		}
		if again, err := e.release(t.Context(), task, progress); err != nil || !again.Equal(key) {
			t.Fatal(err)
		}
	})
	t.Run("KR-03 keys taken from a served enclave open no other task", func(t *testing.T) {
		w.network.holders[0].await(`"ready"`)
		w.network.holders[1].start()
		w.network.holders[1].await(`"ready"`)
		other := w.submit(3)
		w.claim(other, e)
		_, err := e.release(t.Context(), other, nil)
		var refused *keyholder.Error
		if !errors.Is(err, client.ErrRefused) || !errors.As(err, &refused) || refused.Code != keyholder.CodeAlreadyReleased {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("a task that another enclave claimed", func(t *testing.T) {
		w.network.holders[0].await(`"ready"`)
		second := w.submit(2)
		other := w.boot(nil)
		other.acquire()
		w.claim(second, other)
		if _, err := e.release(t.Context(), second, nil); !errors.Is(err, client.ErrRefused) {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("a guest of SEV-SNP gets its permit and its key likewise", func(t *testing.T) {
		third := w.submit(4)
		guest := w.bootOn(attest.SNP, nil)
		guest.acquire()
		w.claim(third, guest)
		if _, err := guest.release(t.Context(), third, nil); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("KR-01 what is signed for another network is refused", func(t *testing.T) { w.deceive(t, e, task) })
	t.Run("AT-18 one transaction denies a family at every keyholder", func(t *testing.T) { w.denyFamily(t, e, task) })
	t.Run("AT-18 a stricter policy denies at every keyholder", func(t *testing.T) { w.raise(t, e, task) })
	t.Run("AT-05 what newer collateral outdated stays so after a restart", w.outdate)
}

// deceive has the enclave believe that the network has another group key, as a host can that describes it, and puts what it signs
// to the real keyholders: none of them certifies, tells a state, or gives a share, though all the rest is in order.
func (w *world) deceive(t *testing.T, e *enclave, task keyholder.TaskAttempt) {
	network := w.keys
	defer func() { w.keys = network }()
	w.keys.GroupKey = curve.G2Generator().Bytes()
	c := e.client(nil)
	_, certificate := c.Certificate(t.Context(), e.encoded, w.chain.Contracts().Permitter)
	_, key := c.Release(t.Context(), e.encoded, w.name(task), task)
	_, state := c.State(t.Context(), e.address(), keyholder.AnchorName{
		ChainID: devchain.ChainID, Registry: w.chain.Contracts().Registry, IdentityID: w.identity, Set: keyholder.Announced}, 0)
	for path, err := range map[string]error{keyholder.PathCertificate: certificate, keyholder.PathRelease: key, keyholder.PathState: state} {
		var refused *keyholder.Error
		if !errors.Is(err, client.ErrRefused) || !errors.As(err, &refused) || refused.Code != keyholder.CodeSignatureInvalid {
			t.Errorf("%s: %v", path, err)
		}
	}
	lured := w.bootOn(attest.TDX, nil)
	w.keys = network
	_, err := lured.client(nil).Certificate(t.Context(), lured.encoded, w.chain.Contracts().Permitter)
	var refused *keyholder.Error
	if !errors.As(err, &refused) || refused.Code != keyholder.CodeWrongNetwork {
		t.Errorf("evidence of an enclave in another network: %v", err)
	}
}

// denyFamily has the platform registry deny the TDX platform's family, and expects that no keyholder certifies it or
// gives it a key again, not even one that was given before, and that all serve SNP guests; until its owner takes it back.
func (w *world) denyFamily(t *testing.T, e *enclave, task keyholder.TaskAttempt) {
	must := func(_ chain.Receipt, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	family, fmspc := chain.Family{byte(attest.TDX)}, w.tdx.FMSPC()
	copy(family[1:], fmspc[:])
	must(w.platforms.Deny(t.Context(), w.governor, family))
	served := e.request(task)
	for _, h := range w.keys.Holders {
		for path, body := range map[string][]byte{
			keyholder.PathCertificate: w.certificateRequest(t, w.boot(nil)),
			keyholder.PathRelease:     served,
		} {
			var refused keyholder.Error
			status, reply, err := w.transport().Do(t.Context(), h.Index, path, body)
			if err != nil || status != 403 || json.Unmarshal(reply, &refused) != nil || refused.Code != keyholder.CodePlatformDenied {
				t.Errorf("%s at keyholder %d: %d %s, %v", path, h.Index, status, reply, err)
			}
		}
		body := w.certificateRequest(t, w.bootOn(attest.SNP, nil))
		if status, reply, err := w.transport().Do(t.Context(), h.Index, keyholder.PathCertificate, body); err != nil || status != 200 {
			t.Errorf("SNP at keyholder %d: %d %s, %v", h.Index, status, reply, err)
		}
	}
	must(w.platforms.SetRule(t.Context(), w.governor, family, chain.Rule{}))
	if _, err := e.release(t.Context(), task, nil); err != nil {
		t.Errorf("taken back: %v", err)
	}
}

func (w *world) certificateRequest(t *testing.T, of *enclave) []byte {
	t.Helper()
	return of.signed(keyholder.PathCertificate, keyholder.CertificateRequest{
		Epoch: w.keys.Epoch, Evidence: of.encoded, Permitter: w.chain.Contracts().Permitter,
	})
}

// raise gives all keyholders a policy under which the vendors' evidence of
// yesterday is not enough, and expects that each denies everything.
func (w *world) raise(t *testing.T, e *enclave, task keyholder.TaskAttempt) {
	stricter := strings.NewReplacer(`"minTcbEvaluation": 18`, `"minTcbEvaluation": 19`, `"chips": "any"`, `"chips": ["0x`+strings.Repeat("01", 64)+`"]`)
	if err := os.WriteFile(w.network.policy, []byte(stricter.Replace(string(simulator.Policy()))), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, h := range w.network.holders {
		h.stop()
		h.start()
		h.await(`"ready"`)
	}
	requests := map[string][]byte{}
	for _, tee := range []attest.TEE{attest.TDX, attest.SNP} {
		requests[keyholder.PathCertificate+"?"+tee.String()] = w.certificateRequest(t, w.bootOn(tee, nil))
	}
	served := e.request(task)
	requests[keyholder.PathRelease] = served // was served before
	for path, body := range requests {
		for _, h := range w.keys.Holders {
			var refused keyholder.Error
			status, reply, err := w.transport().Do(t.Context(), h.Index, path, body)
			if err != nil || status != 403 || json.Unmarshal(reply, &refused) != nil || refused.Code != keyholder.CodeEvidenceRefused {
				t.Errorf("%s at keyholder %d: %d %s, %v", path, h.Index, status, reply, err)
			}
		}
	}
}

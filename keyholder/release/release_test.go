// SPDX-License-Identifier: Apache-2.0

package release

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ethsig"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/keyname"
)

const chainID = 31337

// world is a chain, a simulated platform, one enclave on it, and the request
// that it would make. Tests change one thing and expect a refusal.
type world struct {
	t        *testing.T
	platform *simulator.Platform
	snp      *simulator.SNPPlatform // the enclave's, if it is not nil
	config   Config

	// chain
	head      Head
	blocks    map[uint64][32]byte
	permitter [20]byte
	policy    Policy
	expiry    uint64
	task      Task
	taskID    [32]byte
	unreach   bool
	anchor    keyholder.Anchor
	records   memory
	editions  newest

	// enclave
	registers  attest.Registers
	digest     attest.Register // on an SNP platform
	shape      attest.Shape
	binding    attest.Binding
	channelKey []byte
	key        *secp256k1.PrivateKey
	name       keyname.Name
	attempt    keyholder.TaskAttempt
	flaws      simulator.Flaws
	snpFlaws   simulator.SNPFlaws
	denied     bool // the platform registry denies every platform
}

// memory are records without a disk.
type memory struct {
	mu    sync.Mutex
	bound []Assignment
	fails bool
}

func (m *memory) Bind(a Assignment, _ Head) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails {
		return false, errors.New("disk is full")
	}
	for _, b := range m.bound {
		if b == a {
			return true, nil
		}
		if b.Attempt == a.Attempt || b.Requester == a.Requester {
			return false, nil
		}
	}
	m.bound = append(m.bound, a)
	return true, nil
}

// newest are editions without a disk.
type newest struct {
	mu    sync.Mutex
	known map[collateral.Series]collateral.Seen
	fails bool
}

func (n *newest) Outdated(editions []collateral.Edition, now time.Time) (outdated []collateral.Edition, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fails {
		return nil, errors.New("disk is full")
	}
	for _, e := range editions {
		if n.known[e.Series].Outdates(e, now) {
			outdated = append(outdated, e)
		}
	}
	return outdated, nil
}

func (n *newest) Advance(editions []collateral.Edition, now time.Time) (outdated []collateral.Edition, err error) {
	if outdated, err = n.Outdated(editions, now); err != nil || len(outdated) > 0 {
		return outdated, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range editions {
		n.known[e.Series], _ = n.known[e.Series].With(e, now)
	}
	return nil, nil
}

func word(name string) [32]byte { return abi.Keccak([]byte(name)) }

func address(name string) [20]byte { w := word(name); return [20]byte(w[12:]) }

// batch is the id of a batch of tasks.
func batch(name string) [32]byte {
	id := word(name)
	id[31] = 0
	return id
}

// terms are those of a batch of one, abi.encode of which has the order of the hub's struct.
func terms(identity [32]byte, deadline uint64) keyholder.Terms {
	return keyholder.Terms(abi.Words{}.
		Address(address("submitter")).Bytes32(identity).Bytes32(word("input")).Uint64(deadline).Uint64(1).Uint64(8).
		Address([20]byte{}).Uint64(5).Address(address("submitter")).Address([20]byte{}).Uint64(0))
}

// newTerms submits the task under other terms, of which the enclave knows.
func (w *world) newTerms(t keyholder.Terms) {
	w.attempt.Terms, w.task.Digest = t, t.Digest()
}

// newWorld returns a world in which everything fits.
func newWorld(t *testing.T) *world {
	t.Helper()
	platform, err := simulator.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, platform: platform, permitter: address("permitter"),
		head:   Head{Number: 100, Hash: word("block 100"), Time: uint64(time.Now().Unix())},
		blocks: map[uint64][32]byte{90: word("block 90")},
		shape:  attest.Shape{VCPUs: 1, MemoryMiB: 1024},
	}
	w.editions.known = map[collateral.Series]collateral.Seen{}
	w.registers.MRTD[0], w.registers.RTMR0[0], w.registers.RTMR1[0], w.registers.RTMR2[0] = 1, 2, 3, 4
	if w.key, err = secp256k1.GeneratePrivateKey(); err != nil {
		t.Fatal(err)
	}
	w.newChannel()
	root, err := attest.Root([]attest.Measurement{w.measurement()})
	if err != nil {
		t.Fatal(err)
	}
	w.policy = Policy{Kind: ByMeasurements, Subject: root, MaxDuration: 3600}
	w.binding = attest.Binding{
		ChainID: chainID, Registry: address("registry"), IdentityID: word("identity"),
		Requester: ethsig.Address([ethsig.PublicSize]byte(w.key.PubKey().SerializeUncompressed())), ChannelKeyHash: attest.HashChannelKey(w.channelKey),
		Duration: 600, BaseBlock: 90, BaseBlockHash: word("block 90"), MeasurementRoot: root, ConfigDigest: word("config"), GroupKeyDigest: group.Digest,
	}
	w.taskID = batch("task")
	w.attempt = keyholder.TaskAttempt{ID: w.taskID, Attempt: 1, Terms: terms(w.binding.IdentityID, w.head.Time+1000)}
	w.name = keyname.ForTask(chainID, w.binding.Registry, w.binding.IdentityID, w.attempt.ID, root)
	w.expiry = w.head.Time + 500
	w.task = Task{State: taskClaimed, Attempt: 1, ClaimExpiry: w.head.Time + 1, Requester: w.binding.Requester, Digest: w.attempt.Terms.Digest()}
	w.configure()
	return w
}

// policyWith is the policy of development networks, with an old text in the place
// of a new one.
func policyWith(t *testing.T, replace, by string) appraise.Policy {
	t.Helper()
	text := strings.Replace(string(simulator.Policy()), replace, by, 1)
	policy, err := appraise.ParsePolicy([]byte(text))
	if err != nil || !strings.Contains(string(simulator.Policy()), replace) {
		t.Fatalf("make policy with %s: %v", by, err)
	}
	return policy
}

func (w *world) configure() {
	w.t.Helper()
	roots, err := verify.ParseRoots(w.platform.RootPEM())
	if err != nil {
		w.t.Fatal(err)
	}
	policy := policyWith(w.t, `"minTcbEvaluation": 18`, `"minTcbEvaluation": 1`)
	w.config = Config{
		ChainID: chainID, Registry: w.binding.Registry, TaskHub: address("hub"), Roots: roots, Policy: policy,
		Chain: w, Records: &w.records, Editions: &w.editions, Clock: time.Now,
	}
}

// newChannel gives the enclave another channel key, as a clone would have.
func (w *world) newChannel() {
	w.t.Helper()
	_, public, err := envelope.GenerateRecipient()
	if err != nil {
		w.t.Fatal(err)
	}
	w.channelKey = public
	w.binding.ChannelKeyHash = attest.HashChannelKey(public)
}

// newRequester gives the enclave another requester, for which the attempt is
// claimed.
func (w *world) newRequester() {
	w.t.Helper()
	var err error
	if w.key, err = secp256k1.GeneratePrivateKey(); err != nil {
		w.t.Fatal(err)
	}
	w.binding.Requester = ethsig.Address([ethsig.PublicSize]byte(w.key.PubKey().SerializeUncompressed()))
	w.task.Requester = w.binding.Requester
}

// nextTask has the enclave claim another task of the identity.
func (w *world) nextTask(name string) {
	w.taskID = batch(name)
	w.attempt.ID = w.taskID
	w.name = keyname.ForTask(chainID, w.binding.Registry, w.binding.IdentityID, w.taskID, w.binding.MeasurementRoot)
}

func (w *world) measurement() attest.Measurement {
	if w.snp != nil {
		return attest.Measurement{TEE: attest.SNP, Shape: w.shape, LaunchDigest: w.digest}
	}
	return attest.Measurement{TEE: attest.TDX, Shape: w.shape, Registers: w.registers}
}

// evidence is genuine evidence for the binding as it is now.
func (w *world) evidence() attest.Evidence {
	w.t.Helper()
	m := w.measurement()
	e := attest.Evidence{TEE: m.TEE, Shape: w.shape, Binding: w.binding, ChannelKey: w.channelKey}
	var err error
	if w.snp != nil {
		e.Signed, e.Collateral, err = w.snp.Start(w.digest).ReportWith(w.binding.ReportData(), w.snpFlaws)
	} else {
		e.Signed, e.Collateral, err = w.platform.Start(w.registers).QuoteWith(w.binding.ReportData(), w.flaws)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if e.Proof, err = attest.Proof([]attest.Measurement{m}, w.shape, m.TEE); err != nil {
		w.t.Fatal(err)
	}
	return e
}

func marshal(t *testing.T, e attest.Evidence) []byte {
	t.Helper()
	b, err := e.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (w *world) rules() *Rules {
	w.t.Helper()
	r, err := New(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) release() (Grant, error) {
	w.t.Helper()
	return unlock(w.t, w.rules(), w.releaseRequest(w.evidence()))
}

func (w *world) certificate() (Approved, error) {
	w.t.Helper()
	return certify(w.t, w.rules(), w.certificateRequest(w.evidence()))
}

// world is its own chain view.

func (w *world) At(context.Context) (State, error) {
	if w.unreach {
		return nil, &keyholder.Error{Code: keyholder.CodeChainUnavailable, Message: "down", Retryable: true}
	}
	return w, nil
}

func (w *world) Head() Head { return w.head }

func (w *world) BlockHash(_ context.Context, n uint64) ([32]byte, error) { return w.blocks[n], nil }

func (w *world) Permitter(_ context.Context, identity [32]byte) ([20]byte, error) {
	if identity != word("identity") {
		return [20]byte{}, nil
	}
	return w.permitter, nil
}

func (w *world) Policy(_ context.Context, permitter [20]byte, identity [32]byte) (Policy, error) {
	if identity != word("identity") || permitter != w.permitter {
		return Policy{}, nil
	}
	return w.policy, nil
}

func (w *world) Expect(context.Context, Reads) {}

func (w *world) PlatformAllowed(_ context.Context, word [32]byte) (bool, error) {
	return word != [32]byte{} && !w.denied, nil
}

func (w *world) PermitExpiry(_ context.Context, requester [20]byte, identity [32]byte) (uint64, error) {
	if requester != w.task.Requester || identity != word("identity") {
		return 0, nil
	}
	return w.expiry, nil
}

func (w *world) Task(_ context.Context, id [32]byte) (Task, error) {
	if id != w.taskID {
		return Task{}, nil
	}
	return w.task, nil
}

func (w *world) Anchor(_ context.Context, name keyholder.AnchorName) (keyholder.Anchor, error) {
	if name.IdentityID != word("identity") || name.Name != word("anchor") || name.Set != keyholder.Advanced {
		return keyholder.Anchor{Contract: w.anchor.Contract}, nil
	}
	return w.anchor, nil
}

func wantCode(t *testing.T, err error, want keyholder.Code) {
	t.Helper()
	var e *keyholder.Error
	if !errors.As(err, &e) || e.Code != want {
		t.Fatalf("got %v, want code %s", err, want)
	}
}

func TestApprovesWhatFits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	approved, err := w.certificate()
	if err != nil {
		t.Fatal(err)
	}
	// The quote is signed afresh for each evidence, so compare with an own one.
	e := w.evidence()
	if approved, err = certify(t, w.rules(), w.certificateRequest(e)); err != nil {
		t.Fatal(err)
	}
	if want := keyholder.CertificateFor(e, approved.Findings(), w.permitter).Point(); !approved.Point().Equal(want) {
		t.Fatal("approved another certificate")
	}
	grant, err := w.release()
	if err != nil {
		t.Fatal(err)
	}
	if string(grant.ChannelKey()) != string(w.channelKey) {
		t.Fatal("granted to another channel key")
	}
}

// stranger is a world in which a task is claimed for someone else.
type stranger struct {
	*world
	claimed Task
}

func (s stranger) At(context.Context) (State, error) { return s, nil }

func (s stranger) Task(context.Context, [32]byte) (Task, error) { return s.claimed, nil }

// A policy by author names no measurement root: whose release this one is, the permitter is shown. The certificate says
// what was found, and the key is named after the measurement root all the same.
func TestPolicyByAuthorLeavesTheRootToTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, kind := range []PolicyKind{ByAuthor, ByIDBlock} {
		w.policy = Policy{Kind: kind, Subject: account("author"), MaxDuration: 3600}
		approved, err := w.certificate()
		if err != nil {
			t.Fatal(err)
		}
		found := approved.Findings()
		if fmspc := w.platform.FMSPC(); found.Platform[0] != byte(attest.TDX) || !bytes.Equal(found.Platform[2:8], fmspc[:]) || found.Author != [32]byte{} {
			t.Errorf("found %x", found)
		}
		if _, err := w.release(); err != nil {
			t.Error(err)
		}
	}
}

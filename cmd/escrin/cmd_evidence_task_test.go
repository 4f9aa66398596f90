// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// The evidence of a guest that is at work is judged by what the chain says of its task: nothing is to be named but the
// task, and each thing that the chain says otherwise is found.
func TestEvidenceOfARunningTask(t *testing.T) {
	t.Parallel()
	w, n := newEvidenceWorld(t), chaintest.New(t)
	identity, _, err := n.Chain.CreateIdentity(t.Context(), n.Accounts[0])
	w.must(err)
	allow := func(root [32]byte) {
		_, err := n.Chain.SetPolicy(t.Context(), n.Accounts[0], identity, chain.Measured(root, 600, "localhost:5000/auction"))
		w.must(err)
	}
	allow(w.root)
	head, err := n.Chain.Head(t.Context())
	w.must(err)
	submitter := n.Accounts[1].Address()
	terms := task.Terms{Submitter: submitter, Identity: identity, InputDigest: [32]byte{1}, Deadline: head.Time + 600, Count: 1, Attempts: 1, Refundee: submitter}
	id, _, err := n.Chain.Submit(t.Context(), n.Accounts[1], terms, common.Hash{})
	w.must(err)

	jobs := newJobsWithEvidence(t)
	file := filepath.Join(t.TempDir(), "network.json")
	w.must(network.Save(file, network.Network{
		Chain:     network.Chain{ID: n.Contracts().ChainID, HTTP: n.URL, WS: "ws://127.0.0.1:1"},
		Contracts: network.Contracts(n.At),
		Accounts:  fundedAccounts(t), Registry: "localhost:5000", KeyNetwork: keyNetwork(n.At.KeyNetwork, n.GroupKey), Jobs: jobs.url,
		TEE: network.TEE{Socket: "/run/tee.sock", Roots: filepath.Join(w.dir, "roots.pem"), Policy: filepath.Join(w.dir, "policy.json")},
	}))
	verify := func(want int, words string, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		got := run(append([]string{"evidence", "verify", "--network", file, "--task", id.Hex()}, args...), nil, &out, &errs)
		if text := out.String() + errs.String(); got != want || !strings.Contains(text, words) {
			t.Errorf("%v: status %d, want %d with %q:\n%s", args, got, want, words, text)
		}
	}
	show := func(change func(*attest.Evidence)) {
		for i, m := range w.measurements { // both are attempts of the task; the newest counts
			e := attest.Evidence{TEE: m.TEE, Shape: m.Shape, ChannelKey: bytes.Repeat([]byte{9}, attest.ChannelKeySize)}
			e.Binding = w.binding(e.ChannelKey)
			e.Binding.ChainID, e.Binding.Registry, e.Binding.IdentityID = n.Contracts().ChainID, n.At.Registry, identity
			e.Binding.BaseBlock, e.Binding.BaseBlockHash = head.Number, head.Hash
			e.Binding.GroupKeyDigest = w.networkDigest(n.GroupKey)
			change(&e)
			sign := w.tdx.Start(m.Registers).Quote
			if m.TEE == attest.SNP {
				sign = w.snp.Start(m.LaunchDigest).Report
			}
			e.Proof, err = attest.Proof(w.measurements, m.Shape, m.TEE)
			w.must(err)
			e.Signed, e.Collateral, err = sign(e.Binding.ReportData())
			w.must(err)
			jobs.attempt(w, id, uint32(i+1), e)
		}
	}

	verify(exitError, "does not know this task")
	jobs.attempt(w, id, 1, attest.Evidence{})
	verify(exitError, "no guest has shown evidence")
	show(func(*attest.Evidence) {})
	verify(exitOK, "authentic and acceptable")
	verify(exitOK, "the TEE of this network is simulated")
	verify(exitCannotTell, "root.absent", "--roots", filepath.Join(w.dir, "other-root.pem"))
	show(func(e *attest.Evidence) { e.Binding.ChainID++ })
	verify(exitNotAcceptable, "binding.chain")
	show(func(e *attest.Evidence) { e.Binding.IdentityID[0]++ })
	verify(exitNotAcceptable, "binding.identity")
	show(func(e *attest.Evidence) { e.Binding.BaseBlockHash[0]++ })
	verify(exitNotAcceptable, "binding.blockhash")
	show(func(e *attest.Evidence) { e.Binding.MeasurementRoot[0]++ })
	verify(exitNotAcceptable, "binding.measurement")
	show(func(e *attest.Evidence) { e.Binding.GroupKeyDigest[0]++ }) // KR-01: a network that the guest's host made up
	verify(exitNotAcceptable, "binding.network")
	show(func(*attest.Evidence) {})
	allow([32]byte{1})
	verify(exitNotAcceptable, "binding.measurement")

	// A file's as well, where roots or policy are the network's, or where the network is named.
	of := func(want int, words string, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		args = append([]string{"evidence", "verify", filepath.Join(w.dir, "tdx.env"), "--network", file, "--measurement", hexutil.Encode(w.root[:])}, args...)
		if got := run(args, nil, &out, &errs); got != want || !strings.Contains(out.String(), words) {
			t.Errorf("%v: status %d, want %d with %q:\n%s%s", args, got, want, words, &out, &errs)
		}
	}
	of(exitNotAcceptable, "binding.network")
	its := curve.G2Generator().Bytes()
	of(exitOK, "authentic and acceptable", "--group-key", hexutil.Encode(its[:]))
	of(exitNotAcceptable, "binding.network", "--roots", filepath.Join(w.dir, "roots.pem"), "--policy", filepath.Join(w.dir, "policy.json"))
	verify(exitUsage, "not hexadecimal", "--measurement", "root")

	// A service that has a bare quote for the evidence has none that says whose task it is.
	allow(w.root)
	r := w.measurements[0].Registers
	demanded := []string{"--measurement", fmt.Sprintf("%s,%s,%s,%s", r.MRTD, r.RTMR0, r.RTMR1, r.RTMR2), "--report-data", strings.Repeat("5a", 64),
		"--collateral", filepath.Join(w.dir, "tdx.collateral")}
	jobs.attemptRaw(w, id, 9, w.read("tdx.signed"))
	verify(exitNotAcceptable, "expectation.envelope", demanded...)
	jobs.attemptRaw(w, id, 10, []byte("nothing that is known"))
	verify(exitCannotTell, "evidence.tee", demanded...)

	// What another job service's guest claimed is in no list of attempts; the chain says under which evidence.
	allow(w.root)
	jobs.claimed(w, n, identity, id, terms, func() { show(func(*attest.Evidence) {}) })
	verify(exitOK, "authentic and acceptable")
	jobs.tasks[id.Hex()] = api.Task{ID: id.Hex()}
	verify(exitOK, "authentic and acceptable")
	delete(jobs.tasks, id.Hex())
	verify(exitOK, "authentic and acceptable")
}

// jobsWithEvidence is as much of a job service as evidence is asked for from.
type jobsWithEvidence struct {
	url   string
	store *blob.Store
	tasks map[string]api.Task
}

func newJobsWithEvidence(t *testing.T) *jobsWithEvidence {
	t.Helper()
	store, err := blob.OpenStore(t.TempDir(), blob.DefaultMaxBytes)
	if err != nil {
		t.Fatal(err)
	}
	j := &jobsWithEvidence{store: store, tasks: map[string]api.Task{}}
	mux := http.NewServeMux()
	store.Register(mux)
	mux.HandleFunc("GET /v1/tasks/{id}", func(w http.ResponseWriter, r *http.Request) {
		task, known := j.tasks[r.PathValue("id")]
		if !known {
			w.WriteHeader(http.StatusNotFound)
			_ = json.NewEncoder(w).Encode(api.Error{Error: api.ErrorDetail{Code: "unknown_task"}})
			return
		}
		_ = json.NewEncoder(w).Encode(task)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	j.url = server.URL
	return j
}

// claimed has a guest claim the task on chain with the last evidence that show shows.
func (j *jobsWithEvidence) claimed(w *evidenceWorld, n *chaintest.Network, identity, id common.Hash, terms task.Terms, show func()) {
	w.t.Helper()
	show()
	attempts := j.tasks[id.Hex()].Attempts
	key, err := crypto.GenerateKey()
	w.must(err)
	requester := crypto.PubkeyToAddress(key.PublicKey)
	head, err := n.Chain.Head(w.t.Context())
	w.must(err)
	c := keyholder.Certificate{
		ChainID: n.Contracts().ChainID, Permitter: n.At.Permitter, Registry: n.At.Registry, IdentityID: identity, Requester: requester,
		Duration: 600, BaseBlock: head.Number, BaseBlockHash: head.Hash, MeasurementRoot: w.root,
		EvidenceDigest: attempts[len(attempts)-1].Evidence, Findings: keyholder.Findings{Platform: chaintest.Platform()},
	}
	_, _, err = n.Chain.AcquireIdentity(w.t.Context(), n.Accounts[2], chain.Acquisition{
		Identity: identity, Requester: requester, Duration: 600, Context: c.Context(), Authorization: n.Certify(c.Digest()),
	})
	w.must(err)
	claim := task.Claim{TaskID: id, TermsDigest: terms.Digest(), Attempt: 1, Runner: n.Accounts[2].Address()}
	digest := claim.SigningDigest(n.Chain.Domain())
	signature, err := crypto.Sign(digest[:], key)
	w.must(err)
	signature[64] += 27
	_, err = n.Chain.Claim(w.t.Context(), n.Accounts[2], id, terms, requester, [chain.SignatureSize]byte(signature))
	w.must(err)
}

// attempt has a guest show evidence for an attempt of a task; the zero evidence is none.
func (j *jobsWithEvidence) attempt(w *evidenceWorld, task common.Hash, number uint32, e attest.Evidence) {
	w.t.Helper()
	var raw []byte
	if e.TEE != 0 {
		var err error
		raw, err = e.Marshal()
		w.must(err)
	}
	j.attemptRaw(w, task, number, raw)
}

// attemptRaw is attempt for anything that a service may give out as evidence.
func (j *jobsWithEvidence) attemptRaw(w *evidenceWorld, task common.Hash, number uint32, raw []byte) {
	w.t.Helper()
	a := api.Attempt{Number: number, Outcome: api.OutcomeRunning}
	if raw != nil {
		var err error
		a.Evidence, err = j.store.PutEvidence(raw)
		w.must(err)
	}
	known := j.tasks[task.Hex()]
	known.ID = task.Hex()
	known.Attempts = append(known.Attempts, a)
	j.tasks[task.Hex()] = known
}

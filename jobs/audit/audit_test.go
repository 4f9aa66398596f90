// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"crypto/sha256"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/audit"
	"github.com/escrin/escrin/jobs/audit/sources"
)

// copied makes a record that can be damaged without harm to the original.
func copied(r audit.Record) audit.Record {
	r.Inputs = maps.Clone(r.Inputs)
	for _, b := range []*audit.Blob{&r.Manifest, &r.Output, &r.Evidence, &r.Enclave.Manifest, &r.Enclave.Config} {
		b.Bytes = slices.Clone(b.Bytes)
	}
	r.Ledger.Permit.Certificate = slices.Clone(r.Ledger.Permit.Certificate)
	for _, b := range []*[]byte{&r.Ledger.Acceptance.Signature, &r.Ledger.Claim.Signature} {
		*b = slices.Clone(*b)
	}
	r.Ledger.Acceptance.Results = slices.Clone(r.Ledger.Acceptance.Results)
	r.Ledger.Acceptance.Report.Results = slices.Clone(r.Ledger.Acceptance.Report.Results)
	return r
}

// failure returns the words of a check that failed, or empty.
func failure(report audit.Report, check string) string {
	for _, f := range report {
		if f.Check == check && f.Verdict == audit.Failed {
			return f.Words
		}
	}
	return ""
}

func lines(report audit.Report) string {
	var b strings.Builder
	for _, f := range report {
		b.WriteString(f.Verdict.String() + "\t" + f.Check + "\t" + f.Words + "\n")
	}
	return b.String()
}

// corruption is one change to a genuine record, and how the audit has to fail.
type corruption struct {
	name   string
	damage func(*audit.Record, *audit.Trust)
	check  string // the check that must fail
	words  string // with these words
}

func flip(b []byte) { b[len(b)/2] ^= 1 }

// corruptions are changes of one byte or one field each, in the order of a task's life.
func (w *world) corruptions() []corruption {
	return []corruption{
		{"chain id", func(r *audit.Record, _ *audit.Trust) { r.Ledger.ChainID++ }, "chain", "serves chain 31338"},
		{"registry of the hub", func(r *audit.Record, _ *audit.Trust) { r.Ledger.HubRegistry[0] ^= 1 }, "chain", "asks registry"},
		{"state", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Task.State = 2 }, "task", "no accepted result"},
		{"identity of the submission", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Submission.Identity[0] ^= 1 }, "terms", "submitted to identity"},
		{"submitter", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Submission.Submitter[0] ^= 1 }, "terms", "submitted by"},
		{"place in the batch", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Index = 1 }, "terms", "the batch has 1 task, this would be number 2"},
		{"claim through a contract", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Claim.Problem = "indirect" }, "terms", "indirect"},
		{"result through a contract", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Problem = "indirect" }, "terms", "indirect"},
		{"permit through a contract", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Problem = "indirect" }, "certificate", "indirect"},
		{"terms of the claim", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Claim.TermsDigest[0] ^= 1 }, "terms", "claimed under terms"},
		{"terms of the result", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.TermsDigest[0] ^= 1 }, "terms", "the results came under terms"},
		{"input digest", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Submission.Terms.InputDigest[0] ^= 1 }, "signature", "not by the attested key"},
		{"fee", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Submission.Terms.Fee[31] ^= 1 }, "claim", "not by the attested key"},
		{"attempt", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Attempt = 2 }, "task", "accepted in attempt 2"},
		{"order of blocks", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Claim.Block = 1 << 40 }, "task", "not in this order"},
		{"identity of the permit", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Identity[0] ^= 1 }, "task", "the permit is for identity"},
		{"input manifest", func(r *audit.Record, _ *audit.Trust) { flip(r.Manifest.Bytes) }, "manifest", "input manifest in the store is"},
		{"missing input manifest", func(r *audit.Record, _ *audit.Trust) { r.Manifest = audit.Blob{Problem: "gone"} }, "manifest", "cannot be had: gone"},
		{"identity of the manifest", w.withManifest(func(m *task.Manifest) { m.Identity[0] ^= 1 }), "input identity", "inputs were sealed for identity"},
		{"policy of the manifest", w.withManifest(func(m *task.Manifest) { m.Policy[0] ^= 1 }), "input policy", "inputs were sealed to measurement root"},
		{"measurement root of the permit", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.MeasurementRoot[0] ^= 1 }, "input policy", "the permit was given for"},
		{"envelope to another name", w.withInput(otherName), "key name", "input alice is sealed to key name"},
		{"input that is no envelope", w.withInput(func(b []byte) { b[0] ^= 1 }), "key name", "input alice is not an envelope"},
		{"input blob", w.flipInput, "input", "the manifest names"},
		{"group key of the manifest", w.withManifest(func(m *task.Manifest) { m.GroupKey[95] ^= 1 }), "group key", "inputs were sealed under group key"},
		{"group key of the permitter", func(_ *audit.Record, t *audit.Trust) { t.GroupKey = otherKey() }, "group key", "the permitter trusts group key"},
		{"evidence", func(r *audit.Record, _ *audit.Trust) { flip(r.Evidence.Bytes) }, "evidence", "the permit was given for"},
		{"evidence digest", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.EvidenceDigest[0] ^= 1 }, "evidence", "the permit was given for"},
		{"quote signature", w.withQuote(func(q *tdx.Quote) { q.Signature[7] ^= 1 }), "quote", "signature"},
		{"root certificate", w.otherRoot, "quote", "root"},
		{"time of the permit", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Time = later(r.Ledger.Permit.Time) }, "quote", "valid"},
		{"register", w.withRegisters(func(r *attest.Registers) { r.RTMR2[47] ^= 1 }), "registers", "not under the policy's measurement root"},
		{"debug attribute", w.withReport(func(r *tdx.Report) { r.TDAttributes[0] |= 1 }), "platform", "debug"},
		{"report data", w.withReport(func(r *tdx.Report) { r.ReportData[0] ^= 1 }), "platform", "statement"},
		{"channel key", w.withEvidence(func(e *attest.Evidence) { e.ChannelKey[0] ^= 1 }), "binding", "another channel key"},
		{"bound duration", w.withEvidence(func(e *attest.Evidence) { e.Binding.Duration++ }), "binding", "another duration"},
		{"bound identity", w.withEvidence(func(e *attest.Evidence) { e.Binding.IdentityID[0] ^= 1 }), "binding", "another identity than"},
		{"bound chain", w.withEvidence(func(e *attest.Evidence) { e.Binding.ChainID++ }), "binding", "another chain than"},
		{"measurement root of the policy", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.MeasurementRoot[0] ^= 1 }, "policy", "policy named measurement root"},
		{"floor of the policy", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.TDXFloor = 1 << 40 }, "policy", "is below the floor of the policy"},
		{"kind of the policy", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.Kind = 4 }, "policy", "unknown kind 4"},
		{"no policy", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy = audit.Policy{} }, "policy", "had no policy"},
		{"duration beyond the policy", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.MaxDuration = 1 }, "policy", "the policy allows 1 s"},
		{"enclave manifest", func(r *audit.Record, _ *audit.Trust) { flip(r.Enclave.Manifest.Bytes) }, "enclave", "enclave's manifest in the registry is"},
		{"enclave config", func(r *audit.Record, _ *audit.Trust) { flip(r.Enclave.Config.Bytes) }, "enclave", "enclave's config in the registry is"},
		{"locator without digest", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.Locator = "localhost/auction:latest" }, "enclave", "not pinned"},
		{"measured config", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.ConfigDigest[0] ^= 1 }, "enclave", "has measured config"},
		{"age of the evidence", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Block += 1000 }, "freshness", "not within"},
		{"certificate's signature", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Certificate[127] ^= 1 }, "certificate", "not a point of the curve"},
		{"another certificate", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Certificate = w.Certify([32]byte{1}) }, "certificate", "no threshold of keyholders signed"},
		{"permit expired", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Expiry = r.Ledger.Claim.Time }, "permit", "had expired"},
		{"permit after the claim", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Block = r.Ledger.Claim.Block + 1 }, "permit", "not before the claim"},
		{"requester of the claim", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Claim.Requester[0] ^= 1 }, "requester", "the permit is of"},
		{"signature of the claim", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Claim.Signature[10] ^= 1 }, "claim", "claim"},
		{"length of the claim's signature", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Claim.Signature = make([]byte, 64) }, "claim", "not 65 bytes"},
		{"runner of the claim", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Claim.Runner[0] ^= 1 }, "claim", "claimed the task"},
		{"runner that nobody signed for", func(r *audit.Record, _ *audit.Trust) {
			r.Ledger.Acceptance.Runner, r.Ledger.Claim.Runner = [20]byte{5}, [20]byte{5}
		}, "claim", "the claim by runner 0x05"},
		{"requester of the result", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Requester[0] ^= 1 }, "requester", "the result is of"},
		{"signature of the result", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Signature[10] ^= 1 }, "signature", "result"},
		{"length of the signature", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Signature = make([]byte, 64) }, "signature", "not 65 bytes"},
		{"signer of the result", w.otherSigner, "signature", "not by the attested key"},
		{"runner that was paid", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Runner[0] ^= 1 }, "claim", "was paid"},
		{"attempt of the result", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Report.Attempt = 2 }, "result", "the signed result is of attempt 2"},
		{"no result", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Report.Results = nil }, "result", "no signed result"},
		{"signed exit status", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Report.Results[0].ExitStatus = 0 }, "result", "the signed results have the digest"},
		{"exit status of the event", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Results[0].ExitStatus = 0 }, "result", "those of the event"},
		{"public word of the event", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Results[0].PublicOutput[0] ^= 1 }, "result", "those of the event"},
		{"number of results", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Acceptance.Results = nil }, "result", "the event tells 0 results"},
		{"results of the record", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Task.Digest[0] ^= 1 }, "result", "the chain recorded"},
		{"output that was not fetched", func(r *audit.Record, _ *audit.Trust) { r.Output = audit.Blob{} }, "output", "was not fetched"},
		{"output blob", func(r *audit.Record, _ *audit.Trust) { flip(r.Output.Bytes) }, "output", "the result names"},
	}
}

// flipInput damages the first input that the manifest names.
func (w *world) flipInput(r *audit.Record, _ *audit.Trust) {
	m, err := task.ParseManifest(r.Manifest.Bytes)
	w.must(err)
	b := audit.Blob{Bytes: slices.Clone(r.Inputs[m.Inputs[0].Digest].Bytes)}
	flip(b.Bytes)
	r.Inputs[m.Inputs[0].Digest] = b
}

// withManifest changes the manifest, and the digest on chain as if the task had been submitted with the changed one.
func (w *world) withManifest(change func(*task.Manifest)) func(*audit.Record, *audit.Trust) {
	return func(r *audit.Record, _ *audit.Trust) {
		m, err := task.ParseManifest(r.Manifest.Bytes)
		w.must(err)
		change(&m)
		r.Manifest.Bytes, err = m.Marshal()
		w.must(err)
		r.Ledger.Submission.Terms.InputDigest = sha256.Sum256(r.Manifest.Bytes)
	}
}

// withInput changes the first sealed input, and the manifest as if it had named the changed one.
func (w *world) withInput(change func([]byte)) func(*audit.Record, *audit.Trust) {
	return func(r *audit.Record, t *audit.Trust) {
		w.withManifest(func(m *task.Manifest) {
			b := slices.Clone(r.Inputs[m.Inputs[0].Digest].Bytes)
			change(b)
			m.Inputs[0].Digest = wire.DigestOf(b)
			r.Inputs[m.Inputs[0].Digest] = audit.Blob{Bytes: b}
		})(r, t)
	}
}

// otherName changes the digest of the key name, which follows an envelope's magic and kind.
func otherName(sealed []byte) { sealed[len("escrin envelope v1\n")+1] ^= 1 }

// otherKey is a point that is not the group's.
func otherKey() (key [96]byte) {
	g := generator()
	copy(key[:], g[:])
	return key
}

func (w *world) otherRoot(_ *audit.Record, t *audit.Trust) {
	other, err := simulator.Open(w.t.TempDir())
	w.must(err)
	t.Roots = parseRoots(w.t, other.RootPEM())
}

// otherSigner signs the genuine result with a key that was never attested.
func (w *world) otherSigner(r *audit.Record, _ *audit.Trust) {
	key, err := crypto.GenerateKey()
	w.must(err)
	report := r.Ledger.Acceptance.Report
	report.TaskID, report.TermsDigest = r.Ledger.TaskID, r.Ledger.Terms().Digest()
	signature := w.sign(key, report.SigningDigest(w.Chain.Domain()))
	r.Ledger.Acceptance.Signature = signature[:]
}

// withEvidence changes the evidence and lets the chain know the changed one by its digest, as if the permit had been
// given for it: what fails then is not the digest.
func (w *world) withEvidence(change func(*attest.Evidence)) func(*audit.Record, *audit.Trust) {
	return func(r *audit.Record, _ *audit.Trust) {
		e, err := attest.ParseEvidence(slices.Clone(r.Evidence.Bytes))
		w.must(err)
		change(&e)
		r.Evidence.Bytes, err = e.Marshal()
		w.must(err)
		r.Ledger.Permit.EvidenceDigest = e.Digest()
	}
}

func (w *world) withQuote(change func(*tdx.Quote)) func(*audit.Record, *audit.Trust) {
	return w.withEvidence(func(e *attest.Evidence) {
		q, err := tdx.ParseQuote(e.Signed)
		w.must(err)
		change(&q)
		e.Signed = q.Marshal()
	})
}

// withRegisters has the platform quote a guest that was launched with other registers.
func (w *world) withRegisters(change func(*attest.Registers)) func(*audit.Record, *audit.Trust) {
	return w.withEvidence(func(e *attest.Evidence) {
		registers := w.measurements[0].Registers
		change(&registers)
		var err error
		e.Signed, e.Collateral, err = w.platform.Start(registers).Quote(e.Binding.ReportData())
		w.must(err)
	})
}

// withReport has the platform sign a report with one thing wrong.
func (w *world) withReport(change func(*tdx.Report)) func(*audit.Record, *audit.Trust) {
	return w.withEvidence(func(e *attest.Evidence) {
		var err error
		td := w.platform.Start(w.measurements[0].Registers)
		e.Signed, e.Collateral, err = td.QuoteWith(e.Binding.ReportData(), simulator.Flaws{Report: change})
		w.must(err)
	})
}

func TestGenuineTaskVerifiesAndEachCorruptionFailsWithItsOwnWords(t *testing.T) {
	w := newWorld(t)
	w.finish()
	genuine := w.collect()
	if report := audit.Check(genuine, w.trust()); !report.OK() {
		t.Fatalf("a genuine task does not verify:\n%s", lines(report))
	}
	said := map[string]string{}
	for _, c := range w.corruptions() {
		record, trust := copied(genuine), w.trust()
		c.damage(&record, &trust)
		report := audit.Check(record, trust)
		words := failure(report, c.check)
		if words == "" || !strings.Contains(words, c.words) {
			t.Errorf("%s: check %q says %q, want %q\n%s", c.name, c.check, words, c.words, lines(report))
			continue
		}
		if other, repeated := said[words]; repeated {
			t.Errorf("%s and %s fail with the same words: %s", c.name, other, words)
		}
		said[words] = c.name
	}
	if report := audit.Check(genuine, w.trust()); !report.OK() {
		t.Fatalf("the corruptions damaged the original:\n%s", lines(report))
	}
}

// Each task of a batch verifies by itself, with its own output, and none behind the last.
func TestTasksOfABatch(t *testing.T) {
	w := newWorld(t)
	w.count = 3
	w.finish()
	for i := range byte(4) {
		w.task[31] = i
		r := w.collect()
		report := audit.Check(r, w.trust())
		if i < 3 && (!report.OK() || !strings.Contains(lines(report), "exit status "+string('7'+i)) || string(r.Output.Bytes) != "out"+string(rune(i))) {
			t.Errorf("task %d: output %q\n%s", i, r.Output.Bytes, lines(report))
		}
		if i == 3 && !strings.Contains(failure(report, "terms"), "the batch has 3 tasks") {
			t.Errorf("a task that the batch does not have:\n%s", lines(report))
		}
	}
}

// A task that was done on SEV-SNP verifies like any other, and its evidence is held to the same.
func TestGenuineTaskOnSNP(t *testing.T) {
	w := newWorld(t)
	var err error
	w.snp, err = simulator.OpenSNP(t.TempDir(), kds.Genoa)
	w.must(err)
	w.finish()
	genuine := w.collect()
	report := audit.Check(genuine, w.trust())
	if !report.OK() || !strings.Contains(lines(report), "SNP report verifies under") || !strings.Contains(lines(report), "the launch digest for") {
		t.Fatalf("a genuine task does not verify:\n%s", lines(report))
	}
	signed := func(f simulator.SNPFlaws, launched attest.Register) func(*audit.Record, *audit.Trust) {
		return w.withEvidence(func(e *attest.Evidence) {
			var err error
			e.Signed, e.Collateral, err = w.snp.Start(launched).ReportWith(e.Binding.ReportData(), f)
			w.must(err)
		})
	}
	launched := w.measurements[2].LaunchDigest
	for _, c := range []corruption{
		{"signature", signed(simulator.SNPFlaws{Signed: func(r *snp.Report) { r.ReportID[0] ^= 1 }}, launched), "quote", "signature"},
		{"debug", signed(simulator.SNPFlaws{Report: func(r *snp.Report) { r.Policy |= snp.PolicyDebug }}, launched), "platform", "debug"},
		{"launch digest", signed(simulator.SNPFlaws{}, attest.Register{9}), "registers", "launch digest 09000000"},
	} {
		record, trust := copied(genuine), w.trust()
		c.damage(&record, &trust)
		if words := failure(audit.Check(record, trust), c.check); !strings.Contains(words, c.words) {
			t.Errorf("%s: check %q says %q, want %q", c.name, c.check, words, c.words)
		}
	}
}

// The zero value of what one trusts passes nothing (AT-04), and so does an empty record.
func TestAT04NothingPassesWithoutTrust(t *testing.T) {
	w := newWorld(t)
	w.finish()
	genuine := w.collect()
	report := audit.Check(genuine, audit.Trust{})
	for _, check := range []string{"chain", "group key", "quote", "certificate"} {
		if failure(report, check) == "" {
			t.Errorf("check %q passes without anything to trust:\n%s", check, lines(report))
		}
	}
	for _, f := range audit.Check(audit.Record{}, w.trust()) {
		if f.Verdict == audit.OK {
			t.Errorf("check %q passes on an empty record: %s", f.Check, f.Words)
		}
	}
	if (audit.Report{}).OK() {
		t.Error("an empty report is OK")
	}
}

// A task without a result is an error that says how far it is, not a failed audit.
func TestUnfinishedTaskIsToldApart(t *testing.T) {
	w := newWorld(t)
	w.pushEnclave()
	w.makeIdentity()
	w.submit()
	for id, state := range map[[32]byte]uint8{w.task: 1, {9}: 0} {
		_, err := audit.Collect(t.Context(), w.sources(), id)
		if unfinished, ok := errors.AsType[*sources.UnfinishedError](err); !ok || unfinished.State != state {
			t.Errorf("task %x: %v, want state %d", id, err, state)
		}
	}
}

// A policy that is changed after the permit does not change the verdict on what was done before.
func TestPolicyAtTheTimeOfThePermitCounts(t *testing.T) {
	w := newWorld(t)
	w.finish()
	before := w.measurements
	w.measurements = []attest.Measurement{{TEE: attest.TDX, Shape: before[0].Shape, Registers: registers(9)}}
	w.setPolicy()
	if report := audit.Check(w.collect(), w.trust()); !report.OK() {
		t.Errorf("a later policy undoes the audit:\n%s", lines(report))
	}
}

// Certificates are judged at the time of the permit's block: an audit gives the same answer when they have expired.
func TestTimeOfTheAuditIsThatOfThePermit(t *testing.T) {
	w := newWorld(t)
	w.finish()
	r := w.collect()
	if age := time.Since(r.Ledger.Permit.Time); age > time.Hour || age < -time.Hour {
		t.Errorf("the permit's time is %v, not that of the block", r.Ledger.Permit.Time)
	}
}

// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver/release"
	"github.com/escrin/escrin/jobs/audit"
)

// naming is how a world's policy names its enclave: by measurements if it is zero, by an author with a secret, or by
// an author key in the ID block.
type naming struct {
	author    [32]byte
	authorKey attest.Register
}

func (n naming) policy(t *testing.T, root common.Hash, locator string) chain.Policy {
	t.Helper()
	p := chain.Measured(root, 3600, locator)
	switch {
	case n.author != [32]byte{}:
		key, err := crypto.ToECDSA(n.author[:])
		if err != nil {
			t.Fatal(err)
		}
		tag, _, _ := strings.Cut(locator, "@")
		p = chain.ByReleases(crypto.PubkeyToAddress(key.PublicKey), 3, 3600, tag)
	case n.authorKey != attest.Register{}:
		p.Kind, p.MeasurementRoot, p.AuthorKey = chain.ByIDBlock, common.Hash{}, crypto.Keccak256Hash(n.authorKey[:])
		p.TDXFloor, p.MinVersion = 0, 5
	}
	return p
}

// release is what the permitter is shown: version 4, by the author.
func (n naming) release(t *testing.T, root [32]byte) []byte {
	t.Helper()
	if n.author == [32]byte{} {
		return nil
	}
	r, err := release.Sign(release.Statement{MeasurementRoot: root, Version: 4}, n.author)
	if err != nil {
		t.Fatal(err)
	}
	return r.Words()
}

// report signs as the guest's hardware does, with the author key and SVN 5 of its ID block if it has one.
func (n naming) report(guest *simulator.SNPGuest) func([64]byte) ([]byte, []byte, error) {
	if n.authorKey == (attest.Register{}) {
		return guest.Report
	}
	return func(data [64]byte) ([]byte, []byte, error) {
		return guest.ReportWith(data, simulator.SNPFlaws{Report: func(r *snp.Report) {
			r.AuthorKeyDigest, r.KeyInfo.AuthorKeyEnabled, r.GuestSVN = n.authorKey, true, 5
		}})
	}
}

// trusted puts the author key into the policy of who verifies evidence.
func (n naming) trusted(policy []byte) []byte {
	if n.authorKey == (attest.Register{}) {
		return policy
	}
	return bytes.Replace(policy, []byte(`"authorKeys": ["zero"]`), fmt.Appendf(nil, `"authorKeys": ["0x%x"]`, n.authorKey[:]), 1)
}

// checkCorruptions expects each corruption of a finished task to fail by the words of its own check.
func (w *world) checkCorruptions(genuine audit.Record, corruptions []corruption) {
	w.t.Helper()
	for _, c := range corruptions {
		record, trust := copied(genuine), w.trust()
		c.damage(&record, &trust)
		if words := failure(audit.Check(record, trust), c.check); words == "" || !strings.Contains(words, c.words) {
			w.t.Errorf("%s: check %q says %q, want %q", c.name, c.check, words, c.words)
		}
	}
}

// A task under a policy by author verifies by the release in the permit's transaction, whatever the tag leads to by now.
func TestGenuineTaskOfAReleasedEnclave(t *testing.T) {
	w := newWorld(t)
	w.named.author = [32]byte{31: 7}
	w.finish()
	genuine := w.collect()
	report := audit.Check(genuine, w.trust())
	if !report.OK() || !strings.Contains(lines(report), "as version 4, since block") || !strings.Contains(lines(report), ":latest measures to these registers") {
		t.Fatalf("a genuine task does not verify:\n%s", lines(report))
	}
	w.checkCorruptions(genuine, []corruption{
		{"author", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.Author[0] ^= 1 }, "policy", "the identity's policy named author"},
		{"no release", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Release = nil }, "policy", "without a release"},
		{"release cut off", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Release = make([]byte, 64) }, "policy", "three words"},
		{"no signature", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Release = make([]byte, 96) }, "policy", "signature"},
		{"older version", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.MinVersion = 5 }, "policy", "wanted version 5"},
		{"root of another release", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.MeasurementRoot[0] ^= 1 }, "policy", "was released by"},
		{"registers", w.withRegisters(func(r *attest.Registers) { r.RTMR2[47] ^= 1 }), "registers", "not under the policy's measurement root"},
		{"locator with another digest", func(r *audit.Record, _ *audit.Trust) {
			r.Ledger.Policy.Locator += "@sha256:" + strings.Repeat("0", 64)
		}, "enclave", "the policy points at"},
		{"TDX refused", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.TDXFloor = 0 }, "policy", "below the floor"},
	})

	w.measurements = []attest.Measurement{{TEE: attest.TDX, Shape: w.measurements[0].Shape, Registers: registers(9)}}
	manifest, document := w.documents()
	w.uploadTo(genuine.Ledger.Policy.Locator, manifest, document)
	if report := audit.Check(w.collect(), w.trust()); !report.OK() || !strings.Contains(lines(report), "leads to another release by now") {
		t.Errorf("an upgrade undoes the audit:\n%s", lines(report))
	}
}

// A task under a policy by ID block verifies by what the hardware says of the guest's author and SVN.
func TestGenuineTaskByIDBlock(t *testing.T) {
	w := newWorld(t)
	var err error
	w.snp, err = simulator.OpenSNP(t.TempDir(), kds.Genoa)
	w.must(err)
	w.named.authorKey = attest.Register{1, 2, 3}
	w.finish()
	genuine := w.collect()
	report := audit.Check(genuine, w.trust())
	if !report.OK() || !strings.Contains(lines(report), "vouched for a guest with SVN 5") {
		t.Fatalf("a genuine task does not verify:\n%s", lines(report))
	}
	w.checkCorruptions(genuine, []corruption{
		{"author key", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.AuthorKey[0] ^= 1 }, "policy", "the identity's policy named 0x"},
		{"no author key", func(r *audit.Record, _ *audit.Trust) {
			r.Ledger.Policy.AuthorKey, r.Ledger.Permit.Findings.Author = [32]byte{}, [32]byte{}
		}, "policy", "the identity's policy named 0x"},
		{"SVN", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.MinVersion = 6 }, "policy", "wanted 6 at least"},
		{"TDX", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Findings.Platform[0] = 1 }, "policy", "SEV-SNP alone"},
		{"SVN that the hardware does not say", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Permit.Findings.Platform[31]++ }, "platform", "the certificate speaks of platform"},
		{"floor", func(r *audit.Record, _ *audit.Trust) { r.Ledger.Policy.SNPFloor = 1<<64 - 1 }, "policy", "below the floor"},
	})
}

// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/crosscheck"
	"github.com/escrin/escrin/attest/platform"
	"github.com/escrin/escrin/keyholder"
)

// readEvidence: the store's bytes are those whose digest the permit was given for.
func (a *auditor) readEvidence() (string, error) {
	raw, err := a.record.Evidence.get("the evidence")
	if err != nil {
		return "", err
	}
	want := a.record.Ledger.Permit.EvidenceDigest
	if got := keccak(raw); got != want {
		return "", fmt.Errorf("the evidence in the store has digest 0x%x, the permit was given for 0x%x", got, want)
	}
	if a.evidence, err = attest.ParseEvidence(raw); err != nil {
		return "", err
	}
	return fmt.Sprintf("0x%x, %d bytes", want, len(raw)), nil
}

// quote: the hardware's vendor vouches for it, at the time when the permit was given.
func (a *auditor) quote() (string, error) {
	c, err := crosscheck.New(a.trust.Roots).Verify(a.evidence, a.record.Ledger.Permit.Time)
	if err != nil {
		return "", err
	}
	a.claims = c
	return fmt.Sprintf("%s verifies under %s", signedName(a.evidence.TEE), a.trust.RootName), nil
}

// signedName is what the vendor calls what the hardware signs.
func signedName(tee attest.TEE) string {
	if tee == attest.SNP {
		return "SNP report"
	}
	return "TDX quote"
}

// binding: the evidence is about this chain, identity, key, time and policy, and no other.
func (a *auditor) binding() (string, error) {
	got, want := a.evidence.Binding, a.expectedBinding()
	for _, field := range []struct {
		name string
		same bool
	}{
		{"chain", got.ChainID == want.ChainID},
		{"identity registry", got.Registry == want.Registry},
		{"identity", got.IdentityID == want.IdentityID},
		{"requester", got.Requester == want.Requester},
		{"channel key", got.ChannelKeyHash == attest.HashChannelKey(a.evidence.ChannelKey)},
		{"duration", got.Duration == want.Duration},
		{"base block", got.BaseBlock == want.BaseBlock},
		{"base block hash", got.BaseBlockHash == want.BaseBlockHash},
		{"measurement root", got.MeasurementRoot == want.MeasurementRoot},
		{"configuration", got.ConfigDigest == want.ConfigDigest},
		{"key network", got.GroupKeyDigest == want.GroupKeyDigest},
	} {
		if !field.same {
			return "", fmt.Errorf("the evidence is bound to another %s than the permit", field.name)
		}
	}
	return "all eleven fields are those of the permit", nil
}

// expectedBinding is what the chain says that the evidence must be about. The channel key is known to nobody but
// the enclave and the keyholders: the evidence's own is taken, and the report data holds its hash.
func (a *auditor) expectedBinding() attest.Binding {
	p := a.record.Ledger.Permit
	network, _ := keyholder.GroupKeyDigest(a.trust.GroupKey) // without a key that is none, and nothing is of it
	return attest.Binding{
		ChainID: a.trust.ChainID, Registry: a.trust.Registry, IdentityID: a.record.Ledger.Terms().Identity,
		Requester: p.Requester, ChannelKeyHash: attest.HashChannelKey(a.evidence.ChannelKey), Duration: p.Duration,
		BaseBlock: p.BaseBlock, BaseBlockHash: p.BaseBlockHash,
		MeasurementRoot: p.MeasurementRoot, ConfigDigest: p.ConfigDigest, GroupKeyDigest: network,
	}
}

// platform: the quote is acceptable: no debugging, an accepted TCB, report data that is the binding's.
func (a *auditor) platform() (string, error) {
	expected := appraise.Statement(a.expectedBinding()).At(a.record.Ledger.Permit.Time)
	if reasons := a.trust.Policy.Appraise(a.claims, expected); len(reasons) > 0 {
		words := make([]string, len(reasons))
		for i, r := range reasons {
			words[i] = r.String()
		}
		return "", fmt.Errorf("the %s is authentic and not acceptable: %s", signedName(a.evidence.TEE), strings.Join(words, "; "))
	}
	found := keyholder.Findings{Platform: platform.Of(a.claims), Author: platform.Author(a.claims)}
	if certified := a.record.Ledger.Permit.Findings; certified != found {
		return "", fmt.Errorf("the certificate speaks of platform 0x%x and author 0x%x, the evidence is of 0x%x and 0x%x",
			certified.Platform, certified.Author, found.Platform, found.Author)
	}
	return fmt.Sprintf("acceptable by the policy: %s, report data is the binding's digest", a.tcb()), nil
}

// tcb says what the vendor says of the platform.
func (a *auditor) tcb() string {
	if guest, ok := a.claims.SNP(); ok {
		return fmt.Sprintf("%s chip, TCB %#016x", guest.Chip.Product, uint64(guest.Report.ReportedTCB))
	}
	guest, _ := a.claims.TDX()
	return fmt.Sprintf("TCB %v", guest.TCB.Platform.Status)
}

// registers: the launch registers that the hardware signed are under the policy's root.
func (a *auditor) registers() (string, error) {
	root := a.root()
	m := a.measurement()
	short, long := fmt.Sprintf("MRTD %.8s…, RTMR2 %.8s…", m.Registers.MRTD, m.Registers.RTMR2), "MRTD and RTMR0 to RTMR2"
	if m.TEE == attest.SNP {
		short, long = fmt.Sprintf("launch digest %.8s…", m.LaunchDigest), "the launch digest"
	}
	if !attest.VerifyProof(root, m.Leaf(), a.evidence.Proof) {
		return "", fmt.Errorf("the registers that the hardware signed (%s) are not under the policy's measurement root", short)
	}
	return fmt.Sprintf("%s for %v are under the policy's measurement root", long, a.evidence.Shape), nil
}

func (a *auditor) measurement() attest.Measurement {
	return a.claims.Measurement()
}

// enclave: the artifact in the registry is the one that the policy points at, and it measures to the registers.
func (a *auditor) enclave() (string, error) {
	e, err := a.readEnclave()
	if err != nil {
		return "", err
	}
	permit := a.record.Ledger.Permit
	root, err := attest.Root(e.measurements)
	switch {
	case err != nil:
		return "", fmt.Errorf("the enclave's config: %w", err)
	case root != a.root() && a.record.Ledger.Policy.Kind != byMeasurements:
		return a.record.Ledger.Policy.Locator + " leads to another release by now: the author's word alone says whose these registers are", nil
	case root != a.root():
		return "", fmt.Errorf("the enclave in the registry has measurement root 0x%x, the policy names 0x%x", root, a.root())
	case e.measuredConfig != permit.ConfigDigest:
		return "", fmt.Errorf("the enclave in the registry has measured config %s, the permit was given for %s", sha(e.measuredConfig), sha(permit.ConfigDigest))
	}
	for _, m := range e.measurements {
		if m == a.measurement() {
			return a.record.Ledger.Policy.Locator + " measures to these registers", nil
		}
	}
	return "", errors.New("the enclave in the registry does not measure to the registers that the hardware signed")
}

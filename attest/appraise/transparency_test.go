// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/claims"
	"github.com/escrin/escrin/attest/kds"
)

// AT-17: what makes an enclave public is the measurement root that a registry on
// chain names for an identity. Evidence that points to another registry, to a root
// that was replaced, or that has no proof for its root, is refused, and so is
// evidence that was made for a block that is not the expected recent one.
func TestAT17EvidenceIsHeldAgainstThePresentEntryOfOneRegistry(t *testing.T) {
	p := newPolicy(t, bothRules())
	for name, facts := range map[string]claims.Facts{"TDX": goodTDX(t), "SNP": goodSNP(t, kds.Genoa)} {
		want := facts.Evidence.Binding
		judge := func(what string, f claims.Facts, b attest.Binding, codes ...appraise.Code) {
			t.Helper()
			expect(t, name+", "+what, p.Appraise(claim(f), appraise.Statement(b).At(today)), codes...)
		}
		judge("genuine", facts, want)

		other := want
		other.Registry[19] ^= 1
		judge("another registry", facts, other, appraise.BindingRegistry)

		other = want
		other.ChainID++
		judge("the registry on another chain", facts, other, appraise.BindingChain)

		other = want
		other.MeasurementRoot[0] ^= 1
		judge("an entry that was replaced", facts, other, appraise.BindingRoot)

		other = want
		other.BaseBlock++
		other.BaseBlockHash[0] ^= 1
		judge("an old block", facts, other, appraise.BindingBlock, appraise.BindingBlockHash)

		bare := facts
		bare.Evidence.Proof = nil
		judge("no proof", bare, want, appraise.MeasurementPath)
	}
}

// SPDX-License-Identifier: Apache-2.0

// Package guestpolicy is the appraisal policy by which keyholders and auditors
// of a network judge escrin's own guests.
package guestpolicy

import (
	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/collateral"
)

// TDX returns the policy of a network whose platforms are of any owner, and
// up to date in every part by collateral of at least this TCB evaluation data
// number. Guests of SEV-SNP are refused.
func TDX(minEvaluation uint32) (appraise.Policy, error) {
	upToDate := []collateral.Status{collateral.UpToDate}
	return appraise.NewPolicy(appraise.Rules{TDX: &appraise.TDXRules{
		Accept:        []appraise.Exception{},
		QuoteVersions: []uint16{4, 5},
		XFAM:          appraise.Bits(0x6dbe7),

		MRSERVICETD:   appraise.Zero(),
		MRCONFIGID:    appraise.Zero(),
		MROWNER:       appraise.Zero(),
		MROWNERCONFIG: appraise.Zero(),
		RTMR3:         appraise.Zero(),
		MRSEAM:        appraise.Any(),

		TEESVN: appraise.AtLeastEach([16]uint8{}),
		CPUSVN: appraise.AtLeastEach([16]uint8{}),
		PCESVN: appraise.AtLeast(0),
		QESVN:  appraise.AtLeast(0),

		PlatformTCB:         upToDate,
		ModuleTCB:           upToDate,
		QETCB:               upToDate,
		GraceDays:           appraise.AtLeast(0),
		Evaluation:          appraise.AtLeast(minEvaluation),
		ToleratedAdvisories: appraise.AnyName(),
		RefusedAdvisories:   []string{},

		Platforms:       appraise.Any(),
		RefusedFamilies: []appraise.Family{},
	}})
}

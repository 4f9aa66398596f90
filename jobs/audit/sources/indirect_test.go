// SPDX-License-Identifier: Apache-2.0

package sources

import (
	"context"
	"errors"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/jobs/audit"
)

// oneCall is a chain with one transaction, or with a node that does not answer.
type oneCall struct {
	Chain
	to   common.Address
	data []byte
	err  error
}

func (c oneCall) TransactionByHash(context.Context, common.Hash) (*types.Transaction, bool, error) {
	return types.NewTx(&types.DynamicFeeTx{To: &c.to, Data: c.data}), false, c.err
}

// TestCallsOfOtherContractsAreFindings: whoever had a contract bring permit, claim or result cannot keep a report from being
// made; a node that does not answer is an error.
func TestCallsOfOtherContractsAreFindings(t *testing.T) {
	at := Contracts{Permitter: common.Address{1}, TaskHub: common.Address{2}}
	down := errors.New("down")
	for name, c := range map[string]struct {
		chain   oneCall
		problem bool
	}{
		"another contract": {oneCall{to: common.Address{9}}, true},
		"another call":     {oneCall{to: at.TaskHub, data: []byte{1, 2, 3, 4}}, true},
		"no answer":        {oneCall{err: down}, false},
	} {
		s := New(c.chain, at, "")
		var l audit.Ledger
		for what, read := range map[string]struct {
			do      func() error
			problem *string
		}{
			"permit": {func() error {
				return s.readGrant(t.Context(), &l, &bindings.IdentityRegistryPermitGranted{Raw: &types.Log{BlockNumber: 7}, Holder: common.Address{5}})
			}, &l.Permit.Problem},
			"claim": {func() error { return s.readClaim(t.Context(), &l, &bindings.TaskHubTaskClaimed{Raw: &types.Log{}}) }, &l.Claim.Problem},
			"result": {func() error {
				return s.readAcceptance(t.Context(), &l, &bindings.TaskHubTaskAccepted{Raw: &types.Log{}})
			}, &l.Acceptance.Problem},
		} {
			if err := read.do(); errors.Is(err, down) == c.problem || (*read.problem != "") != c.problem {
				t.Errorf("%s, %s: %v, problem %q", name, what, err, *read.problem)
			}
		}
		if c.problem && (l.Permit.Requester != common.Address{5} || l.Permit.Block != 7) {
			t.Errorf("%s: permit %+v", name, l.Permit)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/audit"
	"github.com/escrin/escrin/jobs/audit/sources"
	"github.com/escrin/escrin/jobs/network"
)

func newJobVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify TASK",
		Short: "Re-check a task's result from public data alone",
		Long: `Re-check a task's result from public data alone: evidence, launch registers, policy, permit, key network's certificate,
signatures and digests, line by line. No key is needed, and nobody's word is taken but the chain's. The exit status
is 0 only if every check passed.`,
		Args: exactly("TASK"),
		RunE: onChain("task", verifyJob),
	}
}

func verifyJob(cmd *cobra.Command, n network.Network, c *chain.Chain, id common.Hash) error {
	trust, err := trustIn(n)
	if err != nil {
		return err
	}
	from := sources.New(c.Client(), sources.Contracts{Permitter: n.Contracts.Permitter, TaskHub: n.Contracts.TaskHub}, n.Jobs)
	p := newProgress(cmd)
	p.step("fetching the public data of the task")
	record, err := audit.Collect(cmd.Context(), from, id)
	p.done()
	if err != nil {
		return explainUnfinished(err, id)
	}
	if n.TEE.Socket != "" && !wantJSON(cmd) {
		defer fmt.Fprintln(cmd.ErrOrStderr(), "note: the TEE of this network is simulated: whoever has the key of its root certificate can make any evidence")
	}
	return showReport(cmd, id, record, audit.Check(record, trust))
}

func explainUnfinished(err error, id common.Hash) error {
	unfinished, ok := errors.AsType[*sources.UnfinishedError](err)
	if !ok {
		return unreachable(err)
	}
	if unfinished.State == 0 {
		return withHint(unfinished, "`escrin job list` shows the tasks of this network")
	}
	return withHint(fmt.Errorf("there is nothing to verify: %w", unfinished), "follow it: `escrin job status --watch %s`", id.Hex())
}

// trustIn is what the network file says is to be trusted: chain, contracts, key network, the vendors' roots and a policy.
func trustIn(n network.Network) (audit.Trust, error) {
	roots, name, err := readRoots(n.TEE.Roots)
	if err != nil {
		return audit.Trust{}, err
	}
	policy, err := readPolicy(n.TEE.Policy)
	if err != nil {
		return audit.Trust{}, err
	}
	return audit.Trust{
		ChainID: n.Chain.ID, Registry: n.Contracts.Registry, Permitter: n.Contracts.Permitter, TaskHub: n.Contracts.TaskHub,
		GroupKey: n.KeyNetwork.GroupKey, Roots: roots, RootName: name, Policy: policy,
	}, nil
}

// maxRoots bounds a file of root certificates, in bytes.
const maxRoots = 64 << 10

// readRoots reads the root certificates to trust, and calls them by where they are from and by their fingerprints. Their
// subjects are what they say of themselves: those of simulated platforms say the same as the vendors'.
func readRoots(path string) (verify.Roots, string, error) {
	raw, err := readBounded(path, maxRoots)
	if err != nil {
		return verify.Roots{}, "", fmt.Errorf("read root certificates: %w", err)
	}
	roots, err := verify.ParseRoots(raw)
	if err != nil {
		return verify.Roots{}, "", fmt.Errorf("read root certificates %s: %w", home(path), err)
	}
	var fingerprints []string
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		sum := sha256.Sum256(block.Bytes)
		fingerprints = append(fingerprints, "sha256 "+hex.EncodeToString(sum[:8])+"…")
	}
	return roots, fmt.Sprintf("the root certificates %s (%s)", home(path), strings.Join(fingerprints, ", ")), nil
}

// verification is a report for --json, with what it is about.
type verification struct {
	Task     common.Hash  `json:"task"`
	OK       bool         `json:"ok"`
	Terms    *api.Terms   `json:"terms"`
	Result   *api.Result  `json:"result"`
	Findings audit.Report `json:"findings"`
}

func showReport(cmd *cobra.Command, id common.Hash, r audit.Record, report audit.Report) error {
	if wantJSON(cmd) {
		result := api.ResultOf(r.Ledger.Result(), r.Ledger.Acceptance.Requester)
		result.Tx, result.Block = r.Ledger.Acceptance.Tx, r.Ledger.Acceptance.Block
		if err := printJSON(cmd.OutOrStdout(), verification{id, report.OK(), api.TermsOf(r.Ledger.Terms()), result, report}); err != nil {
			return err
		}
	} else {
		for _, f := range report {
			fmt.Fprintf(cmd.OutOrStdout(), "%-8s %-14s %s\n", f.Verdict, f.Check, oneLine(f.Words))
		}
	}
	if report.OK() {
		if !wantJSON(cmd) {
			fmt.Fprintf(cmd.OutOrStdout(), "\nverified: %d checks of task %s\n", len(report), id)
		}
		return nil
	}
	failed := 0
	for _, f := range report {
		if f.Verdict == audit.Failed {
			failed++
		}
	}
	return withHint(fmt.Errorf("task %s does not verify: %d of %d checks failed", id, failed, len(report)), "do not rely on its result")
}

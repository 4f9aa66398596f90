// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/crosscheck"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder"
)

// Exit statuses of `escrin evidence verify`, besides those of every command.
const (
	exitNotAuthentic  = 3 // somebody other than the vendor's hardware made it, or it was changed
	exitNotAcceptable = 4 // authentic, but not what was asked for
	exitCannotTell    = 5 // it may well be authentic: with other collateral, at another time
)

func newEvidenceVerifyCommand() *cobra.Command {
	var v evidenceVerifier
	cmd := &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Decide whether evidence is authentic, and acceptable",
		Long: `Decide whether evidence is authentic (the vendor of the hardware vouches for it) and acceptable (the hardware, its
firmware and the guest are good enough by a policy, and the guest is the one that was asked for, and said what was asked for).

The roots to trust come from --roots, else from the network file; the policy from --policy, else from the network file. No
root and no policy is built in. What the guest must be, and must have said, comes from --measurement or --enclave, --report-data
and --binding; of an envelope the measurement suffices, for its statement is bound to the report data, and what is not compared
with anything is listed. Where roots or policy are the network file's, or --network names it, so is the key network that an envelope must name, unless --group-key
names another. A bare quote or report has no statement: what only a statement could answer to is refused of it. With --task
it comes from the chain, and there must be an envelope. Whatever is not said is refused.

Evidence is fresh only if its report data, or the block in its statement, was demanded. If it was not, the last line says so.

All reasons are printed, each with its code. The exit status is

  0  authentic and acceptable
  3  not authentic
  4  authentic, and not acceptable
  5  cannot tell: endorsements are missing, or are not valid at this time
  2  the command was called wrongly
  1  something else went wrong`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return v.run(cmd, args) },
	}
	v.from.add(cmd)
	v.demand.add(cmd)
	cmd.Flags().StringVar(&v.policy, "policy", "", "what is acceptable: a policy `FILE`")
	cmd.Flags().StringVar(&v.roots, "roots", "", "the vendors' root certificates to trust: a PEM `FILE` with up to four")
	cmd.Flags().StringVar(&v.time, "time", "", "verify as of this `TIME`, such as 2026-03-01T12:00:00Z (default: now)")
	return cmd
}

// evidenceVerifier is one call of `escrin evidence verify`.
type evidenceVerifier struct {
	from                evidenceFlags
	demand              demandFlags
	policy, roots, time string
}

// trusted is whom the user trusts, and for what.
type trusted struct {
	roots      verify.Roots
	rootName   string
	policy     appraise.Policy
	policyName string
	simulated  bool             // the network's TEE is
	network    *network.Network // whose file roots or policy are from, or that was named
}

func (v *evidenceVerifier) run(cmd *cobra.Command, args []string) error {
	p, err := v.from.present(cmd, args)
	if errors.Is(err, errUnrecognised) {
		p = presented{form: formUnknown}
	} else if err != nil {
		return err
	}
	if p.form == formBundle {
		return withHint(errors.New("there is nothing to verify: collateral without evidence"), "give it with --collateral")
	}
	if p.form == formSigned && v.demand.binding != "" {
		return usageError{cmd.CommandPath(), "--binding is about envelopes: a bare quote or report has no statement beside it"}
	}
	at, err := readTime(cmd, v.time)
	if err != nil {
		return err
	}
	t, err := v.trust(cmd)
	if err != nil {
		return err
	}
	d, err := v.demand.demand(cmd)
	if err != nil {
		return err
	}
	if v.from.task != "" && p.form == formEnvelope {
		if err := v.demandOfChain(cmd, &d, p); err != nil {
			return err
		}
	}
	if t.network != nil && p.form == formEnvelope {
		if err := d.inKeyNetwork(*t.network); err != nil {
			return err
		}
	}
	d.envelope = v.from.task != ""
	found := judge(p, t, d, at)
	return found.tell(cmd, t)
}

// judge is the decision.
func judge(p presented, t trusted, d demand, at time.Time) judgement {
	if p.form == formUnknown {
		j := refusal(&verify.Error{Code: verify.CodeTEE, Err: errUnrecognised}, at)
		j.Roots = t.rootName
		return j
	}
	c, err := crosscheck.New(t.roots).Verify(p.evidence, at)
	if err != nil {
		j := refusal(err, at)
		j.Roots = t.rootName
		return j
	}
	found, unknown := d.appraise(t.policy, c, p.form, at)
	reasons := append(d.impossible(p.form), worded(found)...)
	return judgement{Authentic: c.Verified(), Acceptable: c.Verified() && len(reasons) == 0, Time: at.UTC(), Roots: t.rootName, Policy: t.policyName,
		Conclusive: true, Code: firstCode(reasons), Reasons: reasons, NotCompared: unknown, Fresh: d.fresh(p.form), Claims: claimed(c)}
}

func firstCode(reasons []reason) string {
	if len(reasons) == 0 {
		return ""
	}
	return reasons[0].Code
}

// trust takes roots and policy from the flags, else from the network file. One that is named counts in any case, for its key network.
func (v *evidenceVerifier) trust(cmd *cobra.Command) (t trusted, err error) {
	rootsFile, policyFile := v.roots, v.policy
	if rootsFile == "" || policyFile == "" || cmd.Flags().Changed("network") {
		n, known, err := knownNetwork(cmd)
		if err != nil {
			return t, err
		}
		if known {
			t.network = &n
		}
		if known && rootsFile == "" {
			rootsFile, t.simulated = n.TEE.Roots, n.TEE.Socket != ""
		}
		if known && policyFile == "" {
			policyFile = n.TEE.Policy
		}
	}
	if rootsFile != "" {
		if t.roots, t.rootName, err = readRoots(rootsFile); err != nil {
			return t, err
		}
	}
	if policyFile != "" {
		t.policyName = home(policyFile)
		t.policy, err = readPolicy(policyFile)
	}
	return t, err
}

// demandOfChain adds what the chain says of the guest that does a task.
func (v *evidenceVerifier) demandOfChain(cmd *cobra.Command, d *demand, p presented) error {
	id, err := parseHash32(cmd, "task", v.from.task)
	if err != nil {
		return err
	}
	n, c, err := loadAndConnect(cmd)
	if err != nil {
		return err
	}
	defer c.Close()
	task, err := c.Task(cmd.Context(), id)
	if err != nil {
		return unreachable(err)
	}
	policy, err := c.Policy(cmd.Context(), task.Identity())
	if err != nil {
		return unreachable(err)
	}
	if policy.Kind != chain.ByMeasurements {
		return withHint(fmt.Errorf("the policy of identity %s is by %s: it names no measurement root", task.Identity(), policy.Kind),
			"`escrin job verify %s` checks its tasks", id)
	}
	block, err := c.BlockAt(cmd.Context(), p.evidence.Binding.BaseBlock)
	if err != nil {
		return unreachable(err)
	}
	return d.ofNetwork(n, task.Identity(), policy.MeasurementRoot, block.Hash)
}

// ofNetwork adds fields that the user has not demanded to be otherwise.
func (d *demand) ofNetwork(n network.Network, identity, root, blockHash common.Hash) error {
	chainID, b := decimal(n.Chain.ID), &d.binding
	b.ChainID = orElse(b.ChainID, &chainID)
	b.Registry = orElse(b.Registry, &n.Contracts.Registry)
	b.IdentityID = orElse(b.IdentityID, &identity)
	b.BaseBlockHash = orElse(b.BaseBlockHash, &blockHash)
	if err := d.inKeyNetwork(n); err != nil {
		return err
	}
	return d.setRoot(root)
}

// inKeyNetwork demands the key network of the network file, unless the user demands another. What a guest in one of its host's
// making knows of keys and states, the host knows and decides.
func (d *demand) inKeyNetwork(n network.Network) error {
	if d.binding.GroupKeyDigest != nil {
		return nil
	}
	digest, err := keyholder.GroupKeyDigest(n.KeyNetwork.GroupKey)
	if err != nil {
		return withHint(errors.New("the network file names no group key of a key network"), "name it with --group-key")
	}
	d.binding.GroupKeyDigest = (*common.Hash)(&digest)
	return nil
}

func orElse[T any](known, otherwise *T) *T {
	if known != nil {
		return known
	}
	return otherwise
}

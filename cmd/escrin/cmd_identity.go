// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/network"
)

func newIdentityCommand() *cobra.Command {
	identity := group("identity", "Identities: names on chain that an enclave may act under",
		newIdentityCreateCommand(), newIdentitySetPolicyCommand(), newIdentityShowCommand(), newIdentityListCommand(),
		newIdentityRevokeCommand(), newIdentitySetDelayCommand())
	identity.Long = `Identities are names on chain that an enclave may act under.

An identity's policy names one enclave by its measurement root, a Merkle root over the launch registers that
the hardware will report for it; or an author, whose releases are enclaves that may act. It says as well which platforms are
too old. Whoever made the identity may change its policy, after the identity's delay; what
was encrypted before stays bound to the measurement root it was encrypted under.`
	addNetworkFlag(identity)
	return identity
}

// identityDescription is an identity for --json. Delay and announced changes are there if they were asked for.
type identityDescription struct {
	Identity   common.Hash    `json:"identity"`
	Registrant common.Address `json:"registrant"`
	Permitter  common.Address `json:"permitter"`
	policyDescription
	DelayHours int64               `json:"delayHours"`
	Scheduled  []changeDescription `json:"announced,omitempty"`
}

func (d identityDescription) print(w io.Writer) {
	fmt.Fprintf(w, "identity          %s\n", d.Identity)
	if d.Kind == "" {
		fmt.Fprintf(w, "enclave           (no policy)\n")
	} else {
		d.policyDescription.print(w)
	}
	fmt.Fprintf(w, "registrant        %s\n", d.Registrant)
	fmt.Fprintf(w, "permitter         %s\n", d.Permitter)
	if d.DelayHours == 0 {
		fmt.Fprintf(w, "changes           at once\n")
	} else {
		fmt.Fprintf(w, "changes           announced %dh beforehand\n", d.DelayHours)
	}
	for _, change := range d.Scheduled {
		change.print(w)
	}
}

// createIdentity are the flags of `identity create` and `identity set-policy`.
type createIdentity struct {
	policyFlags
	quiet bool
}

func newIdentityCreateCommand() *cobra.Command {
	var flags createIdentity
	cmd := &cobra.Command{
		Use:   "create --enclave REF",
		Short: "Make an identity whose policy names an enclave",
		Long: `Make an identity whose policy names an enclave.

The policy names the enclave by its measurements, or, with --author, by who signs its releases (escrin release sign): then a
newer release needs no transaction, and the author is trusted with what the enclave does.`,
		Example: `  escrin identity create --enclave localhost:5000/auction
  IDENTITY=$(escrin identity create --enclave localhost:5000/auction --quiet)
  escrin identity create --enclave localhost:5000/auction --author 0x5c9f… --min-version 3 --no-snp --tdx-floor 2024-11-13`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd) },
	}
	flags.addTo(cmd)
	return cmd
}

func (flags *createIdentity) addTo(cmd *cobra.Command) {
	flags.policyFlags.addTo(cmd)
	cmd.Flags().BoolVarP(&flags.quiet, "quiet", "q", false, "print the identity alone")
	addAccountFlag(cmd)
}

func (flags createIdentity) run(cmd *cobra.Command) error {
	return flags.sign(cmd, func(c *chain.Chain, payer *chain.Account, policy chain.Policy) (common.Hash, chain.Receipt, error) {
		id, receipt, err := c.CreateIdentity(cmd.Context(), payer)
		if err != nil {
			return id, receipt, err
		}
		receipt, err = c.SetPolicy(cmd.Context(), payer, id, policy)
		if err != nil {
			err = withHint(fmt.Errorf("identity %s was made, but has no policy: %w", id, err),
				"give it one with `escrin identity set-policy %s --enclave %s`", id, flags.enclave)
		}
		return id, receipt, err
	})
}

// sign finds the enclave in its registry, has put write its policy on chain, and prints the identity.
func (flags createIdentity) sign(cmd *cobra.Command, put func(*chain.Chain, *chain.Account, chain.Policy) (common.Hash, chain.Receipt, error)) error {
	policy, ref, err := flags.parse(cmd)
	if err != nil {
		return err
	}
	n, c, err := loadAndConnect(cmd)
	if err != nil {
		return err
	}
	defer c.Close()
	payer, err := account(cmd, n)
	if err != nil {
		return err
	}
	if policy, err = flags.complete(cmd, policy, ref); err != nil {
		return err
	}
	id, receipt, err := put(c, payer, policy)
	if err != nil {
		return explainEarly(err)
	}
	again := fmt.Sprintf("escrin identity set-policy %s --enclave %s, with the same flags", id, policy.Locator)
	if done, err := tellAnnounced(cmd, c, id, receipt, again); done {
		return err
	}
	d, err := describeAll(cmd.Context(), c, id)
	if err != nil {
		return err
	}
	return flags.print(cmd, d)
}

func newIdentitySetPolicyCommand() *cobra.Command {
	var flags createIdentity
	cmd := &cobra.Command{
		Use:   "set-policy IDENTITY --enclave REF",
		Short: "Let another enclave act under an identity",
		Long: `Let another enclave act under an identity, instead of the one that its policy names.

Inputs that were sealed for the earlier enclave stay closed to the new one; tasks that wait with such inputs fail until
the policy is back or their deadline passes. Permits that enclaves have already last until they expire, or are revoked. Only
the registrant of the identity may do this.

If the identity has a delay, the first call announces the policy, and the same call, when the delay is over and within 14
days, makes it count.`,
		Example: "  escrin identity set-policy $IDENTITY --enclave localhost:5000/auction:2",
		Args:    exactly("IDENTITY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseHash32(cmd, "identity", args[0])
			if err != nil {
				return err
			}
			return flags.sign(cmd, func(c *chain.Chain, payer *chain.Account, policy chain.Policy) (common.Hash, chain.Receipt, error) {
				if err := mayChange(cmd, c, payer, id); err != nil {
					return id, chain.Receipt{}, err
				}
				receipt, err := c.SetPolicy(cmd.Context(), payer, id, policy)
				return id, receipt, err
			})
		},
	}
	flags.addTo(cmd)
	return cmd
}

func (flags createIdentity) print(cmd *cobra.Command, d identityDescription) error {
	switch {
	case wantJSON(cmd):
		return printJSON(cmd.OutOrStdout(), d)
	case flags.quiet:
		fmt.Fprintln(cmd.OutOrStdout(), d.Identity)
	default:
		d.print(cmd.OutOrStdout())
	}
	return nil
}

func newIdentityShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show IDENTITY",
		Short: "Show an identity and its policy",
		Args:  exactly("IDENTITY"),
		RunE:  onChain("identity", showIdentity),
	}
}

func showIdentity(cmd *cobra.Command, n network.Network, c *chain.Chain, id common.Hash) error {
	d, err := describeAll(cmd.Context(), c, id)
	if err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), d)
	}
	d.print(cmd.OutOrStdout())
	switch {
	case d.Kind != "" || len(d.Scheduled) > 0:
	case d.Permitter != n.Contracts.Permitter:
		fmt.Fprintf(cmd.ErrOrStderr(), "\nits permitter is not this network's: what that one asks for is its own affair\n")
	default:
		fmt.Fprintf(cmd.ErrOrStderr(), "\nno enclave may act as it yet:  escrin identity set-policy %s --enclave REF\n", id)
	}
	return nil
}

// describeIdentity reads an identity and its policy, and says what to do if there is none.
func describeIdentity(ctx context.Context, c *chain.Chain, id common.Hash) (identityDescription, error) {
	identity, err := c.Identity(ctx, id)
	if errors.Is(err, chain.ErrNoIdentity) {
		return identityDescription{}, withHint(err, "`escrin identity list` shows those that exist")
	}
	if err != nil {
		return identityDescription{}, unreachable(err)
	}
	d := identityDescription{Identity: id, Registrant: identity.Registrant, Permitter: identity.Permitter}
	policy, err := c.Policy(ctx, id)
	if errors.Is(err, chain.ErrNoPolicy) {
		return d, withHint(err, "make an identity with a policy: `escrin identity create --enclave REF`")
	}
	if err != nil {
		return d, err
	}
	d.policyDescription = describePolicy(policy)
	return d, nil
}

// describeAll is describeIdentity with delay and announced changes, and describes an identity without a policy, too.
func describeAll(ctx context.Context, c *chain.Chain, id common.Hash) (identityDescription, error) {
	d, err := describeIdentity(ctx, c, id)
	if err != nil && !errors.Is(err, chain.ErrNoPolicy) {
		return d, err
	}
	delay, err := c.Delay(ctx, id)
	if err != nil {
		return d, err
	}
	d.DelayHours = int64(delay / time.Hour)
	changes, err := c.Scheduled(ctx, id)
	if err != nil {
		return d, err
	}
	for _, change := range changes {
		d.Scheduled = append(d.Scheduled, describeChange(change))
	}
	return d, nil
}

func newIdentityListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the identities on chain, oldest first",
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return listIdentities(cmd) },
	}
}

func listIdentities(cmd *cobra.Command) error {
	_, c, err := loadAndConnect(cmd)
	if err != nil {
		return err
	}
	defer c.Close()
	identities, err := c.Identities(cmd.Context())
	if err != nil {
		return err
	}
	list := []identityDescription{}
	for _, identity := range identities {
		d, err := describeIdentity(cmd.Context(), c, identity.ID)
		if err != nil && !errors.Is(err, chain.ErrNoPolicy) {
			return err
		}
		list = append(list, d)
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), list)
	}
	if len(list) == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), "There are none yet. Make one with `escrin identity create --enclave REF`.")
	}
	for _, d := range list {
		enclave := oneLine(d.Enclave)
		if enclave == "" {
			enclave = "(no policy)"
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %s\n", d.Identity, enclave)
	}
	return nil
}

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
	"github.com/escrin/escrin/enclaver"
)

func newIdentityCommand() *cobra.Command {
	identity := group("identity", "Identities: names on chain that an enclave may act under",
		newIdentityCreateCommand(), newIdentitySetPolicyCommand(), newIdentityShowCommand(), newIdentityListCommand())
	identity.Long = `Identities are names on chain that an enclave may act under.

An identity's policy names one enclave by its measurement root: a Merkle root over the launch registers that
the hardware will report for it. Whoever made the identity may change its policy; what
was encrypted before stays bound to the measurement root it was encrypted under.`
	addNetworkFlag(identity)
	return identity
}

// identityDescription is an identity for --json.
type identityDescription struct {
	Identity        common.Hash    `json:"identity"`
	Registrant      common.Address `json:"registrant"`
	Permitter       common.Address `json:"permitter"`
	MeasurementRoot common.Hash    `json:"measurementRoot"`
	MaxDuration     uint64         `json:"maxDuration"` // of a permit, in seconds
	Enclave         string         `json:"enclave"`
}

func (d identityDescription) print(w io.Writer) {
	fmt.Fprintf(w, "identity          %s\n", d.Identity)
	fmt.Fprintf(w, "enclave           %s\n", oneLine(d.Enclave))
	fmt.Fprintf(w, "measurement root  %s\n", d.MeasurementRoot)
	fmt.Fprintf(w, "permits last      %v at most\n", time.Duration(d.MaxDuration)*time.Second)
	fmt.Fprintf(w, "registrant        %s\n", d.Registrant)
	fmt.Fprintf(w, "permitter         %s\n", d.Permitter)
}

// createIdentity are the flags of `identity create`.
type createIdentity struct {
	enclave  string
	duration time.Duration
	quiet    bool
}

func newIdentityCreateCommand() *cobra.Command {
	var flags createIdentity
	cmd := &cobra.Command{
		Use:   "create --enclave REF",
		Short: "Make an identity whose policy names an enclave",
		Example: `  escrin identity create --enclave localhost:5000/auction
  IDENTITY=$(escrin identity create --enclave localhost:5000/auction --quiet)`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd) },
	}
	flags.addTo(cmd)
	return cmd
}

func (flags *createIdentity) addTo(cmd *cobra.Command) {
	cmd.Flags().StringVar(&flags.enclave, "enclave", "", "the enclave's `REF`erence in a registry")
	cmd.Flags().DurationVar(&flags.duration, "duration", time.Hour, "how long a permit of the enclave may last at most")
	cmd.Flags().BoolVarP(&flags.quiet, "quiet", "q", false, "print the identity alone")
	addAccountFlag(cmd)
}

func (flags createIdentity) run(cmd *cobra.Command) error {
	return flags.sign(cmd, func(c *chain.Chain, payer *chain.Account, policy chain.Policy) (common.Hash, error) {
		id, _, err := c.CreateIdentity(cmd.Context(), payer)
		if err != nil {
			return id, err
		}
		if _, err := c.SetPolicy(cmd.Context(), payer, id, policy); err != nil {
			return id, withHint(fmt.Errorf("identity %s was made, but has no policy: %w", id, err),
				"give it one with `escrin identity set-policy %s --enclave %s`", id, flags.enclave)
		}
		return id, nil
	})
}

// sign finds the enclave in its registry, has put write its policy on chain, and prints the identity.
func (flags createIdentity) sign(cmd *cobra.Command, put func(*chain.Chain, *chain.Account, chain.Policy) (common.Hash, error)) error {
	if flags.enclave == "" {
		return usageError{cmd.CommandPath(), "missing --enclave REF"}
	}
	if flags.duration < time.Second {
		return usageError{cmd.CommandPath(), "--duration is shorter than a second"}
	}
	ref, err := enclaver.ParseReference(flags.enclave)
	if err != nil {
		return usageError{cmd.CommandPath(), err.Error()}
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
	enclave, err := enclaver.Inspect(cmd.Context(), ref, nil)
	if err != nil {
		return withHint(err, "push the enclave first: `escrin push %s`", flags.enclave)
	}
	policy := chain.Measured(common.Hash(enclave.Config.MeasurementRoot), uint64(flags.duration/time.Second), ref.WithDigest(enclave.Digest).String())
	id, err := put(c, payer, policy)
	if err != nil {
		return err
	}
	d, err := describeIdentity(cmd.Context(), c, id)
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
the policy is back or their deadline passes. Only the registrant of the identity may do this.`,
		Example: "  escrin identity set-policy $IDENTITY --enclave localhost:5000/auction:2",
		Args:    exactly("IDENTITY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseHash32(cmd, "identity", args[0])
			if err != nil {
				return err
			}
			return flags.sign(cmd, func(c *chain.Chain, payer *chain.Account, policy chain.Policy) (common.Hash, error) {
				if err := flags.mayChange(cmd, c, payer, id); err != nil {
					return id, err
				}
				_, err := c.SetPolicy(cmd.Context(), payer, id, policy)
				return id, err
			})
		},
	}
	flags.addTo(cmd)
	return cmd
}

// mayChange says what is wrong before a transaction is paid for.
func (flags createIdentity) mayChange(cmd *cobra.Command, c *chain.Chain, payer *chain.Account, id common.Hash) error {
	identity, err := c.Identity(cmd.Context(), id)
	if errors.Is(err, chain.ErrNoIdentity) {
		return withHint(err, "`escrin identity list` shows those that exist")
	}
	if err != nil {
		return unreachable(err)
	}
	if identity.Registrant != payer.Address() {
		return withHint(fmt.Errorf("the registrant of %s is %s, not %s", id, identity.Registrant, payer.Address()),
			"name the registrant's key with --account")
	}
	return nil
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
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseHash32(cmd, "identity", args[0])
			if err != nil {
				return err
			}
			_, c, err := loadAndConnect(cmd)
			if err != nil {
				return err
			}
			defer c.Close()
			d, err := describeIdentity(cmd.Context(), c, id)
			if err != nil {
				return err
			}
			if wantJSON(cmd) {
				return printJSON(cmd.OutOrStdout(), d)
			}
			d.print(cmd.OutOrStdout())
			return nil
		},
	}
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
	d.MeasurementRoot, d.MaxDuration, d.Enclave = policy.MeasurementRoot, policy.MaxDuration, policy.Locator
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

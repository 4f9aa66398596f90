// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest/platform"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/plural"
)

func newPlatformsCommand() *cobra.Command {
	platforms := group("platforms", "Which processors a network trusts, and from which firmware on",
		newPlatformsShowCommand(), newPlatformsDenyCommand(), newPlatformsAllowCommand(), newPlatformsRaiseFloorCommand())
	platforms.Long = `Which processors a network trusts, and from which firmware on.

The platform registry on chain has a rule for each family of processors, and one for each TEE as a whole, which holds for
all of its families as well. Keyholders ask it, at their finality, before they certify an enclave or release a key to it: one
transaction stops a broken family everywhere as soon as it is final.

A family is written
  tdx               all of Intel TDX
  tdx:50806f000000  the Intel processors with this FMSPC
  snp               all of AMD SEV-SNP
  snp:Milan         AMD's product Milan (or Genoa, Turin)

A floor of TDX is the oldest date of a TCB level (2024-11-13), a floor of SEV-SNP least security versions, those of 0 may be
left away (bootloader=4,tee=0,snp=24,microcode=220,fmc=0).

The registry's owner and its guardians may deny and raise floors. The owner alone may allow.`
	addNetworkFlag(platforms)
	return platforms
}

// ruleDescription is a family's rule for --json.
type ruleDescription struct {
	Family string `json:"family"`
	Access string `json:"access"`
	Floor  string `json:"floor"`
}

func describeRule(r chain.FamilyRule) ruleDescription {
	return ruleDescription{Family: r.Family.String(), Access: r.Access.String(), Floor: chain.FormatFloor(r.Family.TEE(), r.Floor)}
}

// ruleMeaning says what becomes of a family by its rule alone.
func ruleMeaning(r chain.FamilyRule) string {
	whole := r.Family == r.Family.Whole()
	switch {
	case r.Access == chain.Denied:
		return "refused"
	case whole && r.Access == chain.Unlisted:
		return "refused: nothing was said of it"
	case whole && r.Access == chain.Listed:
		return "trusted where a family is allowed by itself"
	case whole:
		return "trusted where no family is denied by itself"
	case r.Access == chain.Allowed:
		return fmt.Sprintf("trusted unless %s is denied or unlisted as a whole", r.Family.Whole())
	}
	return fmt.Sprintf("as %s as a whole", r.Family.Whole())
}

func (d ruleDescription) print(w io.Writer, means string) {
	fmt.Fprintf(w, "%-18s  %-8s  floor %s  (%s)\n", d.Family, d.Access, d.Floor, means)
}

// platformsDescription is a platform registry for --json.
type platformsDescription struct {
	Registry common.Address    `json:"registry"`
	Owner    common.Address    `json:"owner"`
	Epoch    uint64            `json:"epoch"` // how often a rule was changed
	Rules    []ruleDescription `json:"rules"`
}

func newPlatformsShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show the rules of all families that have one",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, c, err := loadAndConnect(cmd)
			if err != nil {
				return err
			}
			defer c.Close()
			return showPlatforms(cmd, c.Platforms(n.Contracts.Platforms), n.Contracts.Platforms)
		},
	}
}

func showPlatforms(cmd *cobra.Command, registry *chain.Platforms, at common.Address) error {
	d := platformsDescription{Registry: at}
	rules, err := registry.Rules(cmd.Context())
	if err != nil {
		return err
	}
	if d.Owner, err = registry.Owner(cmd.Context()); err != nil {
		return err
	}
	if d.Epoch, err = registry.Epoch(cmd.Context()); err != nil {
		return err
	}
	for _, rule := range rules {
		d.Rules = append(d.Rules, describeRule(rule))
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), d)
	}
	w := cmd.OutOrStdout()
	for i, rule := range d.Rules {
		rule.print(w, ruleMeaning(rules[i]))
	}
	fmt.Fprintf(w, "\nregistry  %s, changed %s\n", d.Registry, plural.Of(d.Epoch, "time"))
	if d.Owner == (common.Address{}) {
		fmt.Fprintln(w, "owner     nobody: what is denied stays denied")
	} else {
		fmt.Fprintf(w, "owner     %s\n", d.Owner)
	}
	return nil
}

func newPlatformsDenyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "deny FAMILY",
		Short: "Refuse a family of processors everywhere, at once",
		Long: `Refuse a family of processors everywhere, at once. The registry's owner and its guardians may do this.

As soon as the transaction is final, no keyholder certifies an enclave on these processors or releases a key to one. Permits
that were given before last until they expire: their registrants can end them with ` + "`escrin identity revoke IDENTITY --all`.",
		Example: "  escrin platforms deny tdx:50806f000000 --account guardian.key",
		Args:    exactly("FAMILY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return changeRule(cmd, args[0], tightens, func(ctx context.Context, e ruleEdit) (chain.Receipt, error) {
				return e.registry.Deny(ctx, e.payer, e.family)
			})
		},
	}
	addAccountFlag(cmd)
	return cmd
}

func newPlatformsAllowCommand() *cobra.Command {
	var listed bool
	cmd := &cobra.Command{
		Use:   "allow FAMILY",
		Short: "Trust a family of processors, or a TEE as a whole",
		Long: `Trust a family of processors, or a TEE as a whole, above the floor that it has. Only the registry's owner may do this.

With --listed, a TEE as a whole is trusted only where a family of it is allowed by itself.`,
		Example: `  escrin platforms allow snp --listed
  escrin platforms allow snp:Genoa`,
		Args: exactly("FAMILY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return changeRule(cmd, args[0], loosens, func(ctx context.Context, e ruleEdit) (chain.Receipt, error) {
				rule := chain.Rule{Access: chain.Allowed, Floor: e.rule.Floor}
				if listed {
					rule.Access = chain.Listed
				}
				if listed && e.family != e.family.Whole() {
					return chain.Receipt{}, usageError{cmd.CommandPath(), fmt.Sprintf("--listed is for a TEE as a whole: write %s", e.family.Whole())}
				}
				return e.registry.SetRule(ctx, e.payer, e.family, rule)
			})
		},
	}
	cmd.Flags().BoolVar(&listed, "listed", false, "of a TEE as a whole, trust only the families that are allowed by themselves")
	addAccountFlag(cmd)
	return cmd
}

func newPlatformsRaiseFloorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "raise-floor FAMILY FLOOR",
		Short: "Refuse older firmware of a family, at once",
		Long: `Refuse older firmware of a family of processors, or of a TEE as a whole, at once. The registry's owner and its guardians
may do this. A floor is not lowered by this command.`,
		Example: `  escrin platforms raise-floor tdx 2024-11-13
  escrin platforms raise-floor snp:Milan bootloader=4,snp=24,microcode=220`,
		Args: exactly("FAMILY", "FLOOR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return changeRule(cmd, args[0], tightens, func(ctx context.Context, e ruleEdit) (chain.Receipt, error) {
				tee := e.family.TEE()
				floor, err := chain.ParseFloor(tee, args[1])
				if err != nil {
					return chain.Receipt{}, usageError{cmd.CommandPath(), err.Error()}
				}
				if !platform.Reaches(tee, floor, e.rule.Floor) {
					return chain.Receipt{}, fmt.Errorf("the floor of %s is %s: %s would lower it", e.family,
						chain.FormatFloor(tee, e.rule.Floor), chain.FormatFloor(tee, floor))
				}
				return e.registry.RaiseFloor(ctx, e.payer, e.family, floor)
			})
		},
	}
	addAccountFlag(cmd)
	return cmd
}

// direction is what a change of rules needs of the account.
type direction uint8

const (
	loosens  direction = iota // the owner's
	tightens                  // the owner's and the guardians'
)

// ruleEdit is a family, its present rule, and who changes it.
type ruleEdit struct {
	registry *chain.Platforms
	payer    *chain.Account
	family   chain.Family
	rule     chain.Rule
}

// ruleChange is what a change of rules did, for --json.
type ruleChange struct {
	ruleDescription
	Transaction common.Hash `json:"transaction"`
	Block       uint64      `json:"block"`
}

// changeRule makes one change of a family's rule and prints the rule that it has then.
func changeRule(cmd *cobra.Command, name string, way direction, change func(context.Context, ruleEdit) (chain.Receipt, error)) error {
	family, err := chain.ParseFamily(name)
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
	registry := c.Platforms(n.Contracts.Platforms)
	if err := mayChangeRules(cmd.Context(), registry, payer.Address(), way); err != nil {
		return err
	}
	edit := ruleEdit{registry: registry, payer: payer, family: family}
	if edit.rule, err = registry.Rule(cmd.Context(), family); err != nil {
		return err
	}
	receipt, err := change(cmd.Context(), edit)
	if err != nil {
		return err
	}
	rule, err := registry.Rule(cmd.Context(), family)
	if err != nil {
		return err
	}
	now := chain.FamilyRule{Family: family, Rule: rule}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), ruleChange{describeRule(now), receipt.TxHash, receipt.Block})
	}
	describeRule(now).print(cmd.OutOrStdout(), ruleMeaning(now))
	fmt.Fprintf(cmd.ErrOrStderr(), "Keyholders go by it once block %d is final.\n", receipt.Block)
	return nil
}

// mayChangeRules says what is wrong before a transaction is paid for.
func mayChangeRules(ctx context.Context, registry *chain.Platforms, who common.Address, way direction) error {
	owner, err := registry.Owner(ctx)
	if err != nil {
		return unreachable(err)
	}
	if owner == who {
		return nil
	}
	if way == loosens {
		return withHint(fmt.Errorf("the owner of the platform registry is %s, not %s; only the owner may allow", owner, who),
			"name the owner's key with --account")
	}
	guardian, err := registry.IsGuardian(ctx, who)
	if err == nil && !guardian {
		err = withHint(fmt.Errorf("%s is neither the owner of the platform registry, %s, nor a guardian", who, owner),
			"name the key of the owner or of a guardian with --account")
	}
	return err
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
)

// announcement is a change that counts only after a second call, for --json.
type announcement struct {
	Identity    common.Hash `json:"identity"`
	Announced   bool        `json:"announced"`
	ReadyAt     time.Time   `json:"readyAt"`
	LapsesAt    time.Time   `json:"lapsesAt"`
	Transaction common.Hash `json:"transaction"`
}

// tellAnnounced says when a change that was announced can be made, and how; done is false if the transaction announced
// none.
func tellAnnounced(cmd *cobra.Command, c *chain.Chain, id common.Hash, r chain.Receipt, again string) (done bool, err error) {
	readyAt, lapsesAt, announced := c.Announcement(r)
	if !announced {
		return false, nil
	}
	a := announcement{id, true, utc(readyAt), utc(lapsesAt), r.TxHash}
	if wantJSON(cmd) {
		return true, printJSON(cmd.OutOrStdout(), a)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "announced: the change can be made from %s to %s\n", stamp(a.ReadyAt), stamp(a.LapsesAt))
	fmt.Fprintf(cmd.ErrOrStderr(), "\nmake it then:  %s\n", again)
	return true, nil
}

// explainEarly adds to the refusal of a second call that came too early what to do.
func explainEarly(err error) error {
	if chain.IsRevert(err, "ChangeNotReady") {
		return withHint(err, "call the same again then; `escrin identity show` lists what is announced")
	}
	return err
}

func utc(seconds uint64) time.Time { return time.Unix(int64(min(seconds, math.MaxInt32*100)), 0).UTC() }

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// governed is an identity that its registrant is about to change.
type governed struct {
	cmd        *cobra.Command
	chain      *chain.Chain
	registrant *chain.Account
	id         common.Hash
}

// govern opens the chain, and checks before a transaction is paid for that the account is the identity's registrant.
func govern(cmd *cobra.Command, identity string, change func(governed) error) error {
	id, err := parseHash32(cmd, "identity", identity)
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
	if err := mayChange(cmd, c, payer, id); err != nil {
		return err
	}
	return change(governed{cmd, c, payer, id})
}

// mayChange says what is wrong before a transaction is paid for.
func mayChange(cmd *cobra.Command, c *chain.Chain, payer *chain.Account, id common.Hash) error {
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

// revocation is what was revoked, for --json.
type revocation struct {
	Identity    common.Hash     `json:"identity"`
	Holder      *common.Address `json:"holder,omitempty"` // nil: all of them
	Transaction common.Hash     `json:"transaction"`
	Block       uint64          `json:"block"`
}

func newIdentityRevokeCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "revoke IDENTITY [HOLDER | --all]",
		Short: "End a permit of an identity, or all of them, at once",
		Long: `End the permit that HOLDER has of an identity, or all permits of it, at once. No delay holds this up.

What was obtained for a permit before, a certificate for instance, is too old from then on. An enclave that satisfies the
policy can get a permit anew, unless the policy is changed first.`,
		Example: `  escrin identity revoke $IDENTITY 0x5c9f…
  escrin identity revoke $IDENTITY --all`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return revoke(cmd, args, all) },
	}
	cmd.Flags().BoolVar(&all, "all", false, "end the permits of all holders")
	addAccountFlag(cmd)
	return cmd
}

func revoke(cmd *cobra.Command, args []string, all bool) error {
	wrong := func(format string, args ...any) error {
		return usageError{cmd.CommandPath(), fmt.Sprintf(format, args...)}
	}
	switch {
	case len(args) == 0:
		return wrong("missing argument IDENTITY")
	case len(args) > 2:
		return wrong("unexpected argument %q", args[2])
	case all && len(args) == 2:
		return wrong("a HOLDER and --all contradict each other")
	case !all && len(args) == 1:
		return wrong("missing argument HOLDER; or --all")
	case !all && !common.IsHexAddress(args[1]):
		return wrong("%.80q is no address", args[1])
	}
	return govern(cmd, args[0], func(g governed) error {
		if all {
			receipt, err := g.chain.RevokeAll(cmd.Context(), g.registrant, g.id)
			return g.tellRevoked(nil, receipt, err)
		}
		holder := common.HexToAddress(args[1])
		receipt, err := g.chain.Revoke(cmd.Context(), g.registrant, g.id, holder)
		return g.tellRevoked(&holder, receipt, err)
	})
}

func (g governed) tellRevoked(holder *common.Address, r chain.Receipt, err error) error {
	if err != nil {
		return err
	}
	if wantJSON(g.cmd) {
		return printJSON(g.cmd.OutOrStdout(), revocation{g.id, holder, r.TxHash, r.Block})
	}
	whose := "nobody holds a permit of %s any more"
	if holder != nil {
		whose = holder.Hex() + " holds no permit of %s any more"
	}
	fmt.Fprintf(g.cmd.OutOrStdout(), whose+"\n", g.id)
	return nil
}

func newIdentitySetDelayCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set-delay IDENTITY DELAY",
		Short: "Have changes of an identity announced beforehand",
		Long: `Have changes of an identity's policy and permitter announced DELAY beforehand, so that those who rely on them can leave
first: each change takes two equal calls, the second when the delay is over and within 14 days.

A longer delay holds at once, for changes that were announced before as well. To shorten it is itself a change that is
announced. Permits can be revoked without delay.`,
		Example: "  escrin identity set-delay $IDENTITY 48h",
		Args:    exactly("IDENTITY", "DELAY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			delay, err := time.ParseDuration(args[1])
			if err != nil || delay < 0 || delay%time.Hour != 0 || delay/time.Hour > math.MaxUint16 {
				return usageError{cmd.CommandPath(), fmt.Sprintf("%.80q is no delay: want whole hours, 0h to %dh", args[1], math.MaxUint16)}
			}
			return govern(cmd, args[0], func(g governed) error { return g.setDelay(delay) })
		},
	}
	addAccountFlag(cmd)
	return cmd
}

func (g governed) setDelay(delay time.Duration) error {
	receipt, err := g.chain.SetDelay(g.cmd.Context(), g.registrant, g.id, uint16(delay/time.Hour))
	if err != nil {
		return explainEarly(err)
	}
	again := fmt.Sprintf("escrin identity set-delay %s %dh", g.id, delay/time.Hour)
	if done, err := tellAnnounced(g.cmd, g.chain, g.id, receipt, again); done {
		return err
	}
	if wantJSON(g.cmd) {
		return printJSON(g.cmd.OutOrStdout(), delayed{g.id, int64(delay / time.Hour), receipt.TxHash})
	}
	fmt.Fprintf(g.cmd.OutOrStdout(), "changes of %s are announced %s beforehand\n", g.id, hours(delay))
	return nil
}

// delayed is a delay that holds, for --json.
type delayed struct {
	Identity    common.Hash `json:"identity"`
	DelayHours  int64       `json:"delayHours"`
	Transaction common.Hash `json:"transaction"`
}

// hours writes a delay as set-delay reads it.
func hours(delay time.Duration) string { return fmt.Sprintf("%dh", delay/time.Hour) }

// changeDescription is an announced change for --json.
type changeDescription struct {
	Change    common.Hash        `json:"change"`
	ReadyAt   time.Time          `json:"readyAt"`
	LapsesAt  time.Time          `json:"lapsesAt"`
	Policy    *policyDescription `json:"policy,omitempty"`
	Permitter *common.Address    `json:"permitter,omitempty"`
	Delay     string             `json:"delay,omitempty"`
}

func describeChange(c chain.Change) changeDescription {
	d := changeDescription{Change: c.Digest, ReadyAt: utc(c.ReadyAt), LapsesAt: utc(c.LapsesAt), Permitter: c.Permitter}
	if c.Policy != nil {
		policy := describePolicy(*c.Policy)
		d.Policy = &policy
	}
	if c.Delay != nil {
		d.Delay = hours(*c.Delay)
	}
	return d
}

func (d changeDescription) print(w io.Writer) {
	fmt.Fprintf(w, "\nannounced change, from %s to %s:\n", stamp(d.ReadyAt), stamp(d.LapsesAt))
	switch {
	case d.Policy != nil:
		d.Policy.print(w)
	case d.Permitter != nil:
		fmt.Fprintf(w, "permitter         %s\n", d.Permitter)
	default:
		fmt.Fprintf(w, "delay             %s\n", d.Delay)
	}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/envelope"
)

func newConfigCommand() *cobra.Command {
	cmd := group("config", "Confidential config: what an identity's owner adds to its enclaves, encrypted",
		newConfigSetCommand(), newConfigListCommand(), newConfigShowCommand())
	addNetworkFlag(cmd)
	return cmd
}

func newConfigSetCommand() *cobra.Command {
	var flags setConfig
	cmd := &cobra.Command{
		Use:   "set IDENTITY {[--env NAME[=VALUE]]... [--env-file FILE]... [--arg ARG]... [--file PATH=FILE]... | --clear}",
		Short: "Encrypt the next version of the confidential config, and announce it on chain",
		Long: `Encrypt the next version of the confidential config of an identity, and announce it on chain.

An enclave takes what its escrin.yaml names under "confidential", and nothing else. A version is whole: what is not said again is
gone. The encrypted config is stored with the job service; number and digest are on chain, and the key network tells each enclave
which version is the newest, so that nobody can give it an older one. Enclaves take it when they begin a task.

--env NAME takes the value from the environment of this command, so that it is in no list of processes. Names that tell a loader, a
shell or a language runtime what to run are refused. --policy is as in "escrin secret set".`,
		Example: `  escrin config set $IDENTITY --env MODE=live --env API_TOKEN --file /etc/app.conf=app.conf
  escrin config set $IDENTITY --env-file production.env --arg --verbose`,
		Args: exactly("IDENTITY"),
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args[0]) },
	}
	cmd.Flags().StringArrayVar(&flags.env, "env", nil, "a variable: `NAME=VALUE`, or NAME for its value here; may be repeated")
	cmd.Flags().StringArrayVar(&flags.envFiles, "env-file", nil, "a `FILE` with NAME=VALUE on each line; may be repeated")
	cmd.Flags().StringArrayVar(&flags.args, "arg", nil, "an `ARGUMENT` behind those of the enclave; may be repeated")
	cmd.Flags().StringArrayVar(&flags.files, "file", nil, "a file: `PATH=FILE`, PATH being the enclave's; may be repeated")
	cmd.Flags().BoolVar(&flags.clear, "clear", false, "take back what was said before: a version that says nothing")
	cmd.Flags().StringVar(&flags.reader.policy, "policy", "root", "which enclaves may read it: `root|author|any`")
	addPinFlag(cmd, &flags.reader.enclave)
	addAccountFlag(cmd)
	return cmd
}

func (flags setConfig) run(cmd *cobra.Command, identity string) error {
	additions, err := flags.additions(cmd)
	if err != nil {
		return err
	}
	document, err := additions.Marshal()
	if err != nil {
		return usageError{cmd.CommandPath(), err.Error()}
	}
	if additions, err = config.ParseAdditions(document); err != nil { // sorted now, and as a machine reads it
		return err
	}
	return govern(cmd, identity, func(g governed) error {
		n, err := loadNetwork(cmd)
		if err != nil {
			return err
		}
		if err := flags.admitted(g, additions); err != nil {
			return err
		}
		policy, err := flags.reader.policyWord(cmd, n, g.id)
		if err != nil {
			return err
		}
		return g.announce(n, policy, document)
	})
}

// admitted compares additions with what the enclave takes, if that is in the local store. The machine's own check counts.
func (flags setConfig) admitted(g governed, a config.Additions) error {
	if flags.reader.policy != "root" {
		return nil
	}
	pin, err := parsePin(g.cmd, flags.reader.enclave)
	if err != nil {
		return err
	}
	d, err := sealingFor(g.cmd, g.chain, g.id, pin)
	if err != nil {
		return err
	}
	enclave, known, err := storedEnclave(g.cmd, pin, d)
	if err != nil || !known {
		return err
	}
	if err := enclave.Measured.Confidential.Admit(a); err != nil {
		return withHint(err, "name it under `confidential` in escrin.yaml, and make the enclave anew")
	}
	return nil
}

// configVersion is one version of a confidential config, for --json.
type configVersion struct {
	Identity common.Hash  `json:"identity"`
	Version  uint64       `json:"version"`
	Digest   common.Hash  `json:"digest"`           // of the sealed bytes; zero if it was taken back
	Policy   *wire.Hash32 `json:"policy,omitempty"` // who may read it; absent if the job service does not have it
	Size     int          `json:"size,omitempty"`   // of the sealed bytes
	Tx       *common.Hash `json:"tx,omitempty"`
}

// announce seals, stores and announces the next version.
func (g governed) announce(n network.Network, policy wire.Hash32, document []byte) error {
	ctx, anchors := g.cmd.Context(), g.chain.Anchors(n.Contracts.Anchors)
	present, err := anchors.Announced(ctx, g.id, config.AdditionsAnchor())
	if err != nil {
		return unreachable(err)
	}
	group, err := n.KeyNetwork.Group()
	if err != nil {
		return err
	}
	next := chain.Anchor{Version: present.Version + 1}
	sealed, err := sealConfig(n, group, g.id, policy, next.Version, document)
	if err != nil {
		return err
	}
	stored, err := blob.NewClient(n.Jobs).Put(ctx, sealed)
	if err != nil {
		return unreachable(fmt.Errorf("store confidential config: %w", err))
	}
	next.Digest = common.Hash(stored)
	receipt, err := anchors.Announce(ctx, g.registrant, g.id, config.AdditionsAnchor(), next)
	if err != nil {
		return err
	}
	if wantJSON(g.cmd) {
		return printJSON(g.cmd.OutOrStdout(), configVersion{g.id, next.Version, next.Digest, &policy, len(sealed), &receipt.TxHash})
	}
	fmt.Fprintf(g.cmd.OutOrStdout(), "version %d, %s sealed, transaction %s\n", next.Version, byteSize(int64(len(sealed))), receipt.TxHash)
	return nil
}

func sealConfig(n network.Network, group curve.G2, identity common.Hash, policy wire.Hash32, version uint64, document []byte) ([]byte, error) {
	name := config.AdditionsKey(n.Chain.ID, n.Contracts.Registry, identity, policy, version)
	var sealed bytes.Buffer
	if err := envelope.SealToName(&sealed, rand.Reader, group, name, bytes.NewReader(document)); err != nil {
		return nil, fmt.Errorf("seal confidential config: %w", err)
	}
	return config.JoinSealed(policy, sealed.Bytes()), nil
}

func newConfigShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show IDENTITY",
		Short: "Show the newest version of an identity's confidential config: number, digest, and who may read it",
		Long: `Show the newest version of an identity's confidential config: number, digest, and who may read it.

Nobody but an enclave can show what it says.`,
		Args: exactly("IDENTITY"),
		RunE: ofAnchors(showConfig),
	}
}

func showConfig(cmd *cobra.Command, n network.Network, anchors *chain.Anchors, id common.Hash) error {
	anchor, err := anchors.Announced(cmd.Context(), id, config.AdditionsAnchor())
	if err != nil {
		return unreachable(err)
	}
	if anchor.Version == 0 {
		return withHint(fmt.Errorf("identity %s has no confidential config", id), "make one with `escrin config set %s`", id)
	}
	d, err := describeConfig(cmd.Context(), n, id, anchor)
	if err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), d)
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "identity  %s\nversion   %d\ndigest    %s\n", d.Identity, d.Version, d.Digest)
	switch {
	case d.Policy == nil:
		fmt.Fprintln(out, "stored    not with the job service")
	case *d.Policy == wire.Hash32{}:
		fmt.Fprintf(out, "for       whatever the identity's policy admits\nsize      %s sealed\n", byteSize(int64(d.Size)))
	default:
		fmt.Fprintf(out, "for       enclaves of %s\nsize      %s sealed\n", d.Policy, byteSize(int64(d.Size)))
	}
	return nil
}

func describeConfig(ctx context.Context, n network.Network, id common.Hash, anchor chain.Anchor) (configVersion, error) {
	d := configVersion{Identity: id, Version: anchor.Version, Digest: anchor.Digest}
	sealed, err := blob.NewClient(n.Jobs).Get(ctx, blob.Digest(anchor.Digest), config.MaxSealedAdditions)
	if errors.Is(err, blob.ErrNotFound) {
		return d, nil
	}
	if err != nil {
		return d, unreachable(err)
	}
	policy, _, err := config.SplitSealed(sealed)
	d.Policy, d.Size = (*wire.Hash32)(&policy), len(sealed)
	return d, err
}

// ofAnchors is a command that reads the anchors of the identity that its one argument names.
func ofAnchors(read func(*cobra.Command, network.Network, *chain.Anchors, common.Hash) error) func(*cobra.Command, []string) error {
	return onChain("identity", func(cmd *cobra.Command, n network.Network, c *chain.Chain, id common.Hash) error {
		return read(cmd, n, c.Anchors(n.Contracts.Anchors), id)
	})
}

func newConfigListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list IDENTITY",
		Short: "List the versions of an identity's confidential config",
		Args:  exactly("IDENTITY"),
		RunE:  ofAnchors(listConfigs),
	}
}

func listConfigs(cmd *cobra.Command, _ network.Network, anchors *chain.Anchors, id common.Hash) error {
	history, err := anchors.History(cmd.Context(), id, config.AdditionsAnchor())
	if err != nil {
		return unreachable(err)
	}
	if wantJSON(cmd) {
		versions := []configVersion{}
		for _, h := range history {
			versions = append(versions, configVersion{Identity: id, Version: h.Version, Digest: h.Digest, Tx: &h.At.TxHash})
		}
		return printJSON(cmd.OutOrStdout(), versions)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, h := range history {
		fmt.Fprintf(w, "version %d\t%s\tblock %d\n", h.Version, h.Digest, h.At.Block)
	}
	return w.Flush()
}

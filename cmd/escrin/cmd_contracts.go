// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/network"
)

func newContractsCommand() *cobra.Command {
	contracts := group("contracts", "Contracts: put them on any EVM chain, say where they are, check what is there",
		newContractsDeployCommand(), newContractsAddressesCommand(), newContractsCheckCommand())
	contracts.Long = `Put Escrin's contracts on any EVM chain, say where they are, and check what is there.

Every address is known beforehand and the same on every chain, whoever pays: it follows from the contract's code, what
its constructor is given, and a fixed salt (CREATE2, through the deterministic deployment proxy
` + deploy.ProxyAddress().Hex() + `, which is made where it is missing). So code at an address proves what it is.

Upgrade policy: ` + deploy.UpgradePolicy + `.
A new version has other addresses; identities and tasks stay with the version they were made in.`
	return contracts
}

// deployment are the flags that fix what is deployed, and where.
type deployment struct {
	rpc, network, groupKey, bond, governor, tdxRoot string
	chainID                                         uint64
	window                                          time.Duration
}

// addTerms gives a command the flags that addresses depend on.
func (f *deployment) addTerms(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.network, "network", "", "network `FILE`, for what it says of the key network")
	cmd.Flags().StringVar(&f.groupKey, "group-key", "", "the key network's group key in `HEX`: 96 bytes, a point of G2")
	cmd.Flags().DurationVar(&f.window, "claim-window", deploy.DefaultClaimWindow, "how long a runner has from its claim to its result")
	cmd.Flags().StringVar(&f.bond, "claim-bond", "0", "what a runner stakes on a claim, in `WEI`")
	cmd.Flags().StringVar(&f.governor, "governor", "", "the timelock or multisig at `ADDRESS` may loosen the platform registry and start sessions of the key network")
	cmd.Flags().StringVar(&f.tdxRoot, "tdx-root", "", "`FILE` with Intel's root certificate in PEM, under which contracts verify evidence of TDX")
}

// addChain gives a command the flags that name a chain.
func (f *deployment) addChain(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.rpc, "rpc", "", "`URL` of a node's JSON-RPC; without it, the network file's")
	cmd.Flags().Uint64Var(&f.chainID, "chain-id", 0, "refuse any chain but the one with this `ID`")
	cmd.Flags().Lookup("network").Usage = "network `FILE`, for chain, accounts and group key (default without --rpc: $ESCRIN_NETWORK, else the one of `escrin dev`)"
}

// terms reads the flags; the group key may be the network file's.
func (f *deployment) terms(cmd *cobra.Command, n network.Network) (deploy.Terms, error) {
	t := deploy.Terms{ClaimWindow: f.window, GroupKey: n.KeyNetwork.GroupKey}
	wrong := func(format string, args ...any) (deploy.Terms, error) {
		return deploy.Terms{}, usageError{cmd.CommandPath(), fmt.Sprintf(format, args...)}
	}
	var ok bool
	if t.ClaimBond, ok = new(big.Int).SetString(f.bond, 10); !ok {
		return wrong("--claim-bond: %.80q is no amount of wei", f.bond)
	}
	if f.groupKey != "" {
		key, err := hex.DecodeString(strings.TrimPrefix(f.groupKey, "0x"))
		if err != nil || len(key) != len(t.GroupKey) {
			return wrong("--group-key: want 96 bytes in hexadecimal digits")
		}
		if t.GroupKey != [96]byte{} && t.GroupKey != [96]byte(key) {
			return wrong("--group-key is not the network file's; leave out one of them")
		}
		t.GroupKey = [96]byte(key)
	}
	if f.governor != "" {
		governor, err := parseAddress(f.governor)
		if err != nil {
			return wrong("--governor: %v", err)
		}
		t.Governor = governor
	}
	if f.tdxRoot != "" {
		text, err := os.ReadFile(f.tdxRoot)
		if err != nil {
			return deploy.Terms{}, fmt.Errorf("read TDX root certificate: %w", err)
		}
		block, _ := pem.Decode(text)
		if block == nil {
			return wrong("--tdx-root: %s holds no certificate in PEM", f.tdxRoot)
		}
		t.TDXRoot = block.Bytes
	}
	if _, err := t.Contracts(); err != nil {
		return wrong("%v", err)
	}
	return t, nil
}

// load reads the network file that --network names; none if it names none and need not.
func (f *deployment) load(cmd *cobra.Command, needed bool) (network.Network, error) {
	if f.network == "" && !needed {
		return network.Network{}, nil
	}
	n, err := loadNetwork(cmd)
	if errors.Is(err, network.ErrNotFound) {
		err = errorWithHint{err, "name a node of the chain with --rpc URL, or a network with --network; `escrin dev up` starts one on this machine"}
	}
	return n, err
}

// connect opens the chain. It is to be closed.
func (f *deployment) connect(cmd *cobra.Command, n network.Network) (*ethclient.Client, error) {
	url := f.rpc
	if url == "" {
		url = n.Chain.HTTP
	}
	client, err := ethclient.DialContext(cmd.Context(), url)
	if err != nil {
		return nil, withHint(fmt.Errorf("reach chain: %w", err), "--rpc takes an http, https, ws or wss URL")
	}
	if err := f.rightChain(cmd, client, n); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}

// rightChain compares the chain's id with all that were named.
func (f *deployment) rightChain(cmd *cobra.Command, client *ethclient.Client, n network.Network) error {
	id, err := client.ChainID(cmd.Context())
	if err != nil {
		return &deploy.NodeError{Doing: "ask the chain for its id", Cause: err}
	}
	for _, want := range []uint64{f.chainID, n.Chain.ID} {
		if want := new(big.Int).SetUint64(want); want.Sign() > 0 && id.Cmp(want) != 0 {
			return &deploy.WrongChainError{Got: id, Want: want}
		}
	}
	return nil
}

// namesOf turns --only into names, and refuses what is none.
func namesOf(cmd *cobra.Command, only []string) ([]deploy.Name, error) {
	known := deploy.Names()
	var names []deploy.Name
next:
	for _, word := range only {
		for _, name := range known {
			if strings.EqualFold(word, string(name)) {
				names = append(names, name)
				continue next
			}
		}
		return nil, usageError{cmd.CommandPath(), fmt.Sprintf("--only: there is no contract %.80q; there are %v", word, known)}
	}
	return names, nil
}

func newContractsAddressesCommand() *cobra.Command {
	var f deployment
	cmd := &cobra.Command{
		Use:   "addresses",
		Short: "Say where the contracts are, or will be, on any chain; asks nobody",
		Example: `  escrin contracts addresses
  escrin contracts addresses --group-key 0xb1f2… --claim-window 30m`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.printAddresses(cmd) },
	}
	f.addTerms(cmd)
	return cmd
}

// predicted is an address for --json.
type predicted struct {
	Name    deploy.Name `json:"name"`
	About   string      `json:"about"`
	Address string      `json:"address,omitempty"`
	Lacks   string      `json:"lacks,omitempty"` // what the address cannot be told without
}

func (f *deployment) printAddresses(cmd *cobra.Command) error {
	n, err := f.load(cmd, false)
	if err != nil {
		return err
	}
	t, err := f.terms(cmd, n)
	if err != nil {
		return err
	}
	contracts, err := t.Contracts()
	if err != nil {
		return err
	}
	var list []predicted
	for _, c := range contracts {
		p := predicted{Name: c.Name, About: c.About, Lacks: c.Lacks}
		if c.Lacks == "" {
			p.Address = c.Address.Hex()
		}
		list = append(list, p)
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), list)
	}
	for _, p := range list {
		if p.Lacks != "" {
			p.Address = "depends on " + p.Lacks
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-22s  %-42s  %s\n", p.Name, p.Address, p.About)
	}
	return nil
}

// isTerminal tells whether somebody can answer.
func isTerminal(cmd *cobra.Command) bool {
	file, ok := cmd.InOrStdin().(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

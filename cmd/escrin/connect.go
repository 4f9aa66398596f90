// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/network"
)

// addNetworkFlag gives a command, and those below it, the flag that names the network file.
func addNetworkFlag(cmd *cobra.Command) {
	cmd.PersistentFlags().String("network", "", "network `FILE` (default: $ESCRIN_NETWORK, else the one of `escrin dev`)")
}

// addAccountFlag gives a command the flag that says who pays and signs.
func addAccountFlag(cmd *cobra.Command) {
	cmd.Flags().String("account", "0", "who pays and signs: a `KEYFILE`, or the number of an account of the network file")
}

// loadNetwork finds and reads the network file.
func loadNetwork(cmd *cobra.Command) (network.Network, error) {
	flag, err := cmd.Flags().GetString("network")
	if err != nil {
		return network.Network{}, err
	}
	path, err := network.Find(flag)
	if err != nil {
		if named := cmp.Or(flag, os.Getenv("ESCRIN_NETWORK")) != ""; !named && errors.Is(err, network.ErrNotFound) {
			err = fmt.Errorf("no network is known: %w", err)
		}
		return network.Network{}, withHint(err, "start one on this machine with `escrin dev up`, or name a network file with --network")
	}
	n, err := network.Load(path)
	return n, withHint(err, "make it anew with `escrin dev up`")
}

// connect opens the network's chain.
func connect(ctx context.Context, n network.Network) (*chain.Chain, error) {
	c, err := chain.Open(ctx, n.Chain.HTTP, chain.Contracts{
		ChainID: n.Chain.ID, Registry: n.Contracts.Registry, Permitter: n.Contracts.Permitter, TaskHub: n.Contracts.TaskHub,
	})
	return c, unreachable(err)
}

// loadAndConnect is what most commands begin with. The chain is to be closed.
func loadAndConnect(cmd *cobra.Command) (network.Network, *chain.Chain, error) {
	n, err := loadNetwork(cmd)
	if err != nil {
		return network.Network{}, nil, err
	}
	c, err := connect(cmd.Context(), n)
	return n, c, err
}

// onChain is a command about the identity or the task that its one argument names, with the chain of the network.
func onChain(what string, do func(*cobra.Command, network.Network, *chain.Chain, common.Hash) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		id, err := parseHash32(cmd, what, args[0])
		if err != nil {
			return err
		}
		n, c, err := loadAndConnect(cmd)
		if err != nil {
			return err
		}
		defer c.Close()
		return do(cmd, n, c, id)
	}
}

// unreachable adds advice to an error of a connection that nobody answers.
func unreachable(err error) error {
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return withHint(err, "is the network up? see `escrin dev status`, start it with `escrin dev up`")
	}
	return err
}

// account is who --account names.
func account(cmd *cobra.Command, n network.Network) (*chain.Account, error) {
	key, err := privateKey(cmd, n)
	if err != nil {
		return nil, err
	}
	return chain.NewAccount(key), nil
}

// privateKey reads --account: a number names one of the network file's accounts, else it is a file with a private key.
func privateKey(cmd *cobra.Command, n network.Network) (*ecdsa.PrivateKey, error) {
	flag, err := cmd.Flags().GetString("account")
	if err != nil {
		return nil, err
	}
	if index, err := strconv.ParseUint(flag, 10, 16); err == nil {
		if index >= uint64(len(n.Accounts)) {
			return nil, usageError{cmd.CommandPath(), fmt.Sprintf("there is no account %d: the network file has %d", index, len(n.Accounts))}
		}
		key, err := n.Accounts[index].Key()
		if err != nil {
			return nil, fmt.Errorf("read account %d: %w", index, err)
		}
		return key, nil
	}
	return readKey(flag)
}

// readKey reads a file with a private key.
func readKey(path string) (*ecdsa.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, withHint(fmt.Errorf("read account: %w", err), accountHint)
	}
	key, err := crypto.HexToECDSA(strings.TrimPrefix(strings.TrimSpace(string(text)), "0x"))
	if err != nil { // the cause may repeat a part of the key
		return nil, withHint(fmt.Errorf("read account %s: it is not a secp256k1 key of 64 hex digits", path), accountHint)
	}
	return key, nil
}

const accountHint = "--account takes a file that holds a private key, or the number of an account of the network"

// parseHash32 reads an identity or a task: 0x and 64 hexadecimal digits, in either case.
func parseHash32(cmd *cobra.Command, what, text string) (common.Hash, error) {
	digits, ok := strings.CutPrefix(text, "0x")
	raw, err := hex.DecodeString(digits)
	if !ok || err != nil || len(raw) != common.HashLength {
		return common.Hash{}, usageError{cmd.CommandPath(), fmt.Sprintf("%.80q is no %s: want 0x and 64 hexadecimal digits", text, what)}
	}
	return common.Hash(raw), nil
}

// home shortens a path below the user's home directory, for messages.
func home(path string) string {
	dir, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	if rest, ok := strings.CutPrefix(path, dir+string(filepath.Separator)); ok {
		return filepath.Join("~", rest)
	}
	return path
}

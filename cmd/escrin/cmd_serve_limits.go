// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/service"
)

// limitsFlags are the flags of `escrin serve` that say which tasks it takes, and when it takes its money.
type limitsFlags struct {
	failures    int
	minFee      string
	callbackGas uint32
	tokens      []string
	withdraw    string
}

// paidCallbackGas covers what contracts ask for that are made with TaskClient.sol, and little more.
const paidCallbackGas = 300_000

func (f *limitsFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.IntVar(&f.failures, "max-failures", 3, "largest `NUMBER` of failed attempts at one task that cost a transaction, and perhaps the bond")
	flags.StringVar(&f.minFee, "min-fee", "0", "least fee of a task, in `WEI`")
	flags.Uint32Var(&f.callbackGas, "max-callback-gas", paidCallbackGas, "most `GAS` of a task's callback, which this account pays for")
	flags.StringArrayVar(&f.tokens, "token", nil, "take fees in the ERC-20 token at `ADDRESS` too; ADDRESS=UNITS names the least; may be repeated")
	flags.StringVar(&f.withdraw, "withdraw-from", "1000000000000000", "`WEI` that the task hub must owe to the account before they are withdrawn")
}

// parse returns the limits without the margin, and from when on credit is withdrawn.
func (f *limitsFlags) parse(cmd *cobra.Command) (service.Limits, *big.Int, error) {
	wrong := func(format string, args ...any) (service.Limits, *big.Int, error) {
		return service.Limits{}, nil, usageError{cmd.CommandPath(), fmt.Sprintf(format, args...)}
	}
	l := service.Limits{Failures: f.failures, CallbackGas: f.callbackGas, Tokens: map[common.Address]*big.Int{}}
	if f.failures < 1 {
		return wrong("--max-failures must be at least 1")
	}
	var ok bool
	if l.MinFee, ok = parseAmount(f.minFee); !ok {
		return wrong("--min-fee: %.80q is no amount of wei", f.minFee)
	}
	withdraw, ok := parseAmount(f.withdraw)
	if !ok {
		return wrong("--withdraw-from: %.80q is no amount of wei", f.withdraw)
	}
	for _, text := range f.tokens {
		name, units, found := strings.Cut(text, "=")
		if !found {
			units = "1"
		}
		token, err := parseAddress(name)
		if err != nil {
			return wrong("--token: %v", err)
		}
		if l.Tokens[token], ok = parseAmount(units); !ok {
			return wrong("--token: %.80q is no amount of units", units)
		}
	}
	return l, withdraw, nil
}

// parseAmount reads a whole number, not negative, that fits a word.
func parseAmount(text string) (*big.Int, bool) {
	n, ok := new(big.Int).SetString(text, 10)
	return n, ok && n.Sign() >= 0 && n.BitLen() <= 256
}

// margin is how long before the deadline an attempt must begin, in seconds: a guest may take all of limit until it claims,
// and must then have a whole claim.
func margin(ctx context.Context, c *chain.Chain, limit time.Duration) (uint64, error) {
	window, err := c.ClaimWindow(ctx)
	return window + uint64(limit/time.Second), err
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
)

// termsFlags are the flags of `job submit` that say under which terms a task is submitted.
type termsFlags struct {
	deadline    time.Duration
	fee         string
	token       string
	attempts    uint32
	callback    string
	callbackGas uint32
	refundee    string
}

const (
	// defaultAttempts lets a task survive a few crashes of its runners. Each attempt gives a runner another run of the
	// same program over the same inputs to look at from outside.
	defaultAttempts = 8
	// defaultCallbackGas is what a callback gets that writes a few words.
	defaultCallbackGas = 200_000
	// maxCallbackGas is TaskHub.MAX_CALLBACK_GAS.
	maxCallbackGas = 1_000_000
	// maxFeeBits is the size of the largest fee that the task hub takes.
	maxFeeBits = 128
)

func (f *termsFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.DurationVar(&f.deadline, "deadline", 24*time.Hour, "how long the task may take before it expires")
	flags.StringVar(&f.fee, "fee", "0", "what the runner is paid, in `WEI`, or in units of --token")
	flags.StringVar(&f.token, "token", "", "`ADDRESS` of the ERC-20 token of the fee, which the task hub is allowed to take (default: the chain's own currency)")
	flags.Uint32Var(&f.attempts, "attempts", defaultAttempts, "the `NUMBER` of claims that may lapse before the task ends and the fee goes back")
	flags.StringVar(&f.callback, "callback", "", "`ADDRESS` of a contract that is told of the result")
	flags.Uint32Var(&f.callbackGas, "callback-gas", defaultCallbackGas, "`GAS` that the callback gets, at most 1000000")
	flags.StringVar(&f.refundee, "refundee", "", "`ADDRESS` that the fee goes back to, and the bonds of lapsed claims (default: the account)")
}

// parse returns terms that are still without submitter, identity, inputs and deadline.
func (f *termsFlags) parse(cmd *cobra.Command) (task.Terms, error) {
	wrong := func(format string, args ...any) (task.Terms, error) {
		return task.Terms{}, usageError{cmd.CommandPath(), fmt.Sprintf(format, args...)}
	}
	fee, ok := new(big.Int).SetString(f.fee, 10)
	switch {
	case !ok || fee.Sign() < 0 || fee.BitLen() > maxFeeBits || f.deadline < time.Second:
		return wrong("--fee takes a whole number of wei below 2^%d, --deadline a duration of at least 1s", maxFeeBits)
	case f.attempts == 0 || f.attempts > math.MaxUint16:
		return wrong("--attempts takes a number from 1 to %d", math.MaxUint16)
	case f.callback == "" && cmd.Flags().Changed("callback-gas"):
		return wrong("--callback-gas is for a --callback")
	case f.callback != "" && (f.callbackGas == 0 || f.callbackGas > maxCallbackGas):
		return wrong("--callback-gas takes a number from 1 to %d", maxCallbackGas)
	}
	terms := task.Terms{Count: 1, Attempts: uint16(f.attempts), Fee: chain.Word(fee)}
	for _, flag := range []struct {
		name, text string
		address    *[20]byte
	}{{"token", f.token, &terms.Token}, {"callback", f.callback, &terms.Callback}, {"refundee", f.refundee, &terms.Refundee}} {
		if flag.text == "" {
			continue
		}
		address, err := parseAddress(flag.text)
		if err != nil {
			return wrong("--%s %v", flag.name, err)
		}
		*flag.address = address
	}
	if f.callback != "" {
		terms.CallbackGas = f.callbackGas
	}
	return terms, nil
}

// parseAddress reads an address other than zero: 0x and 40 hexadecimal digits, in one case or with the checksum of EIP-55.
func parseAddress(text string) (common.Address, error) {
	address, err := common.NewMixedcaseAddressFromString(text)
	digits, prefixed := strings.CutPrefix(text, "0x")
	switch {
	case err != nil || !prefixed:
		return common.Address{}, fmt.Errorf("%.80q is no address: want 0x and 40 hexadecimal digits", text)
	case digits != strings.ToLower(digits) && digits != strings.ToUpper(digits) && !address.ValidChecksum():
		return common.Address{}, fmt.Errorf("%s has a wrong checksum (EIP-55): a digit is mistyped", text)
	case address.Address() == common.Address{}:
		return common.Address{}, fmt.Errorf("%s is nobody's address", text)
	}
	return address.Address(), nil
}

// SPDX-License-Identifier: Apache-2.0

package service

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	guesttask "github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/plural"
)

// Limits are what an operator takes on: whoever submits a task writes its terms, and an attempt at it costs the operator gas
// and perhaps a bond. The zero value takes nothing.
type Limits struct {
	Failures    int                         // most failed attempts at a task that cost a transaction
	Margin      uint64                      // seconds: an attempt begins only so long before the deadline
	CallbackGas uint32                      // most gas of a callback, which the runner pays for
	MinFee      *big.Int                    // least fee of a task that pays in the chain's own currency, in wei; nil for none
	Tokens      map[common.Address]*big.Int // other tokens of fees that are taken, and the least fee in each, in its units
}

// refuse says why a task is not taken; empty if it is.
func (l Limits) refuse(t guesttask.Terms, now uint64, failed int) string {
	switch {
	case failed >= l.Failures:
		return fmt.Sprintf("%s of this service failed: it leaves the task to others", plural.Of(failed, "attempt"))
	case now+l.Margin > t.Deadline:
		return fmt.Sprintf("its deadline is too near: this service begins only %d s before, or earlier", l.Margin)
	case t.CallbackGas > l.CallbackGas:
		return fmt.Sprintf("its callback wants %d gas, this service pays for %d", t.CallbackGas, l.CallbackGas)
	}
	return l.refuseFee(t.Token, chain.Amount(t.Fee))
}

func (l Limits) refuseFee(token common.Address, fee *big.Int) string {
	least, unit := l.MinFee, "wei"
	if token != (common.Address{}) && fee.Sign() > 0 { // a fee of nothing is the same in any token
		var taken bool
		if least, taken = l.Tokens[token]; !taken {
			return fmt.Sprintf("its fee is in token %s, which this service does not take", token)
		}
		unit = "units of token " + token.Hex()
	}
	if least != nil && fee.Cmp(least) < 0 {
		return fmt.Sprintf("its fee is %s %s, this service works for %s", fee, unit, least)
	}
	return ""
}

// costlyFailures counts the failed attempts at a task that cost a transaction.
func costlyFailures(t api.Task) (n int) {
	for _, a := range t.Attempts {
		for _, tx := range a.Txs {
			if a.Outcome == api.OutcomeFailed && (tx.Kind == "permit" || tx.Kind == "claim") {
				n++
				break
			}
		}
	}
	return n
}

// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/escrin/escrin/keyholder"
)

// Finality is how far a chain's final blocks are behind its newest. The zero value is of a chain whose newest block is final, or
// that does not say.
type Finality struct {
	Blocks uint64
	Lag    time.Duration
}

// FinalityOf looks at a chain: at the newest block that its node calls finalized or, if confirmations are not 0, that has so many after
// it. A chain that has no such block, and a node that knows none, say nothing.
func FinalityOf(ctx context.Context, client *ethclient.Client, confirmations uint64) (Finality, error) {
	head, err := client.HeaderByNumber(ctx, nil)
	if err != nil {
		return Finality{}, &NodeError{"read the newest block", err}
	}
	number := big.NewInt(rpc.FinalizedBlockNumber.Int64())
	if confirmations > 0 {
		if head.Number.Cmp(new(big.Int).SetUint64(confirmations)) <= 0 {
			return Finality{}, nil
		}
		number = new(big.Int).Sub(head.Number, new(big.Int).SetUint64(confirmations))
	}
	final, err := client.HeaderByNumber(ctx, number)
	if _, refused := errors.AsType[rpc.Error](err); refused || errors.Is(err, ethereum.NotFound) {
		return Finality{}, nil
	}
	if err != nil {
		return Finality{}, &NodeError{"read the newest final block", err}
	}
	return between(head, final), nil
}

// between is how far final is behind head. A genesis block is no block that became final.
func between(head, final *types.Header) Finality {
	if final.Number.Sign() == 0 || final.Number.Cmp(head.Number) >= 0 || final.Time > head.Time {
		return Finality{}
	}
	return Finality{head.Number.Uint64() - final.Number.Uint64(), time.Duration(head.Time-final.Time) * time.Second}
}

// Suffices reports, by a *FinalityError, whether tasks can be done with these terms where keyholders go by this finality. They see a claim
// when it is final to them, and until then the claim must not lapse: twice the time of now is asked for, since that differs.
func (t Terms) Suffices(f Finality) error {
	if f.Blocks >= keyholder.MaxBaseBlockAge || t.ClaimWindow < 2*f.Lag {
		return &FinalityError{t.ClaimWindow, f}
	}
	return nil
}

// FinalityError says that no task could be done.
type FinalityError struct {
	Window   time.Duration
	Finality Finality
}

func (e *FinalityError) Error() string {
	if e.Finality.Blocks >= keyholder.MaxBaseBlockAge {
		return fmt.Sprintf("blocks of this chain are final when there are %d after them, and contracts take evidence of the newest %d alone: no task could be done",
			e.Finality.Blocks, keyholder.MaxBaseBlockAge)
	}
	return fmt.Sprintf("blocks of this chain are final after %v, and a claim would last %v: no task could be done, or not each", e.Finality.Lag, e.Window)
}

// Hint says what to do.
func (e *FinalityError) Hint() string {
	const other = "if the keyholders go by fewer blocks, say --confirmations (0 is what the chain calls finalized); nothing was sent"
	if e.Finality.Blocks >= keyholder.MaxBaseBlockAge {
		return other
	}
	return fmt.Sprintf("choose a --claim-window of %v or more; %s", (2*e.Finality.Lag).Round(time.Minute)+time.Minute, other)
}

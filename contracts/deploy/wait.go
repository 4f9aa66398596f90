// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"
)

// poll is how often a transaction's receipt is asked for.
const poll = 50 * time.Millisecond

func waitForCode(ctx context.Context, client *ethclient.Client, tx common.Hash, at common.Address) error {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		receipt, err := client.TransactionReceipt(ctx, tx)
		switch {
		case err == nil && receipt.Status == types.ReceiptStatusSuccessful && receipt.ContractAddress == at:
			return nil
		case err == nil:
			return fmt.Errorf("transaction %s was reverted", tx)
		case !errors.Is(err, ethereum.NotFound):
			return fmt.Errorf("read receipt of %s: %w", tx, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", tx, ctx.Err())
		case <-ticker.C:
		}
	}
}

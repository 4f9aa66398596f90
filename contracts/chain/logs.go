// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Range is a range of blocks, both ends included. Last zero means the newest.
type Range struct{ First, Last uint64 }

// Position says where an event is.
type Position struct {
	Block     uint64
	BlockHash common.Hash
	TxHash    common.Hash
	LogIndex  uint // within the block
}

func position(log *types.Log) Position {
	return Position{Block: log.BlockNumber, BlockHash: log.BlockHash, TxHash: log.TxHash, LogIndex: log.Index}
}

// topics collects the first topics of all contracts' events, by name.
func topics() (map[string]common.Hash, error) {
	byName := map[string]common.Hash{}
	for _, meta := range contractsMeta() {
		contract, err := meta.ParseABI()
		if err != nil {
			return nil, fmt.Errorf("read bindings: %w", err)
		}
		for name, event := range contract.Events {
			byName[name] = event.ID
		}
	}
	return byName, nil
}

// topic matches events by name.
func (c *Chain) topic(names ...string) []common.Hash {
	var ids []common.Hash
	for _, name := range names {
		ids = append(ids, c.topics[name])
	}
	return ids
}

// only matches one value.
func only(value common.Hash) []common.Hash { return []common.Hash{value} }

// address matches an indexed address.
func address(a common.Address) []common.Hash { return only(common.BytesToHash(a[:])) }

// logs returns the events of one contract, in the chain's order. An empty topic matches everything.
func (c *Chain) logs(ctx context.Context, of common.Address, blocks Range, topics ...[]common.Hash) ([]types.Log, error) {
	query := ethereum.FilterQuery{
		Addresses: []common.Address{of}, Topics: topics, FromBlock: new(big.Int).SetUint64(blocks.First),
	}
	if blocks.Last != 0 {
		query.ToBlock = new(big.Int).SetUint64(blocks.Last)
	}
	return c.eth.FilterLogs(ctx, query)
}

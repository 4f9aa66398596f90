// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"errors"
	"fmt"
	"math"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/tracing"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm/runtime"
	"github.com/ethereum/go-ethereum/params"
)

// rehearsal is what a contract's deployment was like in an EVM of our own.
type rehearsal struct {
	gas  uint64 // of the whole transaction
	code []byte // at the address, immutables filled in
}

// rehearse deploys in memory, with the rules of Osaka, on an empty chain with that id. So the cost is known before
// anything is sent, though later contracts need earlier ones, and what is on chain can be compared byte for byte.
func rehearse(chainID *big.Int, salt common.Hash, contracts []Contract) (map[Name]rehearsal, error) {
	db, err := state.New(types.EmptyRootHash, state.NewDatabaseForTesting()) // in memory
	if err != nil {
		return nil, err
	}
	proxy := ProxyAddress()
	db.SetCode(proxy, ProxyCode(), tracing.CodeChangeUnspecified)
	done := map[Name]rehearsal{}
	for _, c := range contracts {
		if c.Lacks != "" {
			continue
		}
		input := append(salt.Bytes(), c.InitCode...)
		config := &runtime.Config{ChainConfig: osaka(chainID), State: db, GasLimit: math.MaxInt64}
		_, left, err := runtime.Call(proxy, input, config)
		if err != nil {
			return nil, fmt.Errorf("rehearse deployment of %s: its constructor refuses: %w", c.Name, err)
		}
		r := rehearsal{gas: math.MaxInt64 - left + intrinsicGas(input), code: db.GetCode(c.Address)}
		if len(r.code) == 0 {
			return nil, fmt.Errorf("rehearse deployment of %s: %w", c.Name, errors.New("it is not where it was predicted"))
		}
		done[c.Name] = r
	}
	return done, nil
}

// osaka has the rules of that fork, from the first block on.
func osaka(chainID *big.Int) *params.ChainConfig {
	config := *params.AllDevChainProtocolChanges
	config.ChainID = chainID
	config.BogotaTime, config.AmsterdamTime = nil, nil
	return &config
}

// intrinsicGas is what a call costs before it runs (EIP-2028).
func intrinsicGas(input []byte) uint64 {
	gas := params.TxGas
	for _, b := range input {
		if b == 0 {
			gas += params.TxDataZeroGas
		} else {
			gas += params.TxDataNonZeroGasEIP2028
		}
	}
	return gas
}

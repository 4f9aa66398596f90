// SPDX-License-Identifier: Apache-2.0

package devchain

import (
	"math/big"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// ChainID is that of a development network.
const ChainID = 31337

// gasLimit is a block's, as on mainnet.
const gasLimit = 60_000_000

// Rules say which fork of mainnet a chain has the rules of, from the first block on.
type Rules uint8

// The forks. Cancun has no BLS12-381 (EIP-2537), Prague no P-256 (EIP-7951).
const (
	Osaka Rules = iota
	Prague
	Cancun
)

// genesis gives each account 10,000 ether. go-ethereum's own development rules include forks to come, with other gas
// costs.
func genesis(c Config) *core.Genesis {
	alloc := core.SystemContractAllocs()
	delete(alloc, params.BuilderDepositAddress) // of a fork to come
	delete(alloc, params.BuilderExitAddress)
	if c.Bare {
		delete(alloc, params.DeterministicFactoryAddress)
	}
	balance := new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))
	for _, account := range c.Funded {
		alloc[account.Address] = types.Account{Balance: balance}
	}
	return &core.Genesis{
		Config: c.Rules.config(c.ChainID), GasLimit: gasLimit, BaseFee: big.NewInt(params.InitialBaseFee), Difficulty: new(big.Int), Alloc: alloc,
	}
}

func (r Rules) config(chainID uint64) *params.ChainConfig {
	config := *params.AllDevChainProtocolChanges
	config.ChainID = new(big.Int).SetUint64(chainID)
	config.BogotaTime, config.AmsterdamTime = nil, nil
	config.BlobScheduleConfig = &params.BlobScheduleConfig{Cancun: params.DefaultCancunBlobConfig}
	if r >= Prague {
		config.OsakaTime = nil
	}
	if r >= Cancun {
		config.PragueTime = nil
		return &config
	}
	config.BlobScheduleConfig.Prague = params.DefaultPragueBlobConfig
	return &config
}

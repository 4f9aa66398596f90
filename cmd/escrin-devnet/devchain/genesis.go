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

// genesis has the rules of Osaka, mainnet's newest, from the first block on, and gives each account 10,000 ether.
// go-ethereum's own development rules include forks to come, with other gas costs.
func genesis(chainID uint64, accounts []Account) *core.Genesis {
	config := *params.AllDevChainProtocolChanges
	config.ChainID = new(big.Int).SetUint64(chainID)
	config.BogotaTime, config.AmsterdamTime = nil, nil
	config.BlobScheduleConfig = &params.BlobScheduleConfig{
		Cancun: params.DefaultCancunBlobConfig,
		Prague: params.DefaultPragueBlobConfig,
	}
	alloc := core.SystemContractAllocs()
	delete(alloc, params.BuilderDepositAddress) // of a fork to come
	delete(alloc, params.BuilderExitAddress)
	balance := new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))
	for _, account := range accounts {
		alloc[account.Address] = types.Account{Balance: balance}
	}
	return &core.Genesis{
		Config: &config, GasLimit: gasLimit, BaseFee: big.NewInt(params.InitialBaseFee), Difficulty: new(big.Int), Alloc: alloc,
	}
}

// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/params"
)

// The deterministic deployment proxy takes a salt of 32 bytes and creation code, and calls CREATE2. It is on most
// chains already, always at one address, and chains may have it from the first block on (EIP-7997): the transaction that creates it has a made-up signature (r and s are 0x22…22),
// so that nobody has the key of the account that "signed" it, and anybody can send it to any chain.
const (
	proxyRuntime  = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
	proxyCreation = "604580600e600039806000f350fe" + proxyRuntime
	proxyGas      = 100_000
)

// ProxyAddress is the proxy's on every chain.
func ProxyAddress() common.Address {
	return common.HexToAddress("0x4e59b44847b379578588920cA78FbF26c0B4956C")
}

// ProxyCode is the proxy's code once it is there.
func ProxyCode() []byte { return common.FromHex(proxyRuntime) }

// ProxySigner is the account whose first transaction creates the proxy.
func ProxySigner() common.Address {
	return common.HexToAddress("0x3fAB184622Dc19b6109349B94811493BF2a45362")
}

// ProxyTransaction is that transaction. It has no chain id (EIP-155), which some nodes refuse.
func ProxyTransaction() *types.Transaction {
	made := new(big.Int).SetBytes(common.FromHex("2222222222222222222222222222222222222222222222222222222222222222"))
	return types.NewTx(&types.LegacyTx{
		GasPrice: proxyGasPrice(), Gas: proxyGas, Value: new(big.Int), Data: common.FromHex(proxyCreation),
		V: big.NewInt(27), R: made, S: made,
	})
}

func proxyGasPrice() *big.Int { return big.NewInt(100 * params.GWei) }

// proxyCost is what the signer needs: 0.01 ether.
func proxyCost() *big.Int { return new(big.Int).Mul(proxyGasPrice(), big.NewInt(proxyGas)) }

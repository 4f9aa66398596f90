// SPDX-License-Identifier: Apache-2.0

package tdxtest_test

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/tdxtest"
)

// gasSnapshot has one line per operation: name and gas of the whole transaction, under the rules of Osaka.
const gasSnapshot = "../gas.tsv"

// gasTolerance allows for zero bytes in hashes and signatures, which cost less.
const gasTolerance = 500

// Bounds of whole transactions.
const (
	mostForFirst = 300_000
	mostForAgain = 110_000
)

// network is a chain with the contracts that a TDX permit needs.
type network struct {
	t       *testing.T
	client  *ethclient.Client
	account devchain.Account
	world   *tdxtest.World

	registry, platforms, certificates, collateral, permitter common.Address
	identity                                                 common.Hash
}

// TestGasOfPermits asks for a first and further permits of one platform, on a real chain.
func TestGasOfPermits(t *testing.T) {
	n := newNetwork(t)
	first := n.acquire("first", true)
	again := n.acquire("again", false)
	n.bringAnother()
	fresh := n.acquire("fresh", false)
	if first > mostForFirst || again > mostForAgain {
		t.Errorf("first %d, at most %d allowed; again %d, at most %d", first, mostForFirst, again, mostForAgain)
	}
	compareGas(t, []figure{{"tdx_first", first}, {"tdx_again", again}, {"tdx_again_new_collateral", fresh}})
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	accounts, err := devchain.Accounts(1)
	if err != nil {
		t.Fatal(err)
	}
	chain, err := devchain.Start(devchain.Config{Dir: t.TempDir(), ChainID: devchain.ChainID, Period: time.Second, Funded: accounts})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := chain.Stop(); err != nil {
			t.Error(err)
		}
	})
	n := &network{t: t, client: ethclient.NewClient(chain.Client()), account: accounts[0]}
	if n.world, err = tdxtest.NewWorld(t.TempDir(), time.Now().Truncate(time.Second)); err != nil {
		t.Fatal(err)
	}
	n.deploy()
	n.bringCollateral()
	n.createIdentity()
	return n
}

func (n *network) deploy() {
	codes := compile(n.t, "src/IdentityRegistry.sol", "src/PlatformRegistry.sol", "src/tdx/TdxCertificates.sol",
		"src/tdx/TdxCollateral.sol", "src/tdx/TdxPermitter.sol")
	root := n.world.Root
	owner := n.owner()
	n.registry = n.create(codes["IdentityRegistry"])
	n.platforms = n.create(codes["PlatformRegistry"], owner[:])
	n.certificates = n.create(codes["TdxCertificates"], root.Encode())
	n.collateral = n.create(codes["TdxCollateral"], root.X[:], root.Y[:], root.Subject[:], root.KeyID[:], number(root.NotAfter))
	n.permitter = n.create(codes["TdxPermitter"], n.registry[:], n.certificates[:], n.collateral[:], n.platforms[:], groupKeyDigest())
	// Whatever family of TDX is not denied.
	n.send(n.platforms, call("setRule(bytes7,(uint8,uint64))", common.RightPadBytes([]byte{1}, 32), number(3), nil), "setRule")
	n.send(n.certificates, call("addAuthority(bytes)", dynamic(n.world.CA)), "addAuthority")
}

// groupKeyDigest is what the permitter and the binding call the key network.
func groupKeyDigest() []byte { return crypto.Keccak256([]byte("group key")) }

func (n *network) bringCollateral() {
	b, err := n.world.Collateral()
	if err != nil {
		n.t.Fatal(err)
	}
	for _, data := range [][]byte{
		call("updateTcbSigner(bytes)", dynamic(b.TCBSigner)),
		call("updatePlatformCA(bytes)", dynamic(n.world.CA)),
		call("updateRootCrl(bytes)", dynamic(b.RootCRL)),
		call("updatePlatformCrl(bytes)", dynamic(b.PlatformCRL)),
		call("updateTcbInfo(bytes,bytes)", dynamic(b.TCBInfo.Document), dynamic(b.TCBInfo.Signature[:])),
		call("updateQeIdentity(bytes,bytes)", dynamic(b.QEIdentity.Document), dynamic(b.QEIdentity.Signature[:])),
	} {
		n.send(n.collateral, data, "bring collateral")
	}
}

// bringAnother brings the TCB info of another family: a new edition of the collateral.
func (n *network) bringAnother() {
	other, err := n.world.Another([6]byte{0x50, 0x80, 0x6f})
	if err != nil {
		n.t.Fatal(err)
	}
	b, err := other.Collateral()
	if err != nil {
		n.t.Fatal(err)
	}
	n.send(n.collateral, call("updateTcbInfo(bytes,bytes)", dynamic(b.TCBInfo.Document), dynamic(b.TCBInfo.Signature[:])), "bring another")
}

func (n *network) createIdentity() {
	n.send(n.registry, call("createIdentity(address,bytes)", n.permitter[:], dynamic(nil)), "createIdentity")
	owner := n.owner()
	n.identity = crypto.Keccak256Hash(bytes.Join([][]byte{
		word(number(devchain.ChainID)), word(n.registry[:]), word(owner[:]), crypto.Keccak256(),
	}, nil))
	root, err := attest.Root(n.world.Measurements)
	if err != nil {
		n.t.Fatal(err)
	}
	// Kind Measurements, an hour, any date of the TCB level.
	n.send(n.permitter, call("setPolicy(bytes32,(uint8,bytes32,uint64,uint64,uint64,uint64),string)",
		n.identity[:], number(1), root[:], number(3600), number(1), nil, nil, dynamic(nil)), "setPolicy")
}

// acquire asks for a permit of a new requester, and returns the gas of the transaction.
func (n *network) acquire(name string, first bool) uint64 {
	n.t.Helper()
	head, err := n.client.HeaderByNumber(n.t.Context(), nil)
	if err != nil {
		n.t.Fatal(err)
	}
	requester := common.BytesToAddress(crypto.Keccak256([]byte(name)))
	r, err := n.world.Request(attest.Binding{
		ChainID: devchain.ChainID, Registry: n.registry, IdentityID: n.identity, Requester: requester,
		ChannelKeyHash: crypto.Keccak256Hash([]byte("channel key")), ConfigDigest: crypto.Keccak256Hash([]byte("config")),
		Duration: 600, BaseBlock: head.Number.Uint64(), BaseBlockHash: head.Hash(), GroupKeyDigest: [32]byte(groupKeyDigest()),
	})
	if err != nil {
		n.t.Fatal(err)
	}
	terms, err := n.client.CallContract(n.t.Context(), ethereum.CallMsg{To: &n.permitter, Data: call("termsOf(bytes32)", n.identity[:])}, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	r.Terms = common.Hash(terms)
	e, err := n.world.Attest(r, simulator.Flaws{})
	if err != nil {
		n.t.Fatal(err)
	}
	authorization := e.Further
	if first {
		authorization = e.First
	}
	return n.send(n.permitter, call("acquireIdentity(bytes32,address,uint64,bytes,bytes)", n.identity[:], requester[:],
		number(600), dynamic(r.Context()), dynamic(authorization)), name).GasUsed
}

/* TRANSACTIONS */

func (n *network) owner() common.Address { return crypto.PubkeyToAddress(n.account.Key.PublicKey) }

func (n *network) create(code []byte, arguments ...[]byte) common.Address {
	n.t.Helper()
	data := bytes.Clone(code)
	for _, a := range arguments {
		if len(a)%32 != 0 {
			a = word(a)
		}
		data = append(data, a...)
	}
	return n.transact(nil, data, "create").ContractAddress
}

func (n *network) send(to common.Address, data []byte, what string) *types.Receipt {
	n.t.Helper()
	return n.transact(&to, data, what)
}

// transact sends a transaction and waits for it.
func (n *network) transact(to *common.Address, data []byte, what string) *types.Receipt {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), time.Minute)
	defer cancel()
	nonce, err := n.client.PendingNonceAt(ctx, n.owner())
	if err != nil {
		n.t.Fatal(err)
	}
	tx, err := types.SignNewTx(n.account.Key, types.LatestSignerForChainID(new(big.Int).SetUint64(devchain.ChainID)), &types.DynamicFeeTx{
		ChainID: new(big.Int).SetUint64(devchain.ChainID), Nonce: nonce, To: to, Data: data, Gas: 12_000_000,
		GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(20e9),
	})
	if err != nil {
		n.t.Fatal(err)
	}
	if err := n.client.SendTransaction(ctx, tx); err != nil {
		n.t.Fatalf("%s: %v", what, err)
	}
	receipt, err := bind.WaitMined(ctx, n.client, tx.Hash())
	if err != nil {
		n.t.Fatalf("%s: %v", what, err)
	}
	if receipt.Status != types.ReceiptStatusSuccessful {
		_, err := n.client.CallContract(ctx, ethereum.CallMsg{From: n.owner(), To: to, Data: data}, receipt.BlockNumber)
		n.t.Fatalf("%s: reverted: %v", what, err)
	}
	return receipt
}

// dynamic is an argument of no fixed size.
type dynamic []byte

// call encodes a call: words as they are, dynamic arguments behind them.
func call(signature string, arguments ...any) []byte {
	head := crypto.Keccak256([]byte(signature))[:4]
	var tail []byte
	for _, a := range arguments {
		switch a := a.(type) {
		case dynamic:
			head = append(head, word(number(uint64(32*len(arguments)+len(tail))))...)
			tail = append(append(tail, word(number(uint64(len(a))))...), a...)
			tail = append(tail, make([]byte, (32-len(a)%32)%32)...)
		case []byte:
			head = append(head, word(a)...)
		case nil:
			head = append(head, word(nil)...)
		}
	}
	return append(head, tail...)
}

func word(b []byte) []byte { return common.LeftPadBytes(b, 32) }

func number(n uint64) []byte { return new(big.Int).SetUint64(n).Bytes() }

/* SNAPSHOT */

type figure struct {
	name string
	gas  uint64
}

// compareGas holds figures against the lines of the snapshot, or replaces these.
func compareGas(t *testing.T, figures []figure) {
	t.Helper()
	raw, err := os.ReadFile(gasSnapshot)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(raw), "\n")
	for _, f := range figures {
		t.Logf("gas.%s\t%d", f.name, f.gas)
		at := -1
		var want uint64
		for i, line := range lines {
			if _, err := fmt.Sscanf(line, "gas."+f.name+"\t%d", &want); err == nil {
				at = i
				break
			}
		}
		line := fmt.Sprintf("gas.%s\t%d\n", f.name, f.gas)
		switch {
		case *update && at >= 0:
			lines[at] = line
		case *update:
			lines = append(lines, line)
		case at < 0 || f.gas > want+gasTolerance || f.gas+gasTolerance < want:
			t.Errorf("%s costs %d gas, the snapshot says %d: go test ./contracts/tdxtest -update", f.name, f.gas, want)
		}
	}
	if *update {
		if err := os.WriteFile(gasSnapshot, []byte(strings.Join(lines, "")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package endtoend

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/ethclient"

	devfile "github.com/escrin/escrin/jobs/network"
)

// compiledAuction is what contracts/kit/test.sh made of the example.
const compiledAuction = "../build/kit/project/out/SealedBidAuction.sol/SealedBidAuction.json"

// application is a contract on the network's chain.
type application struct {
	prepared
	client  *ethclient.Client
	abi     abi.ABI
	at      *bind.BoundContract
	Address common.Address
}

// TestContractsAuction: a contract takes sealed bids, submits the task itself, and is told by the enclave who won.
func TestContractsAuction(t *testing.T) {
	n := start(t)
	image, err := filepath.Abs("../build/auction-oci")
	if err != nil {
		t.Fatal(err)
	}
	p := n.prepare(image+":latest", "auction")
	a := p.deployAuction(20 * time.Second)
	var id common.Hash
	a.read("taskId", func(values []any) { id = common.BigToHash(values[0].(*big.Int)) })
	var keys struct {
		ResultKey, GroupKey hexutil.Bytes
	}
	a.decode(a.run("job", "prepare", "--identity", a.identity, "--submitter", a.Address.Hex(), "--salt", "0x00", "--json"), &keys)

	accounts := a.file().Accounts
	bidders := []common.Address{accounts[2].Address, accounts[3].Address}
	for i, bidder := range bidders {
		sealed := filepath.Join(t.TempDir(), "bid.sealed")
		bid := a.write("bid.json", fmt.Sprintf(`{"bidder": "%s", "amount": %d}`, bidder, (i+1)*100))
		a.run("job", "encrypt", "--identity", a.identity, "--task", id.Hex(), "--input", bid, "-o", sealed)
		digest, size := a.stored(sealed)
		a.send(accounts[2+i], big.NewInt(1000), "bid", digest, size)
	}
	slices.SortFunc(bidders, common.Address.Cmp)
	a.until("the bidding to end", func() bool {
		head, err := a.client.HeaderByNumber(t.Context(), nil)
		return err == nil && head.Time >= a.ends()
	})
	var manifest []byte
	a.read("manifest", func(values []any) { manifest = values[0].([]byte) }, bidders, []byte(keys.ResultKey), []byte(keys.GroupKey))
	a.stored(a.write("manifest.json", string(manifest)))
	a.send(accounts[1], big.NewInt(5), "close", bidders, []byte(keys.ResultKey), []byte(keys.GroupKey))

	if done := a.accepted(id.Hex()); done.Result.ExitStatus != 0 {
		t.Fatalf("exit status %d", done.Result.ExitStatus)
	}
	a.read("winner", func(values []any) {
		if values[0] != accounts[3].Address {
			t.Errorf("the winner is %v, want %s", values[0], accounts[3].Address)
		}
	})
	a.read("price", func(values []any) {
		if price := values[0].(*big.Int); price.Int64() != 100 {
			t.Errorf("the price is %d, want that of the second-highest bid", price)
		}
	})
	if out := a.run("job", "result", id.Hex()); !strings.Contains(out, "wins and pays 100") {
		t.Errorf("the seller reads %q", out)
	}
	a.run("job", "verify", id.Hex())
}

// deployAuction deploys the example, from the second account, with bidding for some time.
func (p prepared) deployAuction(bidding time.Duration) *application {
	p.t.Helper()
	raw, err := os.ReadFile(compiledAuction)
	if err != nil {
		p.t.Fatalf("%v: contracts/kit/test.sh compiles the examples", err)
	}
	var artifact struct {
		ABI      abi.ABI
		Bytecode struct{ Object hexutil.Bytes }
	}
	p.decode(string(raw), &artifact)
	file := p.file()
	a := &application{prepared: p, abi: artifact.ABI}
	if a.client, err = ethclient.DialContext(p.t.Context(), file.Chain.HTTP); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(a.client.Close)
	var identity struct{ MeasurementRoot common.Hash }
	p.decode(p.run("identity", "show", p.identity, "--json"), &identity)
	head, err := a.client.HeaderByNumber(p.t.Context(), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	terms, err := a.abi.Pack("", file.Contracts.TaskHub, common.HexToHash(p.identity), identity.MeasurementRoot,
		big.NewInt(1000), head.Time+uint64(bidding/time.Second), head.Time+3600)
	if err != nil {
		p.t.Fatal(err)
	}
	address, tx, err := bind.DeployContract(a.signer(file.Accounts[1], nil), artifact.Bytecode.Object, a.client, terms)
	if err != nil {
		p.t.Fatal(err)
	}
	a.mined(tx)
	a.Address, a.at = address, bind.NewBoundContract(address, a.abi, a.client, a.client, a.client)
	return a
}

func (a *application) signer(account devfile.Account, value *big.Int) *bind.TransactOpts {
	a.t.Helper()
	key, err := account.Key()
	if err != nil {
		a.t.Fatal(err)
	}
	opts := bind.NewKeyedTransactor(key, new(big.Int).SetUint64(a.file().Chain.ID))
	opts.Value = value
	return opts
}

func (a *application) send(from devfile.Account, value *big.Int, method string, arguments ...any) {
	a.t.Helper()
	data, err := a.abi.Pack(method, arguments...)
	if err != nil {
		a.t.Fatal(err)
	}
	tx, err := bind.Transact(a.at, a.signer(from, value), data)
	if err != nil {
		a.t.Fatalf("%s: %v", method, err)
	}
	a.mined(tx)
}

func (a *application) mined(tx *types.Transaction) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), time.Minute)
	defer cancel()
	receipt, err := bind.WaitMined(ctx, a.client, tx.Hash())
	if err != nil || receipt.Status != types.ReceiptStatusSuccessful {
		a.t.Fatalf("transaction %s: %v", tx.Hash(), err)
	}
}

func (a *application) read(method string, use func([]any), arguments ...any) {
	a.t.Helper()
	data, err := a.abi.Pack(method, arguments...)
	if err != nil {
		a.t.Fatal(err)
	}
	unpack := func(raw []byte) ([]any, error) { return a.abi.Unpack(method, raw) }
	values, err := bind.Call(a.at, &bind.CallOpts{Context: a.t.Context()}, data, unpack)
	if err != nil {
		a.t.Fatalf("%s: %v", method, err)
	}
	use(values)
}

func (a *application) ends() (second uint64) {
	a.read("biddingEnds", func(values []any) { second = values[0].(uint64) })
	return second
}

// stored brings a file to the job service, and returns its digest and size.
func (a *application) stored(path string) (digest [32]byte, size uint32) {
	a.t.Helper()
	var stored []struct {
		Digest common.Hash
		Size   uint32
	}
	a.decode(a.run("job", "store", path, "--json"), &stored)
	return stored[0].Digest, stored[0].Size
}

func (p prepared) decode(document string, into any) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(document), into); err != nil {
		p.t.Fatalf("%v: %s", err, document)
	}
}

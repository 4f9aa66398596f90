// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/params"
	"github.com/ethereum/go-ethereum/rpc"
)

// asDevnet makes the test binary run as escrin-devnet.
const asDevnet = "ESCRIN_TEST_AS_DEVNET"

func TestMain(m *testing.M) {
	if os.Getenv(asDevnet) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// launch starts a process of escrin-devnet and waits until it says that it is ready.
func launch(t *testing.T, dir string) (*exec.Cmd, description) {
	t.Helper()
	ready := filepath.Join(dir, "devnet.json")
	if err := os.Remove(ready); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	command := exec.Command(os.Args[0], "run", "--dir", dir, "--http", "127.0.0.1:0", "--ws", "127.0.0.1:0",
		"--registry", "127.0.0.1:0", "--period", "1s")
	command.Env = append(os.Environ(), asDevnet+"=1")
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill(); command.Wait() })
	var d description
	eventually(t, func() bool {
		raw, err := os.ReadFile(ready)
		return err == nil && json.Unmarshal(raw, &d) == nil
	})
	return command, d
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !condition() {
		select {
		case <-ctx.Done():
			t.Fatal("it did not happen")
		case <-ticker.C:
		}
	}
}

func dial(t *testing.T, url string) *ethclient.Client {
	t.Helper()
	client, err := ethclient.DialContext(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// pay sends an amount and waits for its block.
func pay(t *testing.T, client *ethclient.Client, privateKey string, to common.Address, amount *big.Int) *types.Receipt {
	t.Helper()
	key, err := crypto.HexToECDSA(strings.TrimPrefix(privateKey, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	nonce, err := client.PendingNonceAt(t.Context(), crypto.PubkeyToAddress(key.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	id := big.NewInt(31337)
	tx := types.MustSignNewTx(key, types.LatestSignerForChainID(id), &types.DynamicFeeTx{
		ChainID: id, Nonce: nonce, To: &to, Value: amount, Gas: 21000,
		GasTipCap: big.NewInt(params.GWei), GasFeeCap: big.NewInt(10 * params.GWei),
	})
	if err := client.SendTransaction(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	var receipt *types.Receipt
	eventually(t, func() bool {
		receipt, err = client.TransactionReceipt(t.Context(), tx.Hash())
		return err == nil
	})
	return receipt
}

// TestStateOutlivesKill kills the process without warning, right after a transaction, and finds everything again.
func TestStateOutlivesKill(t *testing.T) {
	dir := t.TempDir()
	command, before := launch(t, dir)
	client := dial(t, before.Chain.WS)
	receipt := pay(t, client, before.Accounts[1].PrivateKey, common.Address{0x42}, big.NewInt(7))
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	command.Wait()
	root, err := os.ReadFile(before.Roots)
	if err != nil {
		t.Fatal(err)
	}

	_, after := launch(t, dir)
	client = dial(t, after.Chain.HTTP)
	balance, err := client.BalanceAt(t.Context(), common.Address{0x42}, nil)
	if err != nil || balance.Cmp(big.NewInt(7)) != 0 {
		t.Fatalf("balance is %s (%v)", balance, err)
	}
	header, err := client.HeaderByNumber(t.Context(), receipt.BlockNumber)
	if err != nil || header.Hash() != receipt.BlockHash {
		t.Fatalf("block %s is another (%v)", receipt.BlockNumber, err)
	}
	if same, err := os.ReadFile(after.Roots); err != nil || string(same) != string(root) {
		t.Fatalf("the root certificate is another (%v)", err)
	}
	old, err := client.BalanceAt(t.Context(), common.Address{0x42}, new(big.Int).Sub(receipt.BlockNumber, common.Big1))
	if err != nil || old.Sign() != 0 {
		t.Fatalf("balance before was %s (%v)", old, err)
	}
}

// TestChainKeepsItsWord checks identity, accounts, tags and that blocks come without transactions.
func TestChainKeepsItsWord(t *testing.T) {
	_, d := launch(t, t.TempDir())
	client := dial(t, d.Chain.HTTP)
	id, err := client.ChainID(t.Context())
	if err != nil || id.Uint64() != d.Chain.ID || d.Chain.ID != 31337 {
		t.Fatalf("chain id is %s (%v)", id, err)
	}
	ether := new(big.Int).Mul(big.NewInt(10_000), big.NewInt(params.Ether))
	for _, account := range d.Accounts {
		balance, err := client.BalanceAt(t.Context(), common.HexToAddress(account.Address), nil)
		if err != nil || balance.Cmp(ether) != 0 {
			t.Fatalf("%s has %s (%v)", account.Address, balance, err)
		}
	}
	if len(d.Accounts) != 10 || d.Accounts[0].Address != "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266" {
		t.Fatalf("accounts are %v", d.Accounts)
	}
	start, err := client.BlockNumber(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool {
		now, err := client.BlockNumber(t.Context())
		return err == nil && now > start+1
	})
	checkTags(t, client)
}

// checkTags asks for finalized ≤ safe ≤ latest.
func checkTags(t *testing.T, client *ethclient.Client) {
	t.Helper()
	var last uint64
	for _, tag := range []rpc.BlockNumber{rpc.FinalizedBlockNumber, rpc.SafeBlockNumber, rpc.LatestBlockNumber} {
		header, err := client.HeaderByNumber(t.Context(), big.NewInt(tag.Int64()))
		if err != nil {
			t.Fatalf("%s: %v", tag, err)
		}
		if header.Number.Uint64() < last {
			t.Fatalf("%s is %s, behind %d", tag, header.Number, last)
		}
		last = header.Number.Uint64()
	}
}

// TestOneProcessPerDirectory starts a second.
func TestOneProcessPerDirectory(t *testing.T) {
	dir := t.TempDir()
	launch(t, dir)
	err := run(t.Context(), options{dir: dir, http: "127.0.0.1:0", ws: "127.0.0.1:0", registry: "127.0.0.1:0", period: time.Second}, os.Stderr)
	if err == nil || !strings.Contains(err.Error(), "another escrin-devnet") {
		t.Fatalf("got %v", err)
	}
}

// TestTakenPortsAreNamed starts on a port that something else uses.
func TestTakenPortsAreNamed(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free := "127.0.0.1:0"
	for flag, o := range map[string]options{
		"--http":     {http: taken.Addr().String(), ws: free, registry: free},
		"--ws":       {http: free, ws: taken.Addr().String(), registry: free},
		"--registry": {http: free, ws: free, registry: taken.Addr().String()},
	} {
		o.dir, o.period = t.TempDir(), time.Second
		err := run(t.Context(), o, os.Stderr)
		if err == nil || !strings.Contains(err.Error(), flag) || !strings.Contains(err.Error(), taken.Addr().String()) {
			t.Errorf("%s: got %v", flag, err)
		}
	}
}

// TestStopsWhenTold ends with its context, and starts again.
func TestStopsWhenTold(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		o := options{dir: dir, http: "127.0.0.1:0", ws: "127.0.0.1:0", registry: "127.0.0.1:0", period: time.Second}
		if err := os.Remove(filepath.Join(dir, "devnet.json")); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		go func() { done <- run(ctx, o, os.Stderr) }()
		eventually(t, func() bool {
			_, err := os.Stat(filepath.Join(dir, "devnet.json"))
			return err == nil
		})
		cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

// TestUsage covers the command line.
func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"walk"}, {"run"}, {"run", "--dir", "x", "extra"}, {"run", "--no-such-flag"}} {
		if _, err := parse(args, os.Stderr); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
	if o, err := parse([]string{"run", "--dir", "x"}, os.Stderr); err != nil || o.http != "127.0.0.1:8545" {
		t.Errorf("got %+v (%v)", o, err)
	}
}

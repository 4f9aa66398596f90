// SPDX-License-Identifier: Apache-2.0

package tdxcollateral_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/collateraltest"
	"github.com/escrin/escrin/contracts/tdxcollateral"
)

const (
	genuine     = "../../attest/verify/testdata"
	gasSnapshot = "../gas.tsv"
	// gasTolerance allows for zero bytes in signatures, and for dates.
	gasTolerance = 500
)

var updateGas = flag.Bool("update-gas", false, "write contracts/gas.tsv instead of comparing with it")

// What Intel published in February 2026, brought on a chain of today: what each
// transaction costs, all in.
func TestGasOfCollateral(t *testing.T) {
	c := startChain(t)
	p, err := collateraltest.NewPresent(genuine, time.Now())
	must(t, err)
	store := c.deploy(t, p.Root)
	gas := map[string]uint64{}
	for _, call := range tdxcollateral.Calls(p.Bundle, p.PlatformCA.Raw) {
		gas[call.Name] = c.send(t, &store, call.Data).GasUsed
	}
	t.Logf("TCB info of %d bytes, list of %d bytes: %v", len(p.Bundle.TCBInfo.Document), len(p.Bundle.PlatformCRL), gas)
	c.checkLevel(t, store, p.Bundle)
	compareGas(t, map[string]uint64{
		"collateral_tcb": gas["updateTcbInfo"], "collateral_crl": gas["updatePlatformCrl"], "collateral_qe": gas["updateQeIdentity"],
	})
	again, err := collateraltest.NewPresent(genuine, time.Now().Add(time.Second))
	must(t, err)
	renewed := c.send(t, &store, tdxcollateral.UpdateTCBInfo(again.Bundle.TCBInfo).Data).GasUsed
	if renewed > gas["updateTcbInfo"]-90_000 {
		t.Errorf("the same content costs %d gas again", renewed)
	}
}

// The simulator's collateral has Intel's form.
func TestSimulatedCollateral(t *testing.T) {
	c := startChain(t)
	platform, err := simulator.Open(t.TempDir())
	must(t, err)
	raw, bundle, err := platform.Start(attest.Registers{}).Quote([64]byte{})
	must(t, err)
	b, err := collateral.ParseBundle(bundle)
	must(t, err)
	quote, err := tdx.ParseQuote(raw)
	must(t, err)
	chain := certificates(t, quote.PCKChain)
	store := c.deploy(t, chain[2])
	for _, call := range tdxcollateral.Calls(b, chain[1].Raw) {
		c.send(t, &store, call.Data)
	}
	c.checkLevel(t, store, b)
}

// testChain is a development chain and an account on it.
type testChain struct {
	*ethclient.Client
	key   *ecdsa.PrivateKey
	nonce uint64
}

func startChain(t *testing.T) *testChain {
	t.Helper()
	accounts, err := devchain.Accounts(1)
	must(t, err)
	c, err := devchain.Start(devchain.Config{Dir: t.TempDir(), ChainID: devchain.ChainID, Period: time.Second, Funded: accounts})
	must(t, err)
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	client := ethclient.NewClient(c.Client())
	t.Cleanup(client.Close)
	return &testChain{Client: client, key: accounts[0].Key}
}

func (c *testChain) deploy(t *testing.T, root *x509.Certificate) common.Address {
	t.Helper()
	r, err := tdxcollateral.NewRoot(root)
	must(t, err)
	return c.send(t, nil, append(bytecode(t), r.Encode()...)).ContractAddress
}

// send sends a transaction, which must succeed, and waits for it.
func (c *testChain) send(t *testing.T, to *common.Address, data []byte) *types.Receipt {
	t.Helper()
	tx, err := types.SignNewTx(c.key, types.LatestSignerForChainID(big.NewInt(devchain.ChainID)), &types.DynamicFeeTx{
		ChainID: big.NewInt(devchain.ChainID), Nonce: c.nonce, To: to, Data: data, Gas: 12_000_000,
		GasTipCap: big.NewInt(1e9), GasFeeCap: big.NewInt(2e10),
	})
	must(t, err)
	must(t, c.SendTransaction(t.Context(), tx))
	c.nonce++
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		receipt, err := c.TransactionReceipt(ctx, tx.Hash())
		if err == nil && receipt.Status == types.ReceiptStatusSuccessful {
			return receipt
		}
		if err == nil || ctx.Err() != nil {
			t.Fatalf("transaction with %d bytes failed: %v", len(data), ctx.Err())
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// checkLevel asks about a platform of the newest versions.
func (c *testChain) checkLevel(t *testing.T, store common.Address, b collateral.Bundle) {
	t.Helper()
	signer, err := x509.ParseCertificate(b.TCBSigner)
	must(t, err)
	info, err := collateral.OpenTCBInfo(b.TCBInfo, signer.PublicKey.(*ecdsa.PublicKey))
	must(t, err)
	all := strings.Repeat("ff", 16) + strings.Repeat("00", 16)
	question := hex.EncodeToString(info.FMSPC) + strings.Repeat("00", 26) + all + fmt.Sprintf("%064x", 0xffff) + all
	data, err := hex.DecodeString(question)
	must(t, err)
	data = append(crypto.Keccak256([]byte("tcbLevel(bytes6,bytes16,uint16,bytes16)"))[:4], data...)
	answer, err := c.CallContract(t.Context(), ethereum.CallMsg{To: &store, Data: data}, nil)
	must(t, err)
	want := fmt.Sprintf("%064x%064x%064x", uint8(info.Levels[0].Status), info.Levels[0].Date.Unix(), info.EvaluationNumber)
	if got := hex.EncodeToString(answer); got != want {
		t.Errorf("level is %s, want %s", got, want)
	}
}

// bytecode compiles the contracts, unless that was done already.
func bytecode(t *testing.T) []byte {
	t.Helper()
	compiler := exec.Command("node", "../build.mjs", "--stdout")
	compiler.Stderr = os.Stderr
	output, err := compiler.Output()
	must(t, err)
	var artifacts map[string]struct{ Bytecode string }
	must(t, json.Unmarshal(output, &artifacts))
	return common.FromHex(artifacts["TdxCollateral"].Bytecode)
}

// compareGas writes or compares the lines of the snapshot.
func compareGas(t *testing.T, gas map[string]uint64) {
	t.Helper()
	raw, err := os.ReadFile(gasSnapshot)
	must(t, err)
	var out strings.Builder
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "\t")
		got, mine := gas[strings.TrimPrefix(name, "gas.")]
		if !mine {
			out.WriteString(line)
			continue
		}
		if want := number(t, value); !*updateGas && (got > want+gasTolerance || got+gasTolerance < want) {
			t.Errorf("%s is %d gas, the snapshot says %d: go test ./contracts/tdxcollateral -update-gas", name, got, want)
		}
	}
	for _, name := range []string{"collateral_tcb", "collateral_crl", "collateral_qe"} {
		fmt.Fprintf(&out, "gas.%s\t%d\n", name, gas[name])
	}
	if *updateGas {
		must(t, os.WriteFile(gasSnapshot, []byte(out.String()), 0o644))
	} else if strings.Count(string(raw), "gas.collateral_") != len(gas) {
		t.Error("the snapshot lacks a line")
	}
}

func number(t *testing.T, digits string) (n uint64) {
	t.Helper()
	_, err := fmt.Sscanf(digits, "%d", &n)
	must(t, err)
	return n
}

func certificates(t *testing.T, text []byte) (all []*x509.Certificate) {
	t.Helper()
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		must(t, err)
		all = append(all, cert)
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

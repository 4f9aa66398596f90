// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"pgregory.net/rapid"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
)

var anyDigest = rapid.Custom(func(t *rapid.T) [32]byte {
	return [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
})

var anyResult = rapid.Custom(func(t *rapid.T) task.Result {
	return task.Result{
		TaskID: anyDigest.Draw(t, "task"), Attempt: rapid.Uint32().Draw(t, "attempt"),
		ExitStatus: rapid.Uint32().Draw(t, "status"), InputDigest: anyDigest.Draw(t, "input"),
		OutputDigest: anyDigest.Draw(t, "output"), Runner: [20]byte(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "runner")),
	}
})

// TestCT05DigestIsEIP712 compares with go-ethereum's typed data, which knows the type by its fields.
func TestCT05DigestIsEIP712(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyResult.Draw(t, "result")
		chainID := rapid.Uint64().Draw(t, "chain")
		hub := common.Address(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "hub"))
		want, _, err := apitypes.TypedDataAndHash(typedData(r, chainID, hub))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.SigningDigest(task.Domain{ChainID: chainID, TaskHub: hub}); !bytes.Equal(got[:], want) {
			t.Fatalf("digest is %x, want %x", got, want)
		}
	})
}

func typedData(r task.Result, chainID uint64, hub common.Address) apitypes.TypedData {
	return apitypes.TypedData{
		Types: apitypes.Types{
			"EIP712Domain": {{Name: "name", Type: "string"}, {Name: "version", Type: "string"},
				{Name: "chainId", Type: "uint256"}, {Name: "verifyingContract", Type: "address"}},
			"TaskResult": {{Name: "taskId", Type: "uint256"}, {Name: "attempt", Type: "uint32"},
				{Name: "exitStatus", Type: "uint32"}, {Name: "inputDigest", Type: "bytes32"},
				{Name: "outputDigest", Type: "bytes32"}, {Name: "runner", Type: "address"}},
		},
		PrimaryType: "TaskResult",
		Domain: apitypes.TypedDataDomain{
			Name: "escrin TaskHub", Version: "1", VerifyingContract: hub.Hex(),
			ChainId: (*math.HexOrDecimal256)(new(big.Int).SetUint64(chainID)),
		},
		Message: apitypes.TypedDataMessage{
			"taskId": (*math.HexOrDecimal256)(common.Hash(r.TaskID).Big()), "attempt": math.NewHexOrDecimal256(int64(r.Attempt)),
			"exitStatus": math.NewHexOrDecimal256(int64(r.ExitStatus)), "inputDigest": r.InputDigest[:],
			"outputDigest": r.OutputDigest[:], "runner": common.Address(r.Runner).Hex(),
		},
	}
}

// TestEncodingsAreABI compares report and proof with go-ethereum's encoder.
func TestEncodingsAreABI(t *testing.T) {
	reports := arguments(t, "tuple[]", []abi.ArgumentMarshaling{
		{Name: "taskId", Type: "uint256"}, {Name: "attempt", Type: "uint32"}, {Name: "exitStatus", Type: "uint32"},
		{Name: "inputDigest", Type: "bytes32"}, {Name: "outputDigest", Type: "bytes32"},
		{Name: "runner", Type: "address"}})
	proofs := arguments(t, "bytes[]", nil)
	type tuple struct {
		TaskId       *big.Int
		Attempt      uint32
		ExitStatus   uint32
		InputDigest  [32]byte
		OutputDigest [32]byte
		Runner       common.Address
	}
	rapid.Check(t, func(t *rapid.T) {
		results := rapid.SliceOfN(anyResult, 0, 5).Draw(t, "results")
		tuples := make([]tuple, len(results))
		signatures := make([][chain.SignatureSize]byte, len(results))
		raw := make([][]byte, len(results))
		for i, r := range results {
			tuples[i] = tuple{common.Hash(r.TaskID).Big(), r.Attempt, r.ExitStatus, r.InputDigest, r.OutputDigest, r.Runner}
			signatures[i] = [chain.SignatureSize]byte(rapid.SliceOfN(rapid.Byte(), 65, 65).Draw(t, "signature"))
			raw[i] = signatures[i][:]
		}
		report, err := reports.Pack(tuples)
		if err != nil {
			t.Fatal(err)
		}
		proof, err := proofs.Pack(raw)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(task.Report(results...), report) || !bytes.Equal(chain.Proof(signatures...), proof) {
			t.Fatal("encodings differ")
		}
	})
}

func arguments(t *testing.T, kind string, fields []abi.ArgumentMarshaling) abi.Arguments {
	t.Helper()
	parsed, err := abi.NewType(kind, "", fields)
	if err != nil {
		t.Fatal(err)
	}
	return abi.Arguments{{Type: parsed}}
}

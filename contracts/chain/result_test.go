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

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
)

var anyDigest = rapid.Custom(func(t *rapid.T) [32]byte {
	return [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "digest"))
})

var anyAddress = rapid.Custom(func(t *rapid.T) [20]byte {
	return [20]byte(rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "address"))
})

var anyResult = rapid.Custom(func(t *rapid.T) task.Result {
	return task.Result{ExitStatus: rapid.Uint32().Draw(t, "status"), OutputDigest: anyDigest.Draw(t, "output"), PublicOutput: anyDigest.Draw(t, "public")}
})

var anyReport = rapid.Custom(func(t *rapid.T) task.Report {
	return task.Report{
		TaskID: anyDigest.Draw(t, "task"), TermsDigest: anyDigest.Draw(t, "terms"), Attempt: rapid.Uint32().Draw(t, "attempt"),
		Results: rapid.SliceOfN(anyResult, 0, 5).Draw(t, "results"),
	}
})

var anyTerms = rapid.Custom(func(t *rapid.T) task.Terms {
	return task.Terms{
		Submitter: anyAddress.Draw(t, "submitter"), Identity: anyDigest.Draw(t, "identity"), InputDigest: anyDigest.Draw(t, "input"),
		Deadline: rapid.Uint64().Draw(t, "deadline"), Count: rapid.Uint16().Draw(t, "count"), Attempts: rapid.Uint16().Draw(t, "attempts"),
		Token: anyAddress.Draw(t, "token"), Fee: anyDigest.Draw(t, "fee"), Refundee: anyAddress.Draw(t, "refundee"),
		Callback: anyAddress.Draw(t, "callback"), CallbackGas: rapid.Uint32().Draw(t, "gas"),
	}
})

func bigOf(word [32]byte) *math.HexOrDecimal256 { return (*math.HexOrDecimal256)(chain.Amount(word)) }

func small(n uint64) *math.HexOrDecimal256 {
	return (*math.HexOrDecimal256)(new(big.Int).SetUint64(n))
}

// TestCT05DigestsAreEIP712 compares with go-ethereum's typed data, which knows the types by their fields.
func TestCT05DigestsAreEIP712(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := task.Domain{ChainID: rapid.Uint64().Draw(t, "chain"), TaskHub: anyAddress.Draw(t, "hub")}
		report, runner, until := anyReport.Draw(t, "report"), anyAddress.Draw(t, "runner"), rapid.Uint64().Draw(t, "until")
		id, terms, attempt := report.TaskID, report.TermsDigest, report.Attempt
		results := make([]any, len(report.Results))
		for i, r := range report.Results {
			results[i] = apitypes.TypedDataMessage{"exitStatus": small(uint64(r.ExitStatus)), "outputDigest": r.OutputDigest[:], "publicOutput": r.PublicOutput[:]}
		}
		for kind, c := range map[string]struct {
			got     [32]byte
			message apitypes.TypedDataMessage
		}{
			"Claim": {task.Claim{TaskID: id, TermsDigest: terms, Attempt: attempt, Runner: runner}.SigningDigest(d), apitypes.TypedDataMessage{
				"taskId": bigOf(id), "termsDigest": terms[:], "attempt": small(uint64(attempt)), "runner": common.Address(runner).Hex()}},
			"Heartbeat": {task.Heartbeat{TaskID: id, Attempt: attempt, Until: until}.SigningDigest(d), apitypes.TypedDataMessage{
				"taskId": bigOf(id), "attempt": small(uint64(attempt)), "until": small(until)}},
			"TaskReport": {report.SigningDigest(d), apitypes.TypedDataMessage{
				"taskId": bigOf(id), "termsDigest": terms[:], "attempt": small(uint64(attempt)), "results": results}},
		} {
			want, _, err := apitypes.TypedDataAndHash(typedData(kind, c.message, d))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(c.got[:], want) {
				t.Fatalf("digest of %s is %x, want %x", kind, c.got, want)
			}
		}
	})
}

func typedData(kind string, message apitypes.TypedDataMessage, d task.Domain) apitypes.TypedData {
	return apitypes.TypedData{
		Types: apitypes.Types{
			"EIP712Domain": {{Name: "name", Type: "string"}, {Name: "version", Type: "string"},
				{Name: "chainId", Type: "uint256"}, {Name: "verifyingContract", Type: "address"}},
			"Claim": {{Name: "taskId", Type: "uint256"}, {Name: "termsDigest", Type: "bytes32"},
				{Name: "attempt", Type: "uint32"}, {Name: "runner", Type: "address"}},
			"Heartbeat": {{Name: "taskId", Type: "uint256"}, {Name: "attempt", Type: "uint32"}, {Name: "until", Type: "uint64"}},
			"TaskReport": {{Name: "taskId", Type: "uint256"}, {Name: "termsDigest", Type: "bytes32"},
				{Name: "attempt", Type: "uint32"}, {Name: "results", Type: "TaskResult[]"}},
			"TaskResult": {{Name: "exitStatus", Type: "uint32"}, {Name: "outputDigest", Type: "bytes32"}, {Name: "publicOutput", Type: "bytes32"}},
		},
		PrimaryType: kind,
		Domain: apitypes.TypedDataDomain{
			Name: "escrin TaskHub", Version: "2", VerifyingContract: common.Address(d.TaskHub).Hex(), ChainId: small(d.ChainID),
		},
		Message: message,
	}
}

// TestEncodingsAreABI compares report and proof with go-ethereum's encoder, which knows the hub's own types.
func TestEncodingsAreABI(t *testing.T) {
	hub := bindings.NewTaskHub().GetABI()
	terms := hub.Methods["submit"].Inputs[0].Type
	results := hub.Events["TaskAccepted"].Inputs[4].Type
	proofs := abi.Arguments{{Type: terms}, {Type: kind(t, "bytes")}}
	reports := abi.Arguments{{Type: kind(t, "uint32")}, {Type: results}}
	rapid.Check(t, func(t *rapid.T) {
		want, r := anyTerms.Draw(t, "terms"), anyReport.Draw(t, "report")
		signature := [chain.SignatureSize]byte(rapid.SliceOfN(rapid.Byte(), 65, 65).Draw(t, "signature"))
		proof, err := proofs.Pack(chain.AsBinding(want), signature[:])
		if err != nil {
			t.Fatal(err)
		}
		converted := make([]bindings.ITaskLifecycleTaskResult, len(r.Results))
		for i := range converted {
			converted[i] = bindings.ITaskLifecycleTaskResult(r.Results[i])
		}
		report, err := reports.Pack(r.Attempt, converted)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(r.Encode(), report) || !bytes.Equal(chain.Proof(want, signature), proof) {
			t.Fatal("encodings differ")
		}
	})
}

func kind(t *testing.T, name string) abi.Type {
	t.Helper()
	parsed, err := abi.NewType(name, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

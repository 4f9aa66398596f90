// SPDX-License-Identifier: Apache-2.0

package tdxtest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/c2sp/wycheproof"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm/runtime"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"
)

// wrapper is src/tdx/P256.sol as a contract, in a world that has the precompile or not.
type wrapper struct {
	t       *testing.T
	config  *runtime.Config
	address common.Address
}

// newWorld is a chain with the rules of Osaka, or those before it.
func newWorld(t *testing.T, hasPrecompile bool) *runtime.Config {
	t.Helper()
	rules := *params.MergedTestChainConfig
	if !hasPrecompile {
		rules.OsakaTime = nil
	}
	db, err := state.New(types.EmptyRootHash, state.NewDatabaseForTesting())
	if err != nil {
		t.Fatal(err)
	}
	return &runtime.Config{ChainConfig: &rules, State: db, GasLimit: 30_000_000, Time: 1}
}

func newWrapper(t *testing.T, hasPrecompile bool, code []byte) wrapper {
	t.Helper()
	config := newWorld(t, hasPrecompile)
	_, address, _, err := runtime.Create(code, config)
	if err != nil {
		t.Fatal(err)
	}
	return wrapper{t, config, address}
}

// verify asks about digest, r, s, x and y: 160 bytes.
func (w wrapper) verify(input []byte) bool {
	w.t.Helper()
	selector := crypto.Keccak256([]byte("verify(bytes32,bytes32,bytes32,bytes32,bytes32)"))[:4]
	answer, _, err := runtime.Call(w.address, append(selector, input...), w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	return common.BytesToHash(answer) == common.BigToHash(common.Big1)
}

// TestCT02GoEthereumVectors passes the node's own vectors of the precompile through the wrapper. They are LGPL, and read
// from the module itself.
func TestCT02GoEthereumVectors(t *testing.T) {
	codes := compile(t, "test/tdx/P256Harness.sol")
	with, without := newWrapper(t, true, codes["P256Harness"]), newWrapper(t, false, codes["P256Harness"])
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/ethereum/go-ethereum").Output()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(strings.TrimSpace(string(module)), "core/vm/testdata/precompiles/p256Verify.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Name, Input, Expected string }
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, v := range vectors {
		input := unhex(t, v.Input)
		if len(input) != 160 {
			continue // which the wrapper cannot be asked
		}
		want := v.Expected != ""
		if want {
			right++
		}
		if with.verify(input) != want {
			t.Errorf("%s: want %v", v.Name, want)
		}
		if without.verify(input) {
			t.Errorf("%s: right without the precompile", v.Name)
		}
	}
	if len(vectors) < 782 || right < 500 {
		t.Errorf("%d vectors, %d of them right", len(vectors), right)
	}
}

// TestCT02Wycheproof passes Wycheproof's vectors for r ‖ s through the wrapper.
func TestCT02Wycheproof(t *testing.T) {
	codes := compile(t, "test/tdx/P256Harness.sol")
	with := newWrapper(t, true, codes["P256Harness"])
	raw, err := fs.ReadFile(wycheproof.TestVectors, "ecdsa_secp256r1_sha256_p1363_test.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Groups []struct {
			Key   struct{ Uncompressed string } `json:"publicKey"`
			Tests []struct {
				ID                        int `json:"tcId"`
				Comment, Msg, Sig, Result string
			} `json:"tests"`
		} `json:"testGroups"`
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, group := range vectors.Groups {
		key := unhex(t, group.Key.Uncompressed)[1:]
		for _, v := range group.Tests {
			digest, signature := sha256.Sum256(unhex(t, v.Msg)), unhex(t, v.Sig)
			n++
			if len(signature) != 64 {
				continue // which the wrapper cannot be asked, and no signature
			}
			input := bytes.Join([][]byte{digest[:], signature, key}, nil)
			if got := with.verify(input); got != (v.Result == "valid") {
				t.Errorf("%d (%s): %v, want %s", v.ID, v.Comment, got, v.Result)
			}
		}
	}
	if n < 262 {
		t.Errorf("only %d vectors", n)
	}
}

// TestCT01NothingIsBuiltWithoutThePrecompile makes the reader of certificates in both worlds.
func TestCT01NothingIsBuiltWithoutThePrecompile(t *testing.T) {
	code := compile(t, "src/tdx/TdxCertificates.sol")["TdxCertificates"]
	root := bytes.Repeat([]byte{1}, 6*32) // key, subject, key id (20 bytes), serial, and for how long
	clear(root[3*32+20 : 4*32])           // behind the key id
	clear(root[5*32 : 6*32-8])            // before the time
	if _, _, _, err := runtime.Create(append(bytes.Clone(code), root...), newWorld(t, true)); err != nil {
		t.Errorf("with the precompile: %v", err)
	}
	answer, _, _, err := runtime.Create(append(bytes.Clone(code), root...), newWorld(t, false))
	want := crypto.Keccak256([]byte("PrecompileUnavailable()"))[:4]
	if err == nil || !bytes.Equal(answer, want) {
		t.Errorf("without the precompile: %v, %s", err, hexutil.Bytes(answer))
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

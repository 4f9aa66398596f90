// SPDX-License-Identifier: Apache-2.0

package bindings_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/abigen"
)

var update = flag.Bool("update", false, "write the bindings instead of comparing them")

// TestBindingsAreCurrent compiles the contracts and compares what abigen makes of them with what is checked in.
func TestBindingsAreCurrent(t *testing.T) {
	got := generate(t)
	if *update {
		if err := os.WriteFile("bindings.go", got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile("bindings.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatal("bindings.go is not what the contracts compile to: go test ./contracts/bindings -update")
	}
}

func generate(t *testing.T) []byte {
	t.Helper()
	compiler := exec.Command("node", "../build.mjs", "--stdout")
	compiler.Stderr = os.Stderr
	output, err := compiler.Output()
	if err != nil {
		t.Fatalf("compile contracts: %v; is contracts/node_modules there (npm ci in contracts)?", err)
	}
	var artifacts map[string]struct {
		ABI      json.RawMessage `json:"abi"`
		Bytecode string          `json:"bytecode"`
	}
	if err := json.Unmarshal(output, &artifacts); err != nil {
		t.Fatalf("read artifacts: %v", err)
	}
	var types, abis, codes []string
	for _, name := range []string{"IdentityRegistry", "CertificatePermitter", "TaskHub"} {
		types = append(types, name)
		abis = append(abis, compact(t, artifacts[name].ABI))
		codes = append(codes, artifacts[name].Bytecode)
	}
	code, err := abigen.BindV2(types, abis, codes, "bindings", nil, nil)
	if err != nil {
		t.Fatalf("generate bindings: %v", err)
	}
	return append([]byte("// SPDX-License-Identifier: Apache-2.0\n\n"), code...)
}

func compact(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var buffer bytes.Buffer
	if err := json.Compact(&buffer, raw); err != nil {
		t.Fatal(err)
	}
	return buffer.String()
}

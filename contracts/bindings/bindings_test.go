// SPDX-License-Identifier: Apache-2.0

package bindings_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/format"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/abigen"
)

var update = flag.Bool("update", false, "write the bindings instead of comparing them")

// artifact is what the compiler makes of a contract.
type artifact struct {
	ABI      json.RawMessage `json:"abi"`
	Bytecode string          `json:"bytecode"`
}

// TestBindingsAreCurrent compiles the contracts and compares what abigen makes of those that Go programs call, and the
// creation code of all that are deployed, with what is checked in.
func TestBindingsAreCurrent(t *testing.T) {
	artifacts := compile(t)
	current(t, "bindings.go", generate(t, artifacts))
	current(t, "code.go", creationCode(t, artifacts))
}

func current(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the contracts compile to: go test ./contracts/bindings -update", file)
	}
}

func compile(t *testing.T) (artifacts map[string]artifact) {
	t.Helper()
	compiler := exec.Command("node", "../build.mjs", "--stdout")
	compiler.Stderr = os.Stderr
	output, err := compiler.Output()
	if err != nil {
		t.Fatalf("compile contracts: %v; is contracts/node_modules there (npm ci in contracts)?", err)
	}
	if err := json.Unmarshal(output, &artifacts); err != nil {
		t.Fatalf("read artifacts: %v", err)
	}
	return artifacts
}

func generate(t *testing.T, artifacts map[string]artifact) []byte {
	t.Helper()
	var types, abis, codes []string
	for _, name := range [...]string{"Anchors", "CertificatePermitter", "IdentityRegistry", "KeyNetwork", "PlatformRegistry", "TaskHub"} {
		types = append(types, name)
		abis = append(abis, compact(t, artifacts[name].ABI))
		codes = append(codes, artifacts[name].Bytecode)
	}
	code, err := abigen.BindV2(types, abis, codes, "bindings", nil, nil)
	if err != nil {
		t.Fatalf("generate bindings: %v", err)
	}
	formatted, err := format.Source(append([]byte("// SPDX-License-Identifier: Apache-2.0\n\n"), once(code)...))
	if err != nil {
		t.Fatalf("format bindings: %v", err)
	}
	return formatted
}

// outputs is what abigen declares for a function with several results, for each contract that has the function.
var outputs = regexp.MustCompile(`(?s)(// \w+Output serves as .*?\n)type (\w+Output) struct \{.*?\n\}\n`)

// once leaves the first of equal declarations.
func once(code string) string {
	seen := map[string]bool{}
	return outputs.ReplaceAllStringFunc(code, func(declaration string) string {
		if seen[declaration] {
			return ""
		}
		seen[declaration] = true
		return declaration
	})
}

// creationCode is code.go: what package deploy needs of a contract. (abigen cannot put contracts that have functions of
// one name with several results into one package.)
func creationCode(t *testing.T, artifacts map[string]artifact) []byte {
	t.Helper()
	var text bytes.Buffer
	text.WriteString("// SPDX-License-Identifier: Apache-2.0\n\n// Code generated from the compiled contracts; DO NOT EDIT.\n\n" +
		"package bindings\n\n// Creation code of all contracts that are deployed, in hexadecimal digits.\nconst (\n")
	for _, name := range slices.Sorted(maps.Keys(artifacts)) {
		fmt.Fprintf(&text, "\t%sCode = %q\n", name, artifacts[name].Bytecode)
	}
	text.WriteString(")\n")
	formatted, err := format.Source(text.Bytes())
	if err != nil {
		t.Fatalf("generate code.go: %v", err)
	}
	return formatted
}

func compact(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var buffer bytes.Buffer
	if err := json.Compact(&buffer, raw); err != nil {
		t.Fatal(err)
	}
	return buffer.String()
}

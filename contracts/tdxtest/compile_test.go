// SPDX-License-Identifier: Apache-2.0

package tdxtest_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/ethereum/go-ethereum/common/hexutil"
)

// compile returns the creation code of the contract in each file.
func compile(t *testing.T, paths ...string) map[string]hexutil.Bytes {
	t.Helper()
	compiler := exec.Command("node", append([]string{"compile.mjs"}, paths...)...)
	compiler.Stderr = os.Stderr
	output, err := compiler.Output()
	if err != nil {
		t.Fatalf("compile contracts: %v; is contracts/node_modules there (npm ci in contracts)?", err)
	}
	var codes map[string]hexutil.Bytes
	if err := json.Unmarshal(output, &codes); err != nil {
		t.Fatal(err)
	}
	return codes
}

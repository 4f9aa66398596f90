// SPDX-License-Identifier: Apache-2.0

package laws

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeShowsTheGasSnapshot: the README's figures are those that the tests on a chain found.
func TestReadmeShowsTheGasSnapshot(t *testing.T) {
	snapshot, err := os.ReadFile("../../contracts/gas.tsv")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := map[string]bool{"gas.set_policy": true, "gas.collateral_qe": true, "gas.tdx_again_new_collateral": true}
	for line := range strings.Lines(string(snapshot)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || elsewhere[name] {
			continue
		}
		if shown := value[:len(value)-3] + "," + value[len(value)-3:]; !strings.Contains(string(readme), "| "+shown+" |") {
			t.Errorf("%s is %s; the README does not say so", name, shown)
		}
	}
}

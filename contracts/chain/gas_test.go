// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

var updateGas = flag.Bool("update-gas", false, "write contracts/gas.tsv instead of comparing with it")

// gasSnapshot has one line per operation: name and gas of the whole transaction, under the rules of Osaka.
const gasSnapshot = "../gas.tsv"

// gasTolerance allows for zero bytes in hashes, which cost less.
const gasTolerance = 250

var gasNames = [...]string{"create_identity", "set_policy", "certificate_permit", "submit", "claim", "accept_one"}

// compareGas prints what each step cost, and fails if that is not what is committed.
func (r *run) compareGas() {
	r.t.Helper()
	var report strings.Builder
	for _, name := range gasNames {
		fmt.Fprintf(&report, "gas.%s\t%d\n", name, r.gas[name])
	}
	r.t.Logf("gas used:\n%s", report.String())
	if *updateGas {
		r.must(os.WriteFile(gasSnapshot, []byte(report.String()), 0o644))
		return
	}
	raw, err := os.ReadFile(gasSnapshot)
	r.must(err)
	for line := range strings.Lines(string(raw)) {
		var name string
		var want uint64
		_, err := fmt.Sscanf(line, "gas.%s\t%d", &name, &want)
		r.must(err)
		if got := r.gas[name]; got > want+gasTolerance || got+gasTolerance < want {
			r.t.Errorf("%s costs %d gas, the snapshot says %d: go test ./contracts/chain -run TestLifeOfATask -update-gas", name, got, want)
		}
	}
}

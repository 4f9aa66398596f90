// SPDX-License-Identifier: Apache-2.0

package chain_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

var updateGas = flag.Bool("update-gas", false, "write contracts/gas.tsv instead of comparing with it")

// gasSnapshot has one line per operation: name and gas of the whole transaction, under the rules of Osaka;
// accept_batch64 is per result. Lines of other names are other tests'.
const gasSnapshot = "../gas.tsv"

// gasTolerance allows for zero bytes in hashes, which cost less.
const gasTolerance = 250

func gasNames() []string {
	return []string{"create_identity", "set_policy", "certificate_permit", "submit", "claim", "accept_one", "accept_batch64"}
}

// compareGas prints what each step cost, and fails if that is not what is committed.
func (r *run) compareGas(names ...string) {
	r.t.Helper()
	raw, err := os.ReadFile(gasSnapshot)
	r.must(err)
	snapshot, others := readGas(r, string(raw), names)
	var report strings.Builder
	for _, name := range names {
		fmt.Fprintf(&report, "gas.%s\t%d\n", name, r.gas[name])
	}
	r.t.Logf("gas used:\n%s", report.String())
	if *updateGas {
		r.must(os.WriteFile(gasSnapshot, []byte(report.String()+others), 0o644))
		return
	}
	for _, name := range names {
		if got, want := r.gas[name], snapshot[name]; got > want+gasTolerance || got+gasTolerance < want {
			r.t.Errorf("%s costs %d gas, the snapshot says %d: go test ./contracts/chain -update-gas", name, got, want)
		}
	}
}

// readGas returns the gas of this test's operations, and the lines that are not its.
func readGas(r *run, snapshot string, names []string) (gas map[string]uint64, others string) {
	r.t.Helper()
	gas = map[string]uint64{}
	for line := range strings.Lines(snapshot) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "\t")
		name, known := strings.CutPrefix(name, "gas.")
		if !ok || !known || !slices.Contains(names, name) {
			others += line
			continue
		}
		var err error
		gas[name], err = strconv.ParseUint(value, 10, 64)
		r.must(err)
	}
	return gas, others
}

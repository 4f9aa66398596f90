// SPDX-License-Identifier: Apache-2.0

package laws

import (
	"os/exec"
	"slices"
	"sort"
	"strings"
	"testing"
)

const module = "github.com/escrin/escrin/"

// A wall says that no package under from may reach any package under to, directly or not.
type wall struct {
	from   string
	to     []string
	reason string
}

var walls = []wall{
	{"guestagent", []string{"imagebuild", "jobs", "enclaver", "contracts", "web", "attest/verify", "attest/simulator", "ethereum", "net/http"},
		"the guest is the trusted computing base"},
	{"cmd/escrin-guest", []string{"imagebuild", "jobs", "enclaver", "contracts", "web", "attest/verify", "attest/simulator", "ethereum", "net/http"},
		"the guest is the trusted computing base"},
	{"imagebuild", []string{"attest", "contracts", "enclaver", "guestagent", "jobs", "keyholder", "web", "containerd"},
		"imagebuild makes bytes and knows nothing of enclaves, chains or jobs, nor of those that its tests hold it against"},
	{"keyholder", []string{"jobs", "enclaver", "imagebuild"}, "a keyholder must not trust the scheduler"},
	{"cmd/escrin-keyholder", []string{"jobs", "enclaver", "imagebuild", "attest/simulator", "ethereum-node"},
		"a keyholder must not trust the scheduler, nor know a simulator"},
	{"cmd/escrin", []string{"attest/simulator", "ethereum-chain"}, "the simulator and the chain node live in escrin-devnet alone (deployments are rehearsed in a bare EVM)"},
	{"attest/verify", []string{"attest/appraise", "attest/crosscheck", "attest/simulator"}, "authentic is not acceptable, and our own judgement is no library's"},
	{"attest/crosscheck", []string{"attest/appraise", "attest/simulator"}, "authentic is not acceptable"},
	{"attest/appraise", []string{"attest/verify"}, "authentic is not acceptable"},
	{"strictjson", []string{"attest", "cmd", "contracts", "enclaver", "guestagent", "imagebuild", "jobs", "keyholder"},
		"guest, keyholders and enclaver read JSON with it"},
	{"cmd", []string{"kyber"}, "kyber is a yardstick of the benchmarks, and nothing that anybody runs"},
	{"keyholder", []string{"kyber"}, "kyber is a yardstick of the benchmarks, and nothing that anybody runs"},
	{"attest/predict", []string{"attest/verify", "attest/appraise", "attest/simulator"}, "prediction knows no verifier"},
}

// elsewhere names what a wall may forbid outside this module.
var elsewhere = map[string][]string{
	"ethereum":       {"github.com/ethereum/go-ethereum"},
	"ethereum-chain": {"github.com/ethereum/go-ethereum/node", "github.com/ethereum/go-ethereum/eth", "github.com/ethereum/go-ethereum/core/txpool"},
	"ethereum-node": {
		"github.com/ethereum/go-ethereum/node", "github.com/ethereum/go-ethereum/eth",
		"github.com/ethereum/go-ethereum/core/vm", "github.com/ethereum/go-ethereum/triedb",
	},
	"net/http":   {"net/http"},
	"containerd": {"github.com/containerd"},
	"kyber":      {"github.com/drand/kyber", "github.com/drand/kyber-bls12381", "github.com/kilic"},
}

// allowed are packages under a forbidden path that were made to be imported.
var allowed = map[string]bool{
	module + "attest/simulator/teeclient": true,
}

func TestImportsRunDownward(t *testing.T) {
	graph := imports(t)
	for _, w := range walls {
		for _, p := range under(graph, module+w.from) {
			if chain := reach(graph, p, forbidden(w.to)); chain != nil {
				t.Errorf("%s: %s\n\t%s", w.reason, p, strings.Join(chain, "\n\t"))
			}
		}
	}
}

// AT-16: only the development network, tests, and tools that run in a checkout may link the simulator.
func TestAT16OnlyTheDevelopmentNetworkLinksTheSimulator(t *testing.T) {
	graph := imports(t)
	for p := range graph {
		if !strings.HasPrefix(p, module) || strings.HasPrefix(p, module+"attest/simulator") || p == module+"cmd/escrin-devnet" ||
			within(p, module+"scripts") || forTests(graph, p) {
			continue
		}
		for _, i := range graph[p] {
			if i == module+"attest/simulator" {
				t.Errorf("%s imports attest/simulator", p)
			}
		}
	}
}

// forTests tells whether nothing but tests imports p, which says so by its name.
func forTests(graph map[string][]string, p string) bool {
	for _, imported := range graph {
		if slices.Contains(imported, p) {
			return false
		}
	}
	return strings.HasSuffix(p, "test")
}

func forbidden(names []string) []string {
	var paths []string
	for _, n := range names {
		if e, ok := elsewhere[n]; ok {
			paths = append(paths, e...)
		} else {
			paths = append(paths, module+n)
		}
	}
	return paths
}

// imports maps each package that this module's non-test code links to its direct imports.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	graph := make(map[string][]string)
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		fields := strings.Fields(line)
		graph[fields[0]] = fields[1:]
	}
	return graph
}

func under(graph map[string][]string, path string) []string {
	var found []string
	for p := range graph {
		if within(p, path) {
			found = append(found, p)
		}
	}
	sort.Strings(found)
	return found
}

func within(p, path string) bool { return p == path || strings.HasPrefix(p, path+"/") }

// reach returns the chain of imports from p to the first forbidden package, or nil.
func reach(graph map[string][]string, p string, to []string) []string {
	came := map[string]string{p: ""}
	queue := []string{p}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, path := range to {
			if within(at, path) && at != p && !allowed[at] {
				return chain(came, at)
			}
		}
		for _, next := range graph[at] {
			if _, seen := came[next]; !seen {
				came[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

func chain(came map[string]string, at string) []string {
	var back []string
	for at != "" {
		back = append([]string{at}, back...)
		at = came[at]
	}
	return back
}

// SPDX-License-Identifier: Apache-2.0

package simulator_test

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	simulatorPackage = "github.com/escrin/escrin/attest/simulator"
	clientPackage    = simulatorPackage + "/teeclient"
)

// marks are texts that only the simulator has, and that are in its roots or
// in the code that makes them.
var marks = []string{"escrin simulated TEE", "simulated.invalid", "escrin simulated TDX module", "escrin simulated quoting enclave"}

// linked returns which packages of the simulator a binary has symbols of, and
// which of the marks.
func linked(t *testing.T, binary string) (packages map[string]bool, found []string) {
	t.Helper()
	file, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	symbols, err := file.Symbols()
	if err != nil || len(symbols) < 1000 {
		t.Fatalf("%s: %d symbols, %v", binary, len(symbols), err)
	}
	packages = map[string]bool{}
	for _, s := range symbols {
		if at := strings.Index(s.Name, simulatorPackage); at >= 0 {
			name, _, _ := strings.Cut(s.Name[at+len(simulatorPackage):], ".")
			packages[simulatorPackage+name] = true
		}
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	for _, mark := range marks {
		if bytes.Contains(content, []byte(mark)) {
			found = append(found, mark)
		}
	}
	return packages, found
}

// AT-16: no binary that verifies, or that is a guest, has a simulator in it, nor
// a root of one. That of the development network has both, which shows that they
// would be found.
func TestAT16BinariesLinkNoSimulator(t *testing.T) {
	dir := t.TempDir()
	commands := []string{"escrin", "escrin-keyholder", "escrin-guest", "escrin-devnet"}
	args := []string{"build", "-buildvcs=false", "-o", dir + "/"}
	for _, c := range commands {
		args = append(args, "./cmd/"+c)
	}
	build := exec.Command("go", args...)
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	for _, c := range commands {
		packages, found := linked(t, filepath.Join(dir, c))
		if c == "escrin" {
			if !packages[clientPackage] {
				t.Errorf("%s does not link the client, which it uses: symbols are not found", c)
			}
			delete(packages, clientPackage)
		}
		if c == "escrin-devnet" {
			if !packages[simulatorPackage] || len(found) != len(marks) {
				t.Errorf("%s: packages %v, marks %q", c, packages, found)
			}
			continue
		}
		if len(packages) != 0 || len(found) != 0 {
			t.Errorf("%s links %v and has %q", c, packages, found)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

// Package model has spin visit every state of a small key network. (keyholder/TESTING.md.)
package model

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// verify returns what the verifier of the model says of the case with these definitions.
func verify(t *testing.T, definitions ...string) string {
	t.Helper()
	model, err := filepath.Abs("keynet.pml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	do := func(name string, args ...string) string {
		c := exec.Command(name, args...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
	do(spin(t), append(definitions, "-a", model)...)
	do("gcc", "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-DMEMLIM=3000", "-o", "pan", "pan.c")
	return do(filepath.Join(dir, "pan"), "-m100000")
}

// spin is the path of the model checker that scripts/setup.sh has unpacked, or of the machine's own.
func spin(t *testing.T) string {
	t.Helper()
	cache := os.Getenv("ESCRIN_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(user, "escrin")
	}
	for _, candidate := range []string{filepath.Join(cache, "tools/spin/root/usr/bin/spin"), "spin"} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	t.Fatal("the model is not checked: spin is missing: run scripts/setup.sh, which unpacks it")
	return ""
}

var stored = regexp.MustCompile(`(\d+) states, stored`)

// KR-22: in no order of releases, hand-over, crashes, undone blocks and one disk put
// back do two clones have the key in one epoch, or is it lost. Another number of states
// means another model: update keyholder/TESTING.md with it.
func TestKR22EveryState(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ members, threshold, states int }{{3, 2, 205_753}, {4, 3, 2_826_243}} {
		t.Run(fmt.Sprintf("%d of %d", size.threshold, size.members), func(t *testing.T) {
			t.Parallel()
			out := verify(t, fmt.Sprint("-DN=", size.members), fmt.Sprint("-DT=", size.threshold))
			if !strings.Contains(out, "errors: 0") || strings.Contains(out, "Search not completed") {
				t.Fatal(out)
			}
			found := stored.FindStringSubmatch(out)
			if found == nil || found[1] != strconv.Itoa(size.states) {
				t.Fatalf("want %d states:\n%s", size.states, out)
			}
		})
	}
}

// Each rule that the model can break leads to a state in which an assertion fails. The
// last is no rule: who has it that clones of one machine are told apart over epochs, too,
// asks for more than the records of members promise.
func TestKR22BrokenRules(t *testing.T) {
	t.Parallel()
	for mutant, name := range []string{
		1: "answers without a record", 2: "answers before the record is on the disk", 3: "serves after its disk was put back",
		4: "destroys at confirm", 5: "destroys before the certificate is final", 6: "confirms before the share is on the disk",
		7: "certifies with one fewer", 8: "mixes epochs", 9: "clones over two epochs",
	} {
		if mutant == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if out := verify(t, fmt.Sprint("-DMUTANT=", mutant)); !strings.Contains(out, "assertion violated") {
				t.Fatal(out)
			}
		})
	}
}

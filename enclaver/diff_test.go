// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/guestagent/config"
)

func lines(d differ) []string {
	var lines []string
	for _, f := range d.found {
		lines = append(lines, fmt.Sprintf("%s|%s|%s|%s|%v", f.Kind, f.Name, f.A, f.B, f.Measured))
	}
	return lines
}

// TestDiffTellsListsApart: what reads the same when it is joined is not the same.
func TestDiffTellsListsApart(t *testing.T) {
	for _, c := range []struct {
		args, env [2][]string
		want      string
	}{
		{args: [2][]string{{"/a", "b c", "d"}, {"/a", "b", "c d"}}, want: `process|arguments|["/a" "b c" "d"]|["/a" "b" "c d"]|true`},
		{args: [2][]string{{"/a", "b c"}, {"/a", "b", "c"}}, want: `process|arguments|["/a" "b c"]|["/a" "b" "c"]|true`},
		{args: [2][]string{{"/a", ""}, {"/a"}}, want: `process|arguments|["/a" ""]|["/a"]|true`},
		{args: [2][]string{{"/a\x1b[2J"}, {"/a"}}, want: `process|arguments|["/a\x1b[2J"]|["/a"]|true`},
		{env: [2][]string{{"A=1", "B=2"}, {"B=2", "A=1"}}, want: `environment|order|["A=1" "B=2"]|["B=2" "A=1"]|true`},
		{env: [2][]string{{"A= B=", "B="}, {"A= B=", "B=", "B="}}, want: `environment|order|["A= B=" "B="]|["A= B=" "B=" "B="]|true`},
	} {
		var pair [2]config.Config
		for i := range pair {
			pair[i].Containers = []config.Container{{Process: config.Process{Args: c.args[i], Env: c.env[i]}}}
		}
		var d differ
		if d.workload(pair[0], pair[1]); !slices.Equal(lines(d), []string{c.want}) {
			t.Errorf("want %s, got\n%s", c.want, strings.Join(lines(d), "\n"))
		}
		var same differ
		if same.workload(pair[0], pair[0]); len(same.found) != 0 {
			t.Errorf("differs from itself: %v", same.found)
		}
	}
}

func TestDiffOfDisks(t *testing.T) {
	for want, b := range map[string]config.Disk{
		"disk|verity root|0x0000000000000000…|0x0100000000000000…|true": {RootHash: [32]byte{1}},
		"disk|verity root|0x0000000000000000…|0x0000000000000000…|true": {RootHash: [32]byte{31: 1}},
		"disk|blocks|0|7|true": {DataBlocks: 7},
	} {
		var d differ
		if d.disk(config.Disk{}, b); !slices.Equal(lines(d), []string{want}) {
			t.Errorf("want %s, got %q", want, lines(d))
		}
	}
}

// TestDiffOfContainers: those of one name are compared, and those of one enclave alone are named.
func TestDiffOfContainers(t *testing.T) {
	db := config.Container{Name: "db", StopSignal: "SIGTERM"}
	app := config.Container{Name: "app", Process: config.Process{Args: []string{"/app"}}}
	other := app
	other.Process.Args = []string{"/other"}
	var d differ
	d.containers([]config.Container{db, app}, []config.Container{other, {Name: "web"}})
	want := []string{`container|start order|["db" "app"]|["app" "web"]|true`, `process|app: arguments|["/app"]|["/other"]|true`}
	if !slices.Equal(lines(d), want) {
		t.Errorf("%q", lines(d))
	}
}

// TestDiffNeverCallsEqualWhatMeasuresDifferently: if nothing else is found, the measurement root is.
func TestDiffNeverCallsEqualWhatMeasuresDifferently(t *testing.T) {
	long := attest.Register{1, 2, 3, 4, 5, 6, 7, 8, 9}
	shape := attest.Shape{VCPUs: 1, MemoryMiB: 1024}
	for want, change := range map[string]func(*artifact.Config){
		"machine|command line|e3b0c44298fc1c149a…|2d711642b726b04401…|true": func(c *artifact.Config) { c.Cmdline = "x" },
		"register|RTMR1 of tdx, 1 vCPU, 1024 MiB|000000000000000000…|010203040506070809…|true": func(c *artifact.Config) {
			c.Measurements = []attest.Measurement{{TEE: attest.TDX, Shape: shape, Registers: attest.Registers{RTMR1: long}}}
		},
		"measurement root|all that is measured|0x" + strings.Repeat("00", 32) + "|0x01" + strings.Repeat("00", 31) + "|true": func(*artifact.Config) {},
	} {
		a := artifact.Config{Measurements: []attest.Measurement{{TEE: attest.TDX, Shape: shape}}}
		b := a
		b.MeasurementRoot[0] = 1
		change(&b)
		d := differ{found: []Difference{{Kind: "source image"}}}
		if d.results(a, b); len(d.found) != 2 || lines(d)[1] != want {
			t.Errorf("want %s, got\n%s", want, strings.Join(lines(d), "\n"))
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/trialhost"
)

// TestMB23WhatIsLeftIsTheProcessors: on each model of a processor the kernel does against its weaknesses what can be done without new
// microcode, which emulated ones do not have. What is left is listed; a measured kernel or command line that does less fails.
func TestMB23WhatIsLeftIsTheProcessors(t *testing.T) {
	for model, left := range map[string]string{
		"max":            "spec_store_bypass",
		"Haswell":        "mds spec_store_bypass",
		"Skylake-Server": "mds mmio_stale_data retbleed spec_store_bypass",
		"Denverton":      "reg_file_data_sampling spec_store_bypass",
		"EPYC-Milan":     "spec_rstack_overflow spec_store_bypass tsa",
	} {
		t.Run(model, func(t *testing.T) {
			t.Parallel()
			var out sharedBuffer
			d := makeDisk(t, shellWorkload("cd /sys/devices/system/cpu/vulnerabilities; for f in *; do echo $f $(cat $f); done"))
			status, _ := trialOn(t, vm{disk: d, cpu: model}, nil, trialhost.Streams{Stdout: &out, Stderr: &out}, func(context.Context, *trialhost.Host) {})
			var got []string
			known := 0
			for line := range strings.Lines(out.String()) {
				name, state, _ := strings.Cut(strings.TrimSpace(line), " ")
				known++
				if strings.HasPrefix(state, "Vulnerable") {
					got = append(got, name)
				}
				if name == "spectre_v2" && !strings.Contains(state, "Retpolines") && !strings.Contains(state, "IBRS") || name == "meltdown" && state == "" {
					t.Errorf("%s: %s", name, state)
				}
			}
			if slices.Sort(got); status != 0 || known < 10 || strings.Join(got, " ") != left {
				t.Errorf("status %d, left are %q of %d, want %q:\n%s", status, got, known, left, out.String())
			}
		})
	}
}

// TestAG04RootGivesNoPrivileges: a device node or a set-user-id program in an image made by hand is nothing there.
func TestAG04RootGivesNoPrivileges(t *testing.T) {
	t.Parallel()
	for _, readOnly := range []bool{false, true} {
		run := shellWorkload(`grep -E " (/|/data|/input|/output) " /proc/self/mounts | tr "," " " | cut -d" " -f2,4-6; touch /tmp/x 2>/dev/null && echo wrote; touch /data/x && echo volume`)
		run.Containers[0].ReadOnlyRoot = readOnly
		run.Containers[0].Volumes = []config.Volume{{Path: "/data", SizeMiB: 8}}
		var out sharedBuffer
		status, _ := trialOn(t, vm{disk: makeDisk(t, run)}, nil, trialhost.Streams{Stdout: &out, Stderr: &out}, func(context.Context, *trialhost.Host) {})
		want := "/ rw nosuid nodev\n/data rw nosuid nodev\n/input ro nosuid nodev\n/output rw nosuid nodev\nwrote\nvolume\n"
		if readOnly {
			want = strings.Replace(strings.Replace(want, "/ rw", "/ ro", 1), "wrote\n", "", 1)
		}
		if status != 0 || out.String() != want {
			t.Errorf("status %d, said %q, want %q", status, out.String(), want)
		}
	}
}

// TestAG01GatewayIsOutOfReach: the workload shares its network with the gateway. As root, and as the gateway's own user, it does not see it,
// signal it, or take its place.
func TestAG01GatewayIsOutOfReach(t *testing.T) {
	t.Parallel()
	port, reached := greeter(t, "listed\n")
	run, p := hostile(t, "beside", "198.18.0.1", fmt.Sprint(port))
	run.Network = config.Network{Egress: []config.Destination{{Name: "listed.example", Port: port}}}
	status, out := finish(t, withNetwork(t, vm{disk: makeDisk(t, run, p)}, loopback(t, run.Network)))
	want := `connect done
become done
take its port EADDRINUSE
share its port EADDRINUSE
reuse its port EADDRINUSE
another port ECONNREFUSED
processes probe
signal all ESRCH
abstract sockets 0
diagnose sockets EPROTONOSUPPORT
raw socket EPERM
packet socket EAFNOSUPPORT
connect again done
`
	if status != 0 || string(out.Stdout) != want || reached.Load() == 0 {
		t.Errorf("status %d, %d connections, stdout:\n%s\nwant:\n%s\nstderr %.300s", status, reached.Load(), out.Stdout, want, out.Stderr)
	}
}

// TestAG12AMachineWithoutItsAgentEnds: however the first process ends, by a signal or with a status, the machine ends at once. Here
// alone, where no agent has told the kernel to be silent, it says why.
func TestAG12AMachineWithoutItsAgentEnds(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"crash 12345678", "exit"} { // there is no such command as the latter
		if said := bare(t, vm{cmdline: controlLine + " -- " + way}); !strings.Contains(said, "Attempted to kill init!") {
			t.Errorf("%s: %q", way, said)
		}
	}
}

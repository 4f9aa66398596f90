// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"testing"
)

const inNamespaces = "ESCRIN_KEYHOLDER_TEST_NAMESPACES"

// withNamespaces runs a test in a process with a network and a file system view of
// its own, in which it may make links and mounts: as root, or as an unprivileged
// user where the kernel lets them. Everything ends with that process.
func withNamespaces(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	if os.Getenv(inNamespaces) != "" {
		run(t, "ip", "link", "set", "lo", "up")
		test(t)
		return
	}
	t.Parallel()
	unshare := []string{"--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"}
	if os.Geteuid() != 0 {
		unshare = append(unshare, "--map-root-user")
	}
	possible := exec.CommandContext(t.Context(), "unshare", append(unshare, "sh", "-c", "ip link set lo up && mount -t tmpfs tmpfs /mnt")...)
	if out, err := possible.CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: this machine gives us no namespaces of our own (as root, or with unprivileged user namespaces, and with iproute2, it would): %v %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), "unshare", append(unshare, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=5m")...)
	cmd.Env = append(os.Environ(), inNamespaces+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("in namespaces: %v\n%s", err, out)
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
}

// lan is a network of two switches, "mainland" with the test and the chain, and
// "island", and a namespace for each keyholder with a cable to one of them.
type lan struct {
	t     *testing.T
	count int
}

func newLAN(t *testing.T, holders int) lan {
	t.Helper()
	run(t, "mount", "-t", "tmpfs", "tmpfs", "/run") // where ip keeps names of namespaces
	for _, bridge := range []string{"mainland", "island"} {
		run(t, "ip", "link", "add", bridge, "type", "bridge")
		run(t, "ip", "link", "set", bridge, "up")
	}
	run(t, "ip", "address", "add", "10.0.0.1/24", "dev", "mainland")
	l := lan{t, holders}
	for i := range holders {
		name := l.name(i)
		run(t, "ip", "netns", "add", name)
		run(t, "ip", "link", "add", name, "type", "veth", "peer", "name", "cable", "netns", name)
		run(t, "ip", "link", "set", name, "master", "mainland", "up")
		run(t, "ip", "-n", name, "link", "set", "lo", "up")
		run(t, "ip", "-n", name, "address", "add", l.address(i)+"/24", "dev", "cable")
		run(t, "ip", "-n", name, "link", "set", "cable", "up")
	}
	return l
}

func (l lan) name(i int) string     { return fmt.Sprintf("holder-%d", i+1) }
func (l lan) address(i int) string  { return fmt.Sprintf("10.0.0.%d", 10+i) }
func (l lan) within(i int) []string { return []string{"nsenter", "--net=/run/netns/" + l.name(i)} }

// site is that of the LAN.
func (l lan) site() site {
	s := site{chain: "10.0.0.1:8545", proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}
	for i := range l.count {
		s.holders = append(s.holders, place{l.address(i) + ":8000", l.within(i)})
	}
	return s
}

// cut moves some holders, by their indexes from 1, to the island, and all others to
// the mainland.
func (l lan) cut(away ...int) {
	l.t.Helper()
	to := map[int]string{}
	for _, index := range away {
		to[index-1] = "island"
	}
	for i := range l.count {
		bridge := "mainland"
		if to[i] != "" {
			bridge = to[i]
		}
		run(l.t, "ip", "link", "set", l.name(i), "master", bridge)
	}
}

// heal ends all cuts.
func (l lan) heal() { l.t.Helper(); l.cut() }

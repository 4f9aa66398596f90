// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/config"
)

const (
	networkPath   = "/run/network"
	namespacePath = networkPath + "/namespace" // of the workload and the gateway
	hostsPath     = networkPath + "/hosts"
)

// errGatewayGone ends a workload whose network does not work any more.
var errGatewayGone = errors.New("the gateway ended before the workload")

// OpenNetwork makes the workload's network namespace, which has a loopback interface and nothing else, and starts the
// gateway in it (package gateway). It shows evidence and has statements about sessions signed by sign; a trial has neither.
// The context ends with the gateway; stop ends the gateway. Without a network there is nothing to do.
func (Machine) OpenNetwork(ctx context.Context, n config.Network, evidence []byte, sign func(digest [32]byte) [65]byte) (_ context.Context, stop func(), err error) {
	if n.None() {
		return ctx, func() {}, nil
	}
	if err := os.MkdirAll(networkPath, 0o755); err != nil {
		return nil, nil, err
	}
	places := placesOf(n)
	plan, err := planOf(n, places, evidence).Encode()
	if err != nil {
		return nil, nil, err
	}
	var g *gatewayProcess
	err = onNewThread(func() (err error) {
		if err := makeNamespace(places); err != nil {
			return fmt.Errorf("make network namespace: %w", err)
		}
		g, err = startGateway(plan)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if err := g.await(gatewayLimit); err != nil {
		g.stop()
		return nil, nil, err
	}
	go g.notarize(sign)
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		<-g.ended
		cancel(errGatewayGone)
	}()
	return ctx, g.stop, nil
}

// gatewayLimit is how long a gateway may take to listen: a guest under emulation makes a key in a second.
const gatewayLimit = time.Minute

// onNewThread runs f on a thread that nothing else will run on, as its namespaces may be others afterwards.
func onNewThread(f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocks: the thread ends with the goroutine
		done <- f()
	}()
	return <-done
}

// makeNamespace gives this thread a new network namespace with these addresses on its loopback interface, and that a path.
// Any user may listen on any port in it, as docker run has it.
func makeNamespace(places []place) error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return err
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_unprivileged_port_start", []byte("0"), 0); err != nil {
		return err
	}
	if err := setLoopback(places); err != nil {
		return err
	}
	if err := os.WriteFile(namespacePath, nil, 0o400); err != nil {
		return err
	}
	return unix.Mount("/proc/thread-self/ns/net", namespacePath, "", unix.MS_BIND, "")
}

// setLoopback brings the loopback interface up and gives it the addresses of destinations beside its own.
func setLoopback(places []place) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request); err != nil {
		return err
	}
	for i, p := range places {
		if i > 0 && p.address == places[i-1].address {
			continue
		}
		if request, err = unix.NewIfreq(fmt.Sprintf("lo:%d", i)); err != nil {
			return err
		}
		for _, set := range []struct {
			request uint
			value   []byte
		}{{unix.SIOCSIFADDR, p.address[:]}, {unix.SIOCSIFNETMASK, []byte{255, 255, 255, 255}}} {
			if err := request.SetInet4Addr(set.value); err != nil {
				return err
			}
			if err := unix.IoctlIfreq(socket, set.request, request); err != nil {
				return fmt.Errorf("address %s: %w", p.address, err)
			}
		}
	}
	return nil
}

// hostsLines are the lines of /etc/hosts by which the workload finds its destinations.
func hostsLines(places []place) string {
	var lines strings.Builder
	for i, p := range places {
		if p.name != p.address.String() && (i == 0 || p.name != places[i-1].name) {
			fmt.Fprintf(&lines, "%s\t%s\n", p.address, p.name)
		}
	}
	return lines.String()
}

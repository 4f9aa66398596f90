// SPDX-License-Identifier: Apache-2.0

// Command escrin-guest-gateway is the process of a guest that speaks to the network (package guestagent/gateway). The
// agent starts it, without privileges, in the workload's network namespace and an empty root directory, with the plan on
// standard input, the uplink's port as descriptor 3 and a channel to itself as descriptor 4; there it says one byte when it
// listens and is confined, and asks for signatures afterwards. It takes no arguments, reads no environment, and ends with
// the uplink.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/gateway"
	"github.com/escrin/escrin/guestagent/uplink"
)

const (
	uplinkDescriptor  = 3
	channelDescriptor = 4
	memoryLimit       = 96 << 20 // bytes, below that of the cgroup
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "escrin-guest-gateway:", err)
		os.Exit(1)
	}
}

func run() error {
	debug.SetMemoryLimit(memoryLimit)
	document, err := gateway.ReadPlan(os.Stdin)
	if err != nil {
		return err
	}
	port, err := inherited(uplinkDescriptor, uplink.PortName)
	if err != nil {
		return err
	}
	channel, err := inherited(channelDescriptor, "agent")
	if err != nil {
		return err
	}
	g, err := gateway.New(document, gateway.NewAgent(channel))
	if err != nil {
		return err
	}
	defer g.Close()
	if err := gateway.Confine(); err != nil {
		return err
	}
	session := uplink.Guest(port, len(document.Ingress) > 0) // reads what the host sends: not before the process is confined
	if _, err := channel.Write([]byte{1}); err != nil {
		return err
	}
	return g.Serve(session)
}

// inherited returns a descriptor that the process was started with, such that reads can be waited for together.
func inherited(descriptor int, name string) (*os.File, error) {
	unix.CloseOnExec(descriptor)
	if err := unix.SetNonblock(descriptor, true); err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return os.NewFile(uintptr(descriptor), name), nil
}

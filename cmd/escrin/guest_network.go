// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"net/netip"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/jobs/guestnet"
)

// guestNetworkFlags say what this machine does for the network of its guests.
type guestNetworkFlags struct {
	also       []string
	servicesOn string
}

func (f *guestNetworkFlags) add(cmd *cobra.Command) {
	addReachFlag(cmd, &f.also)
	cmd.Flags().StringVar(&f.servicesOn, "services-on", "127.0.0.1", "IP `ADDRESS` of this machine on which the services of guests are reached")
}

func addReachFlag(cmd *cobra.Command, also *[]string) {
	cmd.Flags().StringArrayVar(also, "reach", nil, "let guests reach addresses in `PREFIX`, such as 10.1.0.0/16, that are not public, if their enclave lists them; may be repeated")
}

func (f *guestNetworkFlags) reach() (guestnet.Reach, error) {
	also, err := prefixes("reach", f.also)
	return guestnet.Reach{Also: also}, err
}

// prefixes reads those of a flag.
func prefixes(flag string, texts []string) (all []netip.Prefix, err error) {
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil || prefix.Masked() != prefix {
			return nil, fmt.Errorf("--%s: %.80q is no prefix such as 10.1.0.0/16", flag, text)
		}
		all = append(all, prefix)
	}
	return all, nil
}

// open listens for a trial's services, and notes where they are and what is refused; nil if the enclave has no network.
func (f *guestNetworkFlags) open(notes io.Writer, n config.Network) (*guestnet.Host, error) {
	reach, err := f.reach()
	if err != nil || n.None() {
		return nil, err
	}
	say := func(line string) { fmt.Fprintf(notes, "escrin: %s\n", oneLine(line)) }
	h := &guestnet.Host{Network: n, Reach: reach, Log: say}
	endpoints, err := h.Listen(f.servicesOn)
	if err != nil {
		return nil, err
	}
	for _, e := range endpoints {
		say(fmt.Sprintf("service %d is at %s", e.Port, e.Address))
	}
	return h, nil
}

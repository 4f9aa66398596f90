// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"text/tabwriter"

	"github.com/escrin/escrin/keyholder/control"
)

const statusLong = `Asks the keyholder that runs in the directory. Its exit status is 1 if none does.
`

func runStatus(ctx context.Context, c *call) error {
	s, err := control.To(c.dir).Status(ctx)
	if err != nil {
		return fmt.Errorf("status: %w", err)
	}
	if c.json {
		return json.NewEncoder(c.stdout).Encode(s)
	}
	return printStatus(c.stdout, s)
}

func printStatus(w io.Writer, s control.Status) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) { fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	line("version", "%s", s.Version)
	line("signer", "%s", text(s.Signer))
	if s.Member.URL != "" {
		line("url", "%s", s.Member.URL)
	}
	line("keystore", "generation %d", s.Generation)
	if s.Leaving {
		line("leaving", "takes no part in epochs to come")
	}
	if s.Reason != "" {
		line("barred", "%s: serves only epochs after %d", s.Reason, s.Barred)
	}
	if n := s.Network; n != nil {
		printNetwork(line, *n)
	}
	return t.Flush()
}

func printNetwork(line func(name, format string, args ...any), n control.NetworkStatus) {
	line("block", "%d (final)", n.Block)
	line("epoch", "%d is active, %d is the latest (%s)", n.Active, n.Latest, n.Phase)
	if n.Serving != 0 {
		line("serving", "epoch %d, as member %d", n.Serving, n.Index)
	} else {
		line("serving", "no epoch")
	}
	for _, o := range []struct{ name, value string }{
		{"waiting", n.Waiting}, {"problem", n.Problem}, {"audit log", n.AuditHead}, {"funds", ether(n.Funds)},
	} {
		if o.value != "" {
			line(o.name, "%s", o.value)
		}
	}
	for _, p := range n.Peers {
		state := p.Problem
		if state == "" {
			state = "answers"
		}
		line("peer", "%s  %s  %s", text(p.Account), p.URL, state)
	}
}

// ether returns an amount in wei, in ether.
func ether(wei string) string {
	amount, ok := new(big.Rat).SetString(wei)
	if !ok {
		return ""
	}
	return amount.Quo(amount, big.NewRat(1e18, 1)).FloatString(6) + " ether"
}

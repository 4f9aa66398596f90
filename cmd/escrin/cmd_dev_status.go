// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/jobs/devnet"
	"github.com/escrin/escrin/jobs/network"
)

// networkDescription is the public part of a network file, for --json.
type networkDescription struct {
	File      string            `json:"networkFile"`
	Chain     network.Chain     `json:"chain"`
	Contracts network.Contracts `json:"contracts"`
	Registry  string            `json:"registry"`
	Jobs      string            `json:"jobs"`
	Accounts  []network.Account `json:"accounts"`
	TEE       network.TEE       `json:"tee"`
}

func describeNetwork(n network.Network, file string) networkDescription {
	return networkDescription{File: file, Chain: n.Chain, Contracts: n.Contracts, Registry: n.Registry, Jobs: n.Jobs,
		Accounts: n.Accounts, TEE: n.TEE}
}

// printNetwork is what `dev up` and `dev status` say about a network.
func printNetwork(w io.Writer, n network.Network, file string, named bool) {
	fmt.Fprintf(w, "\nchain        %s  (id %d; WebSocket %s)\n", n.Chain.HTTP, n.Chain.ID, n.Chain.WS)
	fmt.Fprintf(w, "registry     %s\n", n.Registry)
	fmt.Fprintf(w, "jobs         %s\n", n.Jobs)
	for i, h := range n.KeyNetwork.Holders {
		label := ""
		if i == 0 {
			label = "keyholders"
		}
		fmt.Fprintf(w, "%-12s %s\n", label, h.URL)
	}
	fmt.Fprintf(w, "             %d of %d must answer\n", n.KeyNetwork.Threshold, len(n.KeyNetwork.Holders))
	fmt.Fprintf(w, "contracts    identity registry  %s\n", n.Contracts.Registry)
	fmt.Fprintf(w, "             permitter          %s\n", n.Contracts.Permitter)
	fmt.Fprintf(w, "             task hub           %s\n", n.Contracts.TaskHub)
	fmt.Fprintf(w, "             platform registry  %s\n", n.Contracts.Platforms)
	fmt.Fprintf(w, "             key network        %s\n", n.Contracts.KeyNetwork)
	fmt.Fprintf(w, "             anchors            %s\n", n.Contracts.Anchors)
	fmt.Fprintf(w, "simulated TEE: root certificates %s, policy %s\n", home(n.TEE.Roots), home(n.TEE.Policy))
	fmt.Fprintf(w, "\nfunded accounts (everyone knows their keys: never use them elsewhere)\n")
	for i, a := range n.Accounts {
		fmt.Fprintf(w, "  %d  %s  %s\n", i, a.Address, a.PrivateKey)
	}
	fmt.Fprintf(w, "\nnetwork file %s\n", home(file))
	if named {
		fmt.Fprintf(w, "other commands find it with\n  export ESCRIN_NETWORK=%s\n", file)
	}
}

// devStatusReport is the JSON of `dev status`.
type devStatusReport struct {
	Up bool `json:"up"`
	devnet.NetworkStatus
	*networkDescription
}

func newDevStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Ask each process how it is, and show the network's addresses",
		Long:  "Ask each process how it is, and show the network's addresses. The exit status is 1 if anything is missing.",
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return devStatus(cmd) },
	}
}

func devStatus(cmd *cobra.Command) error {
	status, err := devnet.Status(cmd.Context(), devDir(cmd))
	if err != nil {
		return withHint(err, "start one with `escrin dev up`")
	}
	report := devStatusReport{Up: status.Up(), NetworkStatus: status}
	file, err := devnet.NetworkFile(devDir(cmd))
	if err != nil {
		return err
	}
	n, missing := network.Load(file)
	if missing == nil {
		description := describeNetwork(n, file)
		report.networkDescription = &description
	}
	if wantJSON(cmd) {
		if err := printJSON(cmd.OutOrStdout(), report); err != nil {
			return err
		}
	} else {
		printProcesses(cmd.OutOrStdout(), status)
		if missing == nil {
			printNetwork(cmd.OutOrStdout(), n, file, devDir(cmd) != "")
		}
	}
	if report.Up {
		return nil
	}
	return withHint(fmt.Errorf("the network is not up: %s", status.Missing()), "`escrin dev up` starts what is missing, with the state it had")
}

func printProcesses(w io.Writer, status devnet.NetworkStatus) {
	for _, p := range status.Processes {
		state := "ok"
		switch {
		case !p.Alive:
			state = p.Problem
		case !p.Healthy:
			state = "ill"
		}
		fmt.Fprintf(w, "%-12s %-11s %-24s", p.Name, state, p.URL)
		if p.Alive {
			fmt.Fprintf(w, " pid %d", p.PID)
		}
		fmt.Fprintf(w, "  log %s\n", home(p.Log))
		if p.Alive && !p.Healthy {
			fmt.Fprintf(w, "             | %s\n", oneLine(p.Problem))
		}
		for _, line := range p.LastLines {
			fmt.Fprintf(w, "             | %s\n", line)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/escrin/escrin/jobs/devnet"
	"github.com/escrin/escrin/jobs/qemu"
)

func newDevCommand() *cobra.Command {
	dev := group("dev", "Run a whole network on this machine: chain, registry, keyholders, job service, simulated TEE",
		newDevUpCommand(), newDevDownCommand(), newDevStatusCommand(), newDevResetCommand())
	dev.Long = `Run a whole network on this machine, for trying things out.

It has an EVM chain, an OCI registry, three keyholders of which two must answer, a job service with one local runner,
and a simulated TDX platform whose root certificate is made at the first start. All of it listens on loopback only.
State and logs are in one directory; the file network.json in it is what the other commands find by themselves.`
	dev.PersistentFlags().String("dir", "", "state `DIR`ectory (default: $XDG_STATE_HOME/escrin/dev)")
	return dev
}

func newDevUpCommand() *cobra.Command {
	var o devnet.Options
	var guests guestNetworkFlags
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the network, or what is missing of it",
		Example: `  escrin dev up
  escrin dev up --dir ./net --ports auto`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return devUp(cmd, o, guests) },
	}
	cmd.Flags().StringVar(&o.Ports, "ports", "", "the first of seven `PORTS`, or auto (default: 8545, 8546, 5000, 1075 to 1077, 1057)")
	cmd.Flags().Uint64Var(&o.Confirmations, "confirmations", 0, "keyholders that it starts take blocks for final that have this `NUMBER` of others after them, up to 100")
	addReachFlag(cmd, &guests.also)
	return cmd
}

func devUp(cmd *cobra.Command, o devnet.Options, guests guestNetworkFlags) error {
	if _, err := devnet.ParsePorts(o.Ports); err != nil {
		return usageError{cmd.CommandPath(), err.Error()}
	}
	if _, err := guests.reach(); err != nil {
		return usageError{cmd.CommandPath(), err.Error()}
	}
	if o.Confirmations > 100 {
		return usageError{cmd.CommandPath(), "--confirmations must be at most 100"}
	}
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find programs: %w", err)
	}
	if real, err := filepath.EvalSymlinks(program); err == nil {
		program = real
	}
	if _, err := qemu.Find(cmd.Context()); err != nil { // which the job service looks for, last of all
		return err
	}
	begin, dir, p := time.Now(), devDir(cmd), newProgress(cmd)
	o.Dir, o.Binaries, o.Report, o.Reach = dir, filepath.Dir(program), showEvent(p), guests.also
	n, err := devnet.Up(cmd.Context(), o)
	p.done()
	if err != nil {
		return withLog(cmd, err)
	}
	file, err := devnet.NetworkFile(dir)
	if err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), describeNetwork(n, file))
	}
	printNetwork(cmd.OutOrStdout(), n, file, dir != "")
	fmt.Fprintf(cmd.OutOrStdout(), "\nThe network is up (%.1f s).\n", time.Since(begin).Seconds())
	return nil
}

func devDir(cmd *cobra.Command) string {
	dir, err := cmd.Flags().GetString("dir")
	if err != nil {
		return ""
	}
	return dir
}

// showEvent writes a line for each thing that was started or stopped; while it is under way, a terminal shows it.
func showEvent(p *progress) func(devnet.Event) {
	return func(e devnet.Event) {
		switch {
		case e.Done:
			p.done()
			fmt.Fprintf(p.out, "%6.1fs  %-30s %s\n", e.Took.Seconds(), e.Name, oneLine(e.Detail))
		case p.terminal:
			p.step(strings.TrimSpace(e.Name + "  " + e.Detail))
		}
	}
}

// withLog shows the last words of a process before the error that is about it.
func withLog(cmd *cobra.Command, err error) error {
	dead, ok := errors.AsType[*devnet.ProcessError](err)
	if !ok {
		return err
	}
	for _, line := range dead.LastLines {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s | %s\n", dead.Name, line)
	}
	return err
}

func newDevDownCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "End the network's processes; its state stays",
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return devDown(cmd) },
	}
}

// endedProcesses is what `dev down` and `dev reset` print with --json.
type endedProcesses struct {
	Ended   []string `json:"ended"`             // names of processes, in the order in which they ended
	Deleted string   `json:"deleted,omitempty"` // the directory whose state is gone
}

// note is showEvent that remembers what ended.
func (e *endedProcesses) note(p *progress) func(devnet.Event) {
	show := showEvent(p)
	return func(event devnet.Event) {
		if event.Done {
			e.Ended = append(e.Ended, event.Name)
		}
		show(event)
	}
}

func devDown(cmd *cobra.Command) error {
	p, ended := newProgress(cmd), endedProcesses{Ended: []string{}}
	defer p.done()
	err := devnet.Down(cmd.Context(), devDir(cmd), ended.note(p))
	switch {
	case err != nil && !errors.Is(err, devnet.ErrNone):
		return err
	case wantJSON(cmd):
		return printJSON(cmd.OutOrStdout(), ended)
	case err != nil:
		fmt.Fprintln(cmd.ErrOrStderr(), "There is no network to take down.")
	case len(ended.Ended) == 0:
		fmt.Fprintln(cmd.ErrOrStderr(), "The network was down already; its state stays.")
	}
	return nil
}

func newDevResetCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "End the network and delete its state: chain, keys, blobs, logs",
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return devReset(cmd, yes) },
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func devReset(cmd *cobra.Command, yes bool) error {
	dir, err := devnet.Find(devDir(cmd))
	if err != nil {
		return withHint(err, "there is nothing to reset; `escrin dev up` starts a network")
	}
	if !yes && !confirm(cmd, "Delete the network in "+home(dir)+" with its chain and its keys?") {
		return withHint(errors.New("nothing was deleted"), "answer yes, or use --yes")
	}
	p, ended := newProgress(cmd), endedProcesses{Ended: []string{}, Deleted: dir}
	defer p.done()
	if err := devnet.Reset(cmd.Context(), dir, ended.note(p)); err != nil {
		return err
	}
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), ended)
	}
	return nil
}

// confirm asks a question; anything but yes is no, and so is the end of the input.
func confirm(cmd *cobra.Command, question string) bool {
	fmt.Fprintf(cmd.ErrOrStderr(), "%s [yes/no] ", question)
	answer, err := bufio.NewReader(stdin(cmd)).ReadString('\n')
	if file, ok := cmd.InOrStdin().(*os.File); err != nil || !ok || !term.IsTerminal(int(file.Fd())) {
		fmt.Fprintln(cmd.ErrOrStderr()) // nobody pressed return
	}
	return strings.TrimSpace(answer) == "yes"
}

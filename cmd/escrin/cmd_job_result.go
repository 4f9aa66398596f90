// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"unicode/utf8"

	"github.com/ethereum/go-ethereum/common"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/task/readback"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/outcome"
	"github.com/escrin/escrin/jobs/ticket"
)

// jobResult are the flags of `job result`.
type jobResult struct {
	dir      string
	exitCode bool
}

func newJobResultCommand() *cobra.Command {
	var flags jobResult
	cmd := &cobra.Command{
		Use:   "result TASK",
		Short: "Fetch, decrypt and show a task's result",
		Long: `Fetch, decrypt and show a task's result.

Prints what the workload printed, and the text files that it left in /output. With -o everything is written into a
directory: stdout, stderr, and output/ with the files. Only who prepared or submitted the task can open its result.`,
		Example: "  escrin job result $TASK\n  escrin job result $TASK -o ./result",
		Args:    exactly("TASK"),
		RunE:    onChain("task", flags.run),
	}
	cmd.Flags().StringVarP(&flags.dir, "output", "o", "", "write everything into this `DIR`ectory")
	cmd.Flags().BoolVar(&flags.exitCode, "exit-code", false, "end with the workload's own exit status")
	return cmd
}

func (flags *jobResult) run(cmd *cobra.Command, n network.Network, c *chain.Chain, id common.Hash) error {
	t, err := loadTicket(n, id)
	if err != nil {
		return err
	}
	record, err := finished(cmd.Context(), c, id)
	if err != nil {
		return err
	}
	result := record.Result(id)
	if result.ExitStatus == task.ExitInputsRejected {
		return errInputsRejected()
	}
	out, err := fetchOutput(cmd.Context(), n, t, record)
	if err != nil {
		return err
	}
	if err := flags.show(cmd, id, record, out); err != nil {
		return err
	}
	if flags.exitCode && result.ExitStatus != 0 {
		return exitStatus(result.ExitStatus)
	}
	return nil
}

func errInputsRejected() error {
	return withHint(errors.New("the enclave could not open the inputs, so there is no output"),
		"an input was sealed to another task, identity or key network; submit the task anew")
}

// fetchOutput fetches and opens the output of a task that has a result.
func fetchOutput(ctx context.Context, n network.Network, t ticket.Ticket, record chain.Task) (readback.Output, error) {
	sealed, err := blob.NewClient(n.Jobs).Get(ctx, record.Result(common.Hash(t.Task)).OutputDigest, outcome.MaxSealed)
	if errors.Is(err, blob.ErrMismatch) || errors.Is(err, blob.ErrNotFound) {
		return readback.Output{}, withHint(fmt.Errorf("fetch output: %w", err), "the store lost or changed it; its digest is on chain, so a copy from elsewhere would be as good")
	}
	if err != nil {
		return readback.Output{}, unreachable(fmt.Errorf("fetch output: %w", err))
	}
	return outcome.Open(sealed, t.ResultKey, record.ID, record.Attempt)
}

// finished reads a task that has a result.
func finished(ctx context.Context, c *chain.Chain, id common.Hash) (chain.Task, error) {
	record, err := c.Task(ctx, id)
	switch {
	case errors.Is(err, chain.ErrNoTask):
		return chain.Task{}, withHint(err, "`escrin job list` shows the tasks of this network")
	case err != nil:
		return chain.Task{}, unreachable(err)
	case record.State == chain.StateAccepted:
		return record, nil
	case record.State.Over():
		return chain.Task{}, fmt.Errorf("task %s has no result: it is %s", id, record.State)
	}
	return chain.Task{}, withHint(fmt.Errorf("task %s has no result yet: it is %s", id, record.State), "follow it: `escrin job status --watch %s`", id.Hex())
}

// resultDescription is a result for --json.
type resultDescription struct {
	Task         common.Hash       `json:"task"`
	Attempt      uint32            `json:"attempt"`
	Terms        *api.Terms        `json:"terms"`
	ExitStatus   uint32            `json:"exitStatus"`
	PublicOutput common.Hash       `json:"publicOutput"` // zero for none
	Stdout       string            `json:"stdout"`
	Stderr       string            `json:"stderr"`
	Files        []fileDescription `json:"files"`
}

type fileDescription struct {
	Name string `json:"name"` // relative to the workload's /output
	Size int    `json:"size"`
	Data []byte `json:"data,omitempty"` // base64; not with -o
}

// regularFiles are the files of an output without its directories, which have nothing to show.
func regularFiles(out readback.Output) []readback.OutputFile {
	return slices.DeleteFunc(slices.Clone(out.Files), func(f readback.OutputFile) bool { return f.Dir })
}

// describeFiles lists the files of an output, with their content only if it was not written elsewhere.
func describeFiles(out readback.Output, content bool) []fileDescription {
	files := []fileDescription{}
	for _, f := range regularFiles(out) {
		described := fileDescription{Name: f.Name, Size: len(f.Data)}
		if content {
			described.Data = f.Data
		}
		files = append(files, described)
	}
	return files
}

func (flags *jobResult) show(cmd *cobra.Command, id common.Hash, record chain.Task, out readback.Output) error {
	if flags.dir != "" {
		if err := outcome.WriteTo(flags.dir, out); err != nil {
			return err
		}
	}
	result := record.Result(id)
	if wantJSON(cmd) {
		return printJSON(cmd.OutOrStdout(), resultDescription{id, record.Attempt, api.TermsOf(record.Terms), result.ExitStatus, result.PublicOutput,
			string(out.Stdout), string(out.Stderr), describeFiles(out, flags.dir == "")})
	}
	notes := cmd.ErrOrStderr()
	fmt.Fprintf(notes, "exit status %d\n", result.ExitStatus)
	if result.PublicOutput != [32]byte{} {
		fmt.Fprintf(notes, "public word 0x%x\n", result.PublicOutput)
	}
	show(cmd.OutOrStdout(), notes, "stdout", out.Stdout)
	show(notes, notes, "stderr", out.Stderr)
	files := regularFiles(out)
	for _, f := range files {
		if flags.dir == "" {
			fmt.Fprintf(notes, "--- output/%s (%s)\n", oneLine(f.Name), byteSize(int64(len(f.Data))))
			show(cmd.OutOrStdout(), notes, "output/"+f.Name, f.Data)
		}
	}
	if flags.dir != "" {
		fmt.Fprintf(notes, "wrote stdout, stderr and output (files: %d) into %s\n", len(files), flags.dir)
	}
	return nil
}

// show writes data, but nothing that is not text to a terminal.
func show(w, notes io.Writer, name string, data []byte) {
	file, isFile := w.(*os.File)
	if isFile && term.IsTerminal(int(file.Fd())) && !isText(data) {
		fmt.Fprintf(notes, "(%s is %s of binary data: write it with -o DIR)\n", oneLine(name), byteSize(int64(len(data))))
		return
	}
	w.Write(data)
}

// isText tells whether data can be shown on a terminal without drawing on it.
func isText(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	for _, b := range data {
		if b < ' ' && b != '\n' && b != '\t' && b != '\r' || b == 0x7f {
			return false
		}
	}
	return true
}

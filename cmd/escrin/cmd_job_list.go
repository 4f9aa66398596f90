// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/jobs/api"
)

func newJobListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the tasks that the job service knows, newest last",
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return listJobs(cmd) },
	}
}

func listJobs(cmd *cobra.Command) error {
	n, err := loadNetwork(cmd)
	if err != nil {
		return err
	}
	tasks, err := api.NewClient(n.Jobs).Tasks(cmd.Context())
	if err != nil {
		return unreachable(err)
	}
	if wantJSON(cmd) {
		list := []taskStatus{}
		for _, t := range tasks {
			list = append(list, newTaskStatus(t))
		}
		return printJSON(cmd.OutOrStdout(), list)
	}
	if len(tasks) == 0 {
		fmt.Fprintln(cmd.ErrOrStderr(), "There are none yet. Submit one with `escrin job submit`.")
	}
	for _, t := range tasks {
		fmt.Fprintf(cmd.OutOrStdout(), "%s  %-9s  attempt %d", t.ID, t.State, t.Attempt)
		switch {
		case t.Result != nil:
			fmt.Fprintf(cmd.OutOrStdout(), "  exit status %d", t.Result.ExitStatus)
		case t.Message != "":
			fmt.Fprintf(cmd.OutOrStdout(), "  %s", oneLine(t.Message))
		}
		fmt.Fprintln(cmd.OutOrStdout())
	}
	return nil
}

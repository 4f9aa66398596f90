// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func newJobCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "job",
		RunE: func(*cobra.Command, []string) error { return errors.New("job: not built yet") },
	}
}

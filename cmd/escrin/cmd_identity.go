// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func newIdentityCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "identity",
		RunE: func(*cobra.Command, []string) error { return errors.New("identity: not built yet") },
	}
}

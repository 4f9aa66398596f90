// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func newPushCommand() *cobra.Command {
	return &cobra.Command{Use: "push", RunE: func(*cobra.Command, []string) error { return errors.New("push: not built yet") }}
}
func newPullCommand() *cobra.Command {
	return &cobra.Command{Use: "pull", RunE: func(*cobra.Command, []string) error { return errors.New("pull: not built yet") }}
}
func newInspectCommand() *cobra.Command {
	return &cobra.Command{Use: "inspect", RunE: func(*cobra.Command, []string) error { return errors.New("inspect: not built yet") }}
}
func newVerifyCommand() *cobra.Command {
	return &cobra.Command{Use: "verify", RunE: func(*cobra.Command, []string) error { return errors.New("verify: not built yet") }}
}
func newRunCommand() *cobra.Command {
	return &cobra.Command{Use: "run", RunE: func(*cobra.Command, []string) error { return errors.New("run: not built yet") }}
}
func newEnclaveCommand() *cobra.Command {
	return &cobra.Command{Use: "enclave", RunE: func(*cobra.Command, []string) error { return errors.New("enclave: not built yet") }}
}

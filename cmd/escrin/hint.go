// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// fileOfDev is the name of the network file in the directory of `escrin dev`.
const fileOfDev = "network.json"

// about makes the commands of a hint, which stand between backticks, commands about the network that cmd was about.
func about(cmd *cobra.Command, hint string) string {
	parts := strings.Split(hint, "`")
	for i := 1; i < len(parts)-1; i += 2 {
		parts[i] += networkFlag(cmd, parts[i])
	}
	return strings.Join(parts, "`")
}

// networkFlag is what a command line needs to be about the network of cmd: nothing if that was named by no flag, and to
// `escrin dev` by no variable of the environment either.
func networkFlag(cmd *cobra.Command, line string) string {
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != "escrin" {
		return ""
	}
	target, _, err := cmd.Root().Find(words[1:])
	if err != nil {
		return ""
	}
	flag, value := "", ""
	switch named := flagOf(cmd, "network"); {
	case isDev(target) && isDev(cmd):
		flag, value = "--dir", flagOf(cmd, "dir")
	case isDev(target):
		flag, value = "--dir", dirOf(named)
	case target.Flag("network") == nil:
	case isDev(cmd) && flagOf(cmd, "dir") != "":
		flag, value = "--network", filepath.Join(flagOf(cmd, "dir"), fileOfDev)
	default:
		flag, value = "--network", named
	}
	if value == "" || strings.Contains(line, flag) {
		return ""
	}
	return " " + flag + " " + quoted(value)
}

func isDev(cmd *cobra.Command) bool {
	return strings.HasPrefix(cmd.CommandPath()+" ", "escrin dev ")
}

func flagOf(cmd *cobra.Command, name string) string {
	if f := cmd.Flag(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// dirOf is the directory of `escrin dev` that a network file, or the one of the environment, is in.
func dirOf(file string) string {
	if file == "" {
		file = os.Getenv("ESCRIN_NETWORK")
	}
	if filepath.Base(file) != fileOfDev {
		return ""
	}
	return filepath.Dir(file)
}

// quoted is text as a shell reads it.
func quoted(text string) string {
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

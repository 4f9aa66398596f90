// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/guestagent/config"
)

// setConfig are the flags of `config set`.
type setConfig struct {
	env, envFiles, args, files []string
	clear                      bool
	reader                     setSecret // its policy and enclave alone
}

// additions is what the flags say.
func (flags setConfig) additions(cmd *cobra.Command) (config.Additions, error) {
	a := config.Additions{Version: config.AdditionsVersion, Args: flags.args}
	switch says := len(flags.env)+len(flags.envFiles)+len(flags.args)+len(flags.files) > 0; {
	case says && flags.clear:
		return a, usageError{cmd.CommandPath(), "--clear says nothing: it goes with no --env, --env-file, --arg or --file"}
	case !says && !flags.clear:
		return a, usageError{cmd.CommandPath(), "missing --env, --env-file, --arg or --file; or --clear, for a version that says nothing"}
	}
	for _, path := range flags.envFiles {
		lines, err := readLines(path)
		if err != nil {
			return a, err
		}
		for _, line := range lines {
			v, err := parseVariable(cmd, line, false)
			if err != nil {
				return a, err
			}
			a.Env = append(a.Env, v)
		}
	}
	for _, text := range flags.env {
		v, err := parseVariable(cmd, text, true)
		if err != nil {
			return a, err
		}
		a.Env = append(a.Env, v)
	}
	for _, text := range flags.files {
		f, err := readConfigFile(cmd, text)
		if err != nil {
			return a, err
		}
		a.Files = append(a.Files, f)
	}
	return a, nil
}

// parseVariable reads NAME=VALUE or, where it may be, NAME for the value in our environment.
func parseVariable(cmd *cobra.Command, text string, ours bool) (v config.Variable, err error) {
	name, value, valued := strings.Cut(text, "=")
	switch {
	case !config.ValidVariable(name):
		return v, usageError{cmd.CommandPath(), fmt.Sprintf("%.70q is no name of a variable", name)}
	case config.ControlsPrograms(name):
		return v, usageError{cmd.CommandPath(), fmt.Sprintf("%s tells programs what to run: it can only be measured, in escrin.yaml or the image", name)}
	case !valued && !ours:
		return v, usageError{cmd.CommandPath(), fmt.Sprintf("%s has no value: want NAME=VALUE", name)}
	case !valued:
		if value, valued = os.LookupEnv(name); !valued {
			return v, usageError{cmd.CommandPath(), fmt.Sprintf("%s is not set here: say --env %s=VALUE", name, name)}
		}
	}
	return config.Variable{Name: name, Value: value}, nil
}

// readLines reads a file without its empty lines and those that begin with #.
func readLines(path string) (lines []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read variables: %w", err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, config.MaxAdditions)
	for s.Scan() {
		if line := s.Text(); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("read variables: %w", err)
	}
	return lines, nil
}

// readConfigFile reads PATH=FILE.
func readConfigFile(cmd *cobra.Command, text string) (config.File, error) {
	target, path, named := strings.Cut(text, "=")
	if !named {
		return config.File{}, usageError{cmd.CommandPath(), fmt.Sprintf("--file %.70q: want PATH=FILE", text)}
	}
	content, err := readSecret(cmd, path)
	return config.File{Path: target, Content: content}, err
}

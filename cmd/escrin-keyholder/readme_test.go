// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The commands by which the README runs a keyholder do so, word for word: the first prints the entry that the governor
// needs, the second serves.
func TestReadmeRunsAKeyholder(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	must(t, err)
	var commands []string
	for line := range strings.Lines(string(readme)) {
		if command, shown := strings.CutPrefix(line, "    escrin-keyholder "); shown {
			commands = append(commands, strings.TrimSpace(command))
		}
	}
	if len(commands) != 2 || !strings.HasPrefix(commands[0], "init ") || !strings.HasPrefix(commands[1], "run ") {
		t.Fatalf("%q", commands)
	}
	n := newNetwork(t, unusedChain(t)) // for a configuration
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "pass"), []byte("only for tests\n"), 0o600))
	config, err := os.ReadFile(n.holders[0].config)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "config.json"), config, 0o644))
	program := func(line string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), os.Args[0], strings.Fields(line)...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), asProcess+"=1")
		return cmd
	}
	out, err := program(commands[0]).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "https://keys.example.org") {
		t.Fatalf("%v: %s", err, out)
	}
	h := n.holders[0]
	h.cmd = program(commands[1])
	h.launch()
	h.await("listening")
	h.stop()
}

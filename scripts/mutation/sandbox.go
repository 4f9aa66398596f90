// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed go.sh
var front []byte

// sandbox is a folder with a copy of what packages need, which gremlins copies
// again for each worker.
type sandbox struct {
	gremlins string
	workers  int
	dir      string
}

func (s sandbox) source() string { return filepath.Join(s.dir, "source") }
func (s sandbox) bin() string    { return filepath.Join(s.dir, "bin") }

// make copies the folders at the top of the repository that packages and their
// tests need something of, as they are now; of files, those that git knows.
func (s sandbox) make(ctx context.Context, packages []string) error {
	folders, err := needed(ctx, packages)
	if err != nil {
		return err
	}
	listed, err := exec.CommandContext(ctx, "git", append([]string{"ls-files", "-z", "--", "go.mod", "go.sum"}, folders...)...).Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	for path := range strings.SplitSeq(strings.TrimRight(string(listed), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(s.source(), path), path, 0o644); err != nil {
			return err
		}
	}
	if err := os.Mkdir(s.bin(), 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.bin(), "go"), front, 0o755)
}

// needed returns the first folder of each package that packages and their tests
// depend on.
func needed(ctx context.Context, packages []string) ([]string, error) {
	const own = "{{with .Module}}{{if .Main}}{{$.ImportPath}} {{.Path}}{{end}}{{end}}"
	arguments := []string{"list", "-deps", "-test", "-f", own}
	for _, name := range packages {
		arguments = append(arguments, "./"+name)
	}
	output, err := exec.CommandContext(ctx, "go", arguments...).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var folders []string
	for line := range strings.Lines(string(output)) {
		words := strings.Fields(line)
		path := strings.TrimPrefix(words[0], words[len(words)-1]+"/")
		folder, _, _ := strings.Cut(path, "/")
		folders = append(folders, folder)
	}
	slices.Sort(folders)
	return slices.Compact(folders), nil
}

func copyFile(to, from string, mode fs.FileMode) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, mode)
}

// mutate runs gremlins on one package, with go.sh in front of go. Vet is no test,
// and a cached result says nothing about how long tests take.
func (s sandbox) mutate(ctx context.Context, name string) (result, error) {
	real, err := exec.LookPath("go")
	if err != nil {
		return result{}, err
	}
	output := filepath.Join(s.dir, "output.json")
	command := exec.CommandContext(ctx, s.gremlins, s.arguments(output, name)...)
	command.Dir = s.source()
	command.Env = append(os.Environ(), "REAL_GO="+real, "PATH="+s.bin()+":"+os.Getenv("PATH"),
		"GOFLAGS="+os.Getenv("GOFLAGS")+" -vet=off -count=1", "TMPDIR="+s.dir)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		return result{}, err
	}
	data, err := os.ReadFile(output)
	if err != nil {
		return result{}, err
	}
	return parse(name, data)
}

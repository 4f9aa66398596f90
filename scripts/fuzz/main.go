// SPDX-License-Identifier: Apache-2.0

// Command fuzz runs every fuzz target under the given folders, one after the
// other, each for the given time, and prints one line per target, tab-separated:
//
//	package  target  executions  new inputs
//
// and their sum. It ends at the first target that finds something; the input is
// then in that package's testdata/fuzz, as `go test` leaves it.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	each := flag.Duration("time", 10*time.Second, "how long each target runs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, flag.Args(), *each, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

// target is one fuzz function.
type target struct{ folder, name string }

func run(ctx context.Context, folders []string, each time.Duration, out io.Writer) error {
	if len(folders) == 0 {
		folders = []string{"."}
	}
	targets, err := find(folders)
	if err != nil {
		return err
	}
	var sum uint64
	for _, t := range targets {
		executions, interesting, err := t.fuzz(ctx, each)
		if err != nil {
			return err
		}
		sum += executions
		fmt.Fprintf(out, "%s\t%s\t%d\t%d\n", t.folder, t.name, executions, interesting)
	}
	fmt.Fprintf(out, "%d targets\t\t%d\t\n", len(targets), sum)
	return nil
}

// declaration matches a fuzz target's first line.
var declaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

// find returns the targets in the folders and below, in order.
func find(folders []string) (targets []target, err error) {
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "build") {
				return filepath.SkipDir
			}
			if !strings.HasSuffix(path, "_test.go") {
				return nil
			}
			source, err := os.ReadFile(path)
			for _, m := range declaration.FindAllSubmatch(source, -1) {
				targets = append(targets, target{filepath.Dir(path), string(m[1])})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return targets, nil
}

// fuzz runs t and returns what go test counted.
func (t target) fuzz(ctx context.Context, each time.Duration) (executions, interesting uint64, err error) {
	command := exec.CommandContext(ctx, "go", "test", "-run=^$", "-fuzz=^"+t.name+"$", "-fuzztime="+each.String(), "-fuzzminimizetime=10x", "./"+t.folder)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	output, err := command.CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("%s of %s: %w\n%s", t.name, t.folder, err, output)
	}
	return counts(output)
}

// progress matches a line such as
//
//	fuzz: elapsed: 3s, execs: 102 (34/sec), new interesting: 7 (total: 35)
var progress = regexp.MustCompile(`execs: (\d+) .*new interesting: (\d+)`)

// counts returns the numbers of the last line of progress. A run that tells none
// fuzzed nothing, which is an error.
func counts(output []byte) (executions, interesting uint64, err error) {
	lines := progress.FindAllSubmatch(bytes.TrimSpace(output), -1)
	if len(lines) == 0 {
		return 0, 0, fmt.Errorf("nothing was fuzzed:\n%s", output)
	}
	last := lines[len(lines)-1]
	if executions, err = strconv.ParseUint(string(last[1]), 10, 64); err != nil {
		return 0, 0, err
	}
	interesting, err = strconv.ParseUint(string(last[2]), 10, 64)
	return executions, interesting, err
}

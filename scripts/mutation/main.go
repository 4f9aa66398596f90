// SPDX-License-Identifier: Apache-2.0

// Command mutation measures how much of what packages do their tests hold them
// to: it has gremlins change one operator at a time in a copy of the sources, and
// run the package's tests against each change. It prints one line per package,
// tab-separated:
//
//	package  killed  lived  not covered  timed out  score in percent
//
// and to standard error what gremlins says, and what lived among it. The score is
// that of the killed among those killed, lived and not covered. What does not
// compile counts for nothing, and what timed out does neither.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

const (
	module  = "github.com/go-gremlins/gremlins/cmd/gremlins"
	version = "v0.6.0"
)

func main() {
	workers := flag.Int("workers", runtime.NumCPU(), "how many changes are tried at a time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, flag.Args(), *workers, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, packages []string, workers int, out io.Writer) error {
	gremlins, err := install(ctx)
	if err != nil {
		return err
	}
	temporary, err := os.MkdirTemp("", "escrin-mutation-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	s := sandbox{gremlins: gremlins, workers: workers, dir: temporary}
	if err := s.make(ctx, packages); err != nil {
		return err
	}
	for _, name := range packages {
		r, err := s.mutate(ctx, name)
		if err != nil {
			return fmt.Errorf("mutate %s: %w", name, err)
		}
		fmt.Fprintln(out, r)
	}
	return nil
}

// install returns the path of gremlins, in escrin's cache.
func install(ctx context.Context) (string, error) {
	folder := filepath.Join(cache(), "tools", "gremlins-"+version)
	binary := filepath.Join(folder, "gremlins")
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	command := exec.CommandContext(ctx, "go", "install", module+"@"+version)
	command.Env = append(os.Environ(), "GOBIN="+folder)
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("install gremlins: %w\n%s", err, output)
	}
	return binary, nil
}

// cache is where scripts/setup.sh puts tools.
func cache() string {
	if dir := os.Getenv("ESCRIN_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = ".cache"
	}
	return filepath.Join(dir, "escrin")
}

// arguments are those of gremlins, with every mutator. Its option to limit the
// processors of a test is not among them: it makes go fail.
func (s sandbox) arguments(output, name string) []string {
	return []string{
		"unleash", "--workers", strconv.Itoa(s.workers), "--timeout-coefficient", "10", "--output", output, "--output-statuses", "lct",
		"--arithmetic-base", "--conditionals-boundary", "--conditionals-negation", "--increment-decrement", "--invert-assignments",
		"--invert-bitwise", "--invert-bwassign", "--invert-logical", "--invert-loopctrl", "--invert-negatives", "--remove-self-assignments",
		name,
	}
}

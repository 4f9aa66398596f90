// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// bench runs the binaries in bin with a state of its own.
type bench struct {
	ctx      context.Context
	root     string // of the repository
	bin      string
	dir      string // temporary
	image    string // OCI layout of the auction
	registry string
	task     string // the last one finished

	plainPeer time.Duration // what the peer needs for the plain layer
}

func newBench(ctx context.Context) (*bench, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "escrin-bench-")
	if err != nil {
		return nil, err
	}
	return &bench{ctx: ctx, root: root, bin: filepath.Join(root, "bin"), dir: dir,
		image: filepath.Join(root, "build/auction-oci") + ":latest"}, nil
}

func (b *bench) close() {
	down := exec.Command(filepath.Join(b.bin, "escrin"), "dev", "down")
	down.Env = b.env()
	_ = down.Run() // nothing may be running
	os.RemoveAll(b.dir)
}

func (b *bench) env() []string {
	return append(os.Environ(), "PATH="+b.bin+":"+os.Getenv("PATH"), "ESCRIN_NETWORK=",
		"XDG_STATE_HOME="+filepath.Join(b.dir, "state"), "XDG_DATA_HOME="+filepath.Join(b.dir, "data"))
}

func (b *bench) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(b.ctx, filepath.Join(b.root, name), args...)
	cmd.Dir, cmd.Env = b.root, b.env()
	return cmd
}

// escrin runs a command and returns its standard output without the final newline.
func (b *bench) escrin(args ...string) (string, error) {
	_, out, err := b.timed(args...)
	return out, err
}

func (b *bench) timed(args ...string) (time.Duration, string, error) {
	cmd := b.command("bin/escrin", args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	started := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, "", fmt.Errorf("escrin %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return time.Since(started), strings.TrimSuffix(stdout.String(), "\n"), nil
}

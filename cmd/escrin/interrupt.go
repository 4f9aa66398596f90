// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"
)

// stdin is the command's standard input, for which nobody waits any more once the command is interrupted.
func stdin(cmd *cobra.Command) io.Reader { return interruptible{cmd.Context(), cmd.InOrStdin()} }

// interruptible reads from a reader until a context ends. What is read by then of what had not come yet is lost.
type interruptible struct {
	ctx context.Context
	in  io.Reader
}

// Read implements io.Reader; its error is the context's when that has ended.
func (r interruptible) Read(b []byte) (int, error) {
	type outcome struct {
		n   int
		err error
	}
	own, done := make([]byte, len(b)), make(chan outcome, 1)
	go func() {
		n, err := r.in.Read(own)
		done <- outcome{n, err}
	}()
	select {
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	case o := <-done:
		return copy(b, own[:o.n]), o.err
	}
}

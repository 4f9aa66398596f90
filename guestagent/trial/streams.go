// SPDX-License-Identifier: Apache-2.0

package trial

import (
	"context"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/workload"
)

// output is a standard stream that goes to the host.
type output struct {
	ctx    context.Context
	link   *hostlink.Client
	stream hostlink.Stream
	first  func() // called before each write
	kept   []byte // the first workload.MaxStream bytes, which a job's result has
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.first()
	o.kept = append(o.kept, p[:min(len(p), workload.MaxStream-len(o.kept))]...)
	for done := 0; done < len(p); {
		piece := p[done:min(len(p), done+hostlink.MaxChunk)]
		if err := o.link.Output(o.ctx, o.stream, piece); err != nil {
			return done, err
		}
		done += len(piece)
	}
	return len(p), nil
}

// input is the standard input that comes from the host.
type input struct {
	ctx  context.Context
	link *hostlink.Client
	left []byte
}

// Read implements io.Reader.
func (i *input) Read(p []byte) (int, error) {
	for len(i.left) == 0 {
		piece, err := i.link.Stdin(i.ctx)
		if err != nil {
			return 0, err
		}
		i.left = piece
	}
	n := copy(p, i.left)
	i.left = i.left[n:]
	return n, nil
}

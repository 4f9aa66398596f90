// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/escrin/escrin/enclaver/oci"
)

// outgoing is a blob on its way to a registry: checked and counted. A transport may go on reading for a moment
// after it gave up, so what is taken back is closed for good. Methods of nil, an upload that never began, do
// nothing.
type outgoing struct {
	inner  io.Closer
	check  *oci.Verifier
	report func(n int64, how How)
	size   int64

	mu    sync.Mutex
	count int64
	over  bool
	err   error
}

func newOutgoing(ctx context.Context, inner io.ReadCloser, d oci.Descriptor, report func(Transfer)) *outgoing {
	return &outgoing{
		inner:  inner,
		check:  oci.NewVerifier(ctx, inner, d),
		report: func(n int64, how How) { report(Transfer{d, how, n}) },
		size:   d.Size,
	}
}

// Read implements io.Reader. It holds the last byte back until the whole is known to be right.
func (o *outgoing) Read(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over || o.err != nil {
		return 0, io.ErrClosedPipe
	}
	n, err := o.check.Read(p)
	if err == nil && o.count+int64(n) == o.size {
		if _, err = o.check.Read(make([]byte, 1)); err == io.EOF {
			err = nil
		} else {
			n = 0
		}
	}
	if err != nil && err != io.EOF {
		o.err = err
		return 0, err
	}
	o.count += int64(n)
	if n > 0 {
		o.report(int64(n), Sent)
	}
	return n, err
}

// Close implements io.Closer.
func (o *outgoing) Close() error { return o.inner.Close() }

// flaw is the error of the content itself.
func (o *outgoing) flaw() error {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if errors.Is(o.err, context.Canceled) {
		return nil
	}
	return o.err
}

// takeBack counts as not sent what was sent in vain.
func (o *outgoing) takeBack() {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.over && o.count > 0 {
		o.report(-o.count, Sent)
	}
	o.over = true
}

// finish is for a registry that was content before it had read all: it had the rest.
func (o *outgoing) finish() {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.over && o.count < o.size {
		o.report(o.size-o.count, Present)
	}
	o.over = true
}

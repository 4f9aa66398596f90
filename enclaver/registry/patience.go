// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// trickle is the number of bytes that a connection must bring within the time that it may stall.
const trickle = 16 << 10

var errStalled = errors.New("the connection brings nothing any more")

// patience is a body that ends with errStalled when it brings (almost) nothing for some time while somebody waits
// for it (threat REG-01, "slowloris"). The time that the reader itself takes does not count.
type patience struct {
	body   io.ReadCloser
	cancel context.CancelFunc // ends the connection
	limit  time.Duration

	waited time.Duration // since enough came
	got    int
	ended  atomic.Bool
}

// Read implements io.Reader.
func (p *patience) Read(buf []byte) (int, error) {
	timer := time.AfterFunc(p.limit-p.waited, func() {
		p.ended.Store(true)
		p.cancel()
	})
	began := time.Now()
	n, err := p.body.Read(buf)
	timer.Stop()
	p.got += n
	p.waited += time.Since(began)
	if p.got >= trickle {
		p.got, p.waited = 0, 0
	}
	if err != nil && err != io.EOF && p.ended.Load() {
		return n, errStalled
	}
	return n, err
}

// Close implements io.Closer.
func (p *patience) Close() error {
	defer p.cancel()
	return p.body.Close()
}

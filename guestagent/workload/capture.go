// SPDX-License-Identifier: Apache-2.0

package workload

import "sync"

// capture keeps the first MaxStream bytes that are written to it and takes the rest without keeping it,
// so that a talkative workload neither blocks nor fills the memory.
type capture struct {
	first *once
	kept  []byte
}

// Write implements io.Writer; it never fails.
func (c *capture) Write(p []byte) (int, error) {
	if len(p) > 0 {
		c.first.call()
	}
	c.kept = append(c.kept, p[:min(len(p), MaxStream-len(c.kept))]...)
	return len(p), nil
}

// once calls do at its first call.
type once struct {
	guard sync.Once
	do    func()
}

func (o *once) call() { o.guard.Do(o.do) }

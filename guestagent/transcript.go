// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"sync"

	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/workload"
)

// transcript is what a workload said, in the order in which it was heard, and what was noted in between. The beginning of each
// stream is in the result; and whoever reads along is told of the same bytes at the same places.
type transcript struct {
	tail *livelog.Tail // for who reads along; nil if nobody does

	mu             sync.Mutex // guards what follows, and the order
	stdout, stderr []byte     // the first workload.MaxStream bytes
	midLine        bool       // of standard error
	noted          int        // bytes
}

// hear is a workload.Listener.
func (t *transcript) hear(s workload.Stream, piece []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s == workload.Aside {
		t.add(workload.Stderr, t.apart(string(piece)))
		return
	}
	t.add(s, piece)
}

// apart is a line to be added between those of the main container. The caller holds mu.
func (t *transcript) apart(line string) []byte {
	if t.midLine {
		line = "\n" + line
	}
	return []byte(line)
}

// maxNotes bounds what a workload tells of its progress, in bytes.
const maxNotes = 64 << 10

// note puts a line into standard error.
func (t *transcript) note(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	piece := t.apart(line + "\n")
	if t.noted += len(piece); t.noted <= maxNotes {
		t.add(workload.Stderr, piece)
	}
}

// add is hear for who holds mu.
func (t *transcript) add(s workload.Stream, piece []byte) {
	if t.tail != nil {
		t.tail.Hear(s, piece)
	}
	kept := &t.stdout
	if s == workload.Stderr {
		kept = &t.stderr
		t.midLine = len(piece) > 0 && piece[len(piece)-1] != '\n'
	}
	*kept = extended(*kept, piece[:min(len(piece), workload.MaxStream-len(*kept))])
}

// output is what is kept. Nothing is heard any more.
func (t *transcript) output() output {
	t.mu.Lock()
	defer t.mu.Unlock()
	return output{t.stdout, t.stderr}
}

// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"fmt"
	"sync"
)

// Step is what is being done, and how far it is.
type Step struct {
	Name  string // for example "convert 2 of 7 layers"
	Done  int64  // bytes
	Total int64  // bytes; 0 where they are not counted
}

// String is the step in words, in megabytes of 10⁶ bytes.
func (s Step) String() string {
	if s.Total == 0 {
		return s.Name
	}
	return fmt.Sprintf("%s: %.1f of %.1f MB", s.Name, float64(s.Done)/1e6, float64(s.Total)/1e6)
}

// Progress is told what is done, when a step begins and for each further megabyte. It may be nil. It is called
// from one goroutine at a time.
type Progress func(Step)

// Lines is a Progress that tells the name of each step once.
func Lines(say func(line string)) Progress {
	if say == nil {
		return nil
	}
	var last string
	return func(s Step) {
		if s.Name != last {
			last = s.Name
			say(s.Name)
		}
	}
}

// serial makes p safe for several goroutines.
func (p Progress) serial() Progress {
	var mu sync.Mutex
	return func(s Step) {
		mu.Lock()
		defer mu.Unlock()
		if p != nil {
			p(s)
		}
	}
}

// begin tells of a step without bytes.
func (p Progress) begin(format string, args ...any) {
	if p != nil {
		p(Step{Name: fmt.Sprintf(format, args...)})
	}
}

// meter counts the bytes of one step.
type meter struct {
	progress Progress
	mu       sync.Mutex
	step     Step
	told     int64
}

// count begins a step of so many bytes.
func (p Progress) count(total int64, format string, args ...any) *meter {
	m := &meter{progress: p, step: Step{Name: fmt.Sprintf(format, args...), Total: total}}
	if p != nil {
		p(m.step)
	}
	return m
}

// add counts bytes; fewer than none when some have to be read again.
func (m *meter) add(bytes int64) {
	const often = 1_000_000
	m.mu.Lock()
	defer m.mu.Unlock()
	m.step.Done += bytes
	if m.progress != nil && (m.step.Done >= m.told+often || m.step.Done == m.step.Total) {
		m.told = m.step.Done
		m.progress(m.step)
	}
}

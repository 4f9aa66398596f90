// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"bytes"
	"math"
	"slices"
	"sync"
	"time"
)

// Durations adds a histogram of durations, in buckets from 1 ms to 30 s.
func (r *Registry) Durations(name, help string, labels ...string) *Durations {
	d := &Durations{labels: labels, series: map[string]*durations{}}
	r.add(family{name, help, "histogram", d.write})
	return d
}

// Durations is a histogram of how long something took. It is safe for concurrent
// use.
type Durations struct {
	labels []string

	mu     sync.Mutex
	series map[string]*durations
}

// bounds are the upper ends of the buckets, in seconds; there is one more, without
// an end.
func bounds() []float64 {
	return []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10, 30}
}

type durations struct {
	counts []uint64 // of each bucket alone
	sum    float64  // seconds
}

// Observe adds a duration to the series with these values of the labels.
func (d *Durations) Observe(took time.Duration, values ...string) {
	key, seconds := pairs(d.labels, values), took.Seconds()
	place, _ := slices.BinarySearch(bounds(), seconds)
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.series[key]
	if s == nil {
		s = &durations{counts: make([]uint64, len(bounds())+1)}
		d.series[key] = s
	}
	s.counts[place]++
	s.sum += seconds
}

func (d *Durations) write(w *bytes.Buffer, name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, key := range sorted(d.series) {
		s, comma, total := d.series[key], "", uint64(0)
		if key != "" {
			comma = ","
		}
		for i, end := range append(bounds(), math.Inf(1)) {
			total += s.counts[i]
			sample(w, name+"_bucket", key+comma+`le="`+number(end)+`"`, float64(total))
		}
		sample(w, name+"_sum", key, s.sum)
		sample(w, name+"_count", key, float64(total))
	}
}

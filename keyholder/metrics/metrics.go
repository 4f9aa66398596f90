// SPDX-License-Identifier: Apache-2.0

// Package metrics counts what a keyholder does, and tells it in the text format
// of Prometheus, version 0.0.4. It is small so that a keyholder links little; label
// values are chosen in code, never by those who ask.
package metrics

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// ContentType is that of the text format.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Registry is a set of metrics. It is safe for concurrent use. The zero value is
// empty.
type Registry struct {
	mu       sync.Mutex
	families []family
}

// family is a metric with all its series.
type family struct {
	name, help, kind string
	write            func(w *bytes.Buffer, name string)
}

// add adds a family. Two of one name, or a name that is none, are a mistake in the
// program.
func (r *Registry) add(f family) {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := slices.ContainsFunc(r.families, func(g family) bool { return g.name == f.name })
	if taken || strings.Trim(f.name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || f.name == "" {
		panic("metrics: name is taken, or no name: " + f.name)
	}
	r.families = append(r.families, f)
}

// Text returns all metrics, by name.
func (r *Registry) Text() []byte {
	r.mu.Lock()
	families := slices.Clone(r.families)
	r.mu.Unlock()
	slices.SortFunc(families, func(a, b family) int { return strings.Compare(a.name, b.name) })
	var w bytes.Buffer
	for _, f := range families {
		fmt.Fprintf(&w, "# HELP %s %s\n# TYPE %s %s\n", f.name, escape(f.help), f.name, f.kind)
		f.write(&w, f.name)
	}
	return w.Bytes()
}

// ServeHTTP answers with all metrics.
func (r *Registry) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", ContentType)
	_, _ = w.Write(r.Text())
}

// Gauge adds a value that is read whenever somebody asks.
func (r *Registry) Gauge(name, help string, read func() float64) {
	r.add(family{name, help, "gauge", func(w *bytes.Buffer, name string) { sample(w, name, "", read()) }})
}

// Counter adds a counter. Each of its series has a value of every label.
func (r *Registry) Counter(name, help string, labels ...string) *Counter {
	c := &Counter{labels: labels, series: map[string]*atomic.Uint64{}}
	r.add(family{name, help, "counter", c.write})
	return c
}

// Counter only grows. It is safe for concurrent use.
type Counter struct {
	labels []string

	mu     sync.Mutex
	series map[string]*atomic.Uint64 // by labels as they are written
}

// Inc adds one to the series with these values of the labels, in their order.
func (c *Counter) Inc(values ...string) {
	key := pairs(c.labels, values)
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.series[key]
	if n == nil {
		n = new(atomic.Uint64)
		c.series[key] = n
	}
	n.Add(1)
}

func (c *Counter) write(w *bytes.Buffer, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range sorted(c.series) {
		sample(w, name, key, float64(c.series[key].Load()))
	}
	if len(c.series) == 0 && len(c.labels) == 0 {
		sample(w, name, "", 0)
	}
}

// pairs writes labels with their values. Another number of values than of labels
// is a mistake in the program.
func pairs(labels, values []string) string {
	if len(labels) != len(values) {
		panic(fmt.Sprintf("metrics: %d values for labels %q", len(values), labels))
	}
	var out []string
	for i, l := range labels {
		out = append(out, l+`="`+strings.ReplaceAll(escape(values[i]), `"`, `\"`)+`"`)
	}
	return strings.Join(out, ",")
}

func escape(s string) string {
	if !strings.ContainsAny(s, "\\\n") {
		return s
	}
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(s)
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// sample writes one line.
func sample(w *bytes.Buffer, name, labels string, value float64) {
	w.WriteString(name)
	if labels != "" {
		w.WriteString("{" + labels + "}")
	}
	w.WriteString(" " + number(value) + "\n")
}

func number(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "+Inf"
	case math.IsInf(f, -1):
		return "-Inf"
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

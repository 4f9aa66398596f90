// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTextFormat(t *testing.T) {
	t.Parallel()
	var r Registry
	c := r.Counter("b_total", "Counts.\nAll.", "route", "result")
	c.Inc("release", "granted")
	c.Inc("release", "granted")
	c.Inc("release", `a"b\c`+"\n")
	r.Counter("c_total", "Alone.")
	r.Gauge("a", "Reads.", func() float64 { return 1.5 })
	d := r.Durations("d_seconds", "Takes.", "route")
	d.Observe(time.Millisecond, "x")
	d.Observe(1500*time.Microsecond, "x")
	d.Observe(time.Minute, "x")
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	got := w.Body.String()
	for _, want := range []string{
		"# HELP a Reads.\n# TYPE a gauge\na 1.5\n# HELP b_total Counts.\\nAll.\n# TYPE b_total counter\n",
		`b_total{route="release",result="a\"b\\c\n"} 1` + "\n" + `b_total{route="release",result="granted"} 2` + "\n",
		"\nc_total 0\n",
		`d_seconds_bucket{route="x",le="0.001"} 1` + "\n" + `d_seconds_bucket{route="x",le="0.002"} 2` + "\n",
		`d_seconds_bucket{route="x",le="30"} 2` + "\n" + `d_seconds_bucket{route="x",le="+Inf"} 3` + "\n" + `d_seconds_sum{route="x"} 60.0025` + "\n" + `d_seconds_count{route="x"} 3` + "\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks\n%s\nin\n%s", want, got)
		}
	}
	line := regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .*|[a-z_]+(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})? [0-9.e+-]+)$`)
	for l := range strings.Lines(got) {
		if !line.MatchString(strings.TrimSuffix(l, "\n")) {
			t.Errorf("malformed line %q", l)
		}
	}
	if w.Header().Get("Content-Type") != ContentType {
		t.Error(w.Header())
	}
}

func TestMistakesPanic(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(r *Registry){
		"twice":          func(r *Registry) { r.Counter("a", ""); r.Counter("a", "") },
		"no name":        func(r *Registry) { r.Counter("", "") },
		"not a name":     func(r *Registry) { r.Counter("a b", "") },
		"missing value":  func(r *Registry) { r.Counter("a", "", "x").Inc() },
		"value too many": func(r *Registry) { r.Durations("a", "").Observe(0, "x") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			do(&Registry{})
		})
	}
}

func TestManyCountAtOnce(t *testing.T) {
	t.Parallel()
	var r Registry
	c, d := r.Counter("c", "", "x"), r.Durations("d", "", "x")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				c.Inc("a")
				d.Observe(time.Second, "a")
				r.Text()
			}
		})
	}
	all.Wait()
	if text := string(r.Text()); !strings.Contains(text, `c{x="a"} 800`) || !strings.Contains(text, `d_count{x="a"} 800`) {
		t.Error(text)
	}
}

func TestProcess(t *testing.T) {
	t.Parallel()
	var r Registry
	r.Process(time.Unix(12, 0))
	text := string(r.Text())
	for _, want := range []string{"process_start_time_seconds 12\n", "process_resident_memory_bytes ", "process_open_fds ", "go_goroutines "} {
		if !strings.Contains(text, "\n"+want) || strings.Contains(text, want+"0\n") {
			t.Errorf("lacks %s in\n%s", want, text)
		}
	}
}

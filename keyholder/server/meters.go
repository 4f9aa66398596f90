// SPDX-License-Identifier: Apache-2.0

package server

import (
	"sync/atomic"
	"time"

	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/metrics"
	"github.com/escrin/escrin/keyholder/release"
)

// meters are the metrics of a server.
type meters struct {
	requests *metrics.Counter
	seconds  *metrics.Durations
	recorded *metrics.Durations
	limited  *metrics.Counter
	panics   *metrics.Counter
	present  *atomic.Int64
	head     *atomic.Pointer[release.Head]

	// Of the doorway.
	open       *atomic.Int64
	turnedAway *metrics.Counter
	failures   *metrics.Counter
}

func newMeters(r *metrics.Registry, s *Server) meters {
	const prefix = "escrin_keyholder_"
	m := meters{
		requests: r.Counter(prefix+"requests_total", "Requests that use the share, by what they ask for and what became of them.", "about", "result"),
		seconds:  r.Durations(prefix+"request_seconds", "Time to answer such a request.", "about"),
		recorded: r.Durations(prefix+"audit_seconds", "Time until a decision was durably recorded."),
		limited:  r.Counter(prefix+"limited_total", "Requests refused by a rate limit.", "limit"),
		panics:   r.Counter(prefix+"panics_total", "Requests in which the program failed."),
		present:  new(atomic.Int64), head: new(atomic.Pointer[release.Head]), open: new(atomic.Int64),
		turnedAway: r.Counter(prefix+"connections_turned_away_total", "Connections that were closed at once: too many of one site, or of nobody who may connect."),
		failures:   r.Counter(prefix+"accept_failures_total", "Times that the system had no connection to give."),
	}
	r.Gauge(prefix+"connections", "Connections that are open.", func() float64 { return float64(m.open.Load()) })
	r.Gauge(prefix+"connections_limit", "How many may be open at once.", func() float64 { return float64(most()) })
	r.Gauge(prefix+"stopping", "1 if the holder was told to end, and finishes what is under way.", func() float64 {
		if s.stopping.Load() {
			return 1
		}
		return 0
	})
	r.Gauge(prefix+"requests_in_progress", "Requests that use the share and are not answered yet.", func() float64 { return float64(m.present.Load()) })
	r.Gauge(prefix+"epoch", "Epoch whose share is in use; 0 without one.", func() float64 {
		if own := s.share.Load(); own != nil {
			return float64(own.Network().Epoch)
		}
		return 0
	})
	r.Gauge(prefix+"decided_block", "Number of the newest block that a decision rested on.", func() float64 { return float64(m.newest().Number) })
	r.Gauge(prefix+"decided_block_time_seconds", "Time of that block, in seconds since the epoch.", func() float64 { return float64(m.newest().Time) })
	r.Gauge(prefix+"audit_records", "Records in the audit log.", func() float64 { return float64(s.config.Audit.Head().Length) })
	r.Gauge(prefix+"audit_broken", "1 if nothing can be recorded any more, so that nothing is answered.", func() float64 {
		if s.config.Audit.Err() != nil {
			return 1
		}
		return 0
	})
	return m
}

// enter counts a request that is there, until leave.
func (m meters) enter() (leave func()) {
	m.present.Add(1)
	return func() { m.present.Add(-1) }
}

// done counts a request that was granted or refused.
func (m meters) done(about string, err error, took time.Duration) {
	result := auditlog.Granted
	if err != nil {
		result = string(codeOf(err))
	}
	m.requests.Inc(about, result)
	m.seconds.Observe(took, about)
}

// decided remembers the newest block of a decision.
func (m meters) decided(h release.Head) {
	for {
		old := m.head.Load()
		if old != nil && old.Number >= h.Number || m.head.CompareAndSwap(old, &h) {
			return
		}
	}
}

func (m meters) newest() release.Head {
	if h := m.head.Load(); h != nil {
		return *h
	}
	return release.Head{}
}

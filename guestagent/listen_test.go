// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/workload"
)

// kept is closed when a host has so many segments.
func kept(h *hosttest.Host, wanted int) <-chan struct{} {
	enough := make(chan struct{})
	h.Segment = func(kept int) {
		if kept == wanted {
			close(enough)
			wanted = 0
		}
	}
	return enough
}

// awaited receives what a guest must bring about; one that does not fails the test.
func awaited[T any](t *testing.T, what <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-what:
	case <-time.After(time.Minute):
		t.Error("the guest does not go on")
	}
	return got
}

// told returns when the owner can read all that the workload has said: segments that went before it said anything are empty.
func told(t *testing.T, h *hosttest.Host) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		stdout, stderr, err := h.OpenLogs()
		switch {
		case err != nil || time.Now().After(end):
			t.Errorf("the owner reads %d bytes and %q, %v", len(stdout), stderr, err)
			return
		case strings.HasSuffix(stdout, "out") && strings.HasSuffix(stderr, "err"):
			return
		}
	}
}

// segmentsOf lives once with live logs, and a workload that says something and runs until so many segments are there; or without, if none
// are wanted.
func segmentsOf(t *testing.T, wanted int, say func(workload.Listener)) *hosttest.Host {
	t.Helper()
	h := newHost(t)
	m := &machine{config: several(1), say: say}
	if m.config.Logs.Live = wanted > 0; m.config.Logs.Live {
		enough := kept(h, wanted)
		m.during = func() { awaited(t, enough); told(t, h) }
	}
	if err := liveAt(t, m, h, minWindow, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestAG09SegmentsSayNothing: a workload that is silent has as many, of the same size, as one that talks more than they hold.
func TestAG09SegmentsSayNothing(t *testing.T) {
	const canary = "CANARYcanaryCANARYcanary"
	talk := strings.Repeat(canary, 3000)
	for name, say := range map[string]func(workload.Listener){
		"silent": func(workload.Listener) {},
		"talks": func(heard workload.Listener) {
			heard(workload.Stdout, []byte(talk))
			heard(workload.Stderr, []byte("err"))
		},
	} {
		logs := segmentsOf(t, 9, say).Heard().Logs
		if len(logs) < 9 {
			t.Errorf("%s: %d segments", name, len(logs))
		}
		for _, segment := range logs {
			if len(segment) != livelog.SealedSize || strings.Contains(string(segment), canary[:8]) {
				t.Errorf("%s: a segment of %d bytes", name, len(segment))
			}
		}
	}
}

// TestTheOwnerReadsAlong: what was said is in the segments, while the workload runs.
func TestTheOwnerReadsAlong(t *testing.T) {
	h := segmentsOf(t, 4, func(heard workload.Listener) {
		heard(workload.Stdout, []byte(strings.Repeat("o", 5000)))
		heard(workload.Stderr, []byte("err"))
	})
	stdout, stderr, err := h.OpenLogs()
	if err != nil || stdout != strings.Repeat("o", 5000)+"out" || stderr != "errerr" {
		t.Errorf("%d bytes, %q, %v", len(stdout), stderr, err)
	}
}

// TestAG08NoSegmentUnlessTheConfigSaysSo: whatever the workload says; and nobody learns when it began to.
func TestAG08NoSegmentUnlessTheConfigSaysSo(t *testing.T) {
	h := segmentsOf(t, 0, func(heard workload.Listener) {
		heard(workload.Stdout, []byte("said"))
		time.Sleep(20 * time.Millisecond)
	})
	if n := len(h.Heard().Logs); n > 0 {
		t.Errorf("%d segments", n)
	}
	if toldFirst(h) {
		t.Error("the host knows when the first byte came")
	}
	live := segmentsOf(t, 1, func(heard workload.Listener) { heard(workload.Stdout, []byte("said")) })
	if !toldFirst(live) {
		t.Error("with live logs the step is not reported")
	}
}

func toldFirst(h *hosttest.Host) bool {
	return slices.ContainsFunc(h.Heard().Steps, func(r hostlink.StepReport) bool { return r.Step == hostlink.StepOutputFirst })
}

// deaf is a host that keeps a segment and says that it did not, each other time.
type deaf struct {
	*hosttest.Host
	mu    sync.Mutex
	heard map[uint64][][]byte
}

func (d *deaf) Log(ctx context.Context, number uint64, segment []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heard[number] = append(d.heard[number], segment)
	if len(d.heard[number]) == 1 {
		return errBroken
	}
	return d.Host.Log(ctx, number, segment)
}

// TestAG08NoTwoSegmentsOfANumber: a host that denies having one gets the same again, and nothing to choose from.
func TestAG08NoTwoSegmentsOfANumber(t *testing.T) {
	h := newHost(t)
	host := &deaf{Host: h, heard: map[uint64][][]byte{}}
	m := &machine{config: several(1), say: func(heard workload.Listener) { heard(workload.Stdout, []byte(strings.Repeat("x", 50_000))) }}
	m.config.Logs.Live = true
	m.during = func() { told(t, h) }
	if err := liveAt(t, m, host, minWindow, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if len(host.heard) < 4 {
		t.Fatalf("%d segments", len(host.heard))
	}
	for number, segments := range host.heard {
		for _, s := range segments[1:] {
			if !bytes.Equal(s, segments[0]) {
				t.Errorf("segment %d is two", number)
			}
		}
	}
	if stdout, _, err := h.OpenLogs(); err != nil || len(stdout) != 50_000+len("out") {
		t.Errorf("%d bytes, %v", len(stdout), err)
	}
}

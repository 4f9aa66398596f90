// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/collateral"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/attest/snp"
	"github.com/escrin/escrin/attest/tdx"
	"github.com/escrin/escrin/attest/verify"
)

// start is when every test begins.
var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// clock is a clock that goes on by being waited for. Waiting for an answer takes
// as long as the answer does, unless slow is set.
type clock struct {
	mutex sync.Mutex
	now   time.Time
	waits []time.Duration
	slow  bool
}

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.mutex.Lock()
	if d == requestTimeout && !c.slow {
		c.mutex.Unlock()
		<-ctx.Done()
		return ctx.Err()
	}
	c.now = c.now.Add(d)
	if d != requestTimeout {
		c.waits = append(c.waits, d)
	}
	c.mutex.Unlock()
	return ctx.Err()
}

// pass sets the clock forward, or back.
func (c *clock) pass(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(d)
}

// world is both vendors, one machine of each, and a clock.
type world struct {
	t        testing.TB
	clock    *clock
	intel    *simulator.Platform
	amd      *simulator.SNPPlatform
	quote    tdx.Quote
	services *simulator.Services
	roots    []byte
	url      string

	mutex sync.Mutex
	count map[string]int                                                    // requests by path
	spoil func(w http.ResponseWriter, r *http.Request, honest http.Handler) // if not nil, answers
}

// keysVariable names the directory of the vendors' keys to the processes that a
// test starts.
const keysVariable = "ESCRIN_TEST_VENDOR_KEYS"

// vendorKeys returns the directory of the vendors' keys, which all tests and their
// processes share: AMD's take seconds to make.
var vendorKeys = sync.OnceValues(func() (string, error) {
	if dir := os.Getenv(keysVariable); dir != "" {
		return dir, nil
	}
	dir, err := os.MkdirTemp("", "escrin-endorse-")
	return dir, errors.Join(err, os.Setenv(keysVariable, dir))
})

func TestMain(m *testing.M) {
	mine := os.Getenv(keysVariable) == ""
	status := m.Run()
	if dir, err := vendorKeys(); err == nil && mine {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: start}, count: make(map[string]int)}
	dir, err := vendorKeys()
	if err != nil {
		t.Fatal(err)
	}
	if w.intel, err = simulator.OpenAt(filepath.Join(dir, "intel"), w.clock.Now); err != nil {
		t.Fatal(err)
	}
	if w.amd, err = simulator.OpenSNPAt(filepath.Join(dir, "amd"), kds.Turin, w.clock.Now); err != nil {
		t.Fatal(err)
	}
	w.services = simulator.NewServices([]*simulator.Platform{w.intel}, []*simulator.SNPPlatform{w.amd})
	w.roots = append(w.intel.RootPEM(), w.amd.RootPEM()...)
	w.quote, _ = w.attestTDX()
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func (w *world) attestTDX() (tdx.Quote, collateral.Bundle) {
	raw, collateralBytes, err := w.intel.Start(attest.Registers{}).Quote([64]byte{1})
	if err != nil {
		w.t.Error(err)
	}
	q, err := tdx.ParseQuote(raw)
	if err != nil {
		w.t.Error(err)
	}
	b, err := collateral.ParseBundle(collateralBytes)
	if err != nil {
		w.t.Error(err)
	}
	return q, b
}

func (w *world) attestSNP() (snp.Report, kds.Bundle) {
	raw, collateralBytes, err := w.amd.Start(attest.Register{}).Report([64]byte{1})
	if err != nil {
		w.t.Error(err)
	}
	r, err := snp.Parse(raw)
	if err != nil {
		w.t.Error(err)
	}
	b, err := kds.ParseBundle(collateralBytes)
	if err != nil {
		w.t.Error(err)
	}
	return r, b
}

// ServeHTTP counts requests and lets a test answer them.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mutex.Lock()
	w.count[r.URL.Path]++
	spoil := w.spoil
	w.mutex.Unlock()
	if spoil != nil {
		spoil(rw, r, w.services)
		return
	}
	w.services.ServeHTTP(rw, r)
}

// requests returns how many there were so far.
func (w *world) requests() map[string]int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return maps.Clone(w.count)
}

func (w *world) total() (n int) {
	for _, count := range w.requests() {
		n += count
	}
	return n
}

// answer has all requests answered by f from now on; nil is honesty.
func (w *world) answer(f func(w http.ResponseWriter, r *http.Request, honest http.Handler)) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.spoil = f
}

// fetcher returns a fetcher with a cache in dir.
func (w *world) fetcher(dir string) *Fetcher {
	w.t.Helper()
	roots, err := verify.ParseRoots(w.roots)
	if err != nil {
		w.t.Fatal(err)
	}
	f, err := New(Config{
		Roots: roots, URLs: URLs{Intel: w.url, IntelRootCRL: w.url + "/IntelSGXRootCA.der", AMD: w.url},
		Directory: dir, Transport: http.DefaultTransport, Clock: w.clock,
		Jitter: func(d time.Duration) time.Duration { return d }, Log: func(line string) { w.t.Log(line) },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(f.Close) // before the folder goes
	return f
}

// tcb is the item that most tests ask for.
func (w *world) tcb() Item { return TCBInfo(TDX, w.intel.FMSPC()) }

func get(t testing.TB, f *Fetcher, i Item) Endorsement {
	t.Helper()
	e, err := f.Get(context.Background(), i)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// chipTCB returns the firmware that a report of the simulated chip is under.
func chipTCB(t testing.TB, r snp.Report) kds.TCB {
	t.Helper()
	tcb, err := kds.SplitTCB(kds.Turin, r.ReportedTCB)
	if err != nil {
		t.Fatal(err)
	}
	return tcb
}

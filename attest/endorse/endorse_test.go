// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/verify"
)

const (
	tcbPath  = "/tdx/certification/v4/tcb"
	rootPath = "/IntelSGXRootCA.der"
)

func TestCollateralOfQuoteVerifiesItWithoutNetwork(t *testing.T) {
	w := newWorld(t)
	w.quote, _ = w.attestTDX()
	b, err := w.fetcher(t.TempDir()).TDX(context.Background(), w.quote, 0)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := b.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	roots, err := verify.ParseRoots(w.intel.RootPEM())
	if err != nil {
		t.Fatal(err)
	}
	e := attest.Evidence{TEE: attest.TDX, Signed: w.quote.Marshal(), Collateral: raw}
	if _, err := verify.Verify(e, roots, w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if n := w.total(); n != 4 {
		t.Errorf("%d requests, want 4: %v", n, w.requests())
	}
}

func TestCollateralOfReport(t *testing.T) {
	w := newWorld(t)
	report, want := w.attestSNP()
	f := w.fetcher(t.TempDir())
	b, err := f.SNP(context.Background(), report, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.VEK, want.VEK) || !bytes.Equal(b.ASK, want.ASK) {
		t.Error("another certificate")
	}
	// Three requests, each ten seconds after the one before.
	if n := w.total(); n != 3 || w.clock.Now().Sub(start) != 2*amdInterval {
		t.Errorf("%d requests in %v: %v", n, w.clock.Now().Sub(start), w.requests())
	}
	w.clock.pass(300 * 24 * time.Hour)
	item, err := VCEK(kds.Turin, report.ChipID[:8], chipTCB(t, report))
	if err != nil {
		t.Fatal(err)
	}
	get(t, f, item)
	if n := w.total(); n != 3 {
		t.Errorf("a certificate that does not change was asked for again: %v", w.requests())
	}
}

func TestWhatIsFreshIsNotAskedForAgain(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	first := get(t, w.fetcher(dir), w.tcb())
	w.clock.pass(maxAge - time.Second)
	again := get(t, w.fetcher(dir), w.tcb()) // after a restart
	if w.total() != 1 || !bytes.Equal(first.Body, again.Body) || !again.Fetched.Equal(first.Fetched) {
		t.Errorf("%v", w.requests())
	}
	w.clock.pass(2 * time.Second)
	if newer := get(t, w.fetcher(dir), w.tcb()); w.total() != 2 || !newer.Edition.Issued.After(first.Edition.Issued) {
		t.Errorf("not replaced: %v", w.requests())
	}
}

// A hundred who ask at once are one request.
func TestRequestsForTheSameAreOne(t *testing.T) {
	w := newWorld(t)
	f := w.fetcher(t.TempDir())
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := f.Get(context.Background(), w.tcb()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := w.total(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// Who gives up does not take the answer from those who still wait; when nobody
// waits, the request ends.
func TestRequestsEndWithTheLastWhoWaits(t *testing.T) {
	w := newWorld(t)
	f := w.fetcher(t.TempDir())
	arrived, release, ended := make(chan struct{}, 8), make(chan struct{}), make(chan struct{}, 8)
	w.answer(func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
		arrived <- struct{}{}
		select {
		case <-release:
			honest.ServeHTTP(rw, r)
		case <-r.Context().Done():
			ended <- struct{}{}
		}
	})
	impatient, giveUp := context.WithCancel(context.Background())
	type result struct {
		e   Endorsement
		err error
	}
	first, second := make(chan result, 1), make(chan result, 1)
	go func() { e, err := f.Get(impatient, w.tcb()); first <- result{e, err} }()
	<-arrived
	go func() { e, err := f.Get(context.Background(), w.tcb()); second <- result{e, err} }()
	for waiting(f, w.tcb()) < 2 {
		if t.Context().Err() != nil {
			t.Fatal("the second never joined")
		}
	}
	giveUp()
	if r := <-first; !errors.Is(r.err, context.Canceled) {
		t.Errorf("error is %v", r.err)
	}
	close(release)
	if r := <-second; r.err != nil {
		t.Errorf("error is %v", r.err)
	}
	if w.total() != 1 {
		t.Errorf("%v", w.requests())
	}

	release = nil
	lonely, giveUp := context.WithCancel(context.Background())
	go func() { e, err := f.Get(lonely, QEIdentity(TDX)); first <- result{e, err} }()
	<-arrived
	giveUp()
	<-ended
	if r := <-first; !errors.Is(r.err, context.Canceled) {
		t.Errorf("error is %v", r.err)
	}
	w.answer(nil)
	get(t, f, QEIdentity(TDX)) // nothing is held against it
}

func waiting(f *Fetcher, i Item) int {
	f.flights.mutex.Lock()
	defer f.flights.mutex.Unlock()
	if c := f.flights.calls[key(i)]; c != nil {
		return c.waiting
	}
	return 0
}

// While the vendor is down, what is still valid is good enough; the vendor is
// asked at intervals.
func TestVendorIsDown(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	first := get(t, w.fetcher(dir), w.tcb())
	w.answer(func(rw http.ResponseWriter, _ *http.Request, _ http.Handler) { rw.WriteHeader(http.StatusBadGateway) })
	f := w.fetcher(dir)
	w.clock.pass(maxAge)
	for range 10 {
		if e := get(t, f, w.tcb()); !bytes.Equal(e.Body, first.Body) {
			t.Error("another answer")
		}
	}
	if n := w.total(); n != 2 {
		t.Errorf("%d requests", n)
	}
	w.clock.pass(quiet)
	get(t, f, w.tcb())
	if n := w.total(); n != 3 {
		t.Errorf("%d requests", n)
	}
	w.clock.now = first.Until
	if _, err := f.Get(context.Background(), w.tcb()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
	w.answer(nil)
	w.clock.pass(maxPause)
	get(t, f, w.tcb())
}

// serve has all answers made by f, from the honest answer.
func (w *world) serve(f func(r *http.Request, honest *httptest.ResponseRecorder, rw http.ResponseWriter)) {
	w.answer(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		f(r, recorder, rw)
	})
}

// pass copies an answer.
func pass(rw http.ResponseWriter, honest *httptest.ResponseRecorder) {
	for name, values := range honest.Header() {
		rw.Header()[name] = values
	}
	rw.WriteHeader(honest.Code)
	_, _ = io.Copy(rw, honest.Body)
}

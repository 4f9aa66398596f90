// SPDX-License-Identifier: Apache-2.0

package endorse

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/attest/kds"
)

// standing is a clock on which waits do not end, but by being given up.
type standing struct {
	*clock
	waits chan time.Duration
}

func (c standing) Wait(ctx context.Context, d time.Duration) error {
	if d != requestTimeout {
		c.waits <- d
	}
	<-ctx.Done()
	return ctx.Err()
}

// chipItem names a chip that somebody made up.
func chipItem(t *testing.T, n byte) Item {
	t.Helper()
	i, err := VCEK(kds.Turin, []byte{n, 7: 0}, kds.TCB{})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// Whoever asks and goes away takes nobody's turn: neither who comes after nor who
// waits meanwhile has to wait for longer.
func TestTurnsAreGivenBack(t *testing.T) {
	w := newWorld(t)
	f := w.fetcher(t.TempDir())
	held := standing{w.clock, make(chan time.Duration)}
	f.config.Clock = held
	if _, err := f.pace.reserve(amdChips, 0); err != nil {
		t.Fatal(err)
	}
	const many = 2 // the third would wait as long as for an answer
	ctx, giveUp := context.WithCancel(context.Background())
	ended := make(chan error, many)
	for n := range byte(many) {
		go func() {
			_, err := f.askFor(ctx, chipItem(t, n), 0, nil, false)
			ended <- err
		}()
		if wait := <-held.waits; wait != time.Duration(n+1)*amdInterval {
			t.Errorf("turn %d comes in %v", n, wait)
		}
	}
	last, err := f.pace.reserve(amdChips, maxWait)
	if err != nil || last.wait != (many+1)*amdInterval {
		t.Errorf("turn after them comes in %v, %v", last.wait, err)
	}
	giveUp()
	for range many {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	}
	for n := range many {
		if turn, err := f.pace.reserve(amdChips, maxWait); err != nil || turn.wait != time.Duration(n+1)*amdInterval {
			t.Errorf("turn %d comes in %v, %v", n, turn.wait, err)
		}
	}
	if turn, err := f.pace.reserve(amdChips, maxWait); err != nil || turn.wait != (many+2)*amdInterval {
		t.Errorf("after the one that was kept: in %v, %v", turn.wait, err)
	}
	if w.total() != 0 {
		t.Errorf("%v", w.requests())
	}
}

// However many certificates of chips are waited for, chains and lists get their
// turn: a renewal does not wait at all.
func TestListsHaveTheirOwnTurns(t *testing.T) {
	w := newWorld(t)
	f := w.fetcher(t.TempDir())
	first := get(t, f, w.amdList())
	w.clock.pass(maxAge)
	for {
		if _, err := f.pace.reserve(amdChips, maxWait); errors.Is(err, ErrUnavailable) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if renewed := get(t, f, w.amdList()); !renewed.Fetched.After(first.Fetched) {
		t.Error("the list was not renewed")
	}
}

// An error about one chip holds up requests about chips; a service that asks for
// patience gets it from all.
func TestPatienceIsForTheWholeService(t *testing.T) {
	w := newWorld(t)
	f := w.fetcher(t.TempDir())
	for _, asked := range []time.Duration{0, time.Minute} {
		if err := f.pace.postpone(amdChips, 0, asked); err != nil {
			t.Fatal(err)
		}
		chips, err := f.pace.reserve(amdChips, maxWait)
		if err != nil || chips.wait != max(asked, firstBackoff) {
			t.Errorf("chips wait %v, %v", chips.wait, err)
		}
		if err := f.pace.giveBack(chips); err != nil {
			t.Fatal(err)
		}
		lists, err := f.pace.reserve(amdAPI, maxWait)
		if err != nil || lists.wait != asked {
			t.Errorf("lists wait %v, %v", lists.wait, err)
		}
		if err := f.pace.giveBack(lists); err != nil {
			t.Fatal(err)
		}
	}
}

// What an answer is, its bytes and signatures say, and not the content type, which
// only helps to find out what went wrong.
func TestContentTypeIsAHint(t *testing.T) {
	for _, kind := range []string{"text/html; charset=utf-8", "application/vnd.vendor.new", "", "no type"} {
		w := newWorld(t)
		broken := false
		w.answer(func(rw http.ResponseWriter, r *http.Request, honest http.Handler) {
			if broken {
				rw.Header().Set("Content-Type", kind)
				_, _ = rw.Write([]byte("<html>"))
				return
			}
			honest.ServeHTTP(typed{rw, kind}, r)
		})
		f := w.fetcher(t.TempDir())
		for _, i := range w.kinds() {
			get(t, f, i)
		}
		broken = true
		if _, err := w.fetcher(t.TempDir()).Get(context.Background(), RootCRL()); !errors.Is(err, ErrUnverified) || !strings.Contains(err.Error(), "content type is") {
			t.Errorf("error is %v", err)
		}
	}
}

// typed answers with another content type than the handler says.
type typed struct {
	http.ResponseWriter
	kind string
}

func (w typed) Write(b []byte) (int, error) {
	w.Header().Set("Content-Type", w.kind)
	return w.ResponseWriter.Write(b)
}

func (w typed) WriteHeader(status int) {
	w.Header().Set("Content-Type", w.kind)
	w.ResponseWriter.WriteHeader(status)
}

// SPDX-License-Identifier: Apache-2.0

package service

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// large is what does not fit into the buffers between two sockets.
const large = 64 << 20

// TestJS04WhoDoesNotReadGivesHisPlaceBack: 128 sockets of one stranger, who asks for blobs and reads nothing, would close a service for
// everybody. What is written there ends in time, be it by a blob, a page of a log or a line of events.
func TestJS04WhoDoesNotReadGivesHisPlaceBack(t *testing.T) {
	s := &Service{pace: pace{time.Millisecond, large << 10}}
	ended := make(chan error, 1)
	server := httptest.NewServer(s.Handler(func(mux *http.ServeMux) {
		mux.HandleFunc("GET /large", func(w http.ResponseWriter, _ *http.Request) {
			_, err := w.Write(make([]byte, large))
			ended <- err
		})
	}))
	defer server.Close()
	defer server.CloseClientConnections()
	c, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-ended:
		if err == nil {
			t.Error("it was written though nobody reads")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the place is held still")
	}
}

// TestWhoReadsSlowlyIsWaitedFor: the time for an answer grows with it.
func TestWhoReadsSlowlyIsWaitedFor(t *testing.T) {
	w := &deadlines{ResponseWriter: httptest.NewRecorder()}
	pace{30 * time.Second, 128 << 10}.each(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(make([]byte, 32<<20))
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if len(w.set) != 3 || w.set[2].Sub(w.set[1]) < 256*time.Second {
		t.Errorf("deadlines %v", w.set)
	}
}

// TestJS04AnAnswerInPiecesTakesNoLonger: blobs are read from disk piece by piece, and who takes one now and then would keep his place for hours.
func TestJS04AnAnswerInPiecesTakesNoLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun, w := time.Now(), &deadlines{ResponseWriter: httptest.NewRecorder(), slow: 10 * time.Second}
		pace{30 * time.Second, 1 << 20}.each(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
		for i, at := range w.set {
			if want := time.Duration(30+i) * time.Second; at.Sub(begun) != want {
				t.Errorf("deadline %d is after %v, want %v", i, at.Sub(begun), want)
			}
		}
		if len(w.set) != 4 {
			t.Errorf("%d deadlines", len(w.set))
		}
	})
}

// deadlines notes those that are set.
type deadlines struct {
	http.ResponseWriter
	set  []time.Time
	slow time.Duration // that each write takes
}

// Write implements http.ResponseWriter.
func (d *deadlines) Write(b []byte) (int, error) {
	time.Sleep(d.slow)
	return d.ResponseWriter.Write(b)
}

// SetWriteDeadline is for http.ResponseController.
func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

// TestJS04OneSiteHasHalfOfAllPlaces, with as many addresses as it likes, and by whatever way it says it came.
func TestJS04OneSiteHasHalfOfAllPlaces(t *testing.T) {
	s := &Service{pace: pace{writeLimit, slowest}, Config: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
	inside, release := make(chan struct{}), make(chan struct{})
	h := s.Handler(func(mux *http.ServeMux) {
		mux.HandleFunc("GET /slow", func(http.ResponseWriter, *http.Request) {
			inside <- struct{}{}
			<-release
		})
		mux.HandleFunc("GET /quick", func(http.ResponseWriter, *http.Request) {})
	})
	ask := func(path, remote, forwarded string) int {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", forwarded)
		h.ServeHTTP(w, r)
		return w.Code
	}
	var asking sync.WaitGroup
	enter := func(n int, from func(i int) (remote, forwarded string)) {
		for i := range n {
			remote, forwarded := from(i)
			asking.Go(func() { ask("/slow", remote, forwarded) })
			<-inside
		}
	}
	stranger := func(i int) (string, string) {
		return fmt.Sprintf("[2001:db8:1:%x::1]:1", i), fmt.Sprintf("198.51.100.%d", i)
	}
	enter(maxRequests/2, stranger)
	remote, forwarded := stranger(maxRequests)
	if code := ask("/quick", remote, forwarded); code != http.StatusTooManyRequests {
		t.Errorf("the stranger once more: %d", code)
	}
	if code := ask("/quick", "203.0.113.1:1", ""); code != http.StatusOK {
		t.Errorf("somebody else: %d", code)
	}
	enter(maxRequests/2, func(i int) (string, string) { return "127.0.0.1:1", fmt.Sprintf("192.0.2.%d", i) })
	if code := ask("/quick", "203.0.113.1:1", ""); code != http.StatusTooManyRequests {
		t.Errorf("more than all: %d", code)
	}
	close(release)
	asking.Wait()
}

// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
)

// onSocket serves at a real address until the test ends.
func (w *world) onSocket(door func(net.Listener) net.Listener) (address string) {
	w.t.Helper()
	return w.behind(door, w.server.Handler())
}

// behind is onSocket with a handler that may look at requests first.
func (w *world) behind(door func(net.Listener) net.Listener, handler http.Handler) (address string) {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, door(l), handler, nil, Drain, slog.New(slog.DiscardHandler)) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	})
	return l.Addr().String()
}

func (w *world) anybody(l net.Listener) net.Listener { return w.server.Doorway(l, false) }

// watched calls read when the server begins to read a body.
type watched struct {
	io.ReadCloser
	read func()
}

// Read implements io.Reader.
func (w watched) Read(p []byte) (int, error) {
	w.read()
	return w.ReadCloser.Read(p)
}

// from is a client at an address of this machine.
func from(address string) *http.Client {
	d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	return &http.Client{Transport: &http.Transport{DialContext: d.DialContext, DisableKeepAlives: true}, Timeout: 20 * time.Second}
}

// dribble begins a request and sends a byte of it now and then, until the other
// end has enough; it returns what it was answered.
func dribble(t *testing.T, address string, begun func()) string {
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Error(err)
		begun()
		return ""
	}
	defer c.Close()
	_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n{", keyholder.PathRelease)
	begun()
	answer := make(chan string, 1)
	go func() { b, _ := io.ReadAll(c); answer <- string(b) }()
	for {
		select {
		case a := <-answer:
			return a
		case <-time.After(200 * time.Millisecond):
			_, _ = c.Write([]byte(" "))
		}
	}
}

// Whoever sends hundreds of bodies byte by byte, from one address, keeps nobody at
// another address from an answer, and not for long its own.
func TestSlowBodiesOfOneAddressStopNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var reading sync.WaitGroup
	reading.Add(maxReading)
	var readers atomic.Int32
	address := w.behind(w.anybody, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		r.Body = watched{r.Body, sync.OnceFunc(func() {
			if readers.Add(1) <= maxReading {
				reading.Done()
			}
		})}
		w.server.Handler().ServeHTTP(out, r)
	}))
	const slow = maxWaiting + 64
	var begun, ended sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int{}
	started := time.Now()
	for range slow {
		begun.Add(1)
		ended.Go(func() {
			a, _, _ := strings.Cut(dribble(t, address, begun.Done), "\r\n")
			mu.Lock()
			defer mu.Unlock()
			answers[a]++
		})
	}
	begun.Wait()
	reading.Wait() // as many of them as may be
	asked := time.Now()
	r, err := from("127.0.0.2").Post("http://"+address+keyholder.PathRelease, "application/json",
		bytes.NewReader(body(t, w.signed(keyholder.PathRelease, w.release()))))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if took := time.Since(asked); r.StatusCode != 200 || took > bodyWait-time.Second {
		t.Errorf("another address: %s after %v", r.Status, took)
	}
	ended.Wait()
	if took := time.Since(started); took > 4*bodyWait {
		t.Errorf("the slow ones were heard for %v", took)
	}
	if answers["HTTP/1.1 400 Bad Request"] < maxReading || answers["HTTP/1.1 503 Service Unavailable"] == 0 {
		t.Errorf("answers %v", answers)
	}
	if n, held := w.server.intake.addresses.Networks()+w.server.intake.sites.Networks(), w.server.intake.held.Load(); n != 0 || held != 0 {
		t.Errorf("%d networks and %d bytes are held still", n, held)
	}
}

// Bodies are bounded together, too, whoever sends them.
func TestBytesAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed := w.signed(keyholder.PathRelease, w.release())
	w.server.intake.held.Store(maxHeld - 100)
	if r := w.post(keyholder.PathRelease, signed); !r.refused(keyholder.CodeBusy) || !r.err.Retryable {
		t.Error(r)
	}
	if held := w.server.intake.held.Load(); held != maxHeld-100 {
		t.Errorf("%d bytes", held)
	}
	w.server.intake.held.Store(0)
	if r := w.post(keyholder.PathRelease, signed); r.status != 200 || w.server.intake.held.Load() != 0 {
		t.Error(r, w.server.intake.held.Load())
	}
}

// A request that takes longer to be decided than to be read is decided.
func TestDeadlineIsForTheBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range maxConcurrent {
		w.server.slots <- struct{}{}
	}
	w.server.wait = 2 * bodyWait
	time.AfterFunc(bodyWait+500*time.Millisecond, func() { <-w.server.slots })
	r, err := from("127.0.0.1").Post("http://"+w.onSocket(w.anybody)+keyholder.PathRelease, "application/json",
		bytes.NewReader(body(t, w.signed(keyholder.PathRelease, w.release()))))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != 200 {
		t.Error(r.Status)
	}
}

// One site has so many connections at once, and gets others for those it ends.
func TestConnectionsOfOneSiteAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var d *doorway
	address := w.onSocket(func(l net.Listener) net.Listener {
		d = w.anybody(l).(*doorway)
		d.free, d.each = nil, 3
		return d
	})
	var open []net.Conn
	for range 3 {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open = append(open, c)
	}
	alive := func(of string) bool {
		r, err := from(of).Get("http://" + address + "/healthz")
		if err != nil {
			return false
		}
		return r.Body.Close() == nil && r.StatusCode == 200
	}
	if alive("127.0.0.1") {
		t.Error("a fourth connection")
	}
	if !alive("127.0.0.2") {
		t.Error("another address has none")
	}
	_ = open[0].Close()
	for end := time.Now().Add(10 * time.Second); !alive("127.0.0.1"); {
		if time.Now().After(end) {
			t.Fatal("a connection that ended is counted still")
		}
	}
}

// What a proxy is to encrypt is taken from a proxy only.
func TestProxiedIsForProxies(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}
	w := newWorld(t, func(c *Config) { c.TrustedProxies = trusted })
	address := w.onSocket(func(l net.Listener) net.Listener {
		d := w.server.Doorway(l, true).(*doorway)
		d.free = trusted // as if the others were not of this machine
		return d
	})
	if r, err := from("127.0.0.2").Get("http://" + address + "/healthz"); err != nil || r.StatusCode != 200 {
		t.Errorf("a proxy: %v", err)
	}
	if r, err := from("127.0.0.3").Get("http://" + address + "/healthz"); err == nil {
		t.Errorf("somebody: %s", r.Status)
	}
}

// Who has a whole IPv6 site does not have a budget for each of its networks.
func TestLimitOfSites(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.PerAddress = Rate{PerSecond: 1, Burst: 2} })
	answered := 0
	for i := range 100 {
		if r := askFrom(w.server, fmt.Sprintf("[2001:db8:1:%x::1]:1", i), "GET", keyholder.PathKeynet, nil); r.status == 200 {
			answered++
		} else if !r.refused(keyholder.CodeRateLimited) {
			t.Fatal(r)
		}
	}
	if want := 2 * siteShare; answered != want {
		t.Errorf("%d answers, want %d", answered, want)
	}
	if r := askFrom(w.server, "[2001:db8:2::1]:1", "GET", keyholder.PathKeynet, nil); r.status != 200 {
		t.Errorf("another site: %v", r)
	}
	if r := askFrom(w.server, "192.0.2.9:1", "GET", keyholder.PathKeynet, nil); r.status != 200 {
		t.Errorf("IPv4: %v", r)
	}
}

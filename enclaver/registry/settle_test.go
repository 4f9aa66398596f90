// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/escrin/escrin/enclaver/registry/evilreg"
)

func wayOf(r *Repository) *way { return r.client.auth.base.(*way) }

// Whoever merely takes a connection at a private address has not shown that the registry is there.
func TestREG07ZoneIsKnownAfterTheHandshake(t *testing.T) {
	for name, prepare := range map[string]func(w *way){
		"untrusted": func(w *way) { w.trust = nil },
		"silent": func(w *way) {
			w.dial = func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				return seeming{ours, "10.0.0.5"}, theirs.Close()
			}
		},
	} {
		a := startAbroad(t)
		repository := a.open(t)
		w := wayOf(repository)
		w.dial = a.dial("10.0.0.5")
		prepare(w)
		if _, err := w.reach(t.Context(), "tcp", "example.com:443"); err == nil {
			t.Errorf("%s: reached", name)
		}
		if at := zone(w.at.Load()); at != zoneUnknown || w.check("10.0.0.7", zonePrivate) == nil {
			t.Errorf("%s: the registry is in zone %d", name, at)
		}
	}
}

func TestREG07RegistryMayPointIntoItsOwnZone(t *testing.T) {
	a := startAbroad(t)
	repository := a.open(t)
	w := wayOf(repository)
	w.dial = a.dial("10.0.0.5")
	d := a.Put("a", blobType, []byte("content"))
	if _, err := fetch(repository, d, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.check("10.0.0.7", zonePrivate); err != nil {
		t.Error(err)
	}
	if err := w.check("127.0.0.1", zoneLocal); !errors.Is(err, errRefused) {
		t.Errorf("got %v", err)
	}
}

// A name that resolves to something else from the second time on does not take us there.
func TestREG07RegistryStaysInItsZone(t *testing.T) {
	for _, c := range []struct{ first, then string }{
		{"203.0.114.1", "10.0.0.5"}, {"203.0.114.1", "127.0.0.1"}, {"203.0.114.1", "169.254.169.254"},
		{"10.0.0.5", "203.0.114.1"}, {"10.0.0.5", "127.0.0.1"}, {"10.0.0.5", "64:ff9b::7f00:1"},
	} {
		a := startAbroad(t)
		repository := a.open(t)
		w := wayOf(repository)
		w.dial = a.dial(c.first)
		d := a.Put("a", blobType, []byte("content"))
		if _, err := fetch(repository, d, nil); err != nil {
			t.Fatal(err)
		}
		at := w.at.Load()
		w.home.(*http.Transport).CloseIdleConnections()
		w.dial = a.dial(c.then)
		asked := len(a.Requests("", ""))
		if _, err := fetch(repository, d, nil); !errors.Is(err, errRefused) || w.at.Load() != at {
			t.Errorf("%s, then %s: %v", c.first, c.then, err)
		}
		if len(a.Requests("", "")) != asked {
			t.Errorf("%s, then %s: asked there", c.first, c.then)
		}
		if err := w.controlHome(t.Context(), "tcp", net.JoinHostPort(c.then, "443"), nil); !errors.Is(err, errRefused) {
			t.Errorf("%s, then %s: dialled: %v", c.first, c.then, err)
		}
		if err := w.controlHome(t.Context(), "tcp", net.JoinHostPort(c.first, "443"), nil); err != nil {
			t.Error(err)
		}
	}
}

// Of connections at one time the first decides.
func TestREG07ZoneIsSettledOnce(t *testing.T) {
	w := wayOf(startAbroad(t).open(t))
	var group sync.WaitGroup
	errs := make([]error, 64)
	for i := range errs {
		group.Go(func() {
			errs[i] = w.settle(seeming{address: []string{"203.0.114.1", "10.0.0.5"}[i%2]}.RemoteAddr())
		})
	}
	group.Wait()
	even, odd := errs[0], errs[1]
	if (even == nil) == (odd == nil) {
		t.Errorf("%v, %v", even, odd)
	}
	for i, err := range errs {
		if want := []error{even, odd}[i%2]; (err == nil) != (want == nil) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// The registry is spoken to in HTTP/2 if it can, as before.
func TestRegistryOverHTTP2(t *testing.T) {
	r := evilreg.Start(t)
	var mu sync.Mutex
	var protocols []string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		mu.Lock()
		protocols = append(protocols, req.Proto)
		mu.Unlock()
		r.ServeHTTP(w, req)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	if _, err := fetch(abroad{r, server}.open(t), r.Put("a", blobType, []byte("content")), nil); err != nil {
		t.Fatal(err)
	}
	if len(protocols) == 0 || slices.ContainsFunc(protocols, func(p string) bool { return p != "HTTP/2.0" }) {
		t.Errorf("spoke %q", protocols)
	}
}

// A redirect's signature is for the host that it leads to.
func TestREG08NoHostHearsWhatLedToIt(t *testing.T) {
	var heard []string
	last := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		heard = append(heard, r.Header.Values("Referer")...)
	}))
	t.Cleanup(last.Close)
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heard = append(heard, r.Header.Values("Referer")...)
		http.Redirect(w, r, last.URL+"/x", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(storage.Close)
	r := evilreg.Start(t)
	d := r.Put("a", blobType, []byte("content"))
	r.Tell(evilreg.When("GET", "/blobs/", evilreg.Redirect(307, storage.URL+"/blob?signature=abc")))
	if _, err := fetch(open(t, r, "a"), d, nil); err == nil {
		t.Error("nothing was taken for the blob")
	}
	if len(heard) != 0 {
		t.Errorf("heard %q", heard)
	}
}

func TestREG08TokenServerHearsNoReferer(t *testing.T) {
	before := httptest.NewRequest(http.MethodGet, "https://example.com/token?signature=abc", nil)
	req := httptest.NewRequest(http.MethodGet, "https://example.com/other", nil)
	req.Header.Set("Referer", before.URL.String())
	if err := stayAt(before.URL)(req, []*http.Request{before}); err != nil || len(req.Header.Values("Referer")) != 0 {
		t.Errorf("%v, %q", err, req.Header)
	}
}

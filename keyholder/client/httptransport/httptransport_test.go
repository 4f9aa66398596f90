// SPDX-License-Identifier: Apache-2.0

package httptransport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client/httptransport"
)

func TestDo(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /base/get", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "got") })
	mux.HandleFunc("POST /base/post", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.Copy(w, r.Body)
	})
	mux.Handle("GET /base/away", http.RedirectHandler("/base/get", http.StatusFound))
	mux.HandleFunc("GET /base/huge", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, keyholder.MaxBody+1)) })
	server := httptest.NewServer(mux)
	defer server.Close()
	tr := httptransport.New(keyholder.Network{Holders: []keyholder.Holder{{Index: 1, URL: server.URL + "/base/"}}})

	if status, reply, err := tr.Do(t.Context(), 1, "/get", nil); err != nil || status != 200 || string(reply) != "got" {
		t.Errorf("get: %d %q %v", status, reply, err)
	}
	if status, reply, err := tr.Do(t.Context(), 1, "/post", []byte("body")); err != nil || status != 403 || string(reply) != "body" {
		t.Errorf("post: %d %q %v", status, reply, err)
	}
	if status, _, err := tr.Do(t.Context(), 1, "/away", nil); err != nil || status != 302 {
		t.Errorf("redirect was followed: %d %v", status, err)
	}
	if _, _, err := tr.Do(t.Context(), 1, "/huge", nil); err == nil {
		t.Error("KR-12: endless reply accepted")
	}
	if _, _, err := tr.Do(t.Context(), 2, "/get", nil); err == nil {
		t.Error("asked a holder without an address")
	}
}

// Who has enough answers leaves a connection to the holder that was later, which the next
// request uses; a holder that does not answer at all keeps nothing.
func TestConnectionsOutliveWhoHasEnough(t *testing.T) {
	t.Parallel()
	begun, answer, given := make(chan bool), make(chan bool), make(chan bool, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /late", func(w http.ResponseWriter, _ *http.Request) { begun <- true; <-answer })
	mux.HandleFunc("POST /never", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		begun <- true
		<-r.Context().Done()
		given <- true
	})
	var opened atomic.Int32
	idle := make(chan bool, 10)
	server := httptest.NewUnstartedServer(mux)
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		switch s {
		case http.StateNew:
			opened.Add(1)
		case http.StateIdle:
			idle <- true
		}
	}
	server.Start()
	defer server.Close()
	tr := httptransport.ToURLs(map[uint32]string{1: server.URL})
	leave := func(path string) {
		t.Helper()
		ctx, enough := context.WithCancel(t.Context())
		go func() { <-begun; enough() }()
		if _, _, err := tr.Do(ctx, 1, path, []byte("body")); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	const times = 10
	for range times {
		leave("/late")
		answer <- true
		<-idle
	}
	if n := opened.Load(); n > times/2 { // now and then the client has the last one not back yet
		t.Errorf("%d connections were opened", n)
	}
	leave("/never")
	<-given
}

// SPDX-License-Identifier: Apache-2.0

package httptransport_test

import (
	"io"
	"net/http"
	"net/http/httptest"
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

// SPDX-License-Identifier: Apache-2.0

package pccs_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/escrin/escrin/attest/endorse"
	"github.com/escrin/escrin/attest/endorse/pccs"
)

// busy is a source that has nothing but what is in has and lists, and gets
// certificates of chips only when it is told to.
type busy struct {
	has     string
	asked   chan string
	answers chan struct{}
}

func (b busy) Has(i endorse.Item) bool { return b.has != "" && strings.Contains(i.String(), b.has) }

func (b busy) Get(ctx context.Context, i endorse.Item) (endorse.Endorsement, error) {
	if b.Has(i) || !strings.Contains(i.String(), "SPL=") {
		return endorse.Endorsement{Item: i}, nil
	}
	b.asked <- i.String()
	select {
	case <-b.answers:
		return endorse.Endorsement{Item: i}, nil
	case <-ctx.Done():
		return endorse.Endorsement{}, ctx.Err()
	}
}

// chip is the path of a chip's certificate.
func chip(n, microcode int) string {
	return fmt.Sprintf("/vcek/v1/Genoa/%0128x?blSPL=1&teeSPL=0&snpSPL=1&ucodeSPL=%d", n, microcode)
}

// Whoever makes up chips has AMD asked for two at once, and then is told to come
// later. Chips that are known, what is in the cache, and lists do not wait for that.
func TestStrangersHaveASmallQuota(t *testing.T) {
	b := busy{fmt.Sprintf("%0128x", 1), make(chan string), make(chan struct{})}
	h := pccs.Handler(b, nil)
	serve := func(ctx context.Context, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
		return w
	}
	ended := make(chan int, 16)
	start := func(ctx context.Context, path string) {
		go func() { ended <- serve(ctx, path).Code }()
		<-b.asked
	}
	if w := serve(t.Context(), chip(1, 1)); w.Code != http.StatusOK {
		t.Fatalf("status %d", w.Code)
	}
	ctx, giveUp := context.WithCancel(t.Context())
	start(ctx, chip(100, 1))
	start(ctx, chip(101, 1))
	if w := serve(t.Context(), chip(102, 1)); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("one more stranger: status %d, %v", w.Code, w.Header())
	}
	if w := serve(t.Context(), chip(1, 1)); w.Code != http.StatusOK {
		t.Errorf("what is in the cache: status %d", w.Code)
	}
	for _, path := range []string{"/vcek/v1/Genoa/crl", "/vcek/v1/Genoa/cert_chain"} {
		if w := serve(t.Context(), path); w.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	giveUp()
	<-ended
	<-ended
	start(t.Context(), chip(102, 1)) // the places are free again
	b.answers <- struct{}{}
	if status := <-ended; status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	start(t.Context(), chip(103, 1))
	start(t.Context(), chip(104, 1))
	for n := range 4 {
		start(t.Context(), chip(102, 2+n)) // known by now
	}
	if w := serve(t.Context(), chip(102, 9)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("firmware without end: status %d", w.Code)
	}
	for range 6 {
		b.answers <- struct{}{}
		<-ended
	}
}

// SPDX-License-Identifier: Apache-2.0

package evilreg

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"
)

// Thief is a host that a registry may send its clients to. It answers everything with a token and keeps what it
// is sent.
type Thief struct {
	Host string // and port

	mu     sync.Mutex
	caught []string
}

// Lurk starts a thief that ends with the test.
func Lurk(t testing.TB) *Thief {
	thief := &Thief{}
	server := httptest.NewServer(thief)
	t.Cleanup(server.Close)
	thief.Host = server.Listener.Addr().String()
	return thief
}

// ServeHTTP implements http.Handler.
func (t *Thief) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	dump, err := httputil.DumpRequest(r, true)
	if err != nil {
		dump = fmt.Append(dump, err)
	}
	t.mu.Lock()
	t.caught = append(t.caught, string(dump))
	t.mu.Unlock()
	fmt.Fprint(w, `{"token":"stolen"}`)
}

// Caught are the requests that came, byte for byte.
func (t *Thief) Caught() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.caught
}

// Credentials are the requests that came with credentials: with a header for them, or one of the words.
func (t *Thief) Credentials(words ...string) []string {
	var found []string
	for _, request := range t.Caught() {
		for _, word := range append(words, "\nAuthorization:", "\nCookie:") {
			if strings.Contains(request, word) {
				found = append(found, request)
				break
			}
		}
	}
	return found
}

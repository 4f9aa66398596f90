// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/share"
)

// ready is a server with a share and with rules that approve nothing.
func ready(t *testing.T, log io.Writer) *Server {
	t.Helper()
	s := newServer(t, slog.New(slog.NewTextHandler(log, nil)))
	secret := curve.ScalarFromIndex(5)
	network := keyholder.Network{Board: keyholder.Board{ChainID: 1, KeyNetwork: [20]byte{1}}, Epoch: 1, Threshold: 2, GroupKey: curve.G2Generator().Bytes()}
	for i := uint32(1); i <= 3; i++ {
		public := curve.ScalarFromIndex(i + 4).Public().Bytes()
		network.Holders = append(network.Holders, keyholder.Holder{Index: i, URL: "x", PublicShare: public})
	}
	own, err := share.New(1, secret, nil, network)
	if err != nil {
		t.Fatal(err)
	}
	s.SetShare(own)
	return s
}

// anyRequest is the body of a request that nobody signed.
func anyRequest(t *testing.T) io.Reader {
	t.Helper()
	b, err := json.Marshal(keyholder.SignedRequest{Inner: []byte("{}"), Time: uint64(time.Now().Unix())})
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b)
}

func do(s *Server, method, path string, body io.Reader) (int, *keyholder.Error, []byte) {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(method, path, body))
	var e keyholder.Error
	if json.Unmarshal(w.Body.Bytes(), &e) != nil {
		return w.Code, nil, w.Body.Bytes()
	}
	return w.Code, &e, w.Body.Bytes()
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	s := newServer(t, slog.New(slog.DiscardHandler))
	for _, path := range []string{keyholder.PathCertificate, keyholder.PathRelease} {
		if status, e, _ := do(s, "POST", path, strings.NewReader("{}")); status != 503 || e == nil || e.Code != keyholder.CodeNotReady || !e.Retryable {
			t.Errorf("%s: %d %v", path, status, e)
		}
	}
	if status, _, body := do(s, "GET", keyholder.PathKeynet, nil); status != 200 || string(body) != "{\"index\":0,\"ready\":false}\n" {
		t.Errorf("keynet: %d %s", status, body)
	}
	if status, _, _ := do(s, "GET", "/healthz", nil); status != 200 {
		t.Errorf("health: %d", status)
	}
}

// KR-12: bodies are bounded before they are read, and nothing malformed reaches
// the rules.
func TestKR12BadBodies(t *testing.T) {
	t.Parallel()
	s := ready(t, io.Discard)
	for name, body := range map[string]io.Reader{
		"empty": http.NoBody, "not JSON": strings.NewReader("x"), "array": strings.NewReader("[]"),
		"endless": io.MultiReader(strings.NewReader(`{"evidence":"`), forever{}),
		"inner":   anyRequest(t),
		"other":   strings.NewReader(`{"evidence":"AQ==","permitter":"0x0101010101010101010101010101010101010101","more":1}`),
		"broken":  iotestError{},
	} {
		for _, path := range []string{keyholder.PathCertificate, keyholder.PathRelease} {
			if status, e, _ := do(s, "POST", path, body); status != 400 || e == nil || e.Code != keyholder.CodeBadRequest {
				t.Errorf("%s %s: %d %v", path, name, status, e)
			}
		}
	}
}

// forever is a body without an end.
type forever struct{}

func (forever) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'A'
	}
	return len(p), nil
}

type iotestError struct{}

func (iotestError) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestOnlyTheRoutesOfTheAPI(t *testing.T) {
	t.Parallel()
	s := ready(t, io.Discard)
	for _, c := range []struct{ method, path string }{
		{"POST", "/"}, {"GET", keyholder.PathRelease}, {"POST", keyholder.PathKeynet}, {"DELETE", keyholder.PathRelease}, {"GET", "/v1/share"},
	} {
		r := ask(s, c.method, c.path, nil)
		if (r.status != 404 && r.status != 405) || r.err == nil || (r.status == 405 && r.header.Get("Allow") == "") {
			t.Errorf("%s %s: %v", c.method, c.path, r)
		}
	}
}

// KR-12: a panic becomes a refusal that says nothing of what it was about, and the
// place is free again.
func TestKR12PanicIsARefusal(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := ready(t, &log)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /", s.guarded("x", func(*http.Request, present, keyholder.SignedRequest) (asked, error) { panic("secret words") }))
	for range 2 * (maxConcurrent + maxWaiting) {
		w := httptest.NewRecorder()
		s.bounded(mux).ServeHTTP(w, httptest.NewRequest("POST", "/", anyRequest(t)))
		if w.Code != 500 || bytes.Contains(w.Body.Bytes(), []byte("secret")) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if text := log.String(); strings.Contains(text, "secret words") || !strings.Contains(text, "TestKR12PanicIsARefusal") {
		t.Error(text)
	}
	log.Reset()
	mux.HandleFunc("GET /", func(http.ResponseWriter, *http.Request) { var none []int; none[len(none)] = 1 })
	s.bounded(mux).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if text := log.String(); !strings.Contains(text, "index out of range") {
		t.Error(text)
	}
}

// Those that find no slot wait, but not for ever, and not too many.
func TestTooManyAtOnce(t *testing.T) {
	t.Parallel()
	s := ready(t, io.Discard)
	s.wait = time.Hour
	inside, leave := make(chan struct{}), make(chan struct{})
	handler := s.guarded("x", func(*http.Request, present, keyholder.SignedRequest) (asked, error) {
		inside <- struct{}{}
		<-leave
		return asked{}, badRequest(errors.New("done"))
	})
	ask := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequest("POST", "/", anyRequest(t)))
		return w
	}
	done := make(chan int)
	for range maxConcurrent {
		go func() { done <- ask().Code }()
		<-inside
	}
	for range maxWaiting {
		go func() { done <- ask().Code }()
	}
	for len(s.places) < maxWaiting {
		runtime.Gosched()
	}
	if w := ask(); w.Code != 503 || !strings.Contains(w.Body.String(), string(keyholder.CodeBusy)) || w.Header().Get("Retry-After") == "" {
		t.Errorf("one too many: %d %s", w.Code, w.Body)
	}
	close(leave)
	go func() {
		for range maxWaiting {
			<-inside
		}
	}()
	for range maxConcurrent + maxWaiting {
		if code := <-done; code != 400 {
			t.Errorf("one of the others: %d", code)
		}
	}
}

func TestWaitingEnds(t *testing.T) {
	t.Parallel()
	s := ready(t, io.Discard)
	s.wait = time.Millisecond
	for range maxConcurrent {
		s.slots <- struct{}{}
	}
	if r := ask(s, "POST", keyholder.PathRelease, anyRequest(t)); !r.refused(keyholder.CodeBusy) {
		t.Error(r)
	}
}

func TestInternalErrorsStayInside(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := ready(t, &log)
	handler := s.guarded("x", func(*http.Request, present, keyholder.SignedRequest) (asked, error) {
		return asked{}, errors.New("path /secret")
	})
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequest("POST", "/", anyRequest(t)))
	if w.Code != 500 || strings.Contains(w.Body.String(), "/secret") || !strings.Contains(log.String(), "/secret") {
		t.Fatalf("%d %s\n%s", w.Code, w.Body, log.String())
	}
}

func newServer(t *testing.T, log *slog.Logger) *Server {
	t.Helper()
	audit, err := auditlog.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = audit.Close() })
	s, err := New(Config{
		Rules: new(release.Rules), Audit: audit, Log: log,
		PerAddress: Rate{10_000, 10_000}, PerRequester: Rate{10_000, 10_000},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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
	q := newQueue(t)
	done := make(chan int)
	for i := range maxConcurrent {
		go func() { done <- q.ask(i).Code }()
		<-q.inside
	}
	for i := range maxWaiting {
		go func() { done <- q.ask(i).Code }()
	}
	for len(q.server.places) < maxWaiting {
		runtime.Gosched()
	}
	if w := q.ask(maxWaiting + 5); w.Code != 503 || !strings.Contains(w.Body.String(), string(keyholder.CodeBusy)) || w.Header().Get("Retry-After") == "" {
		t.Errorf("one too many: %d %s", w.Code, w.Body)
	}
	q.end(maxWaiting)
	for range maxConcurrent + maxWaiting {
		if code := <-done; code != 400 {
			t.Errorf("one of the others: %d", code)
		}
	}
}

// queue is a server in which requests stay that are decided.
type queue struct {
	t             *testing.T
	server        *Server
	handler       http.HandlerFunc
	inside, leave chan struct{}
}

func newQueue(t *testing.T) *queue {
	q := &queue{t: t, server: ready(t, io.Discard), inside: make(chan struct{}), leave: make(chan struct{})}
	q.server.wait = time.Hour
	q.handler = q.server.guarded("x", func(*http.Request, present, keyholder.SignedRequest) (asked, error) {
		q.inside <- struct{}{}
		<-q.leave
		return asked{}, badRequest(errors.New("done"))
	})
	return q
}

// ask puts a request from one of many addresses.
func (q *queue) ask(from int) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest("POST", "/", anyRequest(q.t))
	r.RemoteAddr = fmt.Sprintf("10.0.%d.%d:1", from/200, from%200)
	q.handler(w, r)
	return w
}

// end lets all go on, of which so many have yet to be decided.
func (q *queue) end(waiting int) {
	close(q.leave)
	go func() {
		for range waiting {
			<-q.inside
		}
	}()
}

// KR-12: one stranger, whose signature nobody has looked at yet, cannot have all
// places: others are decided beside it at once.
func TestKR12OneStrangerLeavesPlacesForOthers(t *testing.T) {
	t.Parallel()
	const stranger, other = 1, 2
	q := newQueue(t)
	done := make(chan int)
	for range maxConcurrent / 2 {
		go func() { done <- q.ask(stranger).Code }()
		<-q.inside
	}
	for range maxWaiting / 2 {
		go func() { done <- q.ask(stranger).Code }()
	}
	for len(q.server.places) < maxWaiting/2 {
		runtime.Gosched()
	}
	if w := q.ask(stranger); w.Code != 503 {
		t.Errorf("the stranger again: %d %s", w.Code, w.Body)
	}
	for range maxConcurrent / 2 {
		go func() { done <- q.ask(other).Code }()
		<-q.inside // at once
	}
	q.end(maxWaiting / 2)
	for range maxConcurrent + maxWaiting/2 {
		if code := <-done; code != 400 {
			t.Errorf("one of them: %d", code)
		}
	}
	if n := q.server.waiting.Networks() + q.server.deciding.Networks(); n != 0 {
		t.Errorf("%d networks are remembered still", n)
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

// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/ceremony"
	"github.com/escrin/escrin/keyholder/ceremony/dkg"
	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/share"
)

// ready is a server with a share and with rules that approve nothing.
func ready(t *testing.T, log io.Writer) *Server {
	t.Helper()
	s := newServer(t, slog.New(slog.NewTextHandler(log, nil)))
	secret := curve.ScalarFromIndex(5)
	network := keyholder.Network{Epoch: 1, Threshold: 2, GroupKey: curve.G2Generator().Bytes()}
	for i := uint32(1); i <= 3; i++ {
		public := curve.G2Generator().Mul(curve.ScalarFromIndex(i + 4)).Bytes()
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
		{"GET", "/"}, {"GET", keyholder.PathRelease}, {"POST", keyholder.PathKeynet}, {"DELETE", keyholder.PathRelease}, {"GET", "/v1/share"},
	} {
		if status, _, _ := do(s, c.method, c.path, nil); status != 404 && status != 405 {
			t.Errorf("%s %s: %d", c.method, c.path, status)
		}
	}
	if status, e, _ := do(s, "GET", PathCeremony+"share", nil); status != 503 || e == nil {
		t.Errorf("unknown round: %d", status)
	}
}

// KR-12: a panic becomes a refusal, and the slot is free again.
func TestKR12PanicIsARefusal(t *testing.T) {
	t.Parallel()
	s := ready(t, io.Discard)
	handler := s.guarded(func(context.Context, share.Share, keyholder.SignedRequest) (json.Marshaler, error) {
		panic("secret words")
	})
	for range 2 * maxConcurrent {
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequest("POST", "/", anyRequest(t)))
		if w.Code != 500 || bytes.Contains(w.Body.Bytes(), []byte("secret")) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}

func TestTooManyAtOnce(t *testing.T) {
	t.Parallel()
	s := ready(t, io.Discard)
	inside, leave := make(chan struct{}), make(chan struct{})
	handler := s.guarded(func(context.Context, share.Share, keyholder.SignedRequest) (json.Marshaler, error) {
		inside <- struct{}{}
		<-leave
		return nil, badRequest(errors.New("done"))
	})
	done := make(chan int)
	for range maxConcurrent {
		go func() {
			w := httptest.NewRecorder()
			handler(w, httptest.NewRequest("POST", "/", anyRequest(t)))
			done <- w.Code
		}()
		<-inside
	}
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequest("POST", "/", anyRequest(t)))
	if w.Code != 503 || !strings.Contains(w.Body.String(), string(keyholder.CodeBusy)) {
		t.Errorf("one too many: %d %s", w.Code, w.Body)
	}
	close(leave)
	for range maxConcurrent {
		if code := <-done; code != 400 {
			t.Errorf("one of the others: %d", code)
		}
	}
}

func TestInternalErrorsStayInside(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := ready(t, &log)
	handler := s.guarded(func(context.Context, share.Share, keyholder.SignedRequest) (json.Marshaler, error) {
		return nil, errors.New("path /secret")
	})
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequest("POST", "/", anyRequest(t)))
	if w.Code != 500 || strings.Contains(w.Body.String(), "/secret") || !strings.Contains(log.String(), "/secret") {
		t.Fatalf("%d %s\n%s", w.Code, w.Body, log.String())
	}
}

func TestCeremonyMessagesAreFetched(t *testing.T) {
	t.Parallel()
	s := newServer(t, slog.New(slog.DiscardHandler))
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	fetch := FetchFrom(map[uint32]string{1: web.URL + "/", 2: "http://127.0.0.1:1", 3: web.URL + "/nowhere"})
	if _, err := fetch(t.Context(), 1, dkg.Commit); !errors.Is(err, ceremony.ErrNotYet) {
		t.Fatalf("before: %v", err)
	}
	s.config.Ceremony.Publish(dkg.Commit, []byte("message"))
	if m, err := fetch(t.Context(), 1, dkg.Commit); err != nil || string(m) != "message" {
		t.Fatalf("after: %q, %v", m, err)
	}
	for _, member := range []uint32{2, 3, 4} {
		if _, err := fetch(t.Context(), member, dkg.Commit); err == nil || errors.Is(err, ceremony.ErrNotYet) {
			t.Errorf("member %d: %v", member, err)
		}
	}
}

func newServer(t *testing.T, log *slog.Logger) *Server {
	t.Helper()
	s, err := New(Config{Rules: new(release.Rules), Log: log, Ceremony: &ceremony.Board{}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

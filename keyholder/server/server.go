// SPDX-License-Identifier: Apache-2.0

// Package server is a keyholder's HTTP API. It bounds every request before it
// reads it, asks package release for a decision, and lets package share act on
// what was approved.
package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/ceremony/dkg"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/share"
)

// PathCeremony is followed by the name of a round.
const PathCeremony = "/v1/ceremony/"

// Paths of what is public of the node.
const (
	PathKeyholder  = "/v1/keyholder"
	PathCompletion = "/v1/epochs/{epoch}/completion"
	PathWitness    = "/v1/witness" // may be followed by a signer and a nonce, each after a slash
)

const (
	maxConcurrent  = 32 // requests that cost work, at once
	requestTimeout = 25 * time.Second
)

// Server answers requests. Before SetShare, and after DropShare, it only serves
// what is public.
type Server struct {
	config Config
	rules  *release.Rules
	log    *slog.Logger
	share  atomic.Pointer[share.Share]
	slots  chan struct{}
}

// New returns a server without a share, or an error that says what is missing.
func New(c Config) (*Server, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return &Server{config: c, rules: c.Rules, log: c.Log, slots: make(chan struct{}, maxConcurrent)}, nil
}

// SetShare makes the server use a share from now on, instead of the one before.
// Requests that are being answered may still use the other.
func (s *Server) SetShare(own share.Share) { s.share.Store(&own) }

// DropShare makes the server use no share from now on: another epoch has other
// members.
func (s *Server) DropShare() { s.share.Store(nil) }

// route is one route of the API.
type route struct {
	pattern string
	handle  http.HandlerFunc
	uses    use
}

// use says what an answer is made of.
type use uint8

// An answer is public, or made with the share, and then only of what package
// release approved.
const (
	public use = iota + 1
	ofShare
)

// routes are all routes of the API.
func (s *Server) routes() []route {
	return []route{
		{"GET /healthz", s.health, public},
		{"GET " + keyholder.PathKeynet, s.keynet, public},
		{"GET " + PathKeyholder, s.keyholder, public},
		{"GET " + PathCompletion, s.completion, public},
		{"GET " + PathWitness, s.ownStatement, public},
		{"GET " + PathWitness + "/{signer}/{nonce}", s.statement, public},
		{"GET " + PathCeremony + "{round}", s.ceremony, public},
		{"POST " + keyholder.PathCertificate, s.guarded(s.certificate), ofShare},
		{"POST " + keyholder.PathRelease, s.guarded(s.release), ofShare},
	}
}

// Handler returns the routes of the API.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.HandleFunc(r.pattern, r.handle)
	}
	return mux
}

// health tells that the process serves, ready or not.
func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

func (s *Server) keynet(w http.ResponseWriter, _ *http.Request) {
	var reply keyholder.KeynetReply
	if own := s.share.Load(); own != nil {
		network := own.Network()
		reply = keyholder.KeynetReply{Index: own.Index(), Ready: true, Network: &network}
	}
	s.answer(w, http.StatusOK, reply)
}

func (s *Server) ceremony(w http.ResponseWriter, r *http.Request) {
	for round := dkg.Hello; round <= dkg.Confirm && s.config.Ceremony != nil; round++ {
		if r.PathValue("round") != round.String() {
			continue
		}
		if m, ok := s.config.Ceremony.Message(round); ok {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(m)
			return
		}
	}
	s.refuse(w, &keyholder.Error{Code: keyholder.CodeNotReady, Message: "no message of this round yet", Retryable: true})
}

func (s *Server) certificate(ctx context.Context, own share.Share, req keyholder.SignedRequest) (json.Marshaler, error) {
	asked, err := s.rules.OpenCertificate(req)
	if err == nil {
		err = served(own, asked.Epoch())
	}
	if err != nil {
		return nil, err
	}
	approved, err := s.rules.Certificate(ctx, asked)
	if err != nil {
		return nil, err
	}
	return own.Sign(approved)
}

func (s *Server) release(ctx context.Context, own share.Share, req keyholder.SignedRequest) (json.Marshaler, error) {
	asked, err := s.rules.OpenRelease(req)
	if err == nil {
		err = served(own, asked.Epoch())
	}
	if err != nil {
		return nil, err
	}
	grant, err := s.rules.Release(ctx, asked)
	if err != nil {
		return nil, err
	}
	return own.Seal(grant)
}

// served reports whether we serve an epoch: an earlier one never again, a later
// one perhaps soon.
func served(own share.Share, epoch uint64) error {
	switch now := own.Network().Epoch; {
	case epoch < now:
		return &keyholder.Error{Code: keyholder.CodeWrongEpoch, Message: fmt.Sprintf("epoch %d is over, the present one is %d", epoch, now)}
	case epoch > now:
		return &keyholder.Error{Code: keyholder.CodeNotReady, Message: fmt.Sprintf("epoch %d has not begun here", epoch), Retryable: true}
	}
	return nil
}

type action func(ctx context.Context, own share.Share, req keyholder.SignedRequest) (json.Marshaler, error)

// guarded bounds number, size and time of requests, and turns a panic into a
// refusal.
func (s *Server) guarded(do action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		own := s.share.Load()
		if own == nil {
			s.refuse(w, &keyholder.Error{Code: keyholder.CodeNotReady, Message: "key ceremony is not over", Retryable: true})
			return
		}
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
		default:
			s.refuse(w, &keyholder.Error{Code: keyholder.CodeBusy, Message: "too many requests at once", Retryable: true})
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
		defer cancel()
		reply, err := s.run(ctx, do, *own, http.MaxBytesReader(w, r.Body, keyholder.MaxBody))
		name := strings.TrimPrefix(r.URL.Path, "/v1/")
		if err != nil {
			s.log.Info("refused", "request", name, "reason", err.Error())
			s.refuse(w, err)
			return
		}
		s.log.Info("answered", "request", name)
		s.answer(w, http.StatusOK, reply)
	}
}

func (s *Server) run(ctx context.Context, do action, own share.Share, body io.Reader) (reply json.Marshaler, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic in request", "panic", p)
			reply, err = nil, &keyholder.Error{Code: keyholder.CodeInternal, Message: "internal error", Retryable: false}
		}
	}()
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, badRequest(err)
	}
	req, err := keyholder.ParseSignedRequest(raw)
	if err != nil {
		return nil, badRequest(err)
	}
	if !req.Timely(time.Now()) {
		return nil, &keyholder.Error{Code: keyholder.CodeStaleRequest, Message: "the request's time is more than ten minutes from ours"}
	}
	return do(ctx, own, req)
}

func badRequest(err error) *keyholder.Error {
	return &keyholder.Error{Code: keyholder.CodeBadRequest, Message: err.Error()}
}

// refuse answers with an error. One that is not meant for clients stays here.
func (s *Server) refuse(w http.ResponseWriter, err error) {
	var e *keyholder.Error
	if !errors.As(err, &e) {
		s.log.Error("internal error", "error", err.Error())
		e = &keyholder.Error{Code: keyholder.CodeInternal, Message: "internal error", Retryable: true}
	}
	s.answer(w, status(e.Code), e)
}

func status(c keyholder.Code) int {
	switch c {
	case keyholder.CodeBadRequest:
		return http.StatusBadRequest
	case keyholder.CodeNotReady, keyholder.CodeBusy, keyholder.CodeChainUnavailable,
		keyholder.CodeChainRegressed, keyholder.CodeChainDisagrees:
		return http.StatusServiceUnavailable
	case keyholder.CodeInternal:
		return http.StatusInternalServerError
	default:
		return http.StatusForbidden
	}
}

func (s *Server) answer(w http.ResponseWriter, status int, reply any) {
	b, err := json.Marshal(reply)
	if err != nil {
		s.log.Error("encode reply", "error", err.Error())
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}

// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"

	"github.com/escrin/escrin/keyholder"
)

// refuse answers with an error. One that is not meant for clients stays here.
func (s *Server) refuse(w http.ResponseWriter, err error) {
	var e *keyholder.Error
	if !errors.As(err, &e) {
		s.config.Log.Error("internal error", "error", err.Error())
		e = &keyholder.Error{Code: keyholder.CodeInternal, Message: "internal error", Retryable: true}
	}
	status := statusOf(e.Code)
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	s.answer(w, status, e)
}

// statusOf is the HTTP status that comes with a code.
func statusOf(c keyholder.Code) int {
	switch c {
	case keyholder.CodeBadRequest:
		return http.StatusBadRequest
	case keyholder.CodeNotFound:
		return http.StatusNotFound
	case keyholder.CodeGone:
		return http.StatusGone
	case keyholder.CodeRateLimited:
		return http.StatusTooManyRequests
	case keyholder.CodeNotReady, keyholder.CodeBusy, keyholder.CodeChainUnavailable,
		keyholder.CodeChainRegressed, keyholder.CodeChainDisagrees:
		return http.StatusServiceUnavailable
	case keyholder.CodeInternal:
		return http.StatusInternalServerError
	default:
		return http.StatusForbidden
	}
}

func (s *Server) answer(w http.ResponseWriter, status int, reply json.Marshaler) {
	b, err := reply.MarshalJSON()
	if err != nil {
		s.config.Log.Error("encode reply", "error", err.Error())
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}

// bounded makes a refusal of a panic, and of a route that there is not.
func (s *Server) bounded(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				s.panicked(w, r, p)
			}
		}()
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		n := noRoute{header: w.Header(), status: http.StatusNotFound}
		handler.ServeHTTP(&n, r)
		s.answer(w, n.status, &keyholder.Error{Code: keyholder.CodeNotFound, Message: "there is no such route: see /openapi.yaml"})
	})
}

// panicked says where the program failed. What it failed about stays unsaid, it
// may be a secret, unless the runtime says it.
func (s *Server) panicked(w http.ResponseWriter, r *http.Request, p any) {
	what := fmt.Sprintf("%T", p)
	var fault runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &fault) {
		what = fault.Error()
	}
	s.meters.panics.Inc()
	s.config.Log.Error("panic in request", "route", r.Pattern, "panic", what, "at", where())
	s.answer(w, http.StatusInternalServerError, &keyholder.Error{Code: keyholder.CodeInternal, Message: "internal error"})
}

// where names the functions and lines that led to a panic, without arguments.
func where() (lines []string) {
	var callers [16]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(4, callers[:])])
	for {
		f, more := frames.Next()
		if f.Function != "" {
			lines = append(lines, fmt.Sprintf("%s:%d", f.Function, f.Line))
		}
		if !more {
			return lines
		}
	}
}

// noRoute learns the status, and the headers, of what the mux says to a request
// that has no route.
type noRoute struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (n *noRoute) Header() http.Header { return n.header }

// WriteHeader implements http.ResponseWriter.
func (n *noRoute) WriteHeader(status int) { n.status = status }

func (n *noRoute) Write(b []byte) (int, error) { return len(b), nil }

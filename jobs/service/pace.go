// SPDX-License-Identifier: Apache-2.0

package service

import (
	"net/http"
	"time"
)

// What an answer may take: the first for anything that is written, and as much time more as the bytes need at the slowest that a client
// may read (JS-04).
const (
	writeLimit = 30 * time.Second
	slowest    = 128 << 10 // bytes a second
)

// pace bounds how long clients may take to read.
type pace struct {
	wait      time.Duration
	perSecond int64
}

// each has every write of a handler end in time: who does not read gives his place back.
func (p pace) each(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paced := &pacedWriter{w, http.NewResponseController(w), p}
		paced.await(0) // what the server itself writes, and not what is left of the request before
		h.ServeHTTP(paced, r)
	})
}

// pacedWriter sets a deadline before each write.
type pacedWriter struct {
	http.ResponseWriter
	connection *http.ResponseController
	pace       pace
}

// Unwrap is for http.ResponseController.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *pacedWriter) WriteHeader(status int) {
	w.await(0)
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *pacedWriter) Write(b []byte) (int, error) {
	w.await(len(b))
	return w.ResponseWriter.Write(b)
}

func (w *pacedWriter) await(size int) {
	needed := time.Duration(int64(size) * int64(time.Second) / w.pace.perSecond)
	// A writer that knows no deadlines has no connection either.
	_ = w.connection.SetWriteDeadline(time.Now().Add(w.pace.wait + needed))
}

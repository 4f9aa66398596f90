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
		paced := &pacedWriter{w, http.NewResponseController(w), p, p.wait}
		paced.await() // what the server itself writes, and not what is left of the request before
		h.ServeHTTP(paced, r)
	})
}

// pacedWriter sets a deadline before each write. What one was waited for, the next ones lack: an answer in a thousand pieces takes no longer
// than one in one piece, unless each is flushed, as in streams, which have places of their own.
type pacedWriter struct {
	http.ResponseWriter
	connection *http.ResponseController
	pace       pace
	left       time.Duration // for which writes may be waited for
}

// Unwrap is for http.ResponseController.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *pacedWriter) WriteHeader(status int) {
	w.await()
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *pacedWriter) Write(b []byte) (int, error) {
	w.left += time.Duration(int64(len(b)) * int64(time.Second) / w.pace.perSecond)
	begun := time.Now()
	w.await()
	n, err := w.ResponseWriter.Write(b)
	w.left -= time.Since(begun)
	return n, err
}

func (w *pacedWriter) await() {
	// A writer that knows no deadlines has no connection either.
	_ = w.connection.SetWriteDeadline(time.Now().Add(w.left))
}

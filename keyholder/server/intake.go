// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/origin"
)

// What requests may hold before anybody knows who signed them. Whoever sends
// slowly keeps others of its own network waiting, and nobody else.
const (
	bodyWait    = 3 * time.Second // for a body to be there
	maxReading  = 16              // bodies that are read, of one address
	maxOfSite   = 64              // bodies that are read, of one site
	maxHeld     = 128 << 20       // bytes of requests that are not answered yet
	maxAhead    = 64 << 10        // bytes that are allocated for a body before they are there
	maxAllAhead = 16 << 20        // the same, for all bodies
)

// MostMemory is what requests can take, in bytes: as many connections as there may be, all bodies, which are read into up to twice
// their size, and what is made of those that are decided.
const MostMemory = maxInAll*ofConnection + maxAllAhead + 2*maxHeld + maxConcurrent*4*keyholder.MaxBody

// ofConnection is what a connection takes with the longest header, over TLS, in bytes.
const ofConnection = 64 << 10

// intake is where bodies are read. It is safe for concurrent use.
type intake struct {
	wait      time.Duration // for a turn
	addresses *origin.Turns
	sites     *origin.Turns
	held      atomic.Int64
	ahead     atomic.Int64
}

func newIntake() *intake {
	return &intake{wait: maxWait, addresses: origin.NewTurns(maxReading), sites: origin.NewTurns(maxOfSite)}
}

// read reads a body. What it holds is given back by release, which must be called
// in any case.
func (i *intake) read(w http.ResponseWriter, r *http.Request, from netip.Prefix) (body []byte, release func(), err error) {
	m := &measured{body: http.MaxBytesReader(w, r.Body, keyholder.MaxBody), of: &i.held}
	release = func() { i.held.Add(-m.taken) }
	ctx, cancel := context.WithTimeout(r.Context(), i.wait)
	defer cancel()
	for _, t := range []struct {
		turns *origin.Turns
		of    netip.Prefix
	}{{i.sites, origin.Site(from)}, {i.addresses, from}} {
		leave, ok := t.turns.Enter(ctx, t.of)
		if !ok {
			return nil, release, busy()
		}
		defer leave()
	}
	// A writer that knows no deadlines has no connection either.
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(time.Now().Add(bodyWait))
	room := i.room(r.ContentLength)
	defer i.ahead.Add(-room)
	b := bytes.NewBuffer(make([]byte, 0, room+bytes.MinRead))
	_, err = b.ReadFrom(m)
	if err != nil {
		w.Header().Set("Connection", "close")
		return nil, release, unread(err)
	}
	// The deadline would end the request while it is decided.
	_ = connection.SetReadDeadline(time.Time{})
	return b.Bytes(), release, nil
}

// room is how much to allocate for a body that is said to have a length, until i.ahead is told that it is there. Many who only
// say so get none.
func (i *intake) room(said int64) int64 {
	room := min(max(said, 0), maxAhead)
	if i.ahead.Add(room) > maxAllAhead {
		i.ahead.Add(-room)
		return 0
	}
	return room
}

// unread says why a body could not be read.
func unread(err error) error {
	var e *keyholder.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &keyholder.Error{Code: keyholder.CodeBadRequest, Message: fmt.Sprintf("the request was not here within %v", bodyWait), Retryable: true}
	}
	return badRequest(err)
}

// measured counts what is read of a body, and ends when all bodies together are
// too large.
type measured struct {
	body  io.Reader
	of    *atomic.Int64
	taken int64
}

// Read implements io.Reader.
func (m *measured) Read(p []byte) (int, error) {
	n, err := m.body.Read(p)
	m.taken += int64(n)
	if m.of.Add(int64(n)) > maxHeld {
		return n, busy()
	}
	return n, err
}

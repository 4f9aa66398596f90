// SPDX-License-Identifier: Apache-2.0

// Package api is what a workload may ask of the agent while it runs: keys of its identity, evidence, sealed storage, the chain.
// It answers HTTP on a unix socket that is in the main container, to whoever shows the capability of the task. openapi.yaml beside
// this file is normative.
package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"

	"github.com/escrin/escrin/guestagent/http11"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

const (
	places     = 16        // connections that are served at once; further ones wait
	large      = 3         // of them with an object in memory
	maxMessage = 192 << 10 // bytes of a request in JSON
)

// MaxKept is how many objects a workload may have its host keep in one attempt. The host takes a few more, of which one is the
// task's output: were the two not counted apart, a workload that saves often could not end.
const MaxKept = 64

// Agent does what is asked. Its methods are called from several goroutines. An error that is an *Error is told as it is; of
// others the workload learns that the agent cannot do it now.
type Agent interface {
	// Task says what the workload is part of.
	Task() Task
	// OmniKey returns a version of the identity's own key under a policy, the root of all that is derived.
	OmniKey(ctx context.Context, policy Policy, version uint64) ([32]byte, error)
	// Evidence returns evidence (package attest) over data of the workload.
	Evidence(ctx context.Context, data []byte) ([]byte, error)
	// Files are what the workload has, and may add.
	Files() Files
	// RPC makes one of the calls of Methods. Nobody vouches for what comes back.
	RPC(ctx context.Context, method string, params strictjson.Raw) (strictjson.Raw, error)
	// Anchor returns an anchor of the identity's enclaves, as it is certified to be now, in a block after a second since the epoch
	// (in any, if that is zero). It is an error if there is no such block yet.
	Anchor(ctx context.Context, name [32]byte, after uint64) (Anchor, error)
	// Advance asks for an anchor to be advanced, by a block of the returned second at the latest. Whether it is, Anchor says. It
	// signs one version of a number only, and is ErrPledged while another may still become the newest. With ErrRefused the host
	// has the signature, and says that it drops it.
	Advance(ctx context.Context, name [32]byte, from, to Anchor) (deadline uint64, err error)
	// Object returns the sealed object with a digest. It is ErrWithheld if the host has none, or other bytes.
	Object(ctx context.Context, name [32]byte, digest wire.Digest) ([]byte, error)
	// Keep has the host keep a sealed object, MaxKept times at most.
	Keep(ctx context.Context, digest wire.Digest, object []byte) error
	// Progress notes what the owner of the task is told.
	Progress(line string)
}

// Files are what the workload has, and may add.
type Files struct {
	Inputs  fs.FS             // as in the input directory
	Secrets map[string][]byte // of the identity, by label
	Put     func(name string, content []byte) error
}

// Task is what a workload is part of.
type Task struct {
	Trial           bool         `json:"trial"` // then nothing below is of a chain, and no key outlives the run
	ChainID         uint64       `json:"chainId"`
	Registry        wire.Address `json:"registry"`
	Identity        wire.Hash32  `json:"identity"`
	MeasurementRoot wire.Hash32  `json:"measurementRoot"`
	Requester       wire.Address `json:"requester"` // account that the evidence binds
	ID              wire.Hash32  `json:"id"`
	Attempt         uint32       `json:"attempt"`
	Deadline        uint64       `json:"deadline"` // seconds since 1970
}

// Error is why a request is refused.
type Error struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// invalid refuses what was asked.
func invalid(message string) *Error { return &Error{400, "bad_request", message} }

// ErrTrial says that there is no such thing in a trial.
func ErrTrial() error {
	return &Error{409, "trial", "this is a trial: there is no chain and no evidence"}
}

// Listener gives connections of the workload.
type Listener interface {
	// Accept waits for the next one. It fails when Close was called.
	Accept() (http11.Conn, error)
	Close() error
}

// Server serves one task. New makes it.
type Server struct {
	agent      Agent
	capability string
	chain      bool            // of the measured config
	ctx        context.Context // of the task
	large      chan struct{}   // a place for each object in memory
	kept       atomic.Int64    // objects, also those that the host then did not take

	mu   sync.Mutex
	puts map[[32]byte]put // guarded by mu: the last of each anchor
}

// New makes a server with a fresh capability. It makes calls of the chain if chain.
func New(agent Agent, chain bool) *Server {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	return &Server{agent: agent, capability: hex.EncodeToString(secret[:]), chain: chain, ctx: context.Background(), large: make(chan struct{}, large), puts: map[[32]byte]put{}}
}

// Capability is what a request must show: "Authorization: Bearer " and this.
func (s *Server) Capability() string { return s.capability }

// Serve answers connections until ctx ends, and returns when all answers are over. It closes the listener.
func (s *Server) Serve(ctx context.Context, l Listener) {
	s.ctx = ctx
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	var serving sync.WaitGroup
	defer serving.Wait()
	free := make(chan struct{}, places)
	for {
		free <- struct{}{}
		conn, err := l.Accept()
		if err != nil {
			return
		}
		serving.Go(func() {
			defer func() { <-free }()
			defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
			http11.Serve(conn, s.handle, func(e *http11.Error) http11.Response { return refusal(e) })
		})
	}
}

// handle answers a request. What goes wrong in the agent is not the console's to know.
func (s *Server) handle(r http11.Request, body io.Reader) (response http11.Response) {
	defer func() {
		if recover() != nil {
			response = refusal(errors.New("panic"))
		}
	}()
	want := "Bearer " + s.capability
	if subtle.ConstantTimeCompare([]byte(r.Fields["authorization"]), []byte(want)) != 1 {
		return refusal(&Error{401, "unauthorized", "the request does not show the capability of the task"})
	}
	route, parameter, err := find(r)
	if err != nil {
		return refusal(err)
	}
	giveBack := func() {}
	if route.limit > maxMessage {
		s.large <- struct{}{}
		giveBack = sync.OnceFunc(func() { <-s.large })
		defer giveBack()
	}
	content, err := r.ReadBody(body, route.limit)
	if err != nil {
		return refusal(err)
	}
	if response, err = route.do(s, request{r.Fields, parameter, content, giveBack}); err != nil {
		return refusal(err)
	}
	return response
}

// refusal is the response for an error.
func refusal(err error) http11.Response {
	e, wrong := &Error{503, "unavailable", "the agent cannot do this now"}, new(http11.Error)
	switch {
	case errors.As(err, &e):
	case errors.As(err, &wrong) && wrong.Status == 413:
		e = &Error{413, "too_large", wrong.Reason}
	case errors.As(err, &wrong):
		e = &Error{wrong.Status, "bad_request", wrong.Reason}
	}
	body, _ := wire.Encode(struct { // cannot fail
		Error *Error `json:"error"`
	}{e})
	return http11.Response{Status: e.Status, Fields: [][2]string{{"Content-Type", "application/json"}}, Body: body}
}

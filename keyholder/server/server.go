// SPDX-License-Identifier: Apache-2.0

// Package server is a keyholder's HTTP API. It bounds every request before it
// reads it, asks package release for a decision, lets package share act on what
// was approved, and records that before it answers. (SPEC.md, section 10;
// openapi.yaml.)
package server

import (
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/share"
	"github.com/escrin/escrin/origin"
)

const (
	maxConcurrent  = 64  // requests that are decided, at once
	maxWaiting     = 256 // requests that were read and wait to be decided
	maxWait        = 3 * time.Second
	requestTimeout = 25 * time.Second
)

// Server answers requests. Before SetShare, and after DropShare, it only serves
// what is public.
type Server struct {
	config   Config
	rules    *release.Rules
	share    atomic.Pointer[share.Share]
	stopping atomic.Bool
	intake   *intake
	places   chan struct{} // of requests that were read
	slots    chan struct{} // of requests that are decided
	waiting  *origin.Turns // to be decided, of each site
	deciding *origin.Turns // likewise
	wait     time.Duration // for a slot

	nonces     *nonces
	addresses  *limit[netip.Prefix]
	sites      *limit[netip.Prefix]
	requesters *limit[[20]byte]
	repeats    *limit[repeater]
	refusals   *limit[struct{}] // that are recorded
	unrecorded atomic.Uint64    // refusals
	repeated   atomic.Uint64    // answers
	meters     meters
}

// Refusals beyond this rate are counted in the audit log, not told one by one:
// whoever wants to fill a disk has to be granted something.
const refusalsPerSecond, refusalsBurst = 2, 500

// repeater is a network that repeats what a requester said. What others repeat is
// not on that requester's account.
type repeater struct {
	from      netip.Prefix
	requester [20]byte
}

// repeatShare is how many times as often as new ones known requests are answered.
const repeatShare = 5

// New returns a server without a share, or an error that says what is missing.
func New(c Config) (*Server, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &Server{
		config: c, rules: c.Rules, intake: newIntake(), wait: maxWait,
		places: make(chan struct{}, maxWaiting), slots: make(chan struct{}, maxConcurrent),
		waiting: origin.NewTurns(maxWaiting / 2), deciding: origin.NewTurns(maxConcurrent / 2),
		nonces:     newNonces(c.Clock),
		addresses:  newLimit[netip.Prefix](c.PerAddress, c.Clock),
		sites:      newLimit[netip.Prefix](Rate{siteShare * c.PerAddress.PerSecond, siteShare * c.PerAddress.Burst}, c.Clock),
		requesters: newLimit[[20]byte](c.PerRequester, c.Clock),
		repeats:    newLimit[repeater](Rate{repeatShare * c.PerRequester.PerSecond, repeatShare * c.PerRequester.Burst}, c.Clock),
		refusals:   newLimit[struct{}](Rate{refusalsPerSecond, refusalsBurst}, c.Clock),
	}
	s.meters = newMeters(c.Metrics, s)
	return s, nil
}

// SetShare makes the server use a share from now on, instead of the one before.
// Requests that are being answered may still use the other.
func (s *Server) SetShare(own share.Share) { s.share.Store(&own) }

// DropShare makes the server use no share from now on: another epoch has other
// members, or the holder must not serve.
func (s *Server) DropShare() { s.share.Store(nil) }

// usable returns the share, or nil if there is none or its use is not allowed.
func (s *Server) usable() *share.Share {
	own := s.share.Load()
	if own == nil || !s.allowed(*own) {
		return nil
	}
	return own
}

// allowed reports whether a share may be used at this moment.
func (s *Server) allowed(own share.Share) bool {
	return s.config.Gate == nil || s.config.Gate(own.Network().Epoch)
}

// Stop makes the server say that it is not ready, so that nobody sends it more. It
// goes on answering.
func (s *Server) Stop() { s.stopping.Store(true) }

// route is one route of the API.
type route struct {
	pattern string
	handle  http.HandlerFunc
	uses    use
}

// use says what an answer is made of.
type use uint8

// An answer is public, made with the share, and then only of what package release
// approved, or the name of what replaces the route.
const (
	public use = iota + 1
	ofShare
	gone
)

// routes are all routes of the API.
func (s *Server) routes() []route {
	routes := []route{
		{"GET /healthz", s.health, public},
		{"GET /readyz", s.ready, public},
		{"GET /openapi.yaml", s.description, public},
		{"GET /{$}", s.alive, public},
		{"GET " + pathKeynet, s.limited(s.keynet), public},
		{"GET " + PathKeyholder, s.limited(s.keyholder), public},
		{"GET " + PathKey, s.limited(s.encryptionKey), public},
		{"GET " + PathCompletion, s.limited(s.completion), public},
		{"GET " + PathWitness, s.limited(s.ownStatement), public},
		{"GET " + PathWitness + "/{signer}/{nonce}", s.limited(s.statement), public},
		{"GET " + PathIdentity, s.limited(s.identity), public},
		{"POST " + pathCertificate, s.guarded(certificates, s.openCertificate), ofShare},
		{"POST " + pathRelease, s.guarded(releases, s.openRelease), ofShare},
		{"POST " + pathState, s.guarded(states, s.openState), ofShare},
		{"POST " + pathPermits, s.guarded(certificates, s.openPermit), ofShare},
	}
	return append(routes, s.goneRoutes()...)
}

// Handler returns the routes of the API.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.HandleFunc(r.pattern, r.handle)
	}
	return s.bounded(mux)
}

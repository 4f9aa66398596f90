// SPDX-License-Identifier: Apache-2.0

package server

import (
	"errors"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/release"
)

// What requests are about, in metrics and logs.
const (
	certificates = auditlog.Certificate
	releases     = auditlog.Release
	states       = auditlog.State
)

// signedAsk is what requests of all kinds tell.
type signedAsk interface {
	Epoch() uint64
	Digest() [32]byte
	Requester() [20]byte
	Evidence() attest.Evidence
}

// recordOf is what a request says of itself.
func recordOf(about string, a signedAsk) auditlog.Record {
	e := a.Evidence()
	return auditlog.Record{
		About: about, Epoch: a.Epoch(), Request: a.Digest(), Requester: a.Requester(),
		Identity: e.Binding.IdentityID, MeasurementRoot: e.Binding.MeasurementRoot, Evidence: e.Digest(),
	}
}

// record makes a granted request durable. One that is on record already, with the
// same bytes and on the same basis, is counted: whoever repeats it fills no disk.
func (s *Server) record(a asked, g release.Grounds) error {
	s.meters.decided(g.Head)
	on := basis{g.Permitter, g.Findings, g.Anchor}
	if s.nonces.recorded(a.nonce, a.digest, on) {
		s.repeated.Add(1)
		return s.config.Audit.Err()
	}
	r := a.record
	r.Time, r.Decision = s.config.Clock(), auditlog.Granted
	r.Block, r.BlockHash, r.Permitter = g.Head.Number, g.Head.Hash, g.Permitter
	r.Platform, r.Author = g.Findings.Platform, g.Findings.Author
	err := s.write(r)
	if err == nil {
		s.nonces.record(a.nonce, a.digest, on)
	}
	return err
}

// recordRefusal records why a request was refused, as long as there are not too
// many. That it cannot be recorded changes nothing for who asks.
func (s *Server) recordRefusal(r auditlog.Record, err error) {
	if !s.refusals.take(struct{}{}) {
		s.unrecorded.Add(1)
		return
	}
	r.Time, r.Decision, r.Why = s.config.Clock(), string(codeOf(err)), "internal error"
	var e *keyholder.Error
	if errors.As(err, &e) {
		r.Why = e.Message
	}
	if err := s.write(r); err != nil {
		s.config.Log.Error("refusal cannot be recorded", "error", err.Error())
	}
}

// write appends a record, with the number of refusals and of repeated answers that
// are in none.
func (s *Server) write(r auditlog.Record) error {
	started := s.config.Clock()
	r.Unrecorded, r.Repeated = s.unrecorded.Swap(0), s.repeated.Swap(0)
	err := s.config.Audit.Append(r)
	if err != nil {
		s.unrecorded.Add(r.Unrecorded)
		s.repeated.Add(r.Repeated)
	}
	s.meters.recorded.Observe(s.config.Clock().Sub(started))
	s.config.Log.Info(r.Decision, "about", r.About, "request", r.Request.String(), "requester", r.Requester.String(),
		"identity", r.Identity.String(), "task", r.Task.String(), "epoch", r.Epoch, "why", r.Why)
	return err
}

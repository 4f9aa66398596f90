// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/release"
	"github.com/escrin/escrin/keyholder/share"
	"github.com/escrin/escrin/origin"
)

// asked is a request that its requester signed.
type asked struct {
	epoch  uint64
	nonce  nonceKey
	digest [32]byte        // names the request
	record auditlog.Record // what is known of it before it is decided
	decide func(ctx context.Context, own share.Share) (decision, error)
}

// decision is an answer to be given, and what it rests on.
type decision struct {
	reply   json.Marshaler
	grounds release.Grounds
}

// present is the network as requests and evidence name it, and its present epoch.
type present struct {
	group release.Group
	epoch uint64
}

// opening takes a signed request apart and finds out who signed it.
type opening func(r *http.Request, in present, signed keyholder.SignedRequest) (asked, error)

// guarded answers requests that use the share.
func (s *Server) guarded(about string, open opening) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		started := s.config.Clock()
		leave := s.meters.enter()
		defer leave()
		reply, err := s.respond(w, r, open)
		s.meters.done(about, err, s.config.Clock().Sub(started))
		if err != nil {
			s.refuse(w, err)
			return
		}
		s.answer(w, http.StatusOK, reply)
	}
}

// respond goes through all that lies between a request and its answer, cheap things
// first.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, open opening) (json.Marshaler, error) {
	from := origin.Of(r, s.config.TrustedProxies)
	if !s.within(from) {
		return nil, s.tooOften("address")
	}
	own := s.usable()
	now, ok := s.present(own)
	if !ok {
		return nil, notReady()
	}
	raw, release, err := s.intake.read(w, r, from)
	defer release()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
	defer cancel()
	signed, leave, err := s.receive(ctx, raw, origin.Site(from))
	if err != nil {
		return nil, err
	}
	defer leave()
	a, err := open(r, now, signed)
	if err == nil && own == nil {
		err = notOurs(a.epoch, now.epoch)
	}
	if err == nil {
		err = s.admit(a, *own, from)
	}
	if err != nil {
		return nil, err
	}
	return s.settle(ctx, a, *own)
}

// present is the network of the present epoch: ours, or one without us.
func (s *Server) present(own *share.Share) (present, bool) {
	if own != nil {
		return present{own.Group(), own.Network().Epoch}, true
	}
	network, ok := s.others()
	if !ok {
		return present{}, false
	}
	group, err := release.GroupOf(network.GroupKey)
	return present{group, network.Epoch}, err == nil
}

// notOurs tells who asks for an epoch while another than ours is the present one.
func notOurs(epoch, now uint64) error {
	if epoch < now {
		return over(epoch, now)
	}
	return notReady()
}

func over(epoch, now uint64) *keyholder.Error {
	return &keyholder.Error{Code: keyholder.CodeWrongEpoch, Message: fmt.Sprintf("epoch %d is over, the present one is %d", epoch, now)}
}

// receive takes a request and waits until it may be decided; leave must be called
// after that. Nobody knows yet who signed it: one site has no more than half of all
// places, to wait in and to be decided in, so that a stranger cannot have them all.
func (s *Server) receive(ctx context.Context, raw []byte, of netip.Prefix) (signed keyholder.SignedRequest, leave func(), err error) {
	rise, ok := s.waiting.Try(of)
	if !ok {
		return signed, nil, busy()
	}
	defer rise()
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	default:
		return signed, nil, busy()
	}
	if signed, err = keyholder.ParseSignedRequest(raw); err != nil {
		return signed, nil, badRequest(err)
	}
	if !signed.Timely(s.config.Clock()) {
		return signed, nil, &keyholder.Error{
			Code: keyholder.CodeStaleRequest, Message: fmt.Sprintf("the request's time is more than %v from ours", keyholder.MaxClockSkew),
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	end, ok := s.deciding.Enter(ctx, of)
	if !ok {
		return signed, nil, busy()
	}
	select {
	case s.slots <- struct{}{}:
		return signed, func() { <-s.slots; end() }, nil
	case <-ctx.Done():
		end()
		return signed, nil, busy()
	}
}

// admit reports whether a request may be decided: it is for the epoch that we
// serve, and its requester asks for something new, and not too often. What it
// asked before costs it nothing, so that nobody can spend its budget by
// repeating its words; who repeats it has a budget of his own.
func (s *Server) admit(a asked, own share.Share, from netip.Prefix) error {
	switch now := own.Network().Epoch; {
	case a.epoch < now:
		return over(a.epoch, now)
	case a.epoch > now:
		return &keyholder.Error{Code: keyholder.CodeNotReady, Message: fmt.Sprintf("epoch %d has not begun here", a.epoch), Retryable: true}
	}
	known, same := s.nonces.known(a.nonce, a.digest)
	if !known && !s.requesters.take(a.nonce.requester) {
		return s.tooOften("requester")
	}
	if known && same && !s.repeats.take(repeater{from, a.nonce.requester}) {
		return s.tooOften("repeater")
	}
	if known && !same || !s.nonces.use(a.nonce, a.digest) {
		return &keyholder.Error{Code: keyholder.CodeNonceReused, Message: "this nonce came with another request before"}
	}
	return nil
}

// settle decides, and records what was decided. No answer is given that is not
// on record.
func (s *Server) settle(ctx context.Context, a asked, own share.Share) (json.Marshaler, error) {
	d, err := a.decide(ctx, own)
	if err != nil {
		s.recordRefusal(a.record, err)
		return nil, err
	}
	if err := s.record(a, d.grounds); err != nil {
		s.config.Log.Error("decision cannot be recorded", "error", err.Error())
		return nil, &keyholder.Error{Code: keyholder.CodeInternal, Message: "cannot record the decision", Retryable: true}
	}
	return d.reply, nil
}

func (s *Server) openCertificate(_ *http.Request, in present, signed keyholder.SignedRequest) (asked, error) {
	a, err := s.rules.OpenCertificate(in.group, signed)
	if err != nil {
		return asked{}, err
	}
	return s.certificate(a), nil
}

func (s *Server) certificate(a release.Asked[keyholder.CertificateRequest]) asked {
	r := recordOf(auditlog.Certificate, a)
	r.Permitter = a.Request().Permitter
	return asked{a.Epoch(), nonceKey{a.Requester(), a.Signed().Nonce}, a.Digest(), r,
		func(ctx context.Context, own share.Share) (decision, error) {
			approved, err := s.rules.Certificate(ctx, a)
			if err != nil {
				return decision{}, err
			}
			if !s.allowed(own) {
				return decision{}, notReady()
			}
			reply, err := own.Sign(approved)
			return decision{reply, approved.Grounds()}, err
		}}
}

func (s *Server) openRelease(_ *http.Request, in present, signed keyholder.SignedRequest) (asked, error) {
	a, err := s.rules.OpenRelease(in.group, signed)
	if err != nil {
		return asked{}, err
	}
	r := recordOf(auditlog.Release, a)
	q := a.Request()
	r.Name, r.Task, r.Attempt = q.Name.Digest(), q.Task.ID, q.Task.Attempt
	return asked{a.Epoch(), nonceKey{a.Requester(), signed.Nonce}, a.Digest(), r,
		func(ctx context.Context, own share.Share) (decision, error) {
			grant, err := s.rules.Release(ctx, a)
			if err != nil {
				return decision{}, err
			}
			if !s.allowed(own) {
				return decision{}, notReady()
			}
			reply, err := own.Seal(grant)
			return decision{reply, grant.Grounds()}, err
		}}, nil
}

func (s *Server) openState(_ *http.Request, in present, signed keyholder.SignedRequest) (asked, error) {
	a, err := s.rules.OpenState(in.group, signed)
	if err != nil {
		return asked{}, err
	}
	q := a.Request()
	r := auditlog.Record{
		About: auditlog.State, Epoch: q.Epoch, Request: a.Digest(), Requester: q.Requester,
		Identity: q.Name.IdentityID, Name: q.Name.Digest(),
	}
	return asked{q.Epoch, nonceKey{q.Requester, signed.Nonce}, a.Digest(), r,
		func(ctx context.Context, own share.Share) (decision, error) {
			certified, err := s.rules.State(ctx, a)
			if err != nil {
				return decision{}, err
			}
			if !s.allowed(own) {
				return decision{}, notReady()
			}
			reply, err := own.Certify(certified)
			return decision{reply, certified.Grounds()}, err
		}}, nil
}

func notReady() *keyholder.Error {
	return &keyholder.Error{Code: keyholder.CodeNotReady, Message: "this keyholder has no share of the present epoch yet", Retryable: true}
}

func busy() *keyholder.Error {
	return &keyholder.Error{Code: keyholder.CodeBusy, Message: "too many requests at once", Retryable: true}
}

func badRequest(err error) *keyholder.Error {
	return &keyholder.Error{Code: keyholder.CodeBadRequest, Message: err.Error()}
}

func (s *Server) tooOften(who string) *keyholder.Error {
	s.meters.limited.Inc(who)
	return &keyholder.Error{Code: keyholder.CodeRateLimited, Message: "too many requests of one " + who, Retryable: true}
}

// codeOf is the code that an error is answered with.
func codeOf(err error) keyholder.Code {
	var e *keyholder.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return keyholder.CodeInternal
}

// SPDX-License-Identifier: Apache-2.0

package guestagent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hosttest"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/keyholder"
)

// rounds is a host that answers nothing of a round before all of it was asked: a guest that waits for one answer before it asks
// for the next thing of the round gets none.
type rounds struct {
	*hosttest.Host

	mu      sync.Mutex
	missing []map[string]int // of each round, what was not asked yet, and how often it will be
	asked   []chan struct{}  // of each round, closed when all of it was
	beyond  []string         // what else was asked until then
}

func newRounds(h *hosttest.Host, missing ...map[string]int) *rounds {
	r := &rounds{Host: h, missing: missing}
	for range missing {
		r.asked = append(r.asked, make(chan struct{}))
	}
	return r
}

// come notes that something is asked, and waits for the rest of its round.
func (r *rounds) come(what string) error {
	select {
	case <-r.round(what):
		return nil
	case <-time.After(20 * time.Second):
		return fmt.Errorf("the rest of the round of %q is not asked", what)
	}
}

func (r *rounds) round(what string) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, missing := range r.missing {
		if missing[what] == 0 {
			continue
		}
		if missing[what]--; missing[what] == 0 {
			delete(missing, what)
		}
		if len(missing) == 0 {
			close(r.asked[i])
		}
		return r.asked[i]
	}
	last := r.asked[len(r.asked)-1]
	select {
	case <-last:
	default:
		r.beyond = append(r.beyond, what)
	}
	return last
}

func (r *rounds) Evidence(ctx context.Context, evidence []byte) error {
	if err := r.come("evidence"); err != nil {
		return err
	}
	return r.Host.Evidence(ctx, evidence)
}

func (r *rounds) Fetch(ctx context.Context, digest wire.Digest, limit uint64) (io.ReadCloser, uint64, error) {
	if err := r.come("fetch"); err != nil {
		return nil, 0, err
	}
	return r.Host.Fetch(ctx, digest, limit)
}

func (r *rounds) Keyholder(ctx context.Context, epoch uint64, index uint32, path string, request []byte) (int, []byte, error) {
	if err := r.come(path); err != nil {
		return 0, nil, err
	}
	return r.Host.Keyholder(ctx, epoch, index, path, request)
}

func (r *rounds) Keynet(ctx context.Context) ([]byte, error) {
	if err := r.come("keynet"); err != nil {
		return nil, err
	}
	return r.Host.Keynet(ctx)
}

func (r *rounds) Permit(ctx context.Context, request hostlink.PermitRequest) (hostlink.Permit, error) {
	if err := r.come("permit"); err != nil {
		return hostlink.Permit{}, err
	}
	return r.Host.Permit(ctx, request)
}

// Step keeps the guest waiting for the answer to a report until the last round is asked.
func (r *rounds) Step(ctx context.Context, report hostlink.StepReport) error {
	select {
	case <-r.asked[len(r.asked)-1]:
	case <-ctx.Done():
	}
	return r.Host.Step(ctx, report)
}

// TestEvidenceToKeyInThreeRoundTrips: from its evidence to the first share of a key, a guest waits for its host three times.
func TestEvidenceToKeyInThreeRoundTrips(t *testing.T) {
	h := newHost(t)
	holders := len(h.Keys.Holders)
	r := newRounds(h,
		map[string]int{"evidence": 1, "fetch": 1, keyholder.PathCertificate: holders}, // the manifest
		map[string]int{"permit": 1},
		map[string]int{keyholder.PathRelease: holders},
	)
	if err := live(t, &machine{}, r); err != nil {
		t.Fatal(err)
	}
	if len(r.beyond) > 0 {
		t.Errorf("asked beyond three rounds: %q", r.beyond)
	}
	result(t, h)
}

// reluctant is a host that notes when it is asked to claim, and does something else instead of its part of what comes before.
type reluctant struct {
	*hosttest.Host
	evidence, manifest func() error
	claimed            bool
}

func (r *reluctant) Evidence(ctx context.Context, evidence []byte) error {
	return errors.Join(r.evidence(), r.Host.Evidence(ctx, evidence))
}

func (r *reluctant) Fetch(ctx context.Context, digest wire.Digest, limit uint64) (io.ReadCloser, uint64, error) {
	if err := r.manifest(); err != nil {
		return nil, 0, err
	}
	return r.Host.Fetch(ctx, digest, limit)
}

func (r *reluctant) Permit(ctx context.Context, request hostlink.PermitRequest) (hostlink.Permit, error) {
	r.claimed = true
	return r.Host.Permit(ctx, request)
}

// TestWhatIsAskedBesideTheCertificate: who does not take the evidence gets no claim, though the certificate is there; who keeps the
// manifest back gets one, which TestStarvedGuestHoldsNoClaim ends.
func TestWhatIsAskedBesideTheCertificate(t *testing.T) {
	fine, refuse := func() error { return nil }, func() error { return &hostlink.Error{Code: hostlink.CodeRefused} }
	for name, c := range map[string]struct {
		evidence, manifest func() error
		failure            hostlink.Failure
		claimed            bool
	}{
		"evidence refused": {refuse, fine, hostlink.FailEvidence, false},
		"both refused":     {refuse, refuse, hostlink.FailEvidence, false},
		"manifest refused": {fine, refuse, hostlink.FailInput, true},
	} {
		h := &reluctant{Host: newHost(t), evidence: c.evidence, manifest: c.manifest}
		m := &machine{}
		err := liveWith(t, m, h, 0)
		if err == nil || h.Heard().Failure != c.failure || h.claimed != c.claimed {
			t.Errorf("%s: %v, failure %q, claimed %v", name, err, h.Heard().Failure, h.claimed)
		}
		if len(m.inputs) > 0 {
			t.Errorf("%s: inputs are open", name)
		}
	}
}

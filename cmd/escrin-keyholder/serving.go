// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/metrics"
	"github.com/escrin/escrin/keyholder/server"
	"github.com/escrin/escrin/keyholder/transact"
)

// serving is what of a keyholder others reach: its API, with the audit log that
// stands behind it, and its metrics.
type serving struct {
	*server.Server
	audit   *auditlog.Log
	metrics *metrics.Registry
	config  config.Config
	log     *slog.Logger
}

// openAudit opens the audit log in the keyholder's directory.
func openAudit(dir string) (*auditlog.Log, error) {
	path := filepath.Join(dir, auditDir)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	return auditlog.Open(path)
}

// newServing takes the audit log, which it closes if it fails. What of base the
// configuration says is filled in.
func newServing(c config.Config, audit *auditlog.Log, base server.Config) (*serving, error) {
	registry := &metrics.Registry{}
	registry.Process(time.Now())
	limits := c.Limits.OrDefault()
	base.Audit, base.Metrics, base.TrustedProxies = audit, registry, c.TrustedProxies
	base.PerAddress, base.PerRequester = rateOf(limits.PerAddress), rateOf(limits.PerRequester)
	api, err := server.New(base)
	if err != nil {
		return nil, errors.Join(err, audit.Close())
	}
	return &serving{api, audit, registry, c, base.Log}, nil
}

func rateOf(r config.Rate) server.Rate {
	return server.Rate{PerSecond: float64(r.PerSecond), Burst: r.Burst}
}

// Close closes the audit log. Nothing is answered any more.
func (s *serving) Close() error { return s.audit.Close() }

// run serves until ctx ends, then finishes what is under way.
func (s *serving) run(ctx context.Context) error {
	listener, err := net.Listen("tcp", s.config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	listener = s.Doorway(listener, s.config.Proxied)
	s.log.Info("listening", "address", listener.Addr().String())
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	context.AfterFunc(ctx, s.Stop)
	watched, unwatched := context.WithCancelCause(context.WithoutCancel(ctx)) // until all that was under way is finished
	measured := make(chan error, 1)
	go func() {
		err := s.runMetrics(watched)
		if err != nil {
			stop(err)
		}
		measured <- err
	}()
	err = server.Serve(ctx, listener, s.Handler(), s.tlsFiles(), server.Drain, s.log)
	unwatched(errServed)
	return errors.Join(err, <-measured)
}

// metricsDrain is for metrics to end after the API: longer than net/http waits for the first request of a connection.
const metricsDrain = 6 * time.Second

// errServed is why metrics end.
var errServed = errors.New("the API has ended")

// runMetrics serves metrics, if the configuration says where.
func (s *serving) runMetrics(ctx context.Context) error {
	if s.config.Metrics == "" {
		return nil
	}
	listener, err := net.Listen("tcp", s.config.Metrics)
	if err != nil {
		return fmt.Errorf("listen for metrics: %w", err)
	}
	s.log.Info("metrics", "address", listener.Addr().String())
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.metrics)
	return server.Serve(ctx, listener, mux, nil, metricsDrain, s.log)
}

// tlsFiles names the files to serve TLS with; nil if there are none.
func (s *serving) tlsFiles() *server.TLSFiles {
	if s.config.TLS == nil {
		return nil
	}
	return &server.TLSFiles{Certificate: s.config.TLS.Certificate, Key: s.config.TLS.Key}
}

// anchor anchors the audit log by transactions of the signer, if the configuration
// wants it, until ctx ends.
func (n *node) anchor(ctx context.Context) error {
	if every := n.config.Audit.AnchorInterval(); every > 0 {
		n.api.audit.KeepAnchored(ctx, byTransaction{n.sender}, every, n.log)
	}
	<-ctx.Done()
	return nil
}

// measure adds metrics of the holder's part in the key network.
func (n *node) measure(r *metrics.Registry) {
	const prefix = "escrin_keyholder_"
	latest := func(read func(p *epoch.Progress) uint64) func() float64 {
		return func() float64 {
			if p := n.progress.Load(); p != nil {
				return float64(read(p))
			}
			return 0
		}
	}
	r.Gauge(prefix+"final_block", "Number of the newest block that is final to the holder.", latest(func(p *epoch.Progress) uint64 { return p.Head.Final }))
	r.Gauge(prefix+"active_epoch", "Epoch that is active on chain.", latest(func(p *epoch.Progress) uint64 { return p.Head.Active }))
	r.Gauge(prefix+"latest_epoch", "Epoch that was started last on chain.", latest(func(p *epoch.Progress) uint64 { return p.Head.Latest }))
	r.Gauge(prefix+"silent_peers", "Members of the present epoch that did not answer about audit logs.", func() float64 { return float64(len(n.guard.gate.Silent())) })
}

// byTransaction puts bytes into a transaction of an account to itself.
type byTransaction struct{ sender *transact.Sender }

// Anchor implements auditlog.Anchor.
func (b byTransaction) Anchor(ctx context.Context, data []byte) (done bool, err error) {
	status, err := b.sender.Send(ctx, transact.Call{To: b.sender.Address(), Data: data})
	if errors.Is(err, transact.ErrBusy) {
		return false, nil // a message to the board goes first
	}
	return status == transact.Included, err
}

// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/escrin/escrin/keyholder/internal/steady"
)

// What a connection may cost.
const (
	headerWait   = 5 * time.Second
	replyWait    = 40 * time.Second
	idleWait     = 60 * time.Second
	maxHeaderLen = 16 << 10

	// Drain is longer than any request of the API takes: to come, to be decided, and a second for its answer.
	Drain = headerWait + maxWait + bodyWait + requestTimeout + time.Second
)

// Serve answers requests until ctx ends, then finishes those under way, for at most the time of drain. With
// files it speaks TLS, without it does not. It closes the listener.
func Serve(ctx context.Context, l net.Listener, h http.Handler, files *TLSFiles, drain time.Duration, log *slog.Logger) error {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: headerWait, ReadTimeout: headerWait + bodyWait, WriteTimeout: replyWait,
		IdleTimeout: idleWait, MaxHeaderBytes: maxHeaderLen, Protocols: new(http.Protocols),
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelInfo),
	}
	s.Protocols.SetHTTP1(true) // one protocol is enough to read
	l = steady.Listener(l, log)
	run := s.Serve
	if files != nil {
		p, err := newPair(*files, log, time.Now)
		if err != nil {
			return errors.Join(err, l.Close())
		}
		s.TLSConfig = p.tlsConfig()
		run = func(l net.Listener) error { return s.ServeTLS(l, "", "") }
	}
	failed := make(chan error, 1)
	go func() { failed <- run(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	started := time.Now()
	log.Info("stopping", "address", l.Addr().String(), "reason", context.Cause(ctx).Error())
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := s.Shutdown(last); err != nil {
		return fmt.Errorf("stop: %w", errors.Join(err, s.Close()))
	}
	log.Info("stopped", "address", l.Addr().String(), "after", time.Since(started).String())
	return nil
}

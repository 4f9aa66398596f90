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
	drainWait    = 30 * time.Second // longer than any request may take
	maxHeaderLen = 16 << 10
)

// Serve answers requests until ctx ends, then finishes those under way. With
// files it speaks TLS, without it does not. It closes the listener.
func Serve(ctx context.Context, l net.Listener, h http.Handler, files *TLSFiles, log *slog.Logger) error {
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
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWait)
	defer cancel()
	if err := s.Shutdown(drain); err != nil {
		return fmt.Errorf("stop: %w", errors.Join(err, s.Close()))
	}
	log.Info("stopped", "address", l.Addr().String(), "after", time.Since(started).String())
	return nil
}

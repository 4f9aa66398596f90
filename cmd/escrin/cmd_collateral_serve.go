// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/attest/endorse/pccs"
)

func newCollateralServeCommand() *cobra.Command {
	var o collateralFlags
	var listen string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve collateral to others, as Intel's and AMD's services do",
		Long: `Serve collateral over HTTP, by the routes of Intel's caching service (PCCS, version 4) and of AMD's key distribution service: their
clients need another address and nothing else. It is fetched when it is first asked for, kept, and replaced before it gets old; while a
vendor is down, what is still valid is served. Clients need not trust the service: all of it is signed by the vendors. It works in the
foreground until it is interrupted.`,
		Example: "  escrin collateral serve --listen 127.0.0.1:8081 --cache /var/cache/escrin --roots roots.pem",
		Args:    exactly(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return serveCollateral(cmd, o, listen) },
	}
	o.add(cmd)
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8081", "`ADDRESS` to serve HTTP on")
	return cmd
}

func serveCollateral(cmd *cobra.Command, o collateralFlags, listen string) error {
	logger := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
	log := func(line string) { logger.Warn(oneLine(line)) }
	fetcher, err := o.fetcher(cmd, log)
	if err != nil {
		return explainCollateral(err)
	}
	listener, err := net.Listen("tcp", listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return withHint(fmt.Errorf("listen on %s: the port is taken", listen), "choose another with --listen, or end the process that has it")
	}
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{
		Handler: pccs.Handler(fetcher, log), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 2 * time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	logger.Info("serving collateral on http://" + listener.Addr().String())
	return serveUntilDone(cmd.Context(), server, listener)
}

// serveUntilDone serves until the context ends, and then lets the requests under way have their answers.
func serveUntilDone(ctx context.Context, server *http.Server, listener net.Listener) error {
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	drain, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if err := server.Shutdown(drain); err != nil {
		return errors.Join(fmt.Errorf("end requests under way: %w", err), server.Close())
	}
	return nil
}

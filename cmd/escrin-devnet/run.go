// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/ethereum/go-ethereum/log"
	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/attest/kds"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/cmd/escrin-devnet/ociregistry"
)

// funded is how many accounts have ether.
const funded = 10

// run serves until ctx ends or something fails.
func run(ctx context.Context, o options, output io.Writer) error {
	log.SetDefault(log.NewLogger(log.LogfmtHandlerWithLevel(output, slog.LevelError)))
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make state directory: %w", err)
	}
	if o.teeSocket == "" {
		o.teeSocket = filepath.Join(dir, "tee.sock")
	}
	unlock, err := lock(filepath.Join(dir, "lock"))
	if err != nil {
		return err
	}
	defer unlock()
	listeners, err := listen(o)
	if err != nil {
		return err
	}
	defer listeners.close()
	return serve(ctx, o, dir, listeners, output)
}

func serve(ctx context.Context, o options, dir string, l listeners, output io.Writer) error {
	accounts, err := devchain.Accounts(funded)
	if err != nil {
		return err
	}
	machines, err := openMachines(o, dir)
	if err != nil {
		return err
	}
	registry, err := ociregistry.Open(filepath.Join(dir, "registry"))
	if err != nil {
		return err
	}
	defer registry.Close()
	chain, err := devchain.Start(devchain.Config{
		Dir: filepath.Join(dir, "chain"), ChainID: devchain.ChainID, Period: o.period, Funded: accounts,
	})
	if err != nil {
		return err
	}

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return chain.ServeHTTP(l.http) })
	group.Go(func() error { return chain.ServeWebSocket(l.ws) })
	group.Go(func() error { return serveRegistry(ctx, l.registry, registry) })
	group.Go(func() error { return simulator.Serve(ctx, l.tee, machines) })
	group.Go(func() error {
		<-ctx.Done()
		return chain.Stop()
	})
	if err := describe(dir, o, l, accounts, machines); err != nil {
		group.Go(func() error { return err })
	} else {
		fmt.Fprintf(output, "escrin-devnet: ready: %s\n", filepath.Join(dir, "devnet.json"))
	}
	return group.Wait()
}

// openMachines opens the simulated TDX machine and, if it is wanted, the SNP one,
// whose keys take seconds to make.
func openMachines(o options, dir string) (m simulator.Machines, err error) {
	if m.TDX, err = simulator.Open(filepath.Join(dir, "tdx")); err != nil {
		return simulator.Machines{}, err
	}
	if o.snp {
		m.SNP, err = simulator.OpenSNP(filepath.Join(dir, "snp"), kds.Genoa)
	}
	return m, err
}

func serveRegistry(ctx context.Context, l net.Listener, registry http.Handler) error {
	server := &http.Server{Handler: registry, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve registry: %w", err)
	}
	return nil
}

// lock makes sure that no other process uses the same state. The kernel frees it with the process.
func lock(path string) (unlock func() error, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock state: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock state: another escrin-devnet uses %s", filepath.Dir(path))
	}
	return file.Close, nil
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/runner"
	"github.com/escrin/escrin/jobs/service"
)

// serveOptions are the flags of `escrin serve`.
type serveOptions struct {
	dir      string
	listen   string
	guests   int
	maxBlob  int64 // bytes
	attempt  time.Duration
	backoff  time.Duration
	interval time.Duration
	advances int
	warm     int
	warmFor  time.Duration
	own      bool // the network's job service is this one
	spread   time.Duration
	proxies  []string
	limits   limitsFlags
	guest    guestNetworkFlags
}

func newServeCommand() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the job service with one local runner",
		Long: `Run the job service: follow the chain, boot an enclave in QEMU for each open task, and serve the
status of tasks and the blobs over HTTP. It works in the foreground until it is interrupted, and may
be killed at any time: the chain knows where to go on.

The network file names one job service; submitters store their inputs with it, and look there for results. Others may do tasks beside it,
each with an account of its own: they fetch inputs from it until the task is over, and bring it evidence and outputs before a result is
reported; while it is away, or full, guests that are done wait with their claims. A service asks the one that the network file names
whether that is itself; --network-service says so where it cannot reach itself by that name. Others begin a task after up to --spread,
drawn for each attempt, and pay for no permit once it is claimed.

One IPv4 address, or IPv6 /48, has half of all places for requests at most. Behind a reverse proxy, --trusted-proxy tells them apart.

Anybody can submit a task, and each attempt costs the account gas, and its bond if the attempt fails. So it takes only tasks
that pay at least --min-fee, in the chain's own currency or a --token, leaves those alone that failed --max-failures times,
and begins none that --attempt-limit and a claim would not fit into before its deadline. What it earned is withdrawn from the
task hub to the account; "escrin job withdraw" does so by hand.

A guest whose enclave allows several tasks in one boot (tasks.perBoot) may wait for the next one: --warm says how many do, and
--warm-for how long. Each has its memory while it waits.`,
		Example: "  escrin serve --dir /var/lib/escrin --listen 127.0.0.1:1057 --account runner.key",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case o.dir == "":
				return usageError{cmd.CommandPath(), "--dir is missing: where to keep the service's state"}
			case o.advances < 0:
				return usageError{cmd.CommandPath(), "--max-advances must not be negative"}
			case o.warm < 0 || o.warmFor <= 0:
				return usageError{cmd.CommandPath(), "--warm must not be negative, and --warm-for more than nothing"}
			case o.guests < 1 || o.maxBlob < 1:
				return usageError{cmd.CommandPath(), "--guests and --max-blob must be at least 1"}
			case o.spread < 0:
				return usageError{cmd.CommandPath(), "--spread must not be negative"}
			case o.attempt <= 0 || o.backoff <= 0 || o.interval <= 0:
				return usageError{cmd.CommandPath(), "--attempt-limit, --backoff and --poll must be more than nothing"}
			}
			return serve(cmd, o)
		},
	}
	addNetworkFlag(cmd)
	addAccountFlag(cmd)
	o.limits.add(cmd)
	o.guest.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.dir, "dir", "", "`DIR`ectory of the service's state (required)")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:1057", "`ADDRESS` to serve HTTP on")
	flags.BoolVar(&o.own, "network-service", false, "this is the job service that the network file names, though it cannot reach itself by that name")
	flags.DurationVar(&o.spread, "spread", time.Minute, "beside the network's job service, tasks are begun within so long after they are open: best many times what a permit and a claim take on chain")
	flags.StringArrayVar(&o.proxies, "trusted-proxy", nil, "believe X-Forwarded-For of proxies in `PREFIX`, such as 127.0.0.1/32, as to who asks; may be repeated")
	flags.IntVar(&o.guests, "guests", 1, "the `NUMBER` of guests that may run at once")
	flags.Int64Var(&o.maxBlob, "max-blob", blob.DefaultMaxBytes, "largest blob that is taken, in `BYTES`")
	flags.DurationVar(&o.attempt, "attempt-limit", 10*time.Minute, "how long a guest may take until it claims its task, beside the time after which blocks are final to keyholders")
	flags.DurationVar(&o.backoff, "backoff", 2*time.Second, "pause after a failed attempt; doubles each time, up to a minute")
	flags.DurationVar(&o.interval, "poll", 300*time.Millisecond, "pause between two looks at the chain")
	flags.IntVar(&o.warm, "warm", 1, "how many guests may wait for a next task, where the enclave allows several in one boot: a `NUMBER` beside those that run")
	flags.DurationVar(&o.warmFor, "warm-for", 5*time.Minute, "how long such a guest waits")
	flags.IntVar(&o.advances, "max-advances", 8, "how many versions of sealed storage --account pays for in one attempt: a `NUMBER`. Beyond it a workload's writes end as unknown")
	return cmd
}

// serve puts the service together and runs it until the command's context ends.
func serve(cmd *cobra.Command, o serveOptions) error {
	ctx := cmd.Context()
	config, err := o.config(cmd)
	if err != nil {
		return err
	}
	n, c, err := loadAndConnect(cmd)
	if err != nil {
		return err
	}
	defer c.Close()
	if config.Account, err = account(cmd, n); err != nil {
		return err
	}
	if config.Limits.Margin, err = margin(ctx, c, o.attempt); err != nil {
		return err
	}
	files, err := o.open(ctx, n, c)
	if err != nil {
		return err
	}
	defer files.close()
	var elsewhere *runner.Elsewhere
	if !o.own {
		elsewhere = runner.NewElsewhere(n.Jobs, config.Instance)
	}
	local, err := files.newRunner(ctx, o, runner.Config{Network: n, Chain: c, Account: config.Account, Elsewhere: elsewhere, Log: config.Log})
	if err != nil {
		return err
	}
	defer local.Close()
	config.ChainID, config.Chain, config.Runner, config.Journal = n.Chain.ID, c, local, files.journal
	config.Spread = func() time.Duration {
		if elsewhere.Own() {
			return 0
		}
		return o.spread
	}
	s, err := service.New(config)
	if err != nil {
		return err
	}
	defer findElsewhere(ctx, elsewhere, n.Jobs, config.Log)()
	return serveHTTP(ctx, o.listen, s.Handler(files.blobs.Register, files.logs.Register), s, config.Log)
}

// config is what the flags alone say of the service.
func (o serveOptions) config(cmd *cobra.Command) (service.Config, error) {
	limits, withdraw, err := o.limits.parse(cmd)
	if err != nil {
		return service.Config{}, err
	}
	trusted, err := prefixes("trusted-proxy", o.proxies)
	if err != nil {
		return service.Config{}, err
	}
	logger := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
	return service.Config{
		Places: o.guests, Poll: o.interval, Backoff: o.backoff, Log: func(line string) { logger.Info(line) },
		Limits: limits, WithdrawFrom: withdraw, Instance: rand.Text(), TrustedProxies: trusted,
	}, nil
}

// findElsewhere asks the network's job service who it is until it answers, for it may be the one that is being started. stop ends that.
func findElsewhere(ctx context.Context, elsewhere *runner.Elsewhere, base string, say func(string)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var asking sync.WaitGroup
	asking.Go(func() {
		err := elsewhere.Find(ctx)
		for tries := 1; err != nil && ctx.Err() == nil; tries++ {
			if tries == triesToStart {
				say(fmt.Sprintf("the network's job service, %s, does not answer, and results wait for it; if it is this one, say --network-service: %v", base, err))
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
			err = elsewhere.Find(ctx)
		}
		switch {
		case err != nil:
		case elsewhere.Own():
			say("this is the network's job service")
		default:
			say("beside the network's job service, " + base)
		}
	})
	return func() { cancel(); asking.Wait() }
}

// triesToStart is how often, a second apart, a service asks that may be starting.
const triesToStart = 5

// serveHTTP runs the service behind its HTTP interface. An interrupt is how it ends well.
func serveHTTP(ctx context.Context, address string, routes http.Handler, s *service.Service, say func(string)) error {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return withHint(fmt.Errorf("listen on %s: the port is taken", address), "choose another with --listen, or end the process that has it")
	}
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{
		Handler: routes, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }, // event streams end with the service
	}
	served := make(chan error, 1)
	go func() {
		served <- server.Serve(listener)
		cancel()
	}()
	say("serving on http://" + listener.Addr().String())
	err = s.Run(ctx)
	cancel()
	drain, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	shutdown := server.Shutdown(drain)
	if failed := <-served; !errors.Is(failed, http.ErrServerClosed) {
		return fmt.Errorf("serve HTTP: %w", failed)
	}
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	return errors.Join(err, shutdown)
}

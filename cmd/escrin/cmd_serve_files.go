// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/joblog"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/qemu"
	"github.com/escrin/escrin/jobs/runner"
	"github.com/escrin/escrin/jobs/task"
)

// serveFiles is what a service keeps in its directory, which is its own until close is called.
type serveFiles struct {
	dir     string // absolute
	unlock  func()
	blobs   *blob.Store
	logs    *joblog.Store
	journal *task.Journal
}

// open opens the service's directory.
func (o serveOptions) open(ctx context.Context, n network.Network, c *chain.Chain) (f *serveFiles, err error) {
	f = &serveFiles{}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	if f.dir, err = filepath.Abs(o.dir); err != nil {
		return f, err
	}
	if f.unlock, err = lockDir(f.dir); err != nil {
		return f, err
	}
	if f.blobs, err = blob.OpenStore(filepath.Join(f.dir, "blobs"), o.maxBlob); err != nil {
		return f, err
	}
	if f.logs, err = joblog.Open(filepath.Join(f.dir, "logs")); err != nil {
		return f, err
	}
	f.journal, err = openJournal(ctx, f.dir, n, c)
	return f, err
}

// close closes what was opened, and gives the directory back last.
func (f *serveFiles) close() {
	if f.journal != nil {
		f.journal.Close()
	}
	if f.blobs != nil {
		f.blobs.Close()
	}
	if f.unlock != nil {
		f.unlock()
	}
}

// lockDir makes the directory and keeps other services out of it.
func lockDir(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make state directory: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock state directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, withHint(fmt.Errorf("another job service uses %s", home(dir)), "end it first, or choose another --dir")
	}
	return func() { f.Close() }, nil // closing gives the lock back
}

// openJournal opens the journal of this chain and hub.
func openJournal(ctx context.Context, dir string, n network.Network, c *chain.Chain) (*task.Journal, error) {
	first, err := c.BlockAt(ctx, 0)
	if err != nil {
		return nil, err
	}
	return task.OpenJournal(filepath.Join(dir, "journal"), task.Origin{
		ChainID: n.Chain.ID, Genesis: first.Hash, TaskHub: n.Contracts.TaskHub,
	})
}

// newRunner makes the local runner, with what config has of the network.
func (f *serveFiles) newRunner(ctx context.Context, o serveOptions, config runner.Config) (*runner.Local, error) {
	var err error
	if config.Reach, err = o.guest.reach(); err != nil {
		return nil, err
	}
	if config.QEMU, err = qemu.Find(ctx); err != nil {
		return nil, err
	}
	if config.Enclaves, err = enclaver.OpenStore(filepath.Join(f.dir, "store")); err != nil {
		return nil, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("find cache directory: %w", err)
	}
	config.Blobs, config.Logs, config.Dir, config.CacheDir = f.blobs, f.logs, f.dir, filepath.Join(cache, "escrin")
	config.Registries, config.Limit, config.ServicesOn = []string{config.Network.Registry}, o.attempt, o.guest.servicesOn
	config.MaxAdvances, config.MaxIdle, config.IdleLimit = o.advances, o.warm, o.warmFor
	return runner.New(config)
}

// SPDX-License-Identifier: Apache-2.0

// Package runner makes one attempt at a task: it finds the enclave that the task's identity names on chain, boots it
// in QEMU, and serves the guest's host link until the guest has reported its result or given up.
//
// The runner is not trusted with anything but to do it eventually, and it trusts the guest no more: what a guest may
// ask for is counted, bounded and allow-listed (link.go, relay.go), and it is killed when its time is over.
package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator/teeclient"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/enclaver"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/guestnet"
	"github.com/escrin/escrin/jobs/joblog"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/jobs/qemu"
	"github.com/escrin/escrin/keyholder"
)

// Assignment is one attempt at a batch of one task.
type Assignment struct {
	TaskID  common.Hash
	Attempt uint32
	Terms   task.Terms
}

func (a Assignment) identity() common.Hash { return a.Terms.Identity }

// Observer is told how an attempt goes. Its methods are called from several goroutines and must not block.
type Observer interface {
	Started(at time.Time)                                  // QEMU was started
	Step(name string, at time.Time)                        // a step was reached; said again when its time is known better
	Waiting(reason string)                                 // why nothing happens, or not as planned; empty when it goes on
	Evidence(digest common.Hash, requester common.Address) // the guest handed over its evidence
	Sent(tx api.Tx)                                        // a transaction is on chain
	Accused(proof keyholder.Proof)                         // a keyholder provably lied
	Services(list []guestnet.Endpoint)                     // where the guest's services can be reached
}

// The runner's own steps; the guest's are those of hostend.Steps.
const (
	StepEnclave = "enclave" // the enclave is here and is the one that the policy names
	StepBoot    = "boot"    // QEMU was started
	StepWarm    = "warm"    // instead: a machine that was waiting has the task
)

// TxHeartbeat is the kind of the transactions that extend a claim.
const TxHeartbeat = "heartbeat"

// Config is what a runner works with. All fields but Elsewhere, Reach, MaxAdvances, MaxIdle and IdleLimit are required.
type Config struct {
	Network     network.Network
	Chain       *chain.Chain
	Account     *chain.Account // pays for transactions, claims, and is paid for results
	Blobs       *blob.Store
	Elsewhere   *Elsewhere // nil if the network's job service is this one
	Logs        *joblog.Store
	Enclaves    *enclaver.Store
	QEMU        qemu.Binary
	Dir         string         // absolute; for assembled disks and consoles
	CacheDir    string         // absolute; for the verdict on KVM
	Registries  []string       // from which enclaves may be pulled (JS-06)
	Limit       time.Duration  // from the start of QEMU until the task is claimed, beside the time after which blocks are final
	Reach       guestnet.Reach // what guests may be connected with, if their measured config lists it; the zero value is public addresses
	ServicesOn  string         // IP address on which the services of guests are reached
	MaxAdvances int            // transactions for sealed storage that Account pays for in one attempt; none if zero
	MaxIdle     int            // machines that may wait for a task, where the enclave allows several in one boot; none if zero
	IdleLimit   time.Duration  // for which they wait
	Log         func(line string)
}

// Local runs guests on this machine. It is safe for concurrent use.
type Local struct {
	Config
	tee       *teeclient.Client
	relay     *relay
	callLimit time.Duration // for a workload's call of the chain's node
	idle      idle
}

// New makes a runner and its directories.
func New(c Config) (*Local, error) {
	for _, dir := range []string{c.disks(), c.consoles()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make runner: %w", err)
		}
	}
	return &Local{Config: c, tee: teeclient.NewClient(c.Network.TEE.Socket), relay: newRelay(c.Network.KeyNetwork), callLimit: callLimit,
		idle: idle{most: c.MaxIdle, limit: c.IdleLimit}}, nil
}

func (c Config) disks() string    { return filepath.Join(c.Dir, "enclaves") }
func (c Config) consoles() string { return filepath.Join(c.Dir, "consoles") }

// Run makes the attempt, in a machine of its own or in one that waits for a task of the same enclave. It returns nil when the chain has
// accepted the guest's result; otherwise the error says, to people, why not. It leaves no process behind but a machine that waits,
// if the enclave allows several tasks in one boot, and MaxIdle machines that wait.
func (l *Local) Run(ctx context.Context, a Assignment, o Observer) error {
	policy, err := l.policy(ctx, a)
	if err != nil {
		return err
	}
	enclave, err := l.admit(ctx, a, policy)
	if err != nil {
		return err
	}
	if err := l.checkInputs(ctx, a, enclave); err != nil {
		return err
	}
	boot, err := l.fetchEnclave(ctx, enclave)
	if err != nil {
		return err
	}
	o.Step(StepEnclave, time.Now())
	if err := l.relay.awaitThreshold(ctx, o.Waiting); err != nil {
		return err
	}
	lag, err := l.checkFinality(ctx)
	if err != nil {
		return err
	}
	measurement, proof, err := chooseShape(boot)
	if err != nil {
		return err
	}
	return l.boot(ctx, boot, &attempt{
		runner: l, assignment: a, observer: o, policy: policy, enclave: enclave, measured: measurement, proof: proof,
		live: boot.Config.Logs.Live, limit: l.Limit + lag, // what is new on chain counts for keyholders so much later
		announced: func(ctx context.Context) ([]wire.Digest, error) { return l.announced(ctx, a.identity()) },
	})
}

// launch tells the TEE service of a machine.
func (l *Local) launch(ctx context.Context, b enclaver.Boot, m attest.Measurement) (guest string, err error) {
	return l.tee.Launch(ctx, teeclient.LaunchRequest{
		TEE: m.TEE, Firmware: b.Firmware, Kernel: b.Kernel, Initrd: b.Initrd, Cmdline: b.Cmdline, Shape: m.Shape, QEMU: l.QEMU.Release(),
	})
}

// Close ends the machines that wait for a task. Attempts end with their contexts.
func (l *Local) Close() { l.idle.close() }

// announced are the digests of an identity's newest confidential config, and of the one that keyholders still take for the newest; zero
// if there is none.
func (l *Local) announced(ctx context.Context, identity common.Hash) ([]wire.Digest, error) {
	anchors := l.Chain.Anchors(l.Network.Contracts.Anchors)
	newest, err := anchors.Announced(ctx, identity, config.AdditionsAnchor())
	digests := []wire.Digest{wire.Digest(newest.Digest)}
	base, lag, lagErr := l.baseBlock(ctx)
	if err = errors.Join(err, lagErr); err != nil || lag == 0 {
		return digests, err
	}
	settled, err := anchors.AnnouncedBy(ctx, identity, config.AdditionsAnchor(), base.Number)
	return append(digests, wire.Digest(settled.Digest)), err
}

// console is what a guest wrote on its serial line: a bounded file and the tail.
type console struct {
	*qemu.Console
	file *os.File
}

func (c console) close() { _ = c.file.Close() } // what is lost of it explains less

// maxConsole bounds a console's file in bytes; keptConsoles is how many files are kept.
const (
	maxConsole   = 1 << 20
	keptConsoles = 100
)

// openConsole makes the file of one attempt, and removes the oldest if there are many.
func (l *Local) openConsole(a Assignment) (console, error) {
	if err := l.pruneConsoles(); err != nil {
		return console{}, fmt.Errorf("open console: %w", err)
	}
	name := fmt.Sprintf("%s-%d.log", a.TaskID.Hex(), a.Attempt)
	f, err := os.OpenFile(filepath.Join(l.consoles(), name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return console{}, fmt.Errorf("open console: %w", err)
	}
	left := int64(maxConsole)
	if info, err := f.Stat(); err == nil {
		left = max(0, left-info.Size())
	}
	return console{qemu.NewConsole(f, left), f}, nil
}

func (l *Local) pruneConsoles() error {
	entries, err := os.ReadDir(l.consoles())
	if err != nil {
		return err
	}
	var errs []error
	for len(entries) >= keptConsoles {
		oldest := 0
		for i := range entries {
			if modified(entries[i]).Before(modified(entries[oldest])) {
				oldest = i
			}
		}
		errs = append(errs, os.Remove(filepath.Join(l.consoles(), entries[oldest].Name())))
		entries = append(entries[:oldest], entries[oldest+1:]...)
	}
	return errors.Join(errs...)
}

func modified(e os.DirEntry) time.Time {
	info, err := e.Info()
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/blob"
)

// attempt is the state of one guest, and the host's side of its link (link.go).
type attempt struct {
	runner     *Local
	assignment Assignment
	observer   Observer
	policy     chain.Policy
	enclave    admitted
	measured   attest.Measurement // what the guest will be measured as
	proof      [][32]byte
	live       bool          // the measured config has logs while the workload runs
	limit      time.Duration // from the start until the task is claimed
	guest      string        // the TEE service's handle of the guest
	// announced returns the digests of what may be the identity's newest confidential config; zero ones if there is none.
	announced func(ctx context.Context) ([]wire.Digest, error)

	started time.Time
	cancel  context.CancelCauseFunc
	life    context.Context // ends with the attempt
	die     context.CancelFunc
	sending sync.WaitGroup // errands

	turn    sync.Mutex // held while a permit, a claim, a version of an object or a result of this guest is sent: one at a time
	beating sync.Mutex // held while a heartbeat is sent, which waits for none of these: one after the other, they may take longer than the claim lasts
	beaten  time.Time  // when the last that cost gas was; guarded by beating

	mu        sync.Mutex // guards what follows
	timer     *time.Timer
	lapses    time.Time // when the claim does, as far as is known
	unread    int       // how often the chain could not be asked since
	over      bool      // the guest is gone
	asked     map[string]int
	steps     []reached   // in the order of their reports
	told      int         // how many of them the observer knows
	settled   *time.Timer // tells the first
	kernel    time.Time   // when the guest's kernel started, as far as its reports tell
	fetchable map[wire.Digest]bool
	errands   []*errand
	brought   map[blob.Digest]bool // what the network's job service has
	permit    *grantedPermit       // written under turn, too
	receipt   *hostlink.Receipt    // likewise
	failure   hostlink.Failure
	problem   error // the last thing that the host could not do for the guest
}

// grantedPermit is a permit that is on chain, and for whom.
type grantedPermit struct {
	requester wire.Address
	permit    hostlink.Permit
}

// begin starts the attempt's clock, with this step.
func (at *attempt) begin(step string, started time.Time, cancel context.CancelCauseFunc) {
	at.started, at.cancel, at.over = started, cancel, false
	at.life, at.die = context.WithCancel(context.Background())
	at.asked, at.brought, at.errands = map[string]int{}, map[blob.Digest]bool{}, nil
	at.fetchable = map[wire.Digest]bool{at.assignment.Terms.InputDigest: true}
	at.timer = time.AfterFunc(at.limit, func() {
		cancel(fmt.Errorf("the guest did not claim the task within %s", at.limit))
	})
	at.observer.Started(started)
	at.observer.Step(step, started)
}

// claimed gives the guest until the claim lapses.
func (at *attempt) claimed(left time.Duration) {
	at.mu.Lock()
	defer at.mu.Unlock()
	at.claimedLocked(left)
}

func (at *attempt) claimedLocked(left time.Duration) {
	if at.over {
		return
	}
	at.timer.Stop()
	at.lapses, at.unread = time.Now().Add(left), 0
	at.timer = time.AfterFunc(left, at.lapse)
}

// end stops the clocks, and what is under way; the guest is gone.
func (at *attempt) end() {
	at.die()
	at.sending.Wait()
	at.mu.Lock()
	defer at.mu.Unlock()
	at.over = true
	at.timer.Stop()
	if at.settled != nil && at.settled.Stop() {
		at.tellLocked()
	}
}

// accepted reports whether the chain has the result.
func (at *attempt) accepted() bool {
	at.mu.Lock()
	defer at.mu.Unlock()
	return at.receipt != nil
}

// allow counts a guest's request of one kind and refuses more than limit.
func (at *attempt) allow(kind string, limit int) error {
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.asked[kind]++; at.asked[kind] > limit {
		return &hostlink.Error{Code: hostlink.CodeRefused, Err: fmt.Errorf("the guest made more than %d requests of the kind %s", limit, kind)}
	}
	return nil
}

// note remembers what went wrong for the attempt's outcome, and passes it on.
func (at *attempt) note(err error) error {
	if err != nil {
		at.mu.Lock()
		defer at.mu.Unlock()
		at.problem = err
	}
	return err
}

// outcome says how the attempt ended: nil if the chain has the result, else the best reason that is known.
func (at *attempt) outcome(cause, served, exit error, tail string) error {
	at.mu.Lock()
	defer at.mu.Unlock()
	switch {
	case at.receipt != nil:
		return nil
	case cause != nil:
		return at.explain(cause.Error())
	case at.failure != "":
		return at.explain("the guest gave up: " + describe(at.failure))
	case served != nil:
		return at.explain(served.Error())
	case exit != nil:
		return at.explain(exit.Error())
	}
	return at.explain(fmt.Sprintf("the guest ended without a result after the step %q; its last words: %s", at.last(), lastLine(tail)))
}

// explain adds the last problem on the host's side to a reason.
func (at *attempt) explain(reason string) error {
	if at.problem == nil {
		return errors.New(reason)
	}
	return fmt.Errorf("%s (%w)", reason, at.problem)
}

func describe(f hostlink.Failure) string {
	sentences := map[hostlink.Failure]string{
		hostlink.FailSetup:    "the machine is not what its measured config demands",
		hostlink.FailDisk:     "the disk is not the measured one",
		hostlink.FailLaunch:   "the launch request is malformed",
		hostlink.FailKeys:     "no trustworthy randomness",
		hostlink.FailEvidence: "no quote",
		hostlink.FailPermit:   "no certificate or no permit",
		hostlink.FailPolicy:   "the inputs were sealed for another identity or measurement root",
		hostlink.FailShares:   "the key network gave no key",
		hostlink.FailConfig:   "the identity's confidential config is missing, cannot be opened, or is not what the enclave takes",
		hostlink.FailInput:    "an input is missing or is not the one that the task names",
		hostlink.FailWorkload: "the workload could not be started",
		hostlink.FailOutput:   "the output is too large, or could not be sealed or stored",
		hostlink.FailResult:   "the result was not accepted",
	}
	if s, ok := sentences[f]; ok {
		return s
	}
	return "for a reason of its own"
}

// lastLine is the end of a console, at most 200 bytes.
func lastLine(tail string) string {
	lines := strings.Split(strings.TrimSpace(tail), "\n")
	line := strings.TrimSpace(lines[len(lines)-1])
	if line == "" {
		return "none"
	}
	return line[max(0, len(line)-200):]
}

// SPDX-License-Identifier: Apache-2.0

// Package hostlink is the byte channel between a guest and the runner that hosts it: typed requests,
// one stream each, over one virtio-serial port. The guest asks, the host answers. Everything
// that comes from the host is hostile input: bounded before it is allocated, and never believed
// beyond what the guest can check against something measured or signed. What goes to the host is
// public: fixed enums, sealed bytes, evidence and signatures. SPEC.md beside this file is normative.
package hostlink

import (
	"errors"
	"fmt"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

const (
	// PortName is the name of the virtio-serial port.
	PortName = "org.escrin.link"
	// MaxQuote is the largest quote in bytes.
	MaxQuote = 16 << 10
	// MaxCollateral is the largest collateral bundle in bytes.
	MaxCollateral = 224 << 10
	// MaxKeyholderBody is the largest body of a request to or a reply from a keyholder in bytes.
	MaxKeyholderBody = 1 << 20
	// MaxBlob is the largest blob that can be fetched or stored in bytes.
	MaxBlob = 256 << 20
	// MaxProof is the largest number of hashes in the proof that a shape is under the measurement root.
	MaxProof = 64
	// MaxKeyNetwork is the largest JSON of a key network in bytes.
	MaxKeyNetwork = 32 << 10
)

// Assignment is what the host has for this guest: exactly one of the two.
type Assignment struct {
	Job   *Launch `json:"job"`
	Trial *Trial  `json:"trial"`
}

// Launch is the job that the host has for this guest.
type Launch struct {
	ChainID         uint64         `json:"chainId"`
	Registry        wire.Address   `json:"registry"`
	TaskHub         wire.Address   `json:"taskHub"`
	Permitter       wire.Address   `json:"permitter"`
	Runner          wire.Address   `json:"runner"` // who may claim for the guest's requester, and is paid
	Identity        wire.Hash32    `json:"identity"`
	MeasurementRoot wire.Hash32    `json:"measurementRoot"`
	Duration        uint64         `json:"duration"` // seconds that the permit should last
	BaseBlock       uint64         `json:"baseBlock"`
	BaseBlockHash   wire.Hash32    `json:"baseBlockHash"`
	Shape           Shape          `json:"shape"`
	Proof           []wire.Hash32  `json:"proof"` // that this guest's measurement is under MeasurementRoot
	Task            Task           `json:"task"`
	KeyNetwork      strictjson.Raw `json:"keyNetwork"` // keyholder.Network
}

// Shape is the machine's size, as in attest.Shape.
type Shape struct {
	VCPUs     uint32 `json:"vcpus"`
	MemoryMiB uint32 `json:"memoryMiB"`
}

// Task names the attempt to make, at a batch of one task.
type Task struct {
	ID      wire.Hash32 `json:"id"`      // of the batch
	Attempt uint32      `json:"attempt"` // from 1
	Terms   task.Terms  `json:"terms"`
}

// Quote is a TDX quote and the collateral to verify it with.
type Quote struct {
	Quote      []byte // at most MaxQuote bytes
	Collateral []byte // at most MaxCollateral bytes
}

// PermitRequest is what the runner sends to the permitter as acquireIdentity (identity, duration and
// permitter are the launch's); with the permit granted it claims the task for Requester.
type PermitRequest struct {
	Requester     wire.Address `json:"requester"`
	Context       []byte       `json:"context"`       // at most 4 KiB
	Authorization []byte       `json:"authorization"` // at most 4 KiB
	Claim         []byte       `json:"claim"`         // Requester's signature of the task.Claim that names the launch's runner: 65 bytes r‖s‖v, v 27 or 28
}

// Permit says where the permit was granted, and until when the claim lasts. The guest does not rely on it: keyholders read
// the chain, and a host that lies about the claim gets heartbeats that are of no use to it.
type Permit struct {
	TxHash      wire.Hash32 `json:"txHash"`
	Block       uint64      `json:"block"`
	Expiry      uint64      `json:"expiry"`      // of the permit, seconds since 1970
	ClaimExpiry uint64      `json:"claimExpiry"` // seconds since 1970
	ClaimWindow uint64      `json:"claimWindow"` // how far ahead a claim may be extended, seconds
}

// Heartbeat is the requester's signature of the task.Heartbeat that extends the claim.
type Heartbeat struct {
	Until     uint64 `json:"until"`     // seconds since 1970
	Signature []byte `json:"signature"` // 65 bytes r‖s‖v, v 27 or 28
}

// Result is the report and its EIP-712 signature for TaskHub.acceptTaskResults.
type Result struct {
	Report    []byte `json:"report"`    // as task.Report encodes it
	Signature []byte `json:"signature"` // 65 bytes r‖s‖v, v 27 or 28
}

// Receipt says where the result was accepted.
type Receipt struct {
	TxHash wire.Hash32 `json:"txHash"`
	Block  uint64      `json:"block"`
}

// Step is a stage of the guest's life, in order; the only progress that a host learns.
type Step string

// The steps. hostend.Steps lists them.
const (
	StepKernel      Step = "kernel"       // the kernel has started: 0 ms
	StepAgent       Step = "agent"        // the kernel has handed over to the agent
	StepDisk        Step = "disk"         // the machine is locked down, the disk checked, the root stacked
	StepKeys        Step = "keys"         // requester and channel keys exist
	StepEvidence    Step = "evidence"     // there is evidence
	StepPermit      Step = "permit"       // the permit is granted and the task claimed
	StepShares      Step = "shares"       // the task's key is recovered
	StepInput       Step = "input"        // the inputs are open
	StepWorkload    Step = "workload"     // the workload has started
	StepOutputFirst Step = "output-first" // the workload wrote its first byte: of trials, and with live logs
	StepSealed      Step = "sealed"       // the output is sealed and stored
	StepResult      Step = "result"       // the chain accepted the result
	StepWiped       Step = "wiped"        // nothing of the task is left in the machine, which may have another
	StepPoweroff    Step = "poweroff"     // nothing is left to do
)

// StepReport says when a step was reached.
type StepReport struct {
	Step         Step   `json:"step"`
	Milliseconds uint64 `json:"ms"` // since the kernel started; of a later task, since its launch was read
}

// Failure is why a guest gave up, as far as a host may know.
type Failure string

// The failures. hostend.Failures lists them.
const (
	FailSetup      Failure = "setup"      // the machine is not what the measured config demands
	FailDisk       Failure = "disk"       // the disk is not the measured one
	FailLaunch     Failure = "launch"     // the launch request is malformed
	FailKeys       Failure = "keys"       // no trustworthy randomness
	FailEvidence   Failure = "evidence"   // no quote
	FailPermit     Failure = "permit"     // no certificate or no permit
	FailPolicy     Failure = "policy"     // the inputs were sealed for another identity or measurement root than the launch names
	FailShares     Failure = "shares"     // the key network gave no key
	FailConfig     Failure = "config"     // the confidential config is missing, cannot be opened, or is not what the enclave admits
	FailInput      Failure = "input"      // an input blob is missing or is not the one the task names
	FailWorkload   Failure = "workload"   // the workload could not be started
	FailOutput     Failure = "output"     // the output is too large or could not be sealed or stored
	FailResult     Failure = "result"     // the result was not accepted
	FailUnexpected Failure = "unexpected" // anything else
)

// Code classifies an error reply of the host.
type Code string

// The codes.
const (
	CodeInvalid     Code = "invalid"     // the request is malformed
	CodeNotFound    Code = "not-found"   // there is no such blob or keyholder
	CodeTooLarge    Code = "too-large"   // a bound is exceeded
	CodeRefused     Code = "refused"     // the chain or a service said no; asking again is useless
	CodeUnavailable Code = "unavailable" // no answer; asking again may help
)

// Error is an error reply. A hostend.Handler returns one to choose the code; other errors become CodeUnavailable.
// Nothing but the code crosses the link.
type Error struct {
	Code Code
	Err  error // the host's reason, which stays on the host; nil in the guest
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err == nil {
		return "host: " + string(e.Code)
	}
	return fmt.Sprintf("%s: %v", e.Code, e.Err)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

func (l Launch) validate() error {
	switch {
	case len(l.Proof) > MaxProof:
		return fmt.Errorf("proof of %d hashes, more than %d", len(l.Proof), MaxProof)
	case len(l.KeyNetwork) > MaxKeyNetwork:
		return fmt.Errorf("key network of %d bytes, more than %d", len(l.KeyNetwork), MaxKeyNetwork)
	case l.ChainID == 0 || l.Duration == 0 || l.Task.Attempt == 0:
		return errors.New("chainId, duration and attempt must be set")
	case l.Runner == wire.Address{}:
		return errors.New("runner must be set")
	case l.Identity != l.Task.Terms.Identity:
		return errors.New("the task's terms name another identity")
	case l.Task.Terms.Count != 1 || l.Task.ID[31] != 0:
		return errors.New("want a batch of one task")
	case l.Shape.VCPUs == 0 || l.Shape.MemoryMiB == 0:
		return errors.New("shape must be set")
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/task"
)

const (
	// MaxEvidence is the largest evidence in bytes.
	MaxEvidence = 256 << 10
	// MaxAccusation bounds the proof that a keyholder lied in bytes.
	MaxAccusation = 4 << 10
	// maxPermitField bounds context and authorization of a permit in bytes each.
	maxPermitField = 4 << 10
	// signatureSize is the size of an ECDSA signature in bytes.
	signatureSize = 65
	// maxPath bounds the path of a keyholder request in bytes.
	maxPath = 128
	// maxMethod bounds the name of a call to the chain's node in bytes.
	maxMethod = 64
)

// Steps returns all steps in order.
func Steps() []hostlink.Step {
	return []hostlink.Step{
		hostlink.StepKernel, hostlink.StepAgent, hostlink.StepDisk, hostlink.StepKeys, hostlink.StepEvidence, hostlink.StepPermit,
		hostlink.StepShares, hostlink.StepInput, hostlink.StepWorkload, hostlink.StepOutputFirst, hostlink.StepSealed,
		hostlink.StepResult, hostlink.StepWiped, hostlink.StepPoweroff,
	}
}

// Failures returns all failures.
func Failures() []hostlink.Failure {
	return []hostlink.Failure{
		hostlink.FailSetup, hostlink.FailDisk, hostlink.FailLaunch, hostlink.FailKeys, hostlink.FailEvidence, hostlink.FailPermit,
		hostlink.FailPolicy, hostlink.FailShares, hostlink.FailConfig, hostlink.FailInput, hostlink.FailWorkload,
		hostlink.FailOutput, hostlink.FailResult, hostlink.FailUnexpected,
	}
}

// valid calls f if its argument passes the check.
func valid[P, R any](ctx context.Context, params P, check func(P) error, f func(context.Context, P) (R, error)) (R, error) {
	if err := check(params); err != nil {
		var zero R
		return zero, &hostlink.Error{Code: hostlink.CodeInvalid, Err: err}
	}
	return f(ctx, params)
}

func checkPermit(r hostlink.PermitRequest) error {
	if len(r.Context) > maxPermitField || len(r.Authorization) > maxPermitField {
		return fmt.Errorf("context or authorization has more than %d bytes", maxPermitField)
	}
	if len(r.Claim) != signatureSize {
		return fmt.Errorf("claim's signature has %d bytes, want %d", len(r.Claim), signatureSize)
	}
	return nil
}

func checkStep(r hostlink.StepReport) error {
	if !slices.Contains(Steps(), r.Step) {
		return errors.New("unknown step")
	}
	return nil
}

func checkFailure(f hostlink.Failure) error {
	if !slices.Contains(Failures(), f) {
		return errors.New("unknown failure")
	}
	return nil
}

func checkHeartbeat(h hostlink.Heartbeat) error {
	if len(h.Signature) != signatureSize {
		return fmt.Errorf("heartbeat's signature has %d bytes, want %d", len(h.Signature), signatureSize)
	}
	return nil
}

func checkResult(r hostlink.Result) error {
	if len(r.Report) < task.MinReport || len(r.Report) > task.MaxReport || len(r.Signature) != signatureSize {
		return fmt.Errorf("want a report of %d to %d bytes and a signature of %d bytes", task.MinReport, task.MaxReport, signatureSize)
	}
	return nil
}

func checkAdvance(a hostlink.Advance) error {
	if a.Version == 0 || a.Deadline == 0 || len(a.Signature) != signatureSize {
		return fmt.Errorf("want a version from 1, a deadline and a signature of %d bytes", signatureSize)
	}
	return nil
}

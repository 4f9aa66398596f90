// SPDX-License-Identifier: Apache-2.0

// Package api holds the JSON types of the job service's HTTP interface and a client for it.
//
//	GET /v1/tasks              every task the service knows, newest last  → TaskList
//	GET /v1/tasks/0x<id>       one task                                   → Task
//	GET /v1/tasks/0x<id>/events  one Task per line each time it changes, until it is final
//	GET /healthz               200 when the service follows the chain     → Health
//
// Every reply of /healthz has the header Escrin-Instance, a name that the process drew when it began. Requests beyond a number at once, of
// one network or of all, are answered with 429, and who does not read an answer does not get the rest of it.
//
// Blobs and evidence are in package jobs/blob. What the service says is advice: only the chain and the signatures
// that `escrin job verify` checks are evidence of anything.
package api

import (
	"fmt"
	"math/big"
	"regexp"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/guestnet"
	"github.com/escrin/escrin/keyholder"
)

// State is where a task is in its life, as the job service sees it.
type State string

// The states of a task. Open, Claimed, Accepted, Expired and Cancelled are the chain's; Waiting and Running are
// the service's own refinement of Open.
const (
	StateOpen      State = "open"      // on chain, not yet taken up by this service
	StateWaiting   State = "waiting"   // taken up, held back by something: Message says by what
	StateRunning   State = "running"   // an enclave is booting for it, not yet claimed
	StateClaimed   State = "claimed"   // claimed on chain by the requester of the current attempt
	StateAccepted  State = "accepted"  // the result is on chain
	StateExpired   State = "expired"   // the deadline passed or the attempts were used up, the fee went back
	StateCancelled State = "cancelled" // withdrawn by its submitter
)

// Final says that the task will not change any more.
func (s State) Final() bool {
	return s == StateAccepted || s == StateExpired || s == StateCancelled
}

// Task is the status of one task.
type Task struct {
	ID          string      `json:"id"`       // 0x and 64 lower-case hexadecimal digits
	Identity    common.Hash `json:"identity"` //
	State       State       `json:"state"`
	Attempt     uint32      `json:"attempt"`           // number of the current attempt, from 1
	Message     string      `json:"message,omitempty"` // what the task waits for, or why the last attempt failed
	Submitted   uint64      `json:"submitted"`         // block of the submission
	InputDigest common.Hash `json:"inputDigest"`       // SHA-256 of the input manifest
	Terms       *Terms      `json:"terms,omitempty"`   // under which it was submitted
	Result      *Result     `json:"result,omitempty"`  // once accepted
	Attempts    []Attempt   `json:"attempts"`          // oldest first; those of this service only
}

// Attempt is one boot of an enclave for a task.
type Attempt struct {
	Number    uint32         `json:"number"`  // the chain's number of the attempt
	Started   time.Time      `json:"started"` // when QEMU was started, or a waiting machine took it; before that, when the attempt began
	Outcome   Outcome        `json:"outcome"`
	Reason    string         `json:"reason,omitempty"` // why it failed
	Requester common.Address `json:"requester"`        // the guest's key, zero until it is known
	Evidence  common.Hash    `json:"evidence"`         // Keccak-256 of the evidence, zero until it is known
	Steps     []Step         `json:"steps"`            // in the order in which they were reported
	Txs       []Tx           `json:"txs"`

	Services []guestnet.Endpoint `json:"services,omitempty"` // where the guest can be reached while it runs

	Proofs []keyholder.Proof `json:"keyholderProofs,omitempty"` // that keyholders lied about the certificate: `escrin keynet proof`
}

// Outcome is how an attempt ended.
type Outcome string

// The outcomes of an attempt.
const (
	OutcomeRunning   Outcome = "running"
	OutcomeAccepted  Outcome = "accepted"
	OutcomeFailed    Outcome = "failed"
	OutcomeAbandoned Outcome = "abandoned" // the service ended while it ran
)

// Step is one step of the guest's (or the runner's) life.
type Step struct {
	Name string    `json:"name"` // see jobs/runner and guestagent/hostlink for the names
	At   time.Time `json:"at"`   // host time
	MS   int64     `json:"ms"`   // milliseconds since QEMU was started; for what came before, since the attempt began
}

// Tx is a transaction that the service sent for an attempt.
type Tx struct {
	Kind  string      `json:"kind"` // permit, claim, heartbeat, result, expire
	Hash  common.Hash `json:"hash"`
	Block uint64      `json:"block"`
}

// Terms are those of the terms under which a task was submitted that are not told elsewhere.
type Terms struct {
	Submitter   common.Address `json:"submitter"`
	Deadline    uint64         `json:"deadline"` // seconds since the epoch
	Count       uint16         `json:"count"`    // tasks of the batch
	Attempts    uint16         `json:"attempts"` // how many claims may lapse
	Token       common.Address `json:"token"`    // of the fee; zero is the chain's own currency
	Fee         string         `json:"fee"`      // decimal, in the token's units or wei
	Refundee    common.Address `json:"refundee"`
	Callback    common.Address `json:"callback"` // contract that is told of the result; zero for none
	CallbackGas uint32         `json:"callbackGas"`
}

// TermsOf makes terms of those that the task hub has.
func TermsOf(t task.Terms) *Terms {
	return &Terms{
		Submitter: t.Submitter, Deadline: t.Deadline, Count: t.Count, Attempts: t.Attempts, Token: t.Token,
		Fee: new(big.Int).SetBytes(t.Fee[:]).String(), Refundee: t.Refundee, Callback: t.Callback, CallbackGas: t.CallbackGas,
	}
}

// ResultOf makes a result of one that the task hub accepted from a requester.
func ResultOf(r task.Result, requester common.Address) *Result {
	return &Result{ExitStatus: r.ExitStatus, OutputDigest: r.OutputDigest, PublicOutput: r.PublicOutput, Requester: requester}
}

// Result is what the chain records of an accepted task.
type Result struct {
	ExitStatus   uint32         `json:"exitStatus"`
	OutputDigest common.Hash    `json:"outputDigest"` // SHA-256 of the sealed output
	PublicOutput common.Hash    `json:"publicOutput"` // the workload's word for contracts, zero for none
	Requester    common.Address `json:"requester"`
	Tx           common.Hash    `json:"tx"`
	Block        uint64         `json:"block"`
}

// TaskList is the reply of GET /v1/tasks.
type TaskList struct {
	Tasks []Task `json:"tasks"`
}

// Health is the reply of GET /healthz.
type Health struct {
	ChainID uint64 `json:"chainId"`
	Block   uint64 `json:"block"`   // the last block whose events the service has taken in
	Running int    `json:"running"` // guests that run now
}

// InstanceHeader is the header that says which process answers GET /healthz.
const InstanceHeader = "Escrin-Instance"

// Error is the body of every reply that is not 2xx.
type Error struct {
	Error ErrorDetail `json:"error"`
}

// ErrorDetail is a stable code and a sentence for people.
type ErrorDetail struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ParseID reads a task id: exactly 0x and 64 lower-case hexadecimal digits (JS-02: an id is never a path).
func ParseID(s string) (common.Hash, error) {
	if !idPattern.MatchString(s) {
		return common.Hash{}, fmt.Errorf("task id %.80q is not 0x and 64 lower-case hexadecimal digits", s)
	}
	return common.HexToHash(s), nil
}

var idPattern = regexp.MustCompile(`^0x[0-9a-f]{64}$`)

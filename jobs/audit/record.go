// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"time"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/verify"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// Trust is what the caller knows from elsewhere and judges a record by. Its zero value passes nothing.
type Trust struct {
	ChainID   uint64
	Registry  [20]byte
	Permitter [20]byte
	TaskHub   [20]byte
	GroupKey  [curve.G2Size]byte // of the key network, compressed
	Roots     verify.Roots       // of the TEE's vendor
	RootName  string             // how to call them in words
	Policy    appraise.Policy
}

// Record is everything public about one finished task, as fetched: nothing in it has been checked.
type Record struct {
	Ledger   Ledger
	Manifest Blob // of the inputs
	Inputs   map[[32]byte]Blob
	Output   Blob
	Evidence Blob
	Enclave  Enclave
}

// Blob is a piece of data that a store was asked for. Problem says why it did not come.
type Blob struct {
	Bytes   []byte
	Problem string
}

// Enclave is the OCI artifact that the identity's policy points at.
type Enclave struct {
	Manifest Blob
	Config   Blob // the manifest's config blob
}

// Ledger is what the chain holds about one task.
type Ledger struct {
	ChainID     uint64
	HubRegistry [20]byte // the registry that the task hub asks about permits
	GroupKey    [curve.G2EIP2537Size]byte
	TaskID      [32]byte // of the batch
	Index       int      // of the audited task in it
	Task        Task
	Submission  Submission
	Policy      Policy
	Permit      Permit
	Claim       Claim
	Acceptance  Acceptance
}

// Terms are those under which the batch was submitted, as the event tells.
func (l Ledger) Terms() task.Terms { return l.Submission.Terms }

// Result is that of the audited task, as the event tells; zero if it has none.
func (l Ledger) Result() task.Result {
	if l.Index >= len(l.Acceptance.Results) {
		return task.Result{}
	}
	return l.Acceptance.Results[l.Index]
}

// Task is TaskHub.recordOf.
type Task struct {
	State  uint8    // 3 is accepted
	Digest [32]byte // of the results
}

// stateAccepted is TaskHub's state of a task with a result.
const stateAccepted = 3

// Submission is the event TaskSubmitted.
type Submission struct {
	Submitter [20]byte
	Identity  [32]byte
	Terms     task.Terms
	Block     uint64
}

// Policy is the identity's last event PolicyChanged before the permit was given.
type Policy struct {
	Kind            uint8    // as the contract numbers them
	MeasurementRoot [32]byte // of a policy by measurements
	Author          [20]byte // of a policy by author: who signs releases
	AuthorKey       [32]byte // of a policy by ID block: Keccak-256 of AUTHOR_KEY_DIGEST
	MinVersion      uint64   // of the release; of the guest, by ID block
	TDXFloor        uint64   // oldest date of a TCB level, seconds since the epoch; zero refuses TDX
	SNPFloor        uint64   // eight security versions; zero refuses SNP
	MaxDuration     uint64   // seconds
	Locator         string   // REF@sha256:<hex> of the enclave; REF:tag may do for releases of an author
	Block           uint64
}

// Permit is the registry's event PermitGranted, the arguments of the call that made it, and the block that it names.
type Permit struct {
	Identity        [32]byte
	Requester       [20]byte
	Duration        uint64 // seconds, asked for
	BaseBlock       uint64
	BaseBlockHash   [32]byte // as the chain has it
	MeasurementRoot [32]byte
	ConfigDigest    [32]byte
	EvidenceDigest  [32]byte
	Findings        keyholder.Findings
	Release         []byte // of a policy by author: three words (enclaver/release); else nil
	Certificate     []byte // 128 bytes: the threshold signature as EIP-2537 point
	Expiry          time.Time
	Block           uint64
	Time            time.Time // of Block
	Problem         string    // why the call's arguments are not known; then there are those of the event alone
}

// Claim is the event TaskClaimed of the attempt whose results were accepted, and the arguments of the call that made it.
type Claim struct {
	Attempt     uint32
	Requester   [20]byte
	Runner      [20]byte
	TermsDigest [32]byte // of the terms in the call
	Signature   []byte   // 65 bytes r‖s‖v, from the call
	Block       uint64
	Time        time.Time // of Block
	Problem     string    // why the call's arguments are not known
}

// Acceptance is the event TaskAccepted and the arguments of the call that made it.
type Acceptance struct {
	Attempt     uint32
	Requester   [20]byte
	Runner      [20]byte // who was paid
	Results     []task.Result
	TermsDigest [32]byte    // of the terms in the call's proof
	Report      task.Report // that the call's signature must be of
	Signature   []byte      // 65 bytes r‖s‖v, from the call's proof
	Block       uint64
	Tx          [32]byte
	Problem     string // why the call's arguments are not known
}

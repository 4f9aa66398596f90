// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/guestagent/task"
)

// ErrNoTask says that no task with that id was submitted.
var ErrNoTask = errors.New("no such task")

// State is a task's, as the contract numbers it.
type State uint8

// The states of a task.
const (
	StateNone State = iota
	StateOpen
	StateClaimed
	StateAccepted
	StateExpired
	StateCancelled
)

func (s State) String() string {
	names := [...]string{"none", "open", "claimed", "accepted", "expired", "cancelled"}
	if int(s) >= len(names) {
		return fmt.Sprintf("unknown (%d)", uint8(s))
	}
	return names[s]
}

// Over tells whether nothing can happen to the task any more.
func (s State) Over() bool { return s == StateAccepted || s == StateExpired || s == StateCancelled }

// Task is what the hub knows about a task. Times are seconds since the epoch, amounts wei.
type Task struct {
	ID           common.Hash
	Submitter    common.Address
	Identity     common.Hash
	InputDigest  common.Hash
	Deadline     uint64
	Attempt      uint32
	State        State
	Requester    common.Address
	Runner       common.Address
	ClaimExpiry  uint64
	Fee          *big.Int
	OutputDigest common.Hash
	ExitStatus   uint32
}

// Submission is a task to be.
type Submission struct {
	Identity    common.Hash
	InputDigest common.Hash
	Salt        common.Hash
	Deadline    uint64   // seconds since the epoch
	Fee         *big.Int // wei; nil is zero
}

// TaskID computes the id that a submitter's task with this salt has or will have.
func (c *Chain) TaskID(submitter common.Address, salt common.Hash) common.Hash {
	return crypto.Keccak256Hash(
		word(c.contracts.TaskHub[:]), word(new(big.Int).SetUint64(c.contracts.ChainID).Bytes()), word(submitter[:]), salt[:],
	)
}

// Submit submits a task and returns its id.
func (c *Chain) Submit(ctx context.Context, from *Account, s Submission) (common.Hash, Receipt, error) {
	call := c.hubABI.PackSubmit(s.Identity, s.InputDigest, s.Salt, s.Deadline)
	receipt, err := c.send(ctx, from, c.contracts.TaskHub, s.Fee, call)
	if err != nil {
		return common.Hash{}, receipt, fmt.Errorf("submit task: %w", err)
	}
	return c.TaskID(from.address, s.Salt), receipt, nil
}

// Claim claims an open task for a requester that holds a live permit of its identity; from posts the
// hub's bond.
func (c *Chain) Claim(ctx context.Context, from *Account, task common.Hash, requester common.Address) (Receipt, error) {
	bond, err := bind.Call(c.hub, at(ctx, nil), c.hubABI.PackClaimBond(), c.hubABI.UnpackClaimBond)
	if err != nil {
		return Receipt{}, fmt.Errorf("read claim bond: %w", err)
	}
	receipt, err := c.send(ctx, from, c.contracts.TaskHub, bond, c.hubABI.PackClaim(task.Big(), requester))
	if err != nil {
		return receipt, fmt.Errorf("claim task: %w", err)
	}
	return receipt, nil
}

// SignatureSize is the length in bytes of a requester's signature of a result: r, s, v; v is 27 or 28.
const SignatureSize = 65

// Proof is abi.encode(bytes[]) of results' signatures, in the order of the report.
func Proof(signatures ...[SignatureSize]byte) []byte {
	const padded = 96
	number := func(n int) []byte { return common.BigToHash(big.NewInt(int64(n))).Bytes() }
	proof := append(number(32), number(len(signatures))...)
	for i := range signatures {
		proof = append(proof, number(32*len(signatures)+(32+padded)*i)...)
	}
	for _, signature := range signatures {
		proof = append(proof, number(SignatureSize)...)
		proof = append(proof, signature[:]...)
		proof = append(proof, make([]byte, padded-SignatureSize)...)
	}
	return proof
}

// Accept reports one result with its requester's signature. Anyone may pay; the runner that the result names gets the
// fee.
func (c *Chain) Accept(ctx context.Context, from *Account, r task.Result, signature [SignatureSize]byte) (Receipt, error) {
	ids := []*big.Int{common.Hash(r.TaskID).Big()}
	call := c.hubABI.PackAcceptTaskResults(ids, Proof(signature), task.Report(r))
	receipt, err := c.send(ctx, from, c.contracts.TaskHub, nil, call)
	if err != nil {
		return receipt, fmt.Errorf("report result: %w", err)
	}
	return receipt, nil
}

// Expire reopens a task whose claim has lapsed, or ends one whose deadline has passed. Anyone may.
func (c *Chain) Expire(ctx context.Context, from *Account, task common.Hash) (Receipt, error) {
	receipt, err := c.send(ctx, from, c.contracts.TaskHub, nil, c.hubABI.PackExpire(task.Big()))
	if err != nil {
		return receipt, fmt.Errorf("expire task: %w", err)
	}
	return receipt, nil
}

// Cancel ends an open task; from must be its submitter.
func (c *Chain) Cancel(ctx context.Context, from *Account, task common.Hash) (Receipt, error) {
	receipt, err := c.send(ctx, from, c.contracts.TaskHub, nil, c.hubABI.PackCancel(task.Big()))
	if err != nil {
		return receipt, fmt.Errorf("cancel task: %w", err)
	}
	return receipt, nil
}

// Withdraw pays out what the hub owes to from.
func (c *Chain) Withdraw(ctx context.Context, from *Account) (Receipt, error) {
	receipt, err := c.send(ctx, from, c.contracts.TaskHub, nil, c.hubABI.PackWithdraw())
	if err != nil {
		return receipt, fmt.Errorf("withdraw: %w", err)
	}
	return receipt, nil
}

// Task reads a task in its newest state; ErrNoTask if there is none.
func (c *Chain) Task(ctx context.Context, id common.Hash) (Task, error) {
	t, err := bind.Call(c.hub, at(ctx, nil), c.hubABI.PackGetTask(id.Big()), c.hubABI.UnpackGetTask)
	if err != nil {
		return Task{}, fmt.Errorf("read task: %w", err)
	}
	if State(t.State) == StateNone {
		return Task{}, fmt.Errorf("task %s: %w", id, ErrNoTask)
	}
	return Task{
		ID: id, Submitter: t.Submitter, Identity: t.Identity, InputDigest: t.InputDigest, Deadline: t.Deadline,
		Attempt: t.Attempt, State: State(t.State), Requester: t.Requester, Runner: t.Runner,
		ClaimExpiry: t.ClaimExpiry, Fee: t.Fee, OutputDigest: t.OutputDigest, ExitStatus: t.ExitStatus,
	}, nil
}

// ClaimWindow reads for how long a claim lasts, in seconds.
func (c *Chain) ClaimWindow(ctx context.Context) (uint64, error) {
	window, err := bind.Call(c.hub, at(ctx, nil), c.hubABI.PackClaimWindow(), c.hubABI.UnpackClaimWindow)
	if err != nil {
		return 0, fmt.Errorf("read claim window: %w", err)
	}
	return window, nil
}

// asHash turns a uint256 that names something into the 32 bytes that are shown.
func asHash(value any) (common.Hash, bool) {
	number, ok := value.(*big.Int)
	if !ok {
		return common.Hash{}, false
	}
	return common.BigToHash(number), true
}

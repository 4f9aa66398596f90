// SPDX-License-Identifier: Apache-2.0

package sources

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/escrin/escrin/contracts/bindings"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/audit"
	"github.com/escrin/escrin/keyholder/curve"
)

// UnfinishedError says that a task has no accepted result, so there is nothing to audit.
type UnfinishedError struct {
	TaskID [32]byte
	State  uint8 // of TaskHub: 0 unknown, 1 open, 2 claimed, 4 expired, 5 cancelled
}

func (e *UnfinishedError) Error() string {
	words := map[uint8]string{0: "is not known to the task hub", 1: "is open: no enclave has taken it up yet",
		2: "is claimed: an enclave works on it", 4: "expired without a result", 5: "was cancelled"}
	return fmt.Sprintf("task 0x%x %s", e.TaskID, words[e.State])
}

// Ledger implements [audit.Source]. A task without an accepted result is an [UnfinishedError].
func (s *Sources) Ledger(ctx context.Context, taskID [32]byte) (audit.Ledger, error) {
	batch, index := task.Batch(taskID)
	l := audit.Ledger{TaskID: batch, Index: index}
	steps := []func(context.Context, *audit.Ledger) error{
		s.readContracts, s.readTask, s.readTaskEvents, s.readPermit, s.readPolicy, s.readTimes,
	}
	for _, step := range steps {
		if err := step(ctx, &l); err != nil {
			return audit.Ledger{}, err
		}
	}
	return l, nil
}

func (s *Sources) readContracts(ctx context.Context, l *audit.Ledger) error {
	id, err := s.chain.ChainID(ctx)
	if err != nil {
		return fmt.Errorf("ask for the chain id: %w", err)
	}
	l.ChainID = id.Uint64()
	registry, err := call(ctx, s.chain, s.at.TaskHub, s.hub.PackRegistry(), s.hub.UnpackRegistry)
	if err != nil {
		return fmt.Errorf("ask the task hub for its registry: %w", err)
	}
	l.HubRegistry = registry
	key, err := call(ctx, s.chain, s.at.Permitter, s.permitter.PackGroupKey(), s.permitter.UnpackGroupKey)
	if err != nil {
		return fmt.Errorf("ask the permitter for its group key: %w", err)
	}
	if len(key) != curve.G2EIP2537Size {
		return fmt.Errorf("the permitter's group key has %d bytes, not %d", len(key), curve.G2EIP2537Size)
	}
	l.GroupKey = [curve.G2EIP2537Size]byte(key)
	return nil
}

// call is an eth_call at the latest block, decoded.
func call[T any](ctx context.Context, chain Chain, to common.Address, data []byte, decode func([]byte) (T, error)) (T, error) {
	out, err := chain.CallContract(ctx, ethereum.CallMsg{To: &to, Data: data}, nil)
	if err != nil {
		var none T
		return none, err
	}
	return decode(out)
}

func (s *Sources) readTask(ctx context.Context, l *audit.Ledger) error {
	id := new(big.Int).SetBytes(l.TaskID[:])
	t, err := call(ctx, s.chain, s.at.TaskHub, s.hub.PackRecordOf(id), s.hub.UnpackRecordOf)
	if err != nil {
		return fmt.Errorf("ask the task hub for the task: %w", err)
	}
	const accepted = 3
	if t.State != accepted {
		return &UnfinishedError{TaskID: l.TaskID, State: t.State}
	}
	l.Task = audit.Task{State: t.State, Digest: t.Digest}
	return nil
}

// readTaskEvents reads submission, claim of the accepted attempt, and acceptance.
func (s *Sources) readTaskEvents(ctx context.Context, l *audit.Ledger) error {
	logs, err := s.logs(ctx, s.at.TaskHub, common.Hash(l.TaskID))
	if err != nil {
		return fmt.Errorf("read events of the task: %w", err)
	}
	// Backwards: the acceptance tells which claim it was.
	for i := len(logs) - 1; i >= 0; i-- {
		log := &logs[i]
		if e, err := s.hub.UnpackTaskSubmittedEvent(log); err == nil {
			if l.Submission, err = submission(e); err != nil {
				return fmt.Errorf("read the event of the submission: %w", err)
			}
		}
		if e, err := s.hub.UnpackTaskClaimedEvent(log); err == nil && e.Attempt == l.Acceptance.Attempt {
			if err := s.readClaim(ctx, l, e); err != nil {
				return fmt.Errorf("read the call that claimed the task: %w", err)
			}
		}
		if e, err := s.hub.UnpackTaskAcceptedEvent(log); err == nil {
			if err := s.readAcceptance(ctx, l, e); err != nil {
				return fmt.Errorf("read the call that delivered the result: %w", err)
			}
		}
	}
	return nil
}

// submission takes the terms from the event's data as it is, in which they are alone.
func submission(e *bindings.TaskHubTaskSubmitted) (audit.Submission, error) {
	terms, err := task.ParseTerms(e.Raw.Data)
	return audit.Submission{Submitter: e.Submitter, Identity: e.Identity, Terms: terms, Block: e.Raw.BlockNumber}, err
}

func (s *Sources) readClaim(ctx context.Context, l *audit.Ledger, e *bindings.TaskHubTaskClaimed) error {
	l.Claim = audit.Claim{Attempt: e.Attempt, Requester: e.Requester, Runner: e.Runner, Block: e.Raw.BlockNumber}
	data, err := s.calldata(ctx, e.Raw.TxHash, s.at.TaskHub)
	if err != nil {
		return problem(err, &l.Claim.Problem)
	}
	claim, err := decodeClaim(data)
	if err != nil {
		return problem(&indirectError{err}, &l.Claim.Problem)
	}
	l.Claim.TermsDigest, l.Claim.Signature = claim.terms.Digest(), claim.signature
	return nil
}

func (s *Sources) readAcceptance(ctx context.Context, l *audit.Ledger, e *bindings.TaskHubTaskAccepted) error {
	l.Acceptance = audit.Acceptance{Attempt: e.Attempt, Requester: e.Requester, Runner: e.Runner, Results: results(e.Results),
		Block: e.Raw.BlockNumber, Tx: e.Raw.TxHash}
	data, err := s.calldata(ctx, e.Raw.TxHash, s.at.TaskHub)
	if err != nil {
		return problem(err, &l.Acceptance.Problem)
	}
	proof, report, err := decodeReport(data)
	if err != nil {
		return problem(&indirectError{err}, &l.Acceptance.Problem)
	}
	l.Acceptance.TermsDigest, l.Acceptance.Report, l.Acceptance.Signature = proof.terms.Digest(), report, proof.signature
	return nil
}

func results(of []bindings.ITaskLifecycleTaskResult) []task.Result {
	converted := make([]task.Result, len(of))
	for i, r := range of {
		converted[i] = task.Result(r)
	}
	return converted
}

// readPermit reads the last permit that the registry gave to the claim's requester before the claim, and the call of the
// permitter that asked for it.
func (s *Sources) readPermit(ctx context.Context, l *audit.Ledger) error {
	logs, err := s.logs(ctx, l.HubRegistry, common.Hash(l.Terms().Identity), common.BytesToHash(l.Claim.Requester[:]))
	if err != nil {
		return fmt.Errorf("read permits: %w", err)
	}
	for i := range slices.Backward(logs) {
		e, err := s.registry.UnpackPermitGrantedEvent(&logs[i])
		if err == nil && e.Raw.BlockNumber <= l.Claim.Block {
			return s.readGrant(ctx, l, e)
		}
	}
	return nil
}

func (s *Sources) readGrant(ctx context.Context, l *audit.Ledger, e *bindings.IdentityRegistryPermitGranted) error {
	data, err := s.calldata(ctx, e.Raw.TxHash, s.at.Permitter)
	if err == nil {
		if l.Permit, err = decodePermit(data); err != nil {
			err = &indirectError{err}
		}
	}
	if err != nil {
		l.Permit = audit.Permit{Identity: e.Id, Requester: e.Holder, EvidenceDigest: e.EvidenceDigest}
		if err := problem(err, &l.Permit.Problem); err != nil {
			return fmt.Errorf("read the call that asked for the permit: %w", err)
		}
	}
	l.Permit.Block, l.Permit.Expiry = e.Raw.BlockNumber, time.Unix(int64(e.Expiry), 0)
	return nil
}

// indirectError says that a transaction has not the arguments of a call in the form that is read here: another contract made
// the call. That is a finding about the task, and no failure to read the chain.
type indirectError struct{ cause error }

func (e *indirectError) Error() string { return e.cause.Error() }

// problem notes an indirectError, and passes any other error on.
func problem(err error, in *string) error {
	var indirect *indirectError
	if errors.As(err, &indirect) {
		*in = indirect.Error()
		return nil
	}
	return err
}

// readPolicy reads the identity's last policy before the permit.
func (s *Sources) readPolicy(ctx context.Context, l *audit.Ledger) error {
	logs, err := s.logs(ctx, s.at.Permitter, common.Hash(l.Terms().Identity))
	if err != nil {
		return fmt.Errorf("read policies: %w", err)
	}
	for i := range logs {
		e, err := s.permitter.UnpackPolicyChangedEvent(&logs[i])
		if err == nil && e.Raw.BlockNumber <= l.Permit.Block {
			l.Policy = policyOf(e)
		}
	}
	return nil
}

func policyOf(e *bindings.CertificatePermitterPolicyChanged) audit.Policy {
	p := audit.Policy{
		Kind: e.Policy.Kind, MinVersion: e.Policy.MinVersion, TDXFloor: e.Policy.TdxFloor, SNPFloor: e.Policy.SnpFloor,
		MaxDuration: e.Policy.MaxDuration, Locator: e.Locator, Block: e.Raw.BlockNumber,
	}
	switch chain.PolicyKind(p.Kind) {
	case chain.ByMeasurements:
		p.MeasurementRoot = e.Policy.Subject
	case chain.ByAuthor:
		p.Author = common.BytesToAddress(e.Policy.Subject[:])
	case chain.ByIDBlock:
		p.AuthorKey = e.Policy.Subject
	}
	return p
}

// readTimes reads the blocks' times, and the hash of the block that the evidence was made after.
func (s *Sources) readTimes(ctx context.Context, l *audit.Ledger) error {
	for _, at := range []struct {
		block uint64
		time  *time.Time
	}{{l.Permit.Block, &l.Permit.Time}, {l.Claim.Block, &l.Claim.Time}} {
		header, err := s.header(ctx, at.block)
		if err != nil {
			return err
		}
		*at.time = time.Unix(int64(header.Time), 0)
	}
	base, err := s.header(ctx, l.Permit.BaseBlock)
	if err != nil {
		return err
	}
	l.Permit.BaseBlockHash = base.Hash()
	return nil
}

func (s *Sources) header(ctx context.Context, number uint64) (*types.Header, error) {
	header, err := s.chain.HeaderByNumber(ctx, new(big.Int).SetUint64(number))
	if err != nil {
		return nil, fmt.Errorf("read block %d: %w", number, err)
	}
	return header, nil
}

// logs returns a contract's events of any kind with these first indexed arguments, oldest first.
func (s *Sources) logs(ctx context.Context, at common.Address, indexed ...common.Hash) ([]types.Log, error) {
	topics := [][]common.Hash{nil}
	for _, topic := range indexed {
		topics = append(topics, []common.Hash{topic})
	}
	return s.chain.FilterLogs(ctx, ethereum.FilterQuery{FromBlock: big.NewInt(0), Addresses: []common.Address{at}, Topics: topics})
}

// calldata returns the input of a transaction that called the contract directly.
func (s *Sources) calldata(ctx context.Context, tx common.Hash, to common.Address) ([]byte, error) {
	t, _, err := s.chain.TransactionByHash(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("transaction %s: %w", tx, err)
	}
	if t.To() == nil || *t.To() != to {
		return nil, &indirectError{fmt.Errorf("transaction %s called another contract, which called %s: its arguments are not public in this form", tx, to)}
	}
	return t.Data(), nil
}

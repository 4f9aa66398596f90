// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/joblog"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/client"
)

// How often a guest may ask for what it needs once; a few more than that, for a guest that tries again.
const (
	maxLaunches = 4
	maxQuotes   = 4 + maxOfWorkload
	maxEvidence = 4
	maxPermits  = 3
	maxResults  = 3
	maxStores   = 3 + maxOfWorkload // the output, and what the workload keeps, which the guest counts apart (api.MaxKept)
	maxFetches  = 4 * (1 + task.MaxInputs)
	maxKeynets  = 1_000
	maxRelayed  = 20_000 // requests to keyholders: a guest waits for absent ones as long as it may
)

// Launch hands the guest its job, with the newest block as its freshness that keyholders take for final.
func (at *attempt) Launch(ctx context.Context) (hostlink.Launch, error) {
	if err := at.allow("launch", maxLaunches); err != nil {
		return hostlink.Launch{}, err
	}
	at.runner.relay.probe(ctx)
	base, _, err := at.runner.baseBlock(ctx)
	if err != nil {
		return hostlink.Launch{}, at.note(err)
	}
	keys, err := json.Marshal(at.runner.relay.present().network)
	if err != nil {
		return hostlink.Launch{}, at.note(err)
	}
	net, a := at.runner.Network, at.assignment
	l := hostlink.Launch{
		ChainID: net.Chain.ID, Registry: wire.Address(net.Contracts.Registry),
		TaskHub: wire.Address(net.Contracts.TaskHub), Permitter: wire.Address(net.Contracts.Permitter),
		Runner:   wire.Address(at.runner.Account.Address()),
		Identity: a.Terms.Identity, MeasurementRoot: wire.Hash32(at.enclave.root),
		Duration:  at.policy.MaxDuration,
		BaseBlock: base.Number, BaseBlockHash: wire.Hash32(base.Hash),
		Shape:      hostlink.Shape{VCPUs: at.measured.Shape.VCPUs, MemoryMiB: at.measured.Shape.MemoryMiB},
		Task:       hostlink.Task{ID: wire.Hash32(a.TaskID), Attempt: a.Attempt, Terms: a.Terms},
		KeyNetwork: keys,
	}
	for _, h := range at.proof {
		l.Proof = append(l.Proof, h)
	}
	return l, nil
}

// Quote asks the TEE service for a quote of this guest.
func (at *attempt) Quote(ctx context.Context, reportData [64]byte) (hostlink.Quote, error) {
	if err := at.allow("quote", maxQuotes); err != nil {
		return hostlink.Quote{}, err
	}
	quote, collateral, err := at.runner.tee.Quote(ctx, at.guest, reportData)
	if err != nil {
		return hostlink.Quote{}, at.note(err)
	}
	return hostlink.Quote{Quote: quote, Collateral: collateral}, nil
}

// Keyholder relays a request, and says to the observer whether too few holders answer.
func (at *attempt) Keyholder(ctx context.Context, epoch uint64, index uint32, path string, request []byte) (int, []byte, error) {
	if err := at.allow("keyholder", maxRelayed); err != nil {
		return 0, nil, err
	}
	status, reply, err := at.runner.relay.do(ctx, epoch, index, path, request)
	switch {
	case errors.Is(err, errPath) || errors.Is(err, errHolder):
		return 0, nil, &hostlink.Error{Code: hostlink.CodeNotFound, Err: err}
	case err != nil && context.Cause(ctx) == context.Canceled: // enough others have answered, which is no problem of the attempt
		return 0, nil, err
	case err != nil:
		at.tellWaiting()
		return 0, nil, at.note(err)
	}
	at.tellWaiting()
	return status, reply, at.noteRefusal(index, status, reply)
}

// Keynet asks the keyholders who they are now: a guest's epoch is over.
func (at *attempt) Keynet(ctx context.Context) ([]byte, error) {
	if err := at.allow("keynet", maxKeynets); err != nil {
		return nil, err
	}
	network, err := at.runner.relay.renew(ctx)
	if err != nil {
		return nil, at.note(err)
	}
	document, err := json.Marshal(network)
	return document, at.note(err)
}

// Accuse notes that a keyholder lied, if that is so by the description of the network that is here.
func (at *attempt) Accuse(_ context.Context, document []byte) error {
	if err := at.allow("accuse", keyholder.MaxHolders); err != nil {
		return err
	}
	var proof keyholder.Proof
	err := json.Unmarshal(document, &proof)
	if err == nil {
		e, _ := at.runner.relay.find(proof.Statement.Epoch)
		err = client.CheckProof(e.network, proof)
	}
	if err != nil {
		return at.note(&hostlink.Error{Code: hostlink.CodeInvalid, Err: err})
	}
	at.observer.Accused(proof)
	return nil
}

// tellWaiting says what the guest waits for.
func (at *attempt) tellWaiting() { at.observer.Waiting(at.runner.relay.waiting()) }

// noteRefusal remembers what a keyholder refused, for the attempt's outcome; it is the guest's to judge.
func (at *attempt) noteRefusal(index uint32, status int, reply []byte) error {
	var refusal keyholder.Error
	if status != 200 && json.Unmarshal(reply, &refusal) == nil {
		at.note(fmt.Errorf("keyholder %d: %w", index, &refusal))
	}
	return nil
}

// Evidence keeps the evidence for whoever verifies the task later. It is brought to the network's job service while the guest goes on.
func (at *attempt) Evidence(_ context.Context, evidence []byte) error {
	if err := at.allow("evidence", maxEvidence); err != nil {
		return err
	}
	e, err := attest.ParseEvidence(evidence)
	if err != nil {
		return at.note(&hostlink.Error{Code: hostlink.CodeInvalid, Err: err})
	}
	digest, err := at.runner.Blobs.PutEvidence(evidence)
	if err != nil {
		return at.note(err)
	}
	at.send(func(ctx context.Context, store *blob.Client) error { return store.PutEvidence(ctx, evidence) })
	at.observer.Evidence(digest, e.Binding.Requester)
	return nil
}

// Fetch gives the guest its input manifest, the inputs that it names, and the identity's confidential config, and nothing else.
func (at *attempt) Fetch(ctx context.Context, digest wire.Digest, limit uint64) (io.ReadCloser, uint64, error) {
	if err := at.allow("fetch", maxFetches); err != nil {
		return nil, 0, err
	}
	at.mu.Lock()
	allowed := at.fetchable[digest]
	at.mu.Unlock()
	if !allowed && !at.isAnnounced(ctx, digest) {
		return nil, 0, at.note(&hostlink.Error{Code: hostlink.CodeNotFound, Err: fmt.Errorf("blob %s is not an input of this task", digest)})
	}
	b, err := at.runner.blob(ctx, blob.Digest(digest), at.assignment.TaskID)
	if err != nil {
		return nil, 0, at.note(&hostlink.Error{Code: hostlink.CodeNotFound, Err: err})
	}
	if uint64(len(b)) > limit {
		return nil, 0, at.note(&hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("blob %s has %d bytes, the guest takes %d", digest, len(b), limit)})
	}
	if digest == wire.Digest(at.assignment.Terms.InputDigest) {
		at.openInputs(b)
	}
	return io.NopCloser(bytes.NewReader(b)), uint64(len(b)), nil
}

// isAnnounced reports whether a blob is the identity's newest confidential config.
func (at *attempt) isAnnounced(ctx context.Context, digest wire.Digest) bool {
	newest, err := at.announced(ctx)
	return at.note(err) == nil && slices.Contains(newest, digest) && digest != wire.Digest{}
}

// openInputs makes the manifest's inputs fetchable. A manifest that cannot be read is the guest's to refuse.
func (at *attempt) openInputs(manifest []byte) {
	m, err := task.ParseManifest(manifest)
	if err != nil {
		at.note(err)
		return
	}
	at.mu.Lock()
	defer at.mu.Unlock()
	for _, in := range m.Inputs {
		at.fetchable[in.Digest] = true
	}
}

// Store keeps the sealed output, or a version of an object, here and with the network's job service. That may take as long as the other
// is away: what is on chain, and paid for, must be found.
func (at *attempt) Store(ctx context.Context, digest wire.Digest, r io.Reader, size uint64) error {
	if err := at.allow("store", maxStores); err != nil {
		return at.note(err)
	}
	if max := at.runner.Blobs.MaxBytes(); size > uint64(max) {
		return at.note(&hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("output of %d bytes: %w", size, &blob.TooLargeError{Max: max})})
	}
	err := at.runner.Blobs.Bring(blob.Digest(digest), r, at.assignment.TaskID)
	if errors.Is(err, blob.ErrMismatch) {
		err = &hostlink.Error{Code: hostlink.CodeInvalid, Err: err}
	}
	if err == nil {
		err = at.delivered(ctx, blob.Digest(digest))
	}
	return at.note(err)
}

// maxSegments is how many segments a guest may hand over in this time: twice as many as are due, and a few at once.
func maxSegments(passed time.Duration) int { return 8 + int(2*passed/livelog.Pace) }

// Log keeps a sealed segment of the workload's output for the task's owner.
func (at *attempt) Log(_ context.Context, number uint64, segment []byte) error {
	if !at.live {
		return &hostlink.Error{Code: hostlink.CodeRefused, Err: errors.New("the enclave's measured config has no live logs")}
	}
	if err := at.allow("log", maxSegments(time.Since(at.started))); err != nil {
		return err
	}
	err := at.runner.Logs.Append(at.assignment.TaskID, at.assignment.Attempt, number, segment)
	if errors.Is(err, joblog.ErrOrder) {
		err = &hostlink.Error{Code: hostlink.CodeInvalid, Err: err}
	}
	return at.note(err)
}

// Failed records why the guest gave up.
func (at *attempt) Failed(_ context.Context, failure hostlink.Failure) error {
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.failure == "" {
		at.failure = failure
	}
	return nil
}

// requester is the address form of the chain's packages.
func requester(a wire.Address) common.Address { return common.Address(a) }

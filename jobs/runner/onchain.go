// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/api"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/blob"
)

// What a workload may have its runner do in one attempt.
const (
	maxOfWorkload = api.MaxKept // quotes, and objects to keep, each
	maxCalls      = 10_000      // of the chain's node
	maxObjects    = 1_000

	callLimit   = 20 * time.Second       // for one call of the node
	maxRPCReply = hostlink.MaxRPC + 1024 // bytes of its reply, of which the result is a part
)

// TxAdvance is the kind of the transactions that make a version of an object the newest one.
const TxAdvance = "advance"

// RPC makes a call of the chain's node that workloads may make.
func (at *attempt) RPC(ctx context.Context, method string, params []byte) ([]byte, error) {
	if err := at.allow("rpc", maxCalls); err != nil {
		return nil, err
	}
	var list []json.RawMessage
	if !slices.Contains(api.Methods(), method) || json.Unmarshal(params, &list) != nil {
		return nil, &hostlink.Error{Code: hostlink.CodeInvalid, Err: fmt.Errorf("%q is no call that workloads may make, or has no list of params", method)}
	}
	arguments := make([]any, len(list))
	for i := range list {
		arguments[i] = list[i]
	}
	ctx, cancel := context.WithTimeout(chain.LimitReply(ctx, maxRPCReply), at.runner.callLimit)
	defer cancel()
	var result json.RawMessage
	err := at.runner.Chain.Client().Client().CallContext(ctx, &result, method, arguments...)
	switch tooLarge := new(http.MaxBytesError); {
	case errors.As(err, &tooLarge):
		err = &hostlink.Error{Code: hostlink.CodeTooLarge, Err: fmt.Errorf("the chain's node: %w", err)}
	case err != nil:
		err = &hostlink.Error{Code: hostlink.CodeRefused, Err: fmt.Errorf("the chain's node: %w", err)}
	}
	return result, err // what a workload asks for is no problem of the attempt
}

// anchors is the contract that has the identity's objects.
func (at *attempt) anchors() *chain.Anchors {
	return at.runner.Chain.Anchors(at.runner.Network.Contracts.Anchors)
}

// Advance makes a version of an object the newest one.
func (at *attempt) Advance(ctx context.Context, a hostlink.Advance) error {
	if err := at.allow("advance", at.runner.MaxAdvances); err != nil {
		return err
	}
	at.turn.Lock()
	defer at.turn.Unlock()
	if at.permit == nil {
		return &hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("no permit was granted yet")}
	}
	next := chain.Anchor{Version: a.Version, Digest: common.Hash(a.Digest)}
	receipt, err := at.anchors().Advance(ctx, at.runner.Account, at.assignment.identity(), common.Hash(a.Name), next, a.Deadline,
		requester(at.permit.requester), [chain.SignatureSize]byte(a.Signature))
	if err != nil {
		return refused(err)
	}
	at.sent(TxAdvance, receipt)
	at.supersede(a)
	return nil
}

// supersede has the store forget what the new version of an object leaves behind, so far as guests brought it.
func (at *attempt) supersede(a hostlink.Advance) {
	identity := at.assignment.identity()
	object := crypto.Keccak256Hash(identity[:], a.Name[:])
	if err := at.runner.Blobs.Supersede(object, a.Version, blob.Digest(a.Digest), at.assignment.TaskID); err != nil {
		at.runner.Log(err.Error())
	}
}

// Object gives the newest version of an object of the identity, and no other blob.
func (at *attempt) Object(ctx context.Context, name wire.Hash32, digest wire.Digest) (io.ReadCloser, uint64, error) {
	if err := at.allow("object", maxObjects); err != nil {
		return nil, 0, err
	}
	newest, err := at.anchors().Advanced(ctx, at.assignment.identity(), common.Hash(name))
	if err != nil {
		return nil, 0, err
	}
	if newest.Digest != common.Hash(digest) {
		return nil, 0, &hostlink.Error{Code: hostlink.CodeNotFound, Err: fmt.Errorf("%s is not the newest version of an object", digest)}
	}
	b, err := at.runner.blob(ctx, blob.Digest(digest), at.assignment.TaskID)
	if err != nil {
		return nil, 0, &hostlink.Error{Code: hostlink.CodeNotFound, Err: err}
	}
	return io.NopCloser(bytes.NewReader(b)), uint64(len(b)), nil
}

// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
	"github.com/escrin/escrin/keyholder/transact"
)

// Deal implements epoch.Board.
func (b *Board) Deal(ctx context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return b.message(ctx, "deal(uint64,bytes)", number, message)
}

// Complain implements epoch.Board.
func (b *Board) Complain(ctx context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return b.message(ctx, "complain(uint64,bytes)", number, message)
}

// Justify implements epoch.Board.
func (b *Board) Justify(ctx context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return b.message(ctx, "justify(uint64,bytes)", number, message)
}

func (b *Board) message(ctx context.Context, function string, number uint64, message []byte) (epoch.Delivery, error) {
	args := appendBytes(abi.Words{}.Uint64(number).Uint64(2*abi.WordSize), message)
	return b.post(ctx, abi.Call(function, args))
}

// Confirm implements epoch.Board.
func (b *Board) Confirm(ctx context.Context, number uint64, completion [32]byte) (epoch.Delivery, error) {
	return b.post(ctx, abi.Call("confirm(uint64,bytes32)", abi.Words{}.Uint64(number).Bytes32(completion)))
}

// Certify implements epoch.Board.
func (b *Board) Certify(ctx context.Context, number uint64, c epoch.Certificate) (epoch.Delivery, error) {
	args := abi.Words{}.Uint64(number).
		Uint64(4 * abi.WordSize).Bytes32(c.Commitments).Uint64(5*abi.WordSize + uint64(len(c.GroupKey)))
	args = appendBytes(appendBytes(args, c.GroupKey[:]), c.Signature[:])
	return b.post(ctx, abi.Call("certify(uint64,bytes,bytes32,bytes)", args))
}

// appendBytes appends a Solidity bytes: its length, then itself, padded.
func appendBytes(w abi.Words, b []byte) abi.Words {
	w = append(w.Uint64(uint64(len(b))), b...)
	return append(w, make([]byte, -len(b)&(abi.WordSize-1))...)
}

// errors of the contract that are no surprise.
const (
	alreadyPosted    = "AlreadyPosted(uint64,uint8,uint256)"
	phaseIs          = "PhaseIs(uint64,uint8)"
	quorumNotReached = "QuorumNotReached(uint256,uint256)"
	unauthorized     = "Unauthorized()"
)

// post sends a call. What the newest block has already, the contract tells.
func (b *Board) post(ctx context.Context, data []byte) (epoch.Delivery, error) {
	if b.config.Sender == nil {
		return 0, errors.New("this board is only read")
	}
	status, err := b.config.Sender.Send(ctx, transact.Call{To: b.config.Contract, Data: data})
	if refusal, ok := errors.AsType[*transact.Reverted](err); ok {
		return refused(refusal)
	}
	switch {
	case errors.Is(err, transact.ErrBusy):
		return epoch.Pending, nil
	case err != nil:
		return 0, err
	case status == transact.Included:
		return epoch.Landed, nil
	case status == transact.Sent:
		return epoch.Posted, nil
	}
	return epoch.Pending, nil
}

// refused tells what the contract means.
func refused(r *transact.Reverted) (epoch.Delivery, error) {
	if len(r.Data) < 4 {
		return 0, r
	}
	switch [4]byte(r.Data) {
	case abi.Selector(alreadyPosted):
		return epoch.Landed, nil
	case abi.Selector(phaseIs):
		return otherPhase(r.Data[4:])
	case abi.Selector(quorumNotReached):
		return 0, fmt.Errorf("%w: too few members have confirmed", epoch.ErrNotNow)
	case abi.Selector(unauthorized):
		return 0, errors.New("the board does not know our signer as one who may say this")
	}
	return 0, r
}

// otherPhase tells a session that is certified already from one in which it is
// too late, or too early, for something.
func otherPhase(args []byte) (epoch.Delivery, error) {
	r := abi.NewReader(args)
	_ = r.Uint64(64)
	phase := epoch.Phase(r.Uint64(8))
	if err := r.Close(); err != nil {
		return 0, err
	}
	if phase == epoch.Active || phase == epoch.Retired {
		return epoch.Landed, nil
	}
	return 0, fmt.Errorf("%w: its phase is %s", epoch.ErrNotNow, phase)
}

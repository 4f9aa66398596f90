// SPDX-License-Identifier: Apache-2.0

package chain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Post is a message of a member, in the phase it belongs to. In certification it is the 32 bytes that the member confirmed.
type Post struct {
	Phase   Phase
	Index   uint32
	Message []byte
	At      Position
}

// Completion is what ended an epoch's session with success.
type Completion struct {
	GroupKeyDigest common.Hash
	Commitments    common.Hash
	Transcript     common.Hash
	At             Position

	// What the transaction called the board with; nil if it called another contract, which called the board.
	GroupKey, Signature []byte
}

// Posts reads all messages of an epoch in a range of blocks, in the chain's order.
func (b *Board) Posts(ctx context.Context, epoch uint64, blocks Range) ([]Post, error) {
	events := b.chain.topic("Dealt", "Complained", "Justified", "Confirmed")
	logs, err := b.logs(ctx, blocks, events, only(common.BigToHash(new(big.Int).SetUint64(epoch))))
	if err != nil {
		return nil, fmt.Errorf("read messages of epoch %d: %w", epoch, err)
	}
	posts := make([]Post, 0, len(logs))
	for i := range logs {
		post, err := b.post(&logs[i])
		if err != nil {
			return nil, fmt.Errorf("read message in transaction %s: %w", logs[i].TxHash, err)
		}
		posts = append(posts, post)
	}
	return posts, nil
}

func (b *Board) post(log *types.Log) (Post, error) {
	post := Post{At: position(log)}
	var index *big.Int
	switch log.Topics[0] {
	case b.chain.topics["Dealt"]:
		e, err := b.abi.UnpackDealtEvent(log)
		if err != nil {
			return Post{}, err
		}
		post.Phase, index, post.Message = Dealing, e.Dealer, e.Dealing
	case b.chain.topics["Complained"]:
		e, err := b.abi.UnpackComplainedEvent(log)
		if err != nil {
			return Post{}, err
		}
		post.Phase, index, post.Message = Complaints, e.Member, e.Complaint
	case b.chain.topics["Justified"]:
		e, err := b.abi.UnpackJustifiedEvent(log)
		if err != nil {
			return Post{}, err
		}
		post.Phase, index, post.Message = Justifications, e.Dealer, e.Justification
	default:
		e, err := b.abi.UnpackConfirmedEvent(log)
		if err != nil {
			return Post{}, err
		}
		post.Phase, index, post.Message = Certification, e.Member, e.Digest[:]
	}
	if !index.IsUint64() || index.Uint64() > 255 {
		return Post{}, errors.New("its index is no member's")
	}
	post.Index = uint32(index.Uint64())
	return post, nil
}

// ErrNotCertified says that no certificate of an epoch is in a range of blocks.
var ErrNotCertified = errors.New("the epoch has no certificate")

// Completion reads an epoch's certificate from a range of blocks; ErrNotCertified if it is not there.
func (b *Board) Completion(ctx context.Context, epoch uint64, blocks Range) (Completion, error) {
	logs, err := b.logs(ctx, blocks, b.chain.topic("EpochCertified"), only(common.BigToHash(new(big.Int).SetUint64(epoch))))
	if err != nil {
		return Completion{}, fmt.Errorf("read certificate of epoch %d: %w", epoch, err)
	}
	if len(logs) != 1 {
		return Completion{}, fmt.Errorf("epoch %d: %w", epoch, ErrNotCertified)
	}
	e, err := b.abi.UnpackEpochCertifiedEvent(&logs[0])
	if err != nil {
		return Completion{}, fmt.Errorf("read certificate of epoch %d: %w", epoch, err)
	}
	c := Completion{GroupKeyDigest: e.GroupKeyDigest, Commitments: e.Commitments, Transcript: e.Transcript, At: position(&logs[0])}
	tx, _, err := b.chain.eth.TransactionByHash(ctx, c.At.TxHash)
	if err != nil {
		return Completion{}, fmt.Errorf("read transaction %s: %w", c.At.TxHash, err)
	}
	c.GroupKey, c.Signature = b.certified(tx)
	return c, nil
}

// certified takes group key and signature from a transaction that calls certify.
func (b *Board) certified(tx *types.Transaction) (groupKey, signature []byte) {
	data, certify := tx.Data(), b.abi.GetABI().Methods["certify"]
	if tx.To() == nil || *tx.To() != b.at || len(data) < 4 || !bytes.Equal(data[:4], certify.ID) {
		return nil, nil
	}
	values, err := certify.Inputs.Unpack(data[4:])
	if err != nil || len(values) != 4 {
		return nil, nil
	}
	groupKey, _ = values[1].([]byte)
	signature, _ = values[3].([]byte)
	return groupKey, signature
}

// logs asks for no more blocks at once than public nodes answer for.
func (b *Board) logs(ctx context.Context, blocks Range, topics ...[]common.Hash) ([]types.Log, error) {
	if blocks.Last == 0 {
		return b.chain.logs(ctx, b.at, blocks, topics...)
	}
	var all []types.Log
	for first := blocks.First; first <= blocks.Last; first += maxBlocks {
		some, err := b.chain.logs(ctx, b.at, Range{First: first, Last: min(blocks.Last, first+maxBlocks-1)}, topics...)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// SPDX-License-Identifier: Apache-2.0

package epochtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/internal/abi"
)

// Board returns the board as the holder with a signer uses it.
func (c *Chain) Board(signer [20]byte) epoch.Board { return &board{c, signer} }

type board struct {
	chain  *Chain
	signer [20]byte
}

// View implements epoch.Board.
func (b *board) View(context.Context) (epoch.View, error) {
	final := b.chain.Newest() - b.chain.Lag
	if final < b.chain.floor {
		return nil, errors.New("the chain goes back")
	}
	b.chain.floor = final
	return b.chain.ViewAt(final), nil
}

// ViewAt returns the board as of a block, as if that were final.
func (c *Chain) ViewAt(final uint64) epoch.View { return &view{final, c.Newest(), c.book(final)} }

func (b *board) post(p epoch.Phase, number uint64, message []byte) (epoch.Delivery, error) {
	key := fmt.Sprintf("%x %s %d %x", b.signer, p, number, abi.Keccak(message))
	return b.chain.send(transaction{key, func(k *book, block uint64) error {
		return k.post(number, block, p, b.signer, message)
	}})
}

// Deal implements epoch.Board.
func (b *board) Deal(_ context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return b.post(epoch.Dealing, number, message)
}

// Complain implements epoch.Board.
func (b *board) Complain(_ context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return b.post(epoch.Complaints, number, message)
}

// Justify implements epoch.Board.
func (b *board) Justify(_ context.Context, number uint64, message []byte) (epoch.Delivery, error) {
	return b.post(epoch.Justifications, number, message)
}

// Confirm implements epoch.Board.
func (b *board) Confirm(_ context.Context, number uint64, digest [32]byte) (epoch.Delivery, error) {
	return b.chain.send(transaction{fmt.Sprintf("%x confirms %d %x", b.signer, number, digest), func(k *book, block uint64) error {
		return k.confirm(number, block, b.signer, digest)
	}})
}

// Certify implements epoch.Board.
func (b *board) Certify(_ context.Context, number uint64, c epoch.Certificate) (epoch.Delivery, error) {
	return b.chain.send(transaction{"certify " + string(binary.BigEndian.AppendUint64(nil, number)), func(k *book, block uint64) error {
		return k.certify(number, block, c)
	}})
}

// view implements epoch.View.
type view struct {
	final, newest uint64
	book          *book
}

// Head implements epoch.View.
func (v *view) Head() epoch.Head {
	return epoch.Head{Final: v.final, Newest: v.newest, Active: v.book.active, Latest: v.book.latest}
}

// Epoch implements epoch.View.
func (v *view) Epoch(_ context.Context, number uint64) (epoch.Record, error) {
	if e := v.book.epochs[number]; e != nil {
		return e.record, nil
	}
	return epoch.Record{Epoch: number}, nil
}

// Posts implements epoch.View.
func (v *view) Posts(_ context.Context, number uint64) ([]dkg.Post, error) {
	if e := v.book.epochs[number]; e != nil {
		return e.posts, nil
	}
	return nil, nil
}

// Confirmation implements epoch.View.
func (v *view) Confirmation(_ context.Context, number uint64, index uint32) ([32]byte, error) {
	if e := v.book.epochs[number]; e != nil {
		return e.confirms[index], nil
	}
	return [32]byte{}, nil
}

// GroupKeyDigest implements epoch.View.
func (v *view) GroupKeyDigest(context.Context) ([32]byte, error) { return v.book.groupKey, nil }

// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/keyholder"
)

const (
	// complaintTime is how long holders have for complaints at least: twice as long as they wait before they look again.
	complaintTime = 500 * time.Millisecond
	// signerFunds is what a holder has for its transactions, in ether.
	signerFunds = 10
)

// Governor starts epochs of a key network on a chain that makes a block for every transaction, and makes the blocks that their
// phases wait for as soon as nobody has more to say. That is for networks on one machine: elsewhere blocks come by themselves.
type Governor struct {
	Chain       *chain.Chain
	Board       *chain.Board
	Account     *chain.Account // the board's governor
	Holders     []string       // URLs of the keyholders that are to be members
	Threshold   int
	PhaseBlocks uint32 // must be more than there are members: each message may take a block

	epoch   uint64                    // the latest
	entered map[chain.Phase]time.Time // when its phases were first seen
}

// ErrUnderWay says that an epoch is not active yet, and nothing is wrong.
var ErrUnderWay = errors.New("the key is being made or handed on")

// GoOn does what comes next until the epoch wanted, or a later one, is active, which it returns then; else its error is, or wraps,
// ErrUnderWay, and it is to be called again. It can go on where another process stopped.
func (g *Governor) GoOn(ctx context.Context, wanted uint64) (active uint64, err error) {
	head, err := g.Chain.Head(ctx)
	if err != nil {
		return 0, err
	}
	v, err := keynet.Read(ctx, g.Chain, g.Board.Address(), common.Address{}, head, keynet.Current)
	if err != nil {
		return 0, err
	}
	if v.ActiveEpoch >= wanted {
		return v.ActiveEpoch, nil
	}
	latest, _ := v.Epoch(v.LatestEpoch)
	if !latest.Phase.Running() {
		return 0, errors.Join(ErrUnderWay, g.start(ctx))
	}
	if g.epoch != latest.Number {
		g.epoch, g.entered = latest.Number, map[chain.Phase]time.Time{}
	}
	if _, seen := g.entered[latest.Phase]; !seen {
		g.entered[latest.Phase] = time.Now()
	}
	if g.over(v, latest) {
		return 0, errors.Join(ErrUnderWay, g.makeBlocks(ctx, v.BlocksLeft(latest)+1))
	}
	return 0, ErrUnderWay
}

// over tells whether nobody has more to say in the epoch's phase.
func (g *Governor) over(v keynet.View, e keynet.Epoch) bool {
	switch e.Phase {
	case chain.Dealing:
		return everyone(v.Dealers(e), func(index uint32) bool { return e.Posted(chain.Dealing, index) })
	case chain.Complaints:
		return time.Since(g.entered[e.Phase]) > complaintTime
	case chain.Justifications:
		return everyone(e.Members, func(index uint32) bool { return !e.Posted(chain.Complaints, index) })
	}
	return false
}

func everyone(members []chain.Member, holds func(index uint32) bool) bool {
	for i := range members {
		if !holds(uint32(i + 1)) {
			return false
		}
	}
	return true
}

// makeBlocks makes the chain grow by a number of blocks or more.
func (g *Governor) makeBlocks(ctx context.Context, count uint64) error {
	for range count {
		if _, err := g.Chain.Pay(ctx, g.Account, g.Account.Address(), nil); err != nil {
			return err
		}
	}
	return nil
}

// start gives the holders' signers something to pay with, and starts an epoch of them.
func (g *Governor) start(ctx context.Context) error {
	var entries []keynet.Entry
	for _, url := range g.Holders {
		var told keyholder.HolderReply
		if err := get(ctx, url+keyholder.PathKeyholder, &told); err != nil {
			return err
		}
		if len(told.Next) == 0 {
			return fmt.Errorf("%s has no encryption key for an epoch yet", url)
		}
		if err := g.fund(ctx, told.Signer); err != nil {
			return err
		}
		entries = append(entries, keynet.Entry{Account: told.Account, Signer: told.Signer, EncryptionKey: crypto.Keccak256Hash(told.Next), URL: url})
	}
	members, err := keynet.Members(entries, g.Threshold)
	if err != nil {
		return err
	}
	_, _, err = g.Board.Start(ctx, g.Account, members, uint8(g.Threshold), g.PhaseBlocks)
	return err
}

func (g *Governor) fund(ctx context.Context, signer common.Address) error {
	balance, err := g.Chain.Balance(ctx, signer)
	if err != nil || balance.Sign() > 0 {
		return err
	}
	_, err = g.Chain.Pay(ctx, g.Account, signer, new(big.Int).Mul(big.NewInt(signerFunds), big.NewInt(params.Ether)))
	return err
}

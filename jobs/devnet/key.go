// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/params"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/keyholder"
)

const (
	// phaseBlocks is how many blocks each phase of a session lasts. The chain makes a block for every transaction, and the
	// governor makes those that nobody else does.
	phaseBlocks = 8
	// complaintTime is how long holders have for complaints at least: twice as long as they wait before they look again.
	complaintTime = 500 * time.Millisecond
	// signerFunds is what a holder has for its transactions, in ether.
	signerFunds = 10
)

// governor starts sessions of the key network, and makes the blocks that these wait for.
type governor struct {
	chain   *chain.Chain
	board   *chain.Board
	account *chain.Account
	entered map[chain.Phase]time.Time // when it was first seen, of the latest epoch
	epoch   uint64                    // the latest
}

func newGovernor(ctx context.Context, n node, board common.Address) (*governor, error) {
	key, err := n.Accounts[deployerAccount].Key()
	if err != nil {
		return nil, err
	}
	c, err := chain.Open(ctx, n.Chain.HTTP, chain.Contracts{ChainID: n.Chain.ID})
	if err != nil {
		return nil, err
	}
	return &governor{chain: c, board: c.Board(board), account: chain.NewAccount(key)}, nil
}

// makeKey has the holders make their key, unless they have, and returns what they say of it when all are ready.
func (b bringUp) makeKey(ctx context.Context, n node, board common.Address) (keyholder.Network, error) {
	g, err := newGovernor(ctx, n, board)
	if err != nil {
		return keyholder.Network{}, fmt.Errorf("make key: %w", err)
	}
	defer g.chain.Close()
	var active uint64
	err = b.await(ctx, keyholderName(1), func(ctx context.Context) (err error) {
		active, err = g.goOn(ctx, b.peers())
		return err
	})
	if err != nil {
		return keyholder.Network{}, err
	}
	return b.agreedKeys(ctx, active)
}

var errNoKey = errors.New("the key is being made")

// goOn does what the next step towards an active epoch needs, and returns that epoch when it is there. It can be called again at any
// time, also after another process has begun.
func (g *governor) goOn(ctx context.Context, holders []holderPeer) (active uint64, err error) {
	head, err := g.chain.Head(ctx)
	if err != nil {
		return 0, err
	}
	v, err := keynet.Read(ctx, g.chain, g.board.Address(), common.Address{}, head, keynet.Current)
	if err != nil || v.ActiveEpoch != 0 {
		return v.ActiveEpoch, err
	}
	latest, _ := v.Epoch(v.LatestEpoch)
	if !latest.Phase.Running() {
		return 0, errors.Join(errNoKey, g.start(ctx, holders))
	}
	if g.epoch != latest.Number {
		g.epoch, g.entered = latest.Number, map[chain.Phase]time.Time{}
	}
	if _, seen := g.entered[latest.Phase]; !seen {
		g.entered[latest.Phase] = time.Now()
	}
	if g.over(v, latest) {
		return 0, errors.Join(errNoKey, g.makeBlocks(ctx, v.BlocksLeft(latest)+1))
	}
	return 0, errNoKey
}

// over tells whether nobody has more to say in the epoch's phase.
func (g *governor) over(v keynet.View, e keynet.Epoch) bool {
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
func (g *governor) makeBlocks(ctx context.Context, count uint64) error {
	for range count {
		if _, err := g.chain.Pay(ctx, g.account, g.account.Address(), nil); err != nil {
			return err
		}
	}
	return nil
}

// start gives the holders' signers something to pay with, and starts an epoch of them.
func (g *governor) start(ctx context.Context, holders []holderPeer) error {
	var entries []keynet.Entry
	for _, holder := range holders {
		var told keyholder.HolderReply
		if err := get(ctx, holder.URL+keyholder.PathKeyholder, &told); err != nil {
			return err
		}
		if err := g.fund(ctx, told.Signer); err != nil {
			return err
		}
		entries = append(entries, keynet.Entry{Account: told.Account, Signer: told.Signer, EncryptionKey: crypto.Keccak256Hash(told.Next), URL: holder.URL})
	}
	members, err := keynet.Members(entries, Threshold)
	if err != nil {
		return err
	}
	_, _, err = g.board.Start(ctx, g.account, members, Threshold, phaseBlocks)
	return err
}

func (g *governor) fund(ctx context.Context, signer common.Address) error {
	balance, err := g.chain.Balance(ctx, signer)
	if err != nil || balance.Sign() > 0 {
		return err
	}
	_, err = g.chain.Pay(ctx, g.account, signer, new(big.Int).Mul(big.NewInt(signerFunds), big.NewInt(params.Ether)))
	return err
}

// agreedKeys asks every holder for the public keys until all serve an epoch; they must agree.
func (b bringUp) agreedKeys(ctx context.Context, epoch uint64) (keyholder.Network, error) {
	var agreed keyholder.Network
	for i, holder := range b.peers() {
		var got keyholder.Network
		err := b.await(ctx, keyholderName(i+1), func(ctx context.Context) (err error) {
			got, err = servedKeys(ctx, holder.URL)
			if err == nil && got.Epoch != epoch {
				err = fmt.Errorf("it serves epoch %d, not %d", got.Epoch, epoch)
			}
			return err
		})
		if err != nil {
			return keyholder.Network{}, err
		}
		if i > 0 && got.GroupKey != agreed.GroupKey {
			return keyholder.Network{}, fmt.Errorf("cannot use the keyholders: %s has another group key than keyholder-1", keyholderName(i+1))
		}
		agreed = got
	}
	return agreed, nil
}

// servedKeys asks one holder for the network's public keys; not being ready is an error.
func servedKeys(ctx context.Context, base string) (keyholder.Network, error) {
	var answer keyholder.KeynetReply
	if err := get(ctx, base+keyholder.PathKeynet, &answer); err != nil {
		return keyholder.Network{}, err
	}
	if !answer.Ready || answer.Network == nil {
		return keyholder.Network{}, errors.New("it has no share of the key in this epoch")
	}
	return *answer.Network, nil
}

// get asks a holder for a JSON value.
func get[T any](ctx context.Context, url string, value *T) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(reply.Body, keyholder.MaxBody))
	if err != nil {
		return err
	}
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", url, reply.Status, printable(string(raw)))
	}
	if err := json.Unmarshal(raw, value); err != nil {
		return fmt.Errorf("read answer of %s: %w", url, err)
	}
	return nil
}

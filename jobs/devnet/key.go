// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/keyholder"
)

// phaseBlocks is how many blocks each phase of a session lasts in a dev network, beside those after which blocks are final.
const phaseBlocks = 8

// makeKey has the holders make their key, unless they have, and returns what they say of it when all are ready.
func (b bringUp) makeKey(ctx context.Context, n node, board common.Address) (keyholder.Network, error) {
	key, err := n.Accounts[deployerAccount].Key()
	if err != nil {
		return keyholder.Network{}, fmt.Errorf("make key: %w", err)
	}
	c, err := chain.Open(ctx, n.Chain.HTTP, chain.Contracts{ChainID: n.Chain.ID})
	if err != nil {
		return keyholder.Network{}, fmt.Errorf("make key: %w", err)
	}
	defer c.Close()
	g := Governor{Chain: c, Board: c.Board(board), Account: chain.NewAccount(key), Threshold: Threshold, PhaseBlocks: phaseBlocks + 2*uint32(b.confirmations)}
	for _, peer := range b.peers() {
		g.Holders = append(g.Holders, peer.URL)
	}
	var active uint64
	err = b.await(ctx, keyholderName(1), func(ctx context.Context) (err error) {
		active, err = g.GoOn(ctx, 1)
		return err
	})
	if err != nil {
		return keyholder.Network{}, err
	}
	return b.agreedKeys(ctx, active)
}

// agreedKeys asks every holder for the public keys until all serve an epoch; they must agree.
func (b bringUp) agreedKeys(ctx context.Context, epoch uint64) (keyholder.Network, error) {
	var agreed keyholder.Network
	for i, holder := range b.peers() {
		var got keyholder.Network
		err := b.await(ctx, keyholderName(i+1), func(ctx context.Context) (err error) {
			got, err = ServedKeys(ctx, holder.URL)
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

// ServedKeys asks one holder for the network's public keys; not being ready is an error.
func ServedKeys(ctx context.Context, base string) (keyholder.Network, error) {
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

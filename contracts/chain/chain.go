// SPDX-License-Identifier: Apache-2.0

// Package chain is how the job service and the CLI use escrin's contracts: it sends transactions and says clearly why
// one failed, reads identities, policies and tasks, and follows events by polling.
package chain

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"sync"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/escrin/escrin/contracts/bindings"
)

// Contracts says which chain, and which contracts on it. Zero addresses are of contracts that are not used.
type Contracts struct {
	ChainID   uint64
	Registry  common.Address
	Permitter common.Address
	TaskHub   common.Address
}

// Chain talks to one chain by JSON-RPC. Its methods may be called from many goroutines.
type Chain struct {
	eth       *ethclient.Client
	contracts Contracts

	registry  *bind.BoundContract
	permitter *bind.BoundContract
	hub       *bind.BoundContract

	registryABI  *bindings.IdentityRegistry
	permitterABI *bindings.CertificatePermitter
	hubABI       *bindings.TaskHub

	topics map[string]common.Hash // of all contracts' events, by name

	sending  sync.Mutex                  // from choosing a nonce until the node has the transaction
	offers   map[common.Address][]*offer // by ascending nonce; of accounts that sent, until blocks have them; under sending
	patience patience
}

// Open connects to the node at url (HTTP or WebSocket) and checks that it is the chain, and has the contracts, that
// were meant. Its errors: *UnreachableError, *WrongChainError, *NoContractError.
func Open(ctx context.Context, url string, contracts Contracts) (*Chain, error) {
	node, err := rpc.DialOptions(ctx, url, rpc.WithHTTPClient(&http.Client{Transport: limited{http.DefaultTransport}}))
	if err != nil {
		return nil, &UnreachableError{URL: url, Cause: err}
	}
	eth := ethclient.NewClient(node)
	if err := check(ctx, eth, url, contracts); err != nil {
		eth.Close()
		return nil, err
	}
	c := &Chain{
		eth: eth, contracts: contracts, patience: defaultPatience(), offers: map[common.Address][]*offer{},
		registryABI:  bindings.NewIdentityRegistry(),
		permitterABI: bindings.NewCertificatePermitter(),
		hubABI:       bindings.NewTaskHub(),
	}
	if c.topics, err = topics(); err != nil {
		eth.Close()
		return nil, err
	}
	c.registry = c.registryABI.Instance(eth, contracts.Registry)
	c.permitter = c.permitterABI.Instance(eth, contracts.Permitter)
	c.hub = c.hubABI.Instance(eth, contracts.TaskHub)
	return c, nil
}

func check(ctx context.Context, eth *ethclient.Client, url string, contracts Contracts) error {
	id, err := eth.ChainID(ctx)
	if err != nil {
		return &UnreachableError{URL: url, Cause: err}
	}
	if id.Cmp(new(big.Int).SetUint64(contracts.ChainID)) != 0 {
		return &WrongChainError{URL: url, Got: id, Want: contracts.ChainID}
	}
	named := []struct {
		name string
		at   common.Address
	}{{"identity registry", contracts.Registry}, {"permitter", contracts.Permitter}, {"task hub", contracts.TaskHub}}
	for _, contract := range named {
		if contract.at == (common.Address{}) {
			continue
		}
		code, err := eth.CodeAt(ctx, contract.at, nil)
		if err != nil {
			return fmt.Errorf("look for the %s: %w", contract.name, err)
		}
		if len(code) == 0 {
			return &NoContractError{Name: contract.name, Address: contract.at, ChainID: contracts.ChainID}
		}
	}
	return nil
}

// Close ends the connection.
func (c *Chain) Close() { c.eth.Close() }

// Contracts returns what Open was given.
func (c *Chain) Contracts() Contracts { return c.contracts }

// Client is the connection itself, for what this package does not do.
func (c *Chain) Client() *ethclient.Client { return c.eth }

// Block names a block.
type Block struct {
	Number uint64
	Hash   common.Hash
	Time   uint64 // seconds since the epoch
}

// Head returns the newest block.
func (c *Chain) Head(ctx context.Context) (Block, error) {
	header, err := c.eth.HeaderByNumber(ctx, nil)
	if err != nil {
		return Block{}, fmt.Errorf("read the newest block: %w", err)
	}
	return Block{Number: header.Number.Uint64(), Hash: header.Hash(), Time: header.Time}, nil
}

// BlockAt returns the block with a number; ethereum.NotFound if there is none yet.
func (c *Chain) BlockAt(ctx context.Context, number uint64) (Block, error) {
	header, err := c.eth.HeaderByNumber(ctx, new(big.Int).SetUint64(number))
	if err != nil {
		return Block{}, fmt.Errorf("read block %d: %w", number, err)
	}
	return Block{Number: number, Hash: header.Hash(), Time: header.Time}, nil
}

// BlockTagged returns the block that a node calls by a name: the newest, the newest that is safe, or the newest that is
// finalized.
func (c *Chain) BlockTagged(ctx context.Context, tag rpc.BlockNumber) (Block, error) {
	header, err := c.eth.HeaderByNumber(ctx, big.NewInt(tag.Int64()))
	if err != nil {
		return Block{}, fmt.Errorf("read the %s block: %w", tag, err)
	}
	return Block{Number: header.Number.Uint64(), Hash: header.Hash(), Time: header.Time}, nil
}

// at makes options for a read of the newest state, or of the state after a block.
func at(ctx context.Context, block *big.Int) *bind.CallOpts {
	return &bind.CallOpts{Context: ctx, BlockNumber: block}
}

// SPDX-License-Identifier: Apache-2.0

// Package devchain is an EVM chain for development: go-ethereum in this process, with mainnet's rules, a block for
// every transaction and one every few seconds, and its state in a directory from which it resumes, also after kill -9.
package devchain

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/core/rawdb"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/catalyst"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/p2p"
	"github.com/ethereum/go-ethereum/rpc"
)

// Config describes a chain.
type Config struct {
	Dir     string        // where its state is; made if it is missing
	ChainID uint64        // fixed at first start
	Period  time.Duration // between blocks without transactions; at least a second
	Funded  []Account     // fixed at first start
	Rules   Rules         // fixed at first start
	Lead    time.Duration // how far block times, which grow by a second a block at least, may run ahead of the clock; zero is two minutes
	Bare    bool          // without the deterministic deployment proxy; fixed at first start

	// Unprotected takes transactions without a chain id (EIP-155) by JSON-RPC, which most nodes refuse.
	Unprotected bool
}

// Chain is a running chain.
type Chain struct {
	stack  *node.Node
	eth    *eth.Ethereum
	rpc    *rpc.Server
	sealer *sealer

	mu      sync.Mutex
	servers []*http.Server
}

// Start opens the chain's state, or makes it, and makes blocks until Stop.
func Start(config Config) (*Chain, error) {
	if config.Period < time.Second || config.ChainID == 0 {
		return nil, errors.New("start chain: it needs an id and a period of a second or more")
	}
	stack, err := node.New(&node.Config{Name: "chain", DataDir: config.Dir, P2P: p2p.Config{NoDiscovery: true, NoDial: true}, AllowUnprotectedTxs: config.Unprotected})
	if err != nil {
		return nil, fmt.Errorf("open chain's state: %w", err)
	}
	c, err := start(stack, config)
	if err != nil {
		stack.Close()
		return nil, fmt.Errorf("start chain: %w", err)
	}
	return c, nil
}

func start(stack *node.Node, config Config) (*Chain, error) {
	backend, err := eth.New(stack, settings(config))
	if err != nil {
		return nil, err
	}
	server, err := newServer(backend)
	if err != nil {
		return nil, err
	}
	if err := stack.Start(); err != nil {
		return nil, err
	}
	beacon, err := catalyst.NewSimulatedBeacon(0, [20]byte{}, backend)
	if err != nil {
		return nil, err
	}
	sealer := newSealer(backend, beacon, cmp.Or(config.Lead, defaultLead))
	// The first block after a start takes back what the beacon first calls finalized: nobody is to see that.
	if err := sealer.seal(); err != nil {
		return nil, fmt.Errorf("make first block: %w", err)
	}
	go sealer.run(config.Period)
	return &Chain{stack: stack, eth: backend, rpc: server, sealer: sealer}, nil
}

// settings keep the state of every block and write it at once: nothing is lost with the process, and old state can be read.
func settings(config Config) *ethconfig.Config {
	settings := ethconfig.Defaults
	settings.Genesis = genesis(config)
	settings.NetworkId = config.ChainID
	settings.SyncMode = ethconfig.FullSync
	settings.StateScheme = rawdb.HashScheme
	settings.NoPruning = true
	settings.SnapshotCache = 0
	settings.LogNoHistory = true // search logs without an index
	settings.TxPool.NoLocals = true
	settings.TxPool.Journal = ""
	settings.DatabaseCache, settings.TrieCleanCache, settings.TrieDirtyCache = 64, 32, 32
	settings.DatabaseHandles = 256
	settings.Miner.GasCeil = gasLimit
	settings.Miner.Recommit = time.Second
	return &settings
}

func newServer(backend *eth.Ethereum) (*rpc.Server, error) {
	server := rpc.NewServer()
	system := filters.NewFilterSystem(backend.APIBackend, filters.Config{})
	apis := append(backend.APIs(),
		rpc.API{Namespace: "eth", Service: filters.NewFilterAPI(system)},
		rpc.API{Namespace: "web3", Service: web3{}})
	if err := node.RegisterApis(apis, []string{"eth", "net", "web3"}, server); err != nil {
		return nil, fmt.Errorf("offer JSON-RPC: %w", err)
	}
	return server, nil
}

// web3 is the JSON-RPC namespace of that name.
type web3 struct{}

// ClientVersion answers web3_clientVersion.
func (web3) ClientVersion() string { return "escrin-devnet" }

// Client returns a connection within the process.
func (c *Chain) Client() *rpc.Client { return rpc.DialInProc(c.rpc) }

// ServeHTTP answers JSON-RPC over HTTP on a listener until Stop.
func (c *Chain) ServeHTTP(l net.Listener) error {
	return c.serve(l, node.NewHTTPHandlerStack(c.rpc, []string{"*"}, []string{"localhost", "127.0.0.1"}, nil, false))
}

// ServeWebSocket answers JSON-RPC over WebSocket on a listener until Stop.
func (c *Chain) ServeWebSocket(l net.Listener) error {
	return c.serve(l, node.NewWSHandlerStack(c.rpc.WebsocketHandler([]string{"*"}), nil))
}

func (c *Chain) serve(l net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	c.mu.Lock()
	c.servers = append(c.servers, server)
	c.mu.Unlock()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve chain on %s: %w", l.Addr(), err)
	}
	return nil
}

// Stop ends all service and writes what is left to write.
func (c *Chain) Stop() error {
	c.mu.Lock()
	for _, server := range c.servers {
		server.Close()
	}
	c.mu.Unlock()
	c.rpc.Stop()
	c.sealer.stop()
	if err := c.stack.Close(); err != nil {
		return fmt.Errorf("close chain: %w", err)
	}
	return nil
}

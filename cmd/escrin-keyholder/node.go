// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"

	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/board"
	"github.com/escrin/escrin/keyholder/chainview"
	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/control"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/keystore"
	"github.com/escrin/escrin/keyholder/member"
	"github.com/escrin/escrin/keyholder/peers"
	"github.com/escrin/escrin/keyholder/server"
	"github.com/escrin/escrin/keyholder/standing"
	"github.com/escrin/escrin/keyholder/store"
	"github.com/escrin/escrin/keyholder/transact"
)

// databaseFile is the state database's name in the holder's directory.
const databaseFile = "state.db"

// runNode serves until ctx ends, and takes part in epochs beside.
func runNode(ctx context.Context, dir, configPath string, unlock unlocking, log *slog.Logger) error {
	c, err := readConfig(configPath)
	if err != nil {
		return err
	}
	keys, err := unlock.open(ctx, dir)
	if err != nil {
		return err
	}
	defer keys.Close()
	db, err := store.Open(filepath.Join(dir, databaseFile))
	if err != nil {
		return err
	}
	defer db.Close()
	n, err := newNode(c, dir, keys, db, log)
	if err != nil {
		return err
	}
	defer n.api.Close()
	return n.run(ctx, dir)
}

// node is a keyholder that serves.
type node struct {
	config   config.Config
	log      *slog.Logger
	keys     *keystore.Keystore
	signer   transact.Account
	sender   *transact.Sender
	standing *standing.Standing
	guard    *guard
	epochs   *epoch.Node
	peers    *peers.Peers
	api      *serving
	served   atomic.Uint64 // epoch; zero if none
	progress atomic.Pointer[epoch.Progress]
}

func newNode(c config.Config, dir string, keys *keystore.Keystore, db *store.Store, log *slog.Logger) (*node, error) {
	view, err := newView(c, db, log)
	if err != nil {
		return nil, err
	}
	rules, err := newRules(c, view, db)
	if err != nil {
		return nil, err
	}
	n := &node{config: c, log: log, keys: keys, peers: peers.New(c.URLs())}
	if n.standing, err = standing.Load(keys); err != nil {
		return nil, err
	}
	if n.signer, err = member.Signer(keys); err != nil {
		return nil, fmt.Errorf("read signer: %w", err)
	}
	if n.epochs, err = n.newEpochs(keys, view); err != nil {
		return nil, err
	}
	audit, err := openAudit(dir)
	if err != nil {
		return nil, err
	}
	n.guard = newGuard(c, n.signer, n.standing, audit, db)
	if n.api, err = newServing(c, audit, server.Config{Rules: rules, Log: log, Node: shown{n.epochs, n.peers, c}, Witness: n.guard.witness, Gate: n.guard.gate.Open, Final: n.final}); err != nil {
		return nil, err
	}
	n.measure(n.api.metrics)
	return n, nil
}

// newEpochs makes the part of the keyholder that takes part in epochs.
func (n *node) newEpochs(keys *keystore.Keystore, view *chainview.View) (*epoch.Node, error) {
	c, signer := n.config, n.signer
	profile, err := member.ReadProfile(keys)
	if err != nil {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	account := profile.Account
	if account == (config.Address{}) {
		account = signer.Address()
	}
	var nodes []transact.Node
	for _, url := range c.Chain.RPC {
		nodes = append(nodes, jsonrpc.New(url))
	}
	if n.sender, err = transact.NewSender(transact.Config{ChainID: c.Chain.ID, Account: signer, Nodes: nodes, MaxFee: c.Chain.MaxFee}); err != nil {
		return nil, err
	}
	b, err := board.New(board.Config{Contract: c.Chain.KeyNetwork, Chain: view, Nodes: nodes, Sender: n.sender})
	if err != nil {
		return nil, err
	}
	return epoch.New(epoch.Config{
		Account: account, Signer: signer.Address(), Board: b, Keys: keys, Peers: n.peers, Rand: rand.Reader, Leaving: n.standing.Leaving,
	})
}

// part is something that a node does as long as it runs.
type part struct {
	name string
	do   func(context.Context) error
}

// run serves, takes part in epochs, exchanges statements with others and answers
// commands, until ctx ends or one of these fails.
func (n *node) run(ctx context.Context, dir string) error {
	return together(ctx, n.log, []part{
		{"epochs", n.live}, {"api", n.api.run}, {"statements", n.watch}, {"anchors", n.anchor},
		{"commands", func(ctx context.Context) error { return control.Serve(ctx, dir, n.controlled(), n.log) }},
	})
}

// together does all parts until ctx ends or one of them does, and returns when all have ended. Which one that was, and why,
// is logged at once: the others may take their time, and be killed.
func together(ctx context.Context, log *slog.Logger, parts []part) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ended := make(chan error, len(parts))
	for _, p := range parts {
		go func() {
			err := p.do(ctx)
			if err == nil && ctx.Err() == nil {
				err = errors.New("it ended by itself")
			}
			if err != nil {
				err = fmt.Errorf("%s: %w", p.name, err)
				log.Error("a part has failed", "reason", err.Error())
			}
			stop(err)
			ended <- err
		}()
	}
	var failed error
	for range parts {
		failed = errors.Join(failed, <-ended)
	}
	return failed
}

// final is the newest block that was final at the latest step; 0 if there was none.
func (n *node) final() uint64 {
	if p := n.progress.Load(); p != nil {
		return p.Head.Final
	}
	return 0
}

// shown is what the API shows of a node.
type shown struct {
	node   *epoch.Node
	peers  *peers.Peers
	config config.Config
}

// Keyholder implements server.Node.
func (s shown) Keyholder() json.Marshaler { return s.node.Holder() }

// EncryptionKey implements server.Node.
func (s shown) EncryptionKey(digest [32]byte) (json.Marshaler, bool) {
	key, ok := s.node.EncryptionKey(digest)
	if !ok {
		key, ok = s.peers.EncryptionKey(digest)
	}
	return keyholder.KeyReply{Key: key}, ok
}

// Completion implements server.Node.
func (s shown) Completion(number uint64) (json.Marshaler, bool) { return s.node.Completion(number) }

// Others implements server.Node.
func (s shown) Others() (keyholder.Network, bool) {
	return s.node.Others(boardOf(s.config), s.config.URLs())
}

// boardOf is the board that a configuration names.
func boardOf(c config.Config) keyholder.Board {
	return keyholder.Board{ChainID: c.Chain.ID, KeyNetwork: c.Chain.KeyNetwork}
}

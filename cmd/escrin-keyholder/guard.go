// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"math/big"
	"sync/atomic"
	"time"

	"github.com/escrin/escrin/keyholder/auditlog"
	"github.com/escrin/escrin/keyholder/config"
	"github.com/escrin/escrin/keyholder/control"
	"github.com/escrin/escrin/keyholder/epoch"
	"github.com/escrin/escrin/keyholder/jsonrpc"
	"github.com/escrin/escrin/keyholder/standing"
	"github.com/escrin/escrin/keyholder/store"
	"github.com/escrin/escrin/keyholder/transact"
	"github.com/escrin/escrin/keyholder/witness"
)

// exchangeEvery is how often others are asked about their audit logs and ours.
const exchangeEvery = 2 * time.Second

// fundsWait is how long a command waits for an endpoint to say what the signer has.
const fundsWait = 3 * time.Second

// guard decides whether the share is used (KR-22), and tells others how long the
// audit log is.
type guard struct {
	self    [20]byte
	urls    map[[20]byte]string
	witness *witness.Witness
	gate    *standing.Gate
	now     atomic.Pointer[standing.Situation]
}

func newGuard(c config.Config, signer transact.Account, s *standing.Standing, audit *auditlog.Log, db *store.Store) *guard {
	w := witness.New(witness.Config{
		Network: witness.Network{ChainID: c.Chain.ID, Contract: c.Chain.KeyNetwork},
		Account: signer, Log: audit, Book: db, Fetch: witness.HTTP(),
	})
	return &guard{self: signer.Address(), urls: c.URLs(), witness: w, gate: standing.NewGate(s, w)}
}

// ready returns nil if the share of the active epoch may be used.
func (g *guard) ready(ctx context.Context, head epoch.Head, own *epoch.Share) error {
	s := standing.Situation{Latest: head.Latest, Active: own.Epoch, Threshold: own.Threshold}
	for _, m := range own.Members {
		if url := g.urls[m.Account]; url != "" && m.Signer != g.self {
			s.Peers = append(s.Peers, witness.Peer{Signer: m.Signer, URL: url})
		}
	}
	g.now.Store(&s)
	return g.gate.Ready(ctx, s)
}

func (g *guard) situation() (standing.Situation, bool) {
	s := g.now.Load()
	if s == nil {
		return standing.Situation{}, false
	}
	return *s, true
}

// watch exchanges statements until ctx ends.
func (n *node) watch(ctx context.Context) error {
	n.guard.gate.Watch(ctx, exchangeEvery, n.guard.situation, n.serveNothing, n.log)
	return nil
}

// controlled is what commands reach of the node.
func (n *node) controlled() control.Holder {
	return control.Holder{Keys: n.keys, Standing: n.standing, Version: version(), Network: n.networkStatus}
}

func (n *node) networkStatus() control.NetworkStatus {
	s := control.NetworkStatus{Serving: n.served.Load(), AuditHead: n.api.audit.Head().String(), Peers: []control.PeerStatus{}}
	if p := n.progress.Load(); p != nil {
		s.Block, s.Active, s.Latest = p.Head.Final, p.Head.Active, p.Head.Latest
		s.Phase, s.Waiting, s.Problem = p.Phase.String(), p.Waiting, p.Problem
	}
	s.Funds = n.funds()
	own, ok := n.epochs.Serving()
	if !ok {
		return s
	}
	s.Index = own.Index
	silent := n.guard.gate.Silent()
	for _, m := range own.Members {
		if m.Signer == n.guard.self {
			continue
		}
		peer := control.PeerStatus{Account: m.Account, URL: n.guard.urls[m.Account]}
		if peer.URL == "" {
			peer.Problem = "its address is not in the configuration"
		} else if err := silent[m.Signer]; err != nil {
			peer.Problem = err.Error()
		}
		s.Peers = append(s.Peers, peer)
	}
	return s
}

// funds returns what the signer has, in wei, as the first endpoint says that
// answers; empty if none does.
func (n *node) funds() string {
	ctx, cancel := context.WithTimeout(context.Background(), fundsWait)
	defer cancel()
	for _, url := range n.config.Chain.RPC {
		raw, err := jsonrpc.New(url).Call(ctx, "eth_getBalance", jsonrpc.Hex(n.guard.self[:]), jsonrpc.Text("latest"))
		if err != nil {
			continue
		}
		var digits string
		if err := json.Unmarshal(raw, &digits); err != nil {
			continue
		}
		if wei, ok := new(big.Int).SetString(digits, 0); ok {
			return wei.String()
		}
	}
	return ""
}

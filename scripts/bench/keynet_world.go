// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/simulator"
	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/devnet"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder"
)

// The key network whose releases are measured.
const releaseHolders, releaseThreshold = 5, 3

// releaseWorld is a chain in this process, five keyholder processes that made their key on it, and an identity whose
// enclaves run on a simulated TDX platform.
type releaseWorld struct {
	*bench
	file     network.Network // as far as keyholders need it
	node     *devchain.Chain
	served   chan error
	terms    deploy.Terms
	accounts []devchain.Account
	owner    *chain.Account
	chain    *chain.Chain
	holders  *holders
	keys     keyholder.Network

	platform *simulator.Platform
	measured []attest.Measurement
	root     [32]byte
	identity common.Hash
}

// newReleaseWorld makes one. Close it in any case.
func (b *bench) newReleaseWorld() (*releaseWorld, error) {
	w := &releaseWorld{bench: b, holders: &holders{}, terms: deploy.Terms{ClaimWindow: 6 * time.Hour}}
	for _, step := range []func() error{w.startChain, w.startPlatform, w.deploy, w.makeKey, w.deploy, w.createIdentity} {
		if err := step(); err != nil {
			return w, err
		}
	}
	return w, nil
}

func (w *releaseWorld) close() error {
	w.holders.stop()
	if w.chain != nil {
		w.chain.Close()
	}
	if w.node == nil {
		return nil
	}
	return errors.Join(w.node.Stop(), <-w.served)
}

func (w *releaseWorld) startChain() (err error) {
	if w.accounts, err = devchain.Accounts(2); err != nil {
		return err
	}
	w.owner, w.terms.Governor = chain.NewAccount(w.accounts[1].Key), w.accounts[1].Address
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	config := devchain.Config{Dir: filepath.Join(w.dir, "release-chain"), ChainID: devchain.ChainID, Period: time.Second, Funded: w.accounts}
	if w.node, err = devchain.Start(config); err != nil {
		return errors.Join(err, l.Close())
	}
	w.served = make(chan error, 1)
	go func() { w.served <- w.node.ServeHTTP(l) }()
	w.file.Chain = network.Chain{ID: devchain.ChainID, HTTP: "http://" + l.Addr().String()}
	return nil
}

// startPlatform has the keyholders trust a simulated TDX platform.
func (w *releaseWorld) startPlatform() (err error) {
	dir := filepath.Join(w.dir, "release-platform")
	if w.platform, err = simulator.Open(dir); err != nil {
		return err
	}
	w.file.TEE = network.TEE{Roots: filepath.Join(dir, "roots.pem"), Policy: filepath.Join(dir, "policy.json")}
	return errors.Join(os.WriteFile(w.file.TEE.Roots, w.platform.RootPEM(), 0o600), os.WriteFile(w.file.TEE.Policy, simulator.Policy(), 0o600))
}

// deploy puts on the chain what the terms suffice for, and connects to it.
func (w *releaseWorld) deploy() error {
	client, err := ethclient.DialContext(w.ctx, w.file.Chain.HTTP)
	if err != nil {
		return err
	}
	defer client.Close()
	at, _, err := w.terms.Deploy(w.ctx, client, w.accounts[0].Key, devchain.ChainID)
	if err != nil {
		return err
	}
	if w.chain != nil {
		w.chain.Close()
	}
	w.file.Contracts = network.Contracts(at)
	w.chain, err = chain.Open(w.ctx, w.file.Chain.HTTP,
		chain.Contracts{ChainID: devchain.ChainID, Registry: at.Registry, Permitter: at.Permitter, TaskHub: at.TaskHub})
	return err
}

// makeKey starts the keyholders, which make the key.
func (w *releaseWorld) makeKey() (err error) {
	always := map[string]any{"perSecond": 1e6, "burst": 1_000_000}
	g := group{name: "release", count: releaseHolders, limits: map[string]any{"perAddress": always, "perRequester": always},
		finality: map[string]any{"confirmations": 1}}
	if w.holders, err = w.startHolders(g, w.file, w.file.Contracts.KeyNetwork); err != nil {
		return err
	}
	governor := &devnet.Governor{Chain: w.chain, Board: w.chain.Board(w.file.Contracts.KeyNetwork), Account: w.owner,
		Holders: w.holders.urls, Threshold: releaseThreshold, PhaseBlocks: madePhase}
	if err := w.until(func() error { _, err := governor.GoOn(w.ctx, 1); return err }); err != nil {
		return err
	}
	if err := w.until(w.holders.serve(w.ctx)); err != nil {
		return err
	}
	w.keys, err = devnet.ServedKeys(w.ctx, w.holders.urls[0])
	w.terms.GroupKey = w.keys.GroupKey
	return err
}

// createIdentity registers an identity whose policy admits one enclave on any TDX platform.
func (w *releaseWorld) createIdentity() (err error) {
	allowed := chain.Rule{Access: chain.Allowed}
	if _, err := w.chain.Platforms(w.file.Contracts.Platforms).SetRule(w.ctx, w.owner, chain.AllTDX, allowed); err != nil {
		return fmt.Errorf("allow platforms: %w", err)
	}
	w.measured = []attest.Measurement{{TEE: attest.TDX, Shape: attest.Shape{VCPUs: 1, MemoryMiB: 1024},
		Registers: attest.Registers{MRTD: attest.Register{1}, RTMR0: attest.Register{2}, RTMR2: attest.Register{3}}}}
	if w.root, err = attest.Root(w.measured); err != nil {
		return err
	}
	if w.identity, _, err = w.chain.CreateIdentity(w.ctx, w.owner); err != nil {
		return err
	}
	_, err = w.chain.SetPolicy(w.ctx, w.owner, w.identity, chain.Measured(w.root, permitSeconds, "localhost:5000/x@sha256:0"))
	return err
}

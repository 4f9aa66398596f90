// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/devnet"
	"github.com/escrin/escrin/jobs/keynet"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder"
)

// The key network that is made, and how many blocks a phase lasts: one for each message, and some.
const madeHolders, madeThreshold, madePhase = 16, 11, 24

// keynetMade: sixteen keyholder processes make a key on the chain of the development network, on a board of their own: from the
// governor's first transaction until all of them serve. Then the whole transcript is audited.
func (b *bench) keynetMade() error {
	file, err := network.Load(filepath.Join(b.dir, "state/escrin/dev/network.json"))
	if err != nil {
		return fmt.Errorf("%w (it needs the part network)", err)
	}
	g, at, err := b.newBoard(file)
	if err != nil {
		return err
	}
	defer g.Chain.Close()
	holders, err := b.startHolders(group{name: "made", count: madeHolders, finality: "latest"}, file, at)
	defer holders.stop()
	if err != nil {
		return err
	}
	g.Holders = holders.urls
	began := time.Now()
	if err := b.until(func() error { _, err := g.GoOn(b.ctx, 1); return err }); err != nil {
		return err
	}
	certified := time.Since(began)
	if err := b.until(holders.serve(b.ctx)); err != nil {
		return err
	}
	figure("keynet.dkg_16_11", time.Since(began).Seconds(), "s")
	figure("keynet.dkg_16_11_certified", certified.Seconds(), "s")
	return b.auditMade(g)
}

// auditMade prints what it takes to re-check all messages.
func (b *bench) auditMade(g *devnet.Governor) error {
	head, err := g.Chain.Head(b.ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	v, err := keynet.Read(b.ctx, g.Chain, g.Board.Address(), common.Address{}, head, keynet.All)
	if err != nil {
		return err
	}
	report := keynet.Audit(v, keyholder.Network{})
	if !report.Sound() || !report.Faultless() {
		return fmt.Errorf("the key that was made does not pass the audit: %+v", report)
	}
	figure("keynet.audit_16_11", time.Since(began).Seconds(), "s")
	return nil
}

// newBoard deploys another KeyNetwork beside the network's own.
func (b *bench) newBoard(file network.Network) (*devnet.Governor, common.Address, error) {
	key, err := file.Accounts[1].Key()
	if err != nil {
		return nil, common.Address{}, err
	}
	client, err := ethclient.DialContext(b.ctx, file.Chain.HTTP)
	if err != nil {
		return nil, common.Address{}, err
	}
	defer client.Close()
	governor := chain.NewAccount(key)
	terms := deploy.Terms{ClaimWindow: time.Minute, Governor: governor.Address(), Instance: "bench"}
	plan, err := deploy.Survey(b.ctx, client, governor.Address(), terms, deploy.KeyNetwork)
	if err != nil {
		return nil, common.Address{}, err
	}
	if err := plan.Send(b.ctx, key, nil); err != nil {
		return nil, common.Address{}, err
	}
	at := plan.Steps[len(plan.Steps)-1].Address
	c, err := chain.Open(b.ctx, file.Chain.HTTP, chain.Contracts{ChainID: file.Chain.ID})
	if err != nil {
		return nil, common.Address{}, err
	}
	return &devnet.Governor{Chain: c, Board: c.Board(at), Account: governor, Threshold: madeThreshold, PhaseBlocks: madePhase}, at, nil
}

// holders are keyholder processes.
type holders struct {
	urls      []string
	processes []*exec.Cmd
}

func (h *holders) stop() {
	for _, p := range h.processes {
		p.Process.Kill()
		p.Wait()
	}
}

// answer asks whether all answer.
func (h *holders) answer(ctx context.Context) func() error {
	return func() error {
		for _, url := range h.urls {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+keyholder.PathKeyholder, nil)
			if err != nil {
				return err
			}
			reply, err := http.DefaultClient.Do(request)
			if err != nil {
				return errors.Join(devnet.ErrUnderWay, err)
			}
			reply.Body.Close()
		}
		return nil
	}
}

// serve asks whether all serve.
func (h *holders) serve(ctx context.Context) func() error {
	return func() error {
		for _, url := range h.urls {
			if keys, err := devnet.ServedKeys(ctx, url); err != nil || keys.Epoch != 1 {
				return errors.Join(devnet.ErrUnderWay, err)
			}
		}
		return nil
	}
}

// group says which keyholders are started.
type group struct {
	name     string // of their directories
	count    int
	limits   map[string]any // of what they are asked; nil is their default
	finality any            // as in their configuration
}

// startHolders makes and starts keyholders, and waits until they answer.
func (b *bench) startHolders(g group, file network.Network, board common.Address) (*holders, error) {
	h := &holders{}
	addresses, err := freeAddresses(g.count)
	if err != nil {
		return h, err
	}
	var peers []peer
	for i, listen := range addresses {
		h.urls = append(h.urls, "http://"+listen)
		peers = append(peers, peer{common.Address{1, byte(i)}, listen, h.urls[i]})
	}
	for i, own := range peers {
		at := func(name string) string { return b.holderFile(g, i, name) }
		config := map[string]any{"listen": own.listen, "peers": peers, "roots": file.TEE.Roots, "policy": file.TEE.Policy,
			"chain": map[string]any{"id": file.Chain.ID, "rpc": []string{file.Chain.HTTP}, "registry": file.Contracts.Registry,
				"taskHub": file.Contracts.TaskHub, "platforms": file.Contracts.Platforms, "anchors": file.Contracts.Anchors, "keyNetwork": board, "finality": g.finality}}
		if g.limits != nil {
			config["limits"] = g.limits
		}
		if err := b.initHolder(at, config, own.Account); err != nil {
			return h, err
		}
		cmd := b.command("bin/escrin-keyholder", "run", "--dir", at("keys"), "--passphrase-file", at("passphrase"), "--config", at("config.json"))
		if err := cmd.Start(); err != nil {
			return h, err
		}
		h.processes = append(h.processes, cmd)
	}
	return h, b.until(h.answer(b.ctx))
}

// peer is where a keyholder is reached.
type peer struct {
	Account common.Address `json:"account"`
	listen  string
	URL     string `json:"url"`
}

// freeAddresses are loopback addresses that nobody listens on.
func freeAddresses(count int) (addresses []string, err error) {
	for range count {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // all at once, so that they differ
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}

// holderFile is a file of a keyholder.
func (b *bench) holderFile(g group, i int, name string) string {
	return filepath.Join(b.dir, fmt.Sprintf("%s-holder-%d", g.name, i+1), name)
}

func (b *bench) initHolder(at func(name string) string, config any, account common.Address) error {
	raw, err := json.Marshal(config)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(at(""), 0o700); err != nil {
		return err
	}
	if err := errors.Join(os.WriteFile(at("config.json"), raw, 0o600),
		os.WriteFile(at("passphrase"), []byte("a passphrase of the bench"), 0o600)); err != nil {
		return err
	}
	out, err := b.command("bin/escrin-keyholder", "init", "--dir", at("keys"), "--passphrase-file", at("passphrase"),
		"--account", account.Hex()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("escrin-keyholder init: %w\n%s", err, out)
	}
	return nil
}

// until calls what is to succeed until it does, or fails otherwise than by being under way.
func (b *bench) until(done func() error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(2 * time.Minute)
	for {
		err := done()
		if err == nil || !errors.Is(err, devnet.ErrUnderWay) {
			return err
		}
		select {
		case <-b.ctx.Done():
			return b.ctx.Err()
		case <-limit:
			return err
		case <-tick.C:
		}
	}
}

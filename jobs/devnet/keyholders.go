// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/durable"
	"github.com/escrin/escrin/keyholder"
)

// holderPeer says where one holder is reached.
type holderPeer struct {
	Account common.Address `json:"account"`
	URL     string         `json:"url"`
}

// holderChain is the chain that a keyholder asks, and what it believes of it.
type holderChain struct {
	ID         uint64         `json:"id"`
	RPC        []string       `json:"rpc"`
	Registry   common.Address `json:"registry"`
	TaskHub    common.Address `json:"taskHub"`
	Platforms  common.Address `json:"platforms"`
	Anchors    common.Address `json:"anchors"`
	KeyNetwork common.Address `json:"keyNetwork"`
	Finality   any            `json:"finality"`
}

// holderConfig is the configuration file of escrin-keyholder.
type holderConfig struct {
	Listen string       `json:"listen"`
	Peers  []holderPeer `json:"peers"`
	Chain  holderChain  `json:"chain"`
	Roots  string       `json:"roots"`
	Policy string       `json:"policy"`
}

// holderAccount names a holder on the board; it is nobody's. Members have their indexes in the order of their accounts, so that
// keyholder-1 has index 1.
func holderAccount(index int) common.Address { return common.Address{0: 0x10, 19: byte(index)} }

func passphraseFile(index int) string { return keyholderName(index) + ".passphrase" }

// peers are all holders.
func (b bringUp) peers() []holderPeer {
	var peers []holderPeer
	for i, port := range b.ports.Keyholders {
		peers = append(peers, holderPeer{Account: holderAccount(i + 1), URL: "http://" + loopback(port)})
	}
	return peers
}

// initialiseHolders runs `escrin-keyholder init` where it was not run yet, for all at once: opening a keystore takes
// a while on purpose.
func (b bringUp) initialiseHolders(ctx context.Context) error {
	binary, err := b.binary("escrin-keyholder")
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	failures := make([]error, Holders)
	for i, peer := range b.peers() {
		all.Go(func() {
			if err := b.initialise(ctx, binary, i+1, peer); err != nil {
				failures[i] = fmt.Errorf("make keys of %s: %w", keyholderName(i+1), err)
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

// initialise makes the keys of one holder. What an interrupted call left behind is made anew: nobody knows of it.
func (b bringUp) initialise(ctx context.Context, binary string, index int, peer holderPeer) error {
	name := keyholderName(index)
	if _, err := os.Stat(b.dir.path(name + ".json")); err == nil {
		return nil
	}
	if err := os.RemoveAll(b.dir.path(name)); err != nil {
		return err
	}
	var secret [32]byte
	rand.Read(secret[:])
	if err := durable.WriteFile(b.dir.path(passphraseFile(index)), []byte(hex.EncodeToString(secret[:])+"\n"), 0o600); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, binary, "init", "--dir", b.dir.path(name), "--passphrase-file", b.dir.path(passphraseFile(index)),
		"--account", peer.Account.Hex(), "--url", peer.URL, "--json").Output()
	if ctx.Err() != nil { // which ended the process
		return ctx.Err()
	}
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return fmt.Errorf("%w: %s", err, printable(string(exit.Stderr)))
		}
		return err
	}
	return b.dir.writeJSON(name+".json", json.RawMessage(out), 0o600)
}

// startKeyholders starts all holders. They wait for the chain to have the contracts, and for an epoch to begin.
func (b bringUp) startKeyholders(n node, at deploy.Addresses) (anyStarted bool, err error) {
	binary, err := b.binary("escrin-keyholder")
	if err != nil {
		return false, err
	}
	for i := range b.ports.Keyholders {
		started, err := b.startKeyholder(binary, n, at, i+1)
		if err != nil {
			return anyStarted, err
		}
		anyStarted = anyStarted || started
	}
	return anyStarted, nil
}

// finality is which block is final to keyholders, as their configuration says it.
func (b bringUp) finality() any {
	if b.confirmations == 0 {
		return "latest"
	}
	return map[string]uint64{"confirmations": b.confirmations}
}

func (b bringUp) startKeyholder(binary string, n node, at deploy.Addresses, index int) (bool, error) {
	name, port := keyholderName(index), b.ports.Keyholders[index-1]
	config := holderConfig{
		Listen: loopback(port), Peers: b.peers(),
		Chain: holderChain{ID: n.Chain.ID, RPC: []string{n.Chain.HTTP}, Registry: at.Registry, TaskHub: at.TaskHub,
			Platforms: at.Platforms, Anchors: at.Anchors, KeyNetwork: at.KeyNetwork, Finality: b.finality()},
		Roots: n.Roots, Policy: n.Policy,
	}
	file := filepath.Join(name, "config.json")
	if err := b.dir.writeJSON(file, config, 0o600); err != nil {
		return false, err
	}
	p := program{name: name, binary: binary, args: []string{"run", "--dir", b.dir.path(name), "--config", b.dir.path(file),
		"--passphrase-file", b.dir.path(passphraseFile(index))}}
	return b.ensure(p, namedPort{name, port})
}

// startNetwork starts the keyholders, deploys the contracts that need no key, and has the key made.
func (b bringUp) startNetwork(ctx context.Context, n node) (keys keyholder.Network, err error) {
	begin := time.Now()
	b.report(Event{Name: "keyholders", Detail: fmt.Sprintf("%d, of which %d must answer", Holders, Threshold)})
	predicted, err := deploy.Predict(n.terms([96]byte{}))
	if err != nil {
		return keyholder.Network{}, err
	}
	started, err := b.startKeyholders(n, predicted)
	if err != nil {
		return keyholder.Network{}, err
	}
	if _, err := b.deployContracts(ctx, n, [96]byte{}, "contracts"); err != nil {
		return keyholder.Network{}, err
	}
	keys, err = b.makeKey(ctx, n, predicted.KeyNetwork)
	if err != nil {
		return keyholder.Network{}, err
	}
	b.report(Event{Name: "keyholders", Done: true, Took: time.Since(begin),
		Detail: fmt.Sprintf("%s%d ready, epoch %d, threshold %d, group key %x…", verb(started), len(keys.Holders), keys.Epoch, keys.Threshold, keys.GroupKey[:6])})
	return keys, nil
}

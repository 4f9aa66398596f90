// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/keyholder"
)

// holderPeer names one holder in a keyholder's configuration.
type holderPeer struct {
	Index     uint32 `json:"index"`
	URL       string `json:"url"`
	PublicKey string `json:"publicKey"`
}

// holderChain is the chain that a keyholder asks, and what it believes of it.
type holderChain struct {
	ID        uint64   `json:"id"`
	RPC       []string `json:"rpc"`
	Registry  string   `json:"registry"`
	TaskHub   string   `json:"taskHub"`
	Platforms string   `json:"platforms"`
	Finality  string   `json:"finality"`
}

// holderConfig is the configuration file of escrin-keyholder.
type holderConfig struct {
	Index     uint32       `json:"index"`
	Listen    string       `json:"listen"`
	Peers     []holderPeer `json:"peers"`
	Threshold int          `json:"threshold"`
	Chain     holderChain  `json:"chain"`
	Roots     string       `json:"roots"`
	Policy    string       `json:"policy"`
}

// startKeyholders makes the identities of the holders, starts them all, and waits until the ceremony is over and
// all tell the same public keys.
func (b bringUp) startKeyholders(ctx context.Context, n node, at deploy.Addresses) (keyholder.Network, error) {
	begin := time.Now()
	b.report(Event{Name: "keyholders", Detail: fmt.Sprintf("%d, of which %d must answer", Holders, Threshold)})
	binary, err := b.binary("escrin-keyholder")
	if err != nil {
		return keyholder.Network{}, err
	}
	peers, err := b.identities(ctx, binary)
	if err != nil {
		return keyholder.Network{}, err
	}
	anyStarted := false
	for i := range peers {
		started, err := b.startKeyholder(binary, n, at, peers, i)
		if err != nil {
			return keyholder.Network{}, err
		}
		anyStarted = anyStarted || started
	}
	keys, err := b.agreedKeys(ctx, peers)
	if err != nil {
		return keyholder.Network{}, err
	}
	b.report(Event{Name: "keyholders", Done: true, Took: time.Since(begin),
		Detail: fmt.Sprintf("%s%d ready, threshold %d, group key %x…", verb(anyStarted), len(keys.Holders), keys.Threshold, keys.GroupKey[:6])})
	return keys, nil
}

// identities runs `escrin-keyholder init` where it was not run yet.
func (b bringUp) identities(ctx context.Context, binary string) ([]holderPeer, error) {
	var peers []holderPeer
	for i, port := range b.ports.Keyholders {
		name := keyholderName(i + 1)
		var identity struct {
			PublicKey string `json:"publicKey"`
		}
		raw, err := os.ReadFile(b.dir.path(name + ".json"))
		if errors.Is(err, os.ErrNotExist) {
			raw, err = b.initialise(ctx, binary, name, port)
		}
		if err == nil {
			err = json.Unmarshal(raw, &identity)
		}
		if err != nil {
			return nil, fmt.Errorf("make identity of %s: %w", name, err)
		}
		peers = append(peers, holderPeer{Index: uint32(i + 1), URL: "http://" + loopback(port), PublicKey: identity.PublicKey})
	}
	return peers, nil
}

// initialise makes one identity and keeps what was printed. A directory that an interrupted call left behind is
// made anew: nobody knows its public key.
func (b bringUp) initialise(ctx context.Context, binary, name string, port int) ([]byte, error) {
	if err := os.RemoveAll(b.dir.path(name)); err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, binary, "init", "--dir", b.dir.path(name), "--listen", loopback(port)).Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return nil, fmt.Errorf("%w: %s", err, printable(string(exit.Stderr)))
		}
		return nil, err
	}
	var public json.RawMessage
	if err := json.Unmarshal(out, &public); err != nil {
		return nil, fmt.Errorf("read its public key: %w", err)
	}
	return out, b.dir.writeJSON(name+".json", public, 0o600)
}

func (b bringUp) startKeyholder(binary string, n node, at deploy.Addresses, peers []holderPeer, i int) (bool, error) {
	name := keyholderName(i + 1)
	config := holderConfig{
		Index: peers[i].Index, Listen: loopback(b.ports.Keyholders[i]), Peers: peers, Threshold: Threshold,
		Chain: holderChain{ID: n.Chain.ID, RPC: []string{n.Chain.HTTP}, Registry: at.Registry.Hex(),
			TaskHub: at.TaskHub.Hex(), Platforms: at.Platforms.Hex(), Finality: "latest"},
		Roots: n.Roots, Policy: n.Policy,
	}
	file := filepath.Join(name, "config.json")
	if err := b.dir.writeJSON(file, config, 0o600); err != nil {
		return false, err
	}
	p := program{name: name, binary: binary, args: []string{"run", "--dir", b.dir.path(name), "--config", b.dir.path(file)}}
	return b.ensure(p, namedPort{name, b.ports.Keyholders[i]})
}

// agreedKeys asks every holder for the public keys until all are ready; they must agree.
func (b bringUp) agreedKeys(ctx context.Context, peers []holderPeer) (keyholder.Network, error) {
	var agreed keyholder.Network
	for i, peer := range peers {
		var got keyholder.Network
		err := b.await(ctx, keyholderName(i+1), func(ctx context.Context) (err error) {
			got, err = keynet(ctx, peer.URL)
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

// keynet asks one holder for the network's public keys; not being ready is an error.
func keynet(ctx context.Context, base string) (keyholder.Network, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+keyholder.PathKeynet, nil)
	if err != nil {
		return keyholder.Network{}, err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return keyholder.Network{}, err
	}
	defer reply.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(reply.Body, keyholder.MaxBody))
	if err != nil {
		return keyholder.Network{}, err
	}
	if reply.StatusCode != http.StatusOK {
		return keyholder.Network{}, fmt.Errorf("%s answers %s: %s", base, reply.Status, printable(string(raw)))
	}
	var answer keyholder.KeynetReply
	if err := json.Unmarshal(raw, &answer); err != nil {
		return keyholder.Network{}, fmt.Errorf("read key network: %w", err)
	}
	if !answer.Ready || answer.Network == nil {
		return keyholder.Network{}, errors.New("the ceremony that makes the keys is not over")
	}
	return *answer.Network, nil
}

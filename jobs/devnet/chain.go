// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/network"
)

// claimWindow is how long a runner has from its claim to the result; what a crash of the job service costs. It
// must be longer than the workload runs, on a machine without hardware virtualisation too.
const claimWindow = 2 * time.Minute

// node is what escrin-devnet writes into devnet.json when it is ready.
type node struct {
	Chain     network.Chain     `json:"chain"`
	Accounts  []network.Account `json:"accounts"`
	Registry  string            `json:"registry"`
	TEESocket string            `json:"teeSocket"`
	Roots     string            `json:"roots"`
	Policy    string            `json:"policy"`
}

// startChain starts the chain node, the registry and the simulated TEE: one process.
func (b bringUp) startChain(ctx context.Context) (node, error) {
	begin := time.Now()
	b.report(Event{Name: "chain, registry, simulated TEE"})
	binary, err := b.binary("escrin-devnet")
	if err != nil {
		return node{}, err
	}
	dir := b.dir.path("chain")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return node{}, err
	}
	p := program{name: "devnet", binary: binary, args: []string{"run", "--dir", dir,
		"--http", loopback(b.ports.HTTP), "--ws", loopback(b.ports.WS),
		"--registry", loopback(b.ports.Registry), "--tee-socket", b.dir.path("tee.sock")}}
	started, err := b.ensure(p, namedPort{"the chain (HTTP)", b.ports.HTTP},
		namedPort{"the chain (WebSocket)", b.ports.WS}, namedPort{"the registry", b.ports.Registry})
	if err != nil {
		return node{}, err
	}
	var n node
	err = b.await(ctx, p.name, func(ctx context.Context) (err error) {
		n, err = b.probeChain(ctx)
		return err
	})
	if err != nil {
		return node{}, err
	}
	b.report(Event{Name: "chain, registry, simulated TEE", Done: true, Took: time.Since(begin),
		Detail: fmt.Sprintf("%schain %d at %s, registry %s", verb(started), n.Chain.ID, n.Chain.HTTP, n.Registry)})
	return n, nil
}

// probeChain reads devnet.json and asks chain and registry whether they serve.
func (b bringUp) probeChain(ctx context.Context) (node, error) {
	raw, err := os.ReadFile(b.dir.path("chain", "devnet.json"))
	if err != nil {
		return node{}, err
	}
	var n node
	if err := json.Unmarshal(raw, &n); err != nil {
		return node{}, fmt.Errorf("read devnet.json: %w", err)
	}
	if len(n.Accounts) <= deployerAccount {
		return node{}, errors.New("read devnet.json: it names no accounts")
	}
	id, err := chainID(ctx, n.Chain.HTTP)
	if err != nil {
		return node{}, err
	}
	if id != n.Chain.ID {
		return node{}, fmt.Errorf("the chain at %s has id %d, devnet.json says %d", n.Chain.HTTP, id, n.Chain.ID)
	}
	return n, answers(ctx, "http://"+loopback(b.ports.Registry)+"/v2/")
}

func chainID(ctx context.Context, url string) (uint64, error) {
	client, err := ethclient.DialContext(ctx, url)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	id, err := client.ChainID(ctx)
	if err != nil {
		return 0, fmt.Errorf("ask chain for its id: %w", err)
	}
	return id.Uint64(), nil
}

// answers reports nil if a GET of url is answered with 200.
func answers(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, reply.Status)
	}
	return nil
}

// terms are those of the deployment; its governor is the account that deploys. Before the key is made there is no
// permitter.
func (n node) terms(groupKey [96]byte) deploy.Terms {
	return deploy.Terms{ClaimWindow: claimWindow, GroupKey: groupKey, Governor: n.Accounts[deployerAccount].Address}
}

// deployContracts puts on the chain what is not there yet and can be made with this key (zero: without one), and returns
// the addresses.
func (b bringUp) deployContracts(ctx context.Context, n node, groupKey [96]byte, name string) (deploy.Addresses, error) {
	begin := time.Now()
	b.report(Event{Name: name})
	key, err := n.Accounts[deployerAccount].Key()
	if err != nil {
		return deploy.Addresses{}, fmt.Errorf("deploy contracts: %w", err)
	}
	client, err := ethclient.DialContext(ctx, n.Chain.HTTP)
	if err != nil {
		return deploy.Addresses{}, fmt.Errorf("deploy contracts: %w", err)
	}
	defer client.Close()
	at, sent, err := n.terms(groupKey).Deploy(ctx, client, key, n.Chain.ID)
	if err != nil {
		return deploy.Addresses{}, fmt.Errorf("deploy contracts: %w", err)
	}
	detail := "already deployed"
	if sent > 0 {
		detail = fmt.Sprintf("%d deployed", sent)
	}
	b.report(Event{Name: name, Done: true, Took: time.Since(begin), Detail: detail + ", registry " + at.Registry.Hex()})
	return at, nil
}

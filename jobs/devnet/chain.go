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

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder"
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

// deployContracts deploys at the predicted addresses, once in the life of a network.
func (b bringUp) deployContracts(ctx context.Context, n node, at deploy.Addresses, keys keyholder.Network) error {
	begin := time.Now()
	b.report(Event{Name: "contracts"})
	client, err := ethclient.DialContext(ctx, n.Chain.HTTP)
	if err != nil {
		return fmt.Errorf("deploy contracts: %w", err)
	}
	defer client.Close()
	missing, err := withoutCode(ctx, client, at)
	if err != nil {
		return fmt.Errorf("look for contracts: %w", err)
	}
	detail := "deployed"
	switch missing {
	case 0:
		detail = "already deployed"
	case 3:
		if err := deployAt(ctx, client, n, at, keys); err != nil {
			return err
		}
	default:
		return &PartialError{Missing: missing}
	}
	b.report(Event{Name: "contracts", Done: true, Took: time.Since(begin),
		Detail: detail + ": identity registry, permitter, task hub"})
	return nil
}

func deployAt(ctx context.Context, client *ethclient.Client, n node, at deploy.Addresses, keys keyholder.Network) error {
	account := n.Accounts[deployerAccount]
	key, err := account.Key()
	if err != nil {
		return fmt.Errorf("deploy contracts: %w", err)
	}
	nonce, err := client.NonceAt(ctx, crypto.PubkeyToAddress(key.PublicKey), nil)
	if err != nil {
		return fmt.Errorf("deploy contracts: %w", err)
	}
	if nonce != 0 {
		return &PartialError{Missing: 3}
	}
	got, err := deploy.Terms{ClaimWindow: claimWindow}.Deploy(ctx, client, key, n.Chain.ID, keys.GroupKey)
	if err != nil {
		return fmt.Errorf("deploy contracts: %w", err)
	}
	if got != at {
		return fmt.Errorf("deploy contracts: they are at %v and not at the predicted %v", got, at)
	}
	return nil
}

// withoutCode counts the predicted addresses at which there is no contract yet.
func withoutCode(ctx context.Context, client *ethclient.Client, at deploy.Addresses) (missing int, err error) {
	for _, address := range []common.Address{at.Registry, at.Permitter, at.TaskHub} {
		code, err := client.CodeAt(ctx, address, nil)
		if err != nil {
			return 0, err
		}
		if len(code) == 0 {
			missing++
		}
	}
	return missing, nil
}

// PartialError says that the chain's state holds some of the contracts, or other transactions in their place.
type PartialError struct{ Missing int }

func (e *PartialError) Error() string {
	return fmt.Sprintf("cannot deploy contracts: %d of 3 are missing and the deployer's account was used before", e.Missing)
}

// Hint tells the only way on.
func (e *PartialError) Hint() string { return "start over with `escrin dev reset` and `escrin dev up`" }

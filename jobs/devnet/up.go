// SPDX-License-Identifier: Apache-2.0

package devnet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/escrin/escrin/contracts/deploy"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/network"
	"github.com/escrin/escrin/keyholder"
)

// The funded accounts have fixed uses, so that no two programs sign with one account.
const (
	deployerAccount = 0   // deploys; afterwards it is the user's default account
	jobsAccount     = "9" // the job service's
)

// Options say where a dev network lives and what it is made of.
type Options struct {
	Dir      string      // state directory; empty is [network.DefaultDir]
	Ports    string      // see [ParsePorts]; an existing network keeps the ports it has
	Binaries string      // directory of escrin, escrin-devnet and escrin-keyholder
	Report   func(Event) // told what happens; may be nil
	Reach    []string    // prefixes of addresses that guests may reach, besides public ones

	Confirmations uint64 // keyholders take blocks for final that have so many after them; 0 is the newest
}

// Up makes the network run and writes its network file. What runs already is left alone; what does not is
// started with the state it had. When Up cannot finish, or ctx ends, it ends what it has started.
func Up(ctx context.Context, o Options) (network.Network, error) {
	d, release, err := open(o.Dir)
	if err != nil {
		return network.Network{}, err
	}
	defer release()
	p, err := d.settlePlan(o.Ports)
	if err != nil {
		return network.Network{}, err
	}
	s, err := newSupervisor(d, o.Report)
	if err != nil {
		return network.Network{}, err
	}
	b := bringUp{supervisor: s, ports: p.Ports, binaries: o.Binaries, reach: o.Reach, confirmations: o.Confirmations}
	n, err := b.run(ctx)
	if err != nil {
		s.abandon()
		return network.Network{}, err
	}
	return n, nil
}

// bringUp is one call of Up.
type bringUp struct {
	*supervisor
	ports    Ports
	binaries string
	reach    []string

	confirmations uint64
}

// run is the order in which a network comes up: each step needs what the one before it left.
func (b bringUp) run(ctx context.Context) (network.Network, error) {
	node, err := b.prepare(ctx)
	if err != nil {
		return network.Network{}, err
	}
	keys, err := b.startNetwork(ctx, node)
	if err != nil {
		return network.Network{}, err
	}
	addresses, err := b.deployContracts(ctx, node, keys.GroupKey, "permitter")
	if err != nil {
		return network.Network{}, err
	}
	n := b.describe(node, addresses, keys)
	if err := b.save(n); err != nil {
		return network.Network{}, err
	}
	if err := allowPlatforms(ctx, n); err != nil {
		return network.Network{}, err
	}
	if err := b.startJobs(ctx, n); err != nil {
		return network.Network{}, err
	}
	n.Processes = b.processes()
	if err := b.save(n); err != nil {
		return network.Network{}, err
	}
	return n, b.deaths()
}

// prepare starts the chain, and makes the keyholders' own keys meanwhile.
func (b bringUp) prepare(ctx context.Context) (node, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	initialised := make(chan error, 1)
	go func() { initialised <- b.initialiseHolders(ctx) }()
	n, err := b.startChain(ctx)
	if err != nil {
		stop()
		<-initialised
		return node{}, err
	}
	return n, <-initialised
}

// describe is the network file.
func (b bringUp) describe(node node, a deploy.Addresses, keys keyholder.Network) network.Network {
	return network.Network{
		Chain:      network.Chain{ID: node.Chain.ID, HTTP: node.Chain.HTTP, WS: node.Chain.WS},
		Contracts:  network.Contracts(a),
		Accounts:   node.Accounts,
		Registry:   node.Registry,
		KeyNetwork: keys,
		Jobs:       "http://" + loopback(b.ports.Jobs),
		TEE:        network.TEE{Socket: node.TEESocket, Roots: node.Roots, Policy: node.Policy},
		Processes:  b.processes(),
	}
}

func (b bringUp) processes() []network.Process {
	list := make([]network.Process, 0, len(b.recorded))
	for _, p := range b.recorded {
		list = append(list, network.Process(p))
	}
	return list
}

func (b bringUp) save(n network.Network) error {
	return network.Save(b.dir.path("network.json"), n)
}

// startJobs starts the job service with its local runner.
func (b bringUp) startJobs(ctx context.Context, n network.Network) error {
	begin := time.Now()
	b.report(Event{Name: "job service"})
	binary, err := b.binary("escrin")
	if err != nil {
		return err
	}
	p := program{name: "serve", binary: binary, args: []string{"serve",
		"--network", b.dir.path("network.json"),
		"--dir", b.dir.path("jobs"),
		"--listen", loopback(b.ports.Jobs),
		"--account", jobsAccount}}
	for _, prefix := range b.reach {
		p.args = append(p.args, "--reach", prefix)
	}
	started, err := b.ensure(p, namedPort{"the job service", b.ports.Jobs})
	if err != nil {
		return err
	}
	client := api.NewClient(n.Jobs)
	err = b.await(ctx, p.name, func(ctx context.Context) error {
		_, err := client.Health(ctx)
		return err
	})
	if err != nil {
		return err
	}
	b.report(Event{Name: "job service", Detail: verb(started) + n.Jobs, Done: true, Took: time.Since(begin)})
	return nil
}

// verb begins the line about a server: whether this call started it.
func verb(started bool) string {
	if started {
		return ""
	}
	return "already running  "
}

// binary finds a program beside the others.
func (b bringUp) binary(name string) (string, error) {
	path := filepath.Join(b.binaries, name)
	info, err := os.Stat(path)
	if err != nil {
		return "", &BinaryError{Name: name, Dir: b.binaries}
	}
	if !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		return "", fmt.Errorf("start %s: %s is not an executable file", name, path)
	}
	return path, nil
}

// BinaryError says that one of the programs of a dev network is not where the others are.
type BinaryError struct{ Name, Dir string }

func (e *BinaryError) Error() string {
	return fmt.Sprintf("cannot find the program %s in %s", e.Name, e.Dir)
}

// Hint tells how to get it.
func (e *BinaryError) Hint() string { return "build all programs into one directory with `make build`" }

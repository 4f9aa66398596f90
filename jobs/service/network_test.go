// SPDX-License-Identifier: Apache-2.0

package service

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/escrin/escrin/cmd/escrin-devnet/devchain"
	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/contracts/chaintest"
	"github.com/escrin/escrin/contracts/deploy"
	guesttask "github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/runner"
	"github.com/escrin/escrin/jobs/task"
	"github.com/escrin/escrin/keyholder"
	"github.com/escrin/escrin/keyholder/curve"
)

// claimWindow is short, because tests wait for claims to lapse in the chain's time, which is real.
const claimWindow = 2 * time.Second

// testChain is a real chain; each test deploys contracts of its own on it, with accounts of its own.
type testChain struct {
	node   *devchain.Chain
	url    string
	funded chan devchain.Account
}

// testNet is a deployment of the real contracts, whose key network's secret the test holds.
type testNet struct {
	*chain.Chain
	secret    curve.Scalar
	submitter *chain.Account
	runners   [2]*chain.Account
	identity  common.Hash
	origin    task.Origin
}

var measurementRoot = common.Hash{7}

func newTestChain(t *testing.T) *testChain {
	t.Helper()
	funded, err := devchain.Accounts(100)
	if err != nil {
		t.Fatal(err)
	}
	node, err := devchain.Start(devchain.Config{Dir: t.TempDir(), ChainID: 31337, Period: time.Second, Funded: funded})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := node.Stop(); err != nil {
			t.Error(err)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go node.ServeHTTP(listener)
	c := &testChain{node: node, url: "http://" + listener.Addr().String(), funded: make(chan devchain.Account, len(funded))}
	for _, a := range funded {
		c.funded <- a
	}
	return c
}

// deploy puts contracts on the chain, and one identity with a policy.
func (c *testChain) deploy(t *testing.T) *testNet {
	t.Helper()
	secret, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	owner := <-c.funded
	n := &testNet{secret: secret, submitter: chain.NewAccount((<-c.funded).Key)}
	n.runners = [2]*chain.Account{chain.NewAccount((<-c.funded).Key), chain.NewAccount((<-c.funded).Key)}
	terms := deploy.Terms{
		ClaimWindow: claimWindow, GroupKey: secret.Public().Bytes(), Instance: owner.Address.Hex(),
	}
	at, _, err := terms.Deploy(t.Context(), ethclient.NewClient(c.node.Client()), owner.Key, 31337)
	if err != nil {
		t.Fatal(err)
	}
	contracts := chain.Contracts{ChainID: 31337, Registry: at.Registry, Permitter: at.Permitter, TaskHub: at.TaskHub}
	if n.Chain, err = chain.Open(t.Context(), c.url, contracts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Chain.Close)
	registrant := chain.NewAccount(owner.Key)
	if n.identity, _, err = n.CreateIdentity(t.Context(), registrant); err != nil {
		t.Fatal(err)
	}
	policy := chain.Measured(measurementRoot, 3600, "nowhere")
	if _, err = n.SetPolicy(t.Context(), registrant, n.identity, policy); err != nil {
		t.Fatal(err)
	}
	n.origin = task.Origin{ChainID: 31337, TaskHub: at.TaskHub}
	return n
}

// submit submits a task that may take a while.
func (n *testNet) submit(t *testing.T, seconds uint64) common.Hash {
	t.Helper()
	return n.submitMany(t, seconds, 1)
}

// submitMany submits a batch, with two attempts.
func (n *testNet) submitMany(t *testing.T, seconds uint64, count uint16) common.Hash {
	t.Helper()
	head, err := n.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var salt common.Hash
	rand.Read(salt[:])
	id, _, err := n.Submit(t.Context(), n.submitter, guesttask.Terms{
		Submitter: n.submitter.Address(), Identity: n.identity, InputDigest: common.Hash{9}, Deadline: head.Time + seconds,
		Count: count, Attempts: 2, Fee: [32]byte{31: 5}, Refundee: n.submitter.Address(),
	}, salt)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// acquire gets a permit for a fresh requester with a certificate that the test signs itself.
func (n *testNet) acquire(ctx context.Context, payer *chain.Account, requester common.Address) (chain.Receipt, error) {
	head, err := n.Head(ctx)
	if err != nil {
		return chain.Receipt{}, err
	}
	c := keyholder.Certificate{
		ChainID: 31337, Permitter: n.Contracts().Permitter, Registry: n.Contracts().Registry, IdentityID: n.identity,
		Requester: requester, Duration: 600, BaseBlock: head.Number, BaseBlockHash: head.Hash, MeasurementRoot: measurementRoot,
		Findings: keyholder.Findings{Platform: chaintest.Platform()},
	}
	signature := c.Point().Mul(n.secret).EIP2537()
	_, receipt, err := n.AcquireIdentity(ctx, payer, chain.Acquisition{
		Identity: n.identity, Requester: requester, Duration: 600, Context: c.Context(), Authorization: signature[:],
	})
	return receipt, err
}

// claim claims an attempt for the requester with this key.
func (n *testNet) claim(ctx context.Context, payer *chain.Account, a runner.Assignment, key *ecdsa.PrivateKey) (chain.Receipt, error) {
	claim := guesttask.Claim{TaskID: a.TaskID, TermsDigest: a.Terms.Digest(), Attempt: a.Attempt, Runner: payer.Address()}
	signature, err := sign(key, claim.SigningDigest(n.Domain()))
	if err != nil {
		return chain.Receipt{}, err
	}
	return n.Claim(ctx, payer, a.TaskID, a.Terms, crypto.PubkeyToAddress(key.PublicKey), signature)
}

// accepted counts how often a task was accepted, and returns in which attempt.
func (n *testNet) accepted(t *testing.T, id common.Hash) (times int, attempt uint32) {
	t.Helper()
	events, err := n.TaskHistory(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if a, ok := e.(chain.TaskAccepted); ok {
			times, attempt = times+1, a.Attempt
		}
	}
	return times, attempt
}

// point is a place in a stub's attempt.
type point string

const (
	atStart  point = "start"
	atPermit point = "permit"
	atClaim  point = "claim"
	atResult point = "result"
)

// stub is a Runner without a guest: it makes the transactions that a guest would ask for. hook is called at each
// point and may block or fail.
type stub struct {
	net   *testNet
	payer *chain.Account
	hook  func(ctx context.Context, p point, a runner.Assignment) error

	mu   sync.Mutex
	runs map[common.Hash]int // that are under way, by task
	most int                 // most runs of one task at once
	done []common.Hash       // tasks that are over
}

// Over implements Runner.
func (r *stub) Over(task common.Hash) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = append(r.done, task)
}

func (r *stub) enter(id common.Hash, by int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.runs == nil {
		r.runs = map[common.Hash]int{}
	}
	r.runs[id] += by
	r.most = max(r.most, r.runs[id])
}

func (r *stub) at(ctx context.Context, p point, a runner.Assignment) error {
	if r.hook == nil {
		return nil
	}
	return r.hook(ctx, p, a)
}

// Run implements Runner.
func (r *stub) Run(ctx context.Context, a runner.Assignment, o runner.Observer) error {
	r.enter(a.TaskID, 1)
	defer r.enter(a.TaskID, -1)
	if err := r.at(ctx, atStart, a); err != nil {
		return err
	}
	key, err := crypto.GenerateKey()
	if err != nil {
		return err
	}
	o.Started(time.Now())
	requester := crypto.PubkeyToAddress(key.PublicKey)
	receipt, err := r.net.acquire(ctx, r.payer, requester)
	if err := errors.Join(err, r.at(ctx, atPermit, a)); err != nil {
		return err
	}
	o.Sent(api.Tx{Kind: "permit", Hash: receipt.TxHash, Block: receipt.Block})
	if receipt, err = r.net.claim(ctx, r.payer, a, key); err != nil {
		return err
	}
	o.Sent(api.Tx{Kind: "claim", Hash: receipt.TxHash, Block: receipt.Block})
	if err := r.at(ctx, atClaim, a); err != nil {
		return err
	}
	report := guesttask.Report{TaskID: a.TaskID, TermsDigest: a.Terms.Digest(), Attempt: a.Attempt,
		Results: []guesttask.Result{{OutputDigest: sha256.Sum256(a.TaskID[:]), PublicOutput: a.TaskID}}}
	signature, err := sign(key, report.SigningDigest(r.net.Domain()))
	if err != nil {
		return err
	}
	receipt, err = r.net.Accept(ctx, r.payer, a.Terms, report, signature)
	if err := errors.Join(err, r.at(ctx, atResult, a)); err != nil {
		return err
	}
	o.Sent(api.Tx{Kind: "result", Hash: receipt.TxHash, Block: receipt.Block})
	return nil
}

func sign(key *ecdsa.PrivateKey, digest [32]byte) ([chain.SignatureSize]byte, error) {
	signature, err := crypto.Sign(digest[:], key)
	if err != nil {
		return [chain.SignatureSize]byte{}, err
	}
	signature[64] += 27
	return [chain.SignatureSize]byte(signature), nil
}

// process is one life of the service.
type process struct {
	*Service
	client *api.Client
	cancel context.CancelFunc
	done   chan struct{}
}

// run starts a service over a journal, which it closes in the end.
func (n *testNet) run(t *testing.T, journal string, r Runner, payer *chain.Account, change ...func(*Config)) *process {
	t.Helper()
	j, err := task.OpenJournal(journal, n.origin)
	if err != nil {
		t.Fatal(err)
	}
	config := Config{
		ChainID: 31337, Chain: n.Chain, Account: payer, Runner: r, Journal: j, Limits: Limits{Failures: 3},
		Places: 2, Poll: 50 * time.Millisecond, Backoff: 50 * time.Millisecond, Log: func(line string) { t.Log(line) },
	}
	for _, f := range change {
		f(&config)
	}
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	ctx, cancel := context.WithCancel(t.Context())
	p := &process{Service: s, client: api.NewClient(server.URL), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		s.Run(ctx)
		j.Close()
	}()
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); p.end() })
	return p
}

// end stops the service and waits until it is gone.
func (p *process) end() {
	p.cancel()
	<-p.done
}

// until watches a task over HTTP until it is as wanted, from before the service knows it.
func (p *process) until(t *testing.T, id common.Hash, what string, want func(api.Task) bool) api.Task {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var last api.Task
	for ctx.Err() == nil {
		err := p.client.Watch(ctx, id, func(seen api.Task) error {
			last = seen
			if want(seen) {
				return errFound
			}
			return nil
		})
		if errors.Is(err, errFound) {
			return last
		}
		if err == nil {
			t.Fatalf("task ended before it was %s: %+v", what, last)
		}
		select { // the service has not seen the task yet
		case <-p.watch():
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("task was never %s: %+v", what, last)
	return last
}

var errFound = errors.New("found")

func isState(s api.State) func(api.Task) bool {
	return func(t api.Task) bool { return t.State == s }
}

func journalIn(dir string) string { return filepath.Join(dir, "journal") }

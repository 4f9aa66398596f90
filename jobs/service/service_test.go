// SPDX-License-Identifier: Apache-2.0

package service

import (
	"context"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	guesttask "github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/runner"
	"github.com/escrin/escrin/jobs/task"
)

// TestService runs everything that needs a chain on one chain.
func TestService(t *testing.T) {
	c := newTestChain(t)
	together := newTogether()
	defer together.wait()
	for name, test := range map[string]func(*testing.T, *testNet){
		"TaskEndsInOneAttempt":           taskEndsInOneAttempt,
		"FailuresAreToldAndTriedAgain":   failuresAreToldAndTriedAgain,
		"WaitingIsTold":                  waitingIsTold,
		"DeadlineEndsATask":              deadlineEndsATask,
		"KR20TwoServicesOneResult":       twoServicesOneResult,
		"ServicesBeginInTurn":            servicesBeginInTurn,
		"ChainAwayAndBack":               chainAwayAndBack,
		"AnotherChainIsReadAnew":         anotherChainIsReadAnew,
		"ForeignClaimIsReopened":         foreignClaimIsReopened,
		"CancelledTaskStopsItsGuest":     cancelledTaskStopsItsGuest,
		"DeadGuestsClaimIsGivenUp":       deadGuestsClaimIsGivenUp,
		"AttemptsAreUsedUp":              attemptsAreUsedUp,
		"BatchesAreLeftToOthers":         batchesAreLeftToOthers,
		"HostileTasksCostLittle":         hostileTasksCostLittle,
		"WhatIsEarnedIsWithdrawn":        whatIsEarnedIsWithdrawn,
		"ManyTasksFewPlaces":             manyTasksFewPlaces,
		"JS04TooManyStreamsAreRefused":   tooManyStreamsAreRefused,
		"JS02TaskIDsInPathsAreNotPaths":  taskIDsAreNotPaths,
		"HealthIsBadBeforeTheFirstBlock": healthBeforeTheFirstBlock,
	} {
		together.run(t, name, func(t *testing.T) { test(t, c.deploy(t)) })
	}
}

// TestKilledAnywhereTheTaskEndsOnce ends a service at every point of an attempt as kill -9 would: what it did
// afterwards is lost, and its journal is what the disk had at that moment, whole, torn or gone.
func TestKilledAnywhereTheTaskEndsOnce(t *testing.T) {
	c := newTestChain(t)
	together := newTogether()
	defer together.wait()
	for _, p := range []point{atStart, atPermit, atClaim, atResult} {
		for damage, damaged := range map[string]func([]byte) []byte{
			"whole": func(b []byte) []byte { return b },
			"torn":  func(b []byte) []byte { return b[:len(b)-len(b)/3] },
			"gone":  func([]byte) []byte { return nil },
		} {
			together.run(t, string(p)+"/"+damage, func(t *testing.T) { killedAt(t, c.deploy(t), p, damaged) })
		}
	}
}

// together runs tests side by side, three at a time however few processors there are: they wait for the chain's time.
type together struct {
	all    sync.WaitGroup
	places chan struct{}
}

func newTogether() *together { return &together{places: make(chan struct{}, 3)} }

func (g *together) run(t *testing.T, name string, f func(*testing.T)) {
	g.all.Go(func() {
		g.places <- struct{}{}
		defer func() { <-g.places }()
		t.Run(name, f)
	})
}

func (g *together) wait() { g.all.Wait() }

func taskEndsInOneAttempt(t *testing.T, n *testNet) {
	r := &stub{net: n, payer: n.runners[0]}
	p := n.run(t, journalIn(t.TempDir()), r, n.runners[0])
	id := n.submit(t, 600)
	got := p.until(t, id, "accepted", isState(api.StateAccepted))
	if got.Result == nil || got.Result.Block == 0 || got.Result.PublicOutput != id || got.Submitted == 0 || got.Identity != n.identity ||
		got.Terms == nil || got.Terms.Fee != "5" || got.Terms.Attempts != 2 {
		t.Errorf("status is %+v", got)
	}
	if len(got.Attempts) != 1 || got.Attempts[0].Outcome != api.OutcomeAccepted || got.Message != "" {
		t.Errorf("attempts are %+v, message %q", got.Attempts, got.Message)
	}
	if times, attempt := n.accepted(t, id); times != 1 || attempt != 1 {
		t.Errorf("accepted %d times, attempt %d", times, attempt)
	}
	p.end()
	if len(r.done) == 0 || r.done[0] != id {
		t.Errorf("the runner was told of the end of %v", r.done)
	}
	for _, tx := range mustTask(t, p, id).Attempts[0].Txs {
		if tx.Block == 0 {
			t.Errorf("transaction %+v has no block", tx)
		}
	}
}

func mustTask(t *testing.T, p *process, id common.Hash) api.Task {
	t.Helper()
	got, ok := p.Task(id)
	if !ok {
		t.Fatal("task is not known")
	}
	return got
}

func failuresAreToldAndTriedAgain(t *testing.T, n *testNet) {
	told := make(chan struct{})
	r := &stub{net: n, payer: n.runners[0], hook: func(_ context.Context, p point, _ runner.Assignment) error {
		select {
		case <-told:
			return nil
		default:
			return errors.New("blob sha256:… is not what its digest says")
		}
	}}
	p := n.run(t, journalIn(t.TempDir()), r, n.runners[0])
	id := n.submit(t, 600)
	p.until(t, id, "waiting after a failure", func(t api.Task) bool {
		return t.State == api.StateWaiting && strings.Contains(t.Message, "not what its digest says")
	})
	close(told)
	got := p.until(t, id, "accepted", isState(api.StateAccepted))
	if len(got.Attempts) < 2 || got.Attempts[0].Outcome != api.OutcomeFailed || got.Attempts[len(got.Attempts)-1].Number != 1 {
		t.Errorf("attempts are %+v", got.Attempts)
	}
}

// waitingRunner says that it waits, until it is let go.
type waitingRunner struct {
	stub
	release chan struct{}
}

func (r *waitingRunner) Run(ctx context.Context, a runner.Assignment, o runner.Observer) error {
	o.Waiting("waiting for keyholders: 1 of 2 needed answer")
	<-r.release
	o.Waiting("")
	return r.stub.Run(ctx, a, o)
}

func waitingIsTold(t *testing.T, n *testNet) {
	r := &waitingRunner{stub: stub{net: n, payer: n.runners[0]}, release: make(chan struct{})}
	p := n.run(t, journalIn(t.TempDir()), r, n.runners[0])
	id := n.submit(t, 600)
	p.until(t, id, "waiting for keyholders", func(t api.Task) bool {
		return t.State == api.StateWaiting && strings.HasPrefix(t.Message, "waiting for keyholders: 1 of 2")
	})
	close(r.release)
	if got := p.until(t, id, "accepted", isState(api.StateAccepted)); got.Message != "" {
		t.Errorf("message is still %q", got.Message)
	}
}

func deadlineEndsATask(t *testing.T, n *testNet) {
	r := &stub{net: n, payer: n.runners[0], hook: func(context.Context, point, runner.Assignment) error {
		return errors.New("never works")
	}}
	p := n.run(t, journalIn(t.TempDir()), r, n.runners[0])
	id := n.submit(t, 8) // the chain's clock gains a second with each block that another test makes
	p.until(t, id, "expired", isState(api.StateExpired))
	if times, _ := n.accepted(t, id); times != 0 {
		t.Errorf("accepted %d times", times)
	}
}

func twoServicesOneResult(t *testing.T, n *testNet) {
	first := n.run(t, journalIn(t.TempDir()), &stub{net: n, payer: n.runners[0]}, n.runners[0])
	second := n.run(t, journalIn(t.TempDir()), &stub{net: n, payer: n.runners[1]}, n.runners[1])
	ids := []common.Hash{n.submit(t, 600), n.submit(t, 600), n.submit(t, 600)}
	for _, id := range ids {
		first.until(t, id, "accepted", isState(api.StateAccepted))
		second.until(t, id, "accepted", isState(api.StateAccepted))
		if times, _ := n.accepted(t, id); times != 1 {
			t.Errorf("accepted %d times", times)
		}
	}
}

// servicesBeginInTurn: whose turn has not come boots nothing for a task that another does, and pays nothing.
func servicesBeginInTurn(t *testing.T, n *testNet) {
	late := &stub{net: n, payer: n.runners[1]}
	second := n.run(t, journalIn(t.TempDir()), late, n.runners[1], func(c *Config) {
		c.Spread = func() time.Duration { return 10_000 * time.Hour }
	})
	id := n.submit(t, 600)
	second.until(t, id, "waiting for its turn", func(t api.Task) bool { return strings.Contains(t.Message, "turn") })
	n.run(t, journalIn(t.TempDir()), &stub{net: n, payer: n.runners[0]}, n.runners[0])
	got := second.until(t, id, "accepted", isState(api.StateAccepted))
	if second.end(); len(got.Attempts) != 0 || late.most != 0 {
		t.Errorf("attempts %+v", got.Attempts)
	}
}

// TestTurnsAreDrawnAnewForEachAttempt, and differ: no account is always first.
func TestTurnsAreDrawnAnewForEachAttempt(t *testing.T) {
	const spread = time.Minute
	first := map[common.Address]int{}
	a, b := common.Address{1}, common.Address{2}
	for attempt := range uint32(100) {
		da, db := delay(common.Hash{1}, attempt, a, spread), delay(common.Hash{1}, attempt, b, spread)
		if min(da, db) < 0 || max(da, db) >= spread || da != delay(common.Hash{1}, attempt, a, spread) {
			t.Fatalf("delays %v and %v", da, db)
		}
		if da < db {
			first[a]++
		} else {
			first[b]++
		}
	}
	if first[a] < 20 || first[b] < 20 {
		t.Errorf("first: %v", first)
	}
	if d := delay(common.Hash{1}, 1, a, 0); d != 0 {
		t.Errorf("without others: %v", d)
	}
}

// flaky is a chain whose node can be taken away.
type flaky struct {
	Chain
	mu   sync.Mutex
	away bool
}

func (f *flaky) take(away bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.away = away
}

func (f *flaky) Head(ctx context.Context) (chain.Block, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away {
		return chain.Block{}, errors.New("reach chain: connection refused")
	}
	return f.Chain.Head(ctx)
}

func chainAwayAndBack(t *testing.T, n *testNet) {
	p := n.run(t, journalIn(t.TempDir()), &stub{net: n, payer: n.runners[0]}, n.runners[0])
	healthy(t, p, true)
	p.end()
	f := &flaky{Chain: n.Chain, away: true}
	p.Service.Chain = f
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	j, err := task.OpenJournal(journalIn(t.TempDir()), n.origin)
	if err != nil {
		t.Fatal(err)
	}
	p.Service.Journal = j
	go func() { defer close(done); p.Service.Run(ctx) }()
	defer func() { cancel(); <-done; j.Close() }()
	healthy(t, p, false)
	f.take(false)
	healthy(t, p, true)
	p.until(t, n.submit(t, 600), "accepted", isState(api.StateAccepted))
}

// healthy waits until /healthz says so, or the contrary.
func healthy(t *testing.T, p *process, want bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		h, err := p.client.Health(ctx)
		if (err == nil) == want {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("health is %+v, %v", h, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func anotherChainIsReadAnew(t *testing.T, n *testNet) {
	path := journalIn(t.TempDir())
	id := n.submit(t, 600)
	p := n.run(t, path, &stub{net: n, payer: n.runners[0]}, n.runners[0])
	p.until(t, id, "accepted", isState(api.StateAccepted))
	p.end()
	j, err := task.OpenJournal(path, n.origin)
	if err != nil {
		t.Fatal(err)
	}
	wrong := api.Task{ID: common.Hash{5}.Hex(), State: api.StateOpen, Attempt: 1, Attempts: []api.Attempt{}}
	if err := j.Record(task.Cursor{Number: j.Cursor().Number, Hash: common.Hash{1}}, wrong); err != nil {
		t.Fatal(err)
	}
	j.Close()
	again := n.run(t, path, &stub{net: n, payer: n.runners[0]}, n.runners[0])
	for _, known := again.Task(common.Hash{5}); known; _, known = again.Task(common.Hash{5}) {
		<-again.watch()
	}
	got := again.until(t, id, "accepted", isState(api.StateAccepted))
	if len(got.Attempts) != 1 || got.Result == nil {
		t.Errorf("status is %+v", got)
	}
}

func killedAt(t *testing.T, n *testNet, where point, damaged func([]byte) []byte) {
	path := journalIn(t.TempDir())
	reached := make(chan []byte, 1)
	r := &stub{net: n, payer: n.runners[0], hook: func(ctx context.Context, p point, _ runner.Assignment) error {
		if p != where {
			return nil
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		reached <- raw
		<-ctx.Done()
		return ctx.Err()
	}}
	first := n.run(t, path, r, n.runners[0])
	id := n.submit(t, 600)
	onDisk := <-reached
	first.end()
	later := journalIn(t.TempDir())
	if err := os.WriteFile(later, damaged(onDisk), 0o600); err != nil {
		t.Fatal(err)
	}
	heir := &stub{net: n, payer: n.runners[0]}
	second := n.run(t, later, heir, n.runners[0])
	got := second.until(t, id, "accepted", isState(api.StateAccepted))
	want := uint32(1)
	if where == atClaim {
		want = 2
	}
	if times, attempt := n.accepted(t, id); times != 1 || attempt != want || got.Attempt != want {
		t.Errorf("accepted %d times, in attempt %d, told %d; want %d", times, attempt, got.Attempt, want)
	}
	if heir.most > 1 {
		t.Errorf("%d guests at once", heir.most)
	}
	for _, a := range got.Attempts {
		if a.Outcome == api.OutcomeRunning {
			t.Errorf("attempt %+v is still running", a)
		}
	}
}

func foreignClaimIsReopened(t *testing.T, n *testNet) {
	id := n.submit(t, 600)
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.acquire(t.Context(), n.runners[1], crypto.PubkeyToAddress(key.PublicKey)); err != nil {
		t.Fatal(err)
	}
	open, err := n.Task(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.claim(t.Context(), n.runners[1], runner.Assignment{TaskID: id, Attempt: 1, Terms: open.Terms}, key); err != nil {
		t.Fatal(err)
	}
	p := n.run(t, journalIn(t.TempDir()), &stub{net: n, payer: n.runners[0]}, n.runners[0])
	p.until(t, id, "held", func(t api.Task) bool { // or over, where the chain's time outran whoever looks
		return t.State == api.StateClaimed && strings.Contains(t.Message, "another runner") || t.Attempt == 2
	})
	if got := p.until(t, id, "accepted", isState(api.StateAccepted)); got.Attempt != 2 {
		t.Errorf("accepted in attempt %d", got.Attempt)
	}
}

func cancelledTaskStopsItsGuest(t *testing.T, n *testNet) {
	reached, ended := make(chan struct{}), make(chan error, 1)
	r := &stub{net: n, payer: n.runners[0], hook: func(ctx context.Context, p point, _ runner.Assignment) error {
		close(reached)
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return context.Cause(ctx)
	}}
	p := n.run(t, journalIn(t.TempDir()), r, n.runners[0])
	id := n.submit(t, 600)
	<-reached
	open, err := n.Task(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Cancel(t.Context(), n.submitter, id, open.Terms); err != nil {
		t.Fatal(err)
	}
	p.until(t, id, "cancelled", isState(api.StateCancelled))
	if err := <-ended; !strings.Contains(err.Error(), "cancelled") {
		t.Errorf("the guest was ended because: %v", err)
	}
}

// deadGuestsClaimIsGivenUp has a guest that claims and then fails: the hub reopens the task, and the second attempt
// ends it.
func deadGuestsClaimIsGivenUp(t *testing.T, n *testNet) {
	r := &stub{net: n, payer: n.runners[0], hook: func(_ context.Context, p point, a runner.Assignment) error {
		if p == atClaim && a.Attempt == 1 {
			return errors.New("the guest died")
		}
		return nil
	}}
	p := n.run(t, journalIn(t.TempDir()), r, n.runners[0])
	id := n.submit(t, 600)
	got := p.until(t, id, "accepted", isState(api.StateAccepted))
	if got.Attempt != 2 || len(got.Attempts) != 2 || got.Attempts[0].Reason != "the guest died" || got.Attempts[1].Number != 2 {
		t.Errorf("attempts are %+v", got.Attempts)
	}
	if txs := got.Attempts[0].Txs; txs[len(txs)-1].Kind != "expire" {
		t.Errorf("transactions are %+v", txs)
	}
}

// attemptsAreUsedUp has guests that claim and then fail: the hub ends the task after the last attempt.
func attemptsAreUsedUp(t *testing.T, n *testNet) {
	r := &stub{net: n, payer: n.runners[0], hook: func(_ context.Context, p point, _ runner.Assignment) error {
		if p == atClaim {
			return errors.New("the guest died")
		}
		return nil
	}}
	p := n.run(t, journalIn(t.TempDir()), r, n.runners[0])
	id := n.submit(t, 600)
	if got := p.until(t, id, "expired", isState(api.StateExpired)); len(got.Attempts) != 2 {
		t.Errorf("attempts are %+v", got.Attempts)
	}
	if refund, err := n.Credit(t.Context(), common.Address{}, n.submitter.Address()); err != nil || refund.Int64() != 5 {
		t.Errorf("refund of %v wei, %v", refund, err)
	}
}

// batchesAreLeftToOthers: a batch of two is told, and not run.
func batchesAreLeftToOthers(t *testing.T, n *testNet) {
	p := n.run(t, journalIn(t.TempDir()), &stub{net: n, payer: n.runners[0]}, n.runners[0])
	id := n.submitMany(t, 600, 2)
	p.until(t, id, "held", func(t api.Task) bool {
		return t.State == api.StateWaiting && strings.Contains(t.Message, "batch of 2 tasks") && len(t.Attempts) == 0
	})
}

// hostileTasksCostLittle has guests that claim and then fail, by their author's wish: the submitter gets no more bonds than
// the operator risks.
func hostileTasksCostLittle(t *testing.T, n *testNet) {
	r := &stub{net: n, payer: n.runners[0], hook: func(_ context.Context, p point, _ runner.Assignment) error {
		if p == atClaim {
			return errors.New("the guest died")
		}
		return nil
	}}
	path := journalIn(t.TempDir())
	once := func(c *Config) { c.Limits.Failures = 1 }
	left := func(t api.Task) bool {
		return t.State == api.StateWaiting && t.Attempt == 2 && len(t.Attempts) == 1 && strings.Contains(t.Message, "leaves the task to others")
	}
	p := n.run(t, path, r, n.runners[0], once)
	id := n.submit(t, 600)
	p.until(t, id, "left to others", left)
	p.end()
	again := n.run(t, path, r, n.runners[0], once)
	again.until(t, id, "left to others by the next process", left)
	again.end()
	late := n.run(t, path, r, n.runners[0], func(c *Config) { c.Limits.Margin = 700 })
	late.until(t, n.submit(t, 600), "too near its deadline", func(t api.Task) bool {
		return t.State == api.StateWaiting && strings.Contains(t.Message, "deadline is too near") && len(t.Attempts) == 0
	})
}

// whatIsEarnedIsWithdrawn: fees do not stay in the hub.
func whatIsEarnedIsWithdrawn(t *testing.T, n *testNet) {
	withdrawn := make(chan string, 10)
	p := n.run(t, journalIn(t.TempDir()), &stub{net: n, payer: n.runners[0]}, n.runners[0], func(c *Config) {
		c.WithdrawFrom, c.Log = big.NewInt(5), func(line string) {
			if strings.HasPrefix(line, "withdraw") {
				withdrawn <- line
			}
		}
	})
	p.until(t, n.submit(t, 600), "accepted", isState(api.StateAccepted))
	if got := <-withdrawn; got != "withdraw 5 wei: done" {
		t.Error(got)
	}
	if credit, err := n.Credit(t.Context(), common.Address{}, n.runners[0].Address()); err != nil || credit.Sign() != 0 {
		t.Errorf("%v wei stayed in the hub, %v", credit, err)
	}
}

// TestLimits: what the zero value and each limit refuse.
func TestLimits(t *testing.T) {
	token := common.Address{7}
	l := Limits{Failures: 3, Margin: 50, CallbackGas: 1000, MinFee: big.NewInt(5), Tokens: map[common.Address]*big.Int{token: big.NewInt(2)}}
	good := guesttask.Terms{Deadline: 150, Fee: [32]byte{31: 5}, CallbackGas: 1000}
	terms := func(change func(*guesttask.Terms)) guesttask.Terms { t := good; change(&t); return t }
	if got := (Limits{}).refuse(good, 0, 0); got == "" {
		t.Error("the zero value takes a task")
	}
	for name, c := range map[string]struct {
		terms  guesttask.Terms
		now    uint64
		failed int
		want   string
	}{
		"good":                     {terms: good, now: 100, failed: 2},
		"failed too often":         {terms: good, failed: 3, want: "3 attempts"},
		"next to the deadline":     {terms: good, now: 101, want: "too near"},
		"callback":                 {terms: terms(func(t *guesttask.Terms) { t.CallbackGas++ }), want: "1001 gas"},
		"fee":                      {terms: terms(func(t *guesttask.Terms) { t.Fee[31] = 4 }), want: "4 wei"},
		"a token that is taken":    {terms: terms(func(t *guesttask.Terms) { t.Token, t.Fee[31] = token, 2 })},
		"too little of it":         {terms: terms(func(t *guesttask.Terms) { t.Token, t.Fee[31] = token, 1 }), want: "1 units of token"},
		"nothing of it":            {terms: terms(func(t *guesttask.Terms) { t.Token, t.Fee[31] = token, 0 }), want: "0 wei"},
		"a token that nobody asks": {terms: terms(func(t *guesttask.Terms) { t.Token = common.Address{8} }), want: "does not take"},
	} {
		if got := l.refuse(c.terms, c.now, c.failed); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func manyTasksFewPlaces(t *testing.T, n *testNet) {
	var mu sync.Mutex
	now, most := 0, 0
	count := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		now += by
		most = max(most, now)
	}
	r := &stub{net: n, payer: n.runners[0], hook: func(_ context.Context, p point, _ runner.Assignment) error {
		if p == atStart {
			count(1)
		}
		if p == atResult {
			count(-1)
		}
		return nil
	}}
	p := n.run(t, journalIn(t.TempDir()), r, n.runners[0])
	var ids []common.Hash
	for range 6 {
		ids = append(ids, n.submit(t, 600))
	}
	for _, id := range ids {
		p.until(t, id, "accepted", isState(api.StateAccepted))
	}
	if most > 2 {
		t.Errorf("%d guests at once in 2 places", most)
	}
	list, err := p.client.Tasks(t.Context())
	if err != nil || len(list) < 6 {
		t.Errorf("%d tasks are listed, %v", len(list), err)
	}
}

func tooManyStreamsAreRefused(t *testing.T, n *testNet) {
	p := n.run(t, journalIn(t.TempDir()), &waitingRunner{release: make(chan struct{})}, n.runners[0], func(c *Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	t.Cleanup(func() { close(p.Runner.(*waitingRunner).release) })
	p.Runner.(*waitingRunner).stub = stub{net: n, payer: n.runners[0]}
	id := n.submit(t, 600)
	p.until(t, id, "known", func(api.Task) bool { return true })
	server := httptest.NewServer(p.Handler())
	defer server.Close()
	defer server.CloseClientConnections()
	ask := func(from string, times int) (codes map[int]int) {
		codes = map[int]int{}
		for range times {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/tasks/"+id.Hex()+"/events", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("X-Forwarded-For", from)
			resp, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { resp.Body.Close() })
			codes[resp.StatusCode]++
		}
		return codes
	}
	const half, ok, no = maxStreams / 2, http.StatusOK, http.StatusTooManyRequests
	for _, c := range []struct {
		from       string
		asked, had int
	}{{"192.0.2.1", half + 5, half}, {"192.0.2.2", half, half}, {"192.0.2.3", 1, 0}} {
		if codes := ask(c.from, c.asked); codes[ok] != c.had || codes[no] != c.asked-c.had {
			t.Errorf("%s: answers by status: %v", c.from, codes)
		}
	}
}

func taskIDsAreNotPaths(t *testing.T, n *testNet) {
	p := n.run(t, journalIn(t.TempDir()), &stub{net: n, payer: n.runners[0]}, n.runners[0])
	hex := strings.Repeat("a", 64)
	for _, id := range []string{"0x" + hex[1:], "0x" + hex + "a", "0x" + strings.ToUpper(hex), hex, "..%2f..%2fetc", "0x" + hex + "%00", "%2e%2e", "0"} {
		for _, path := range []string{"/v1/tasks/" + id, "/v1/tasks/" + id + "/events"} {
			w := httptest.NewRecorder()
			p.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != http.StatusBadRequest {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
	}
	if _, err := p.client.Task(t.Context(), common.Hash{1}); !errors.Is(err, api.ErrUnknownTask) {
		t.Errorf("an unknown task: %v", err)
	}
}

func healthBeforeTheFirstBlock(t *testing.T, n *testNet) {
	j, err := task.OpenJournal(journalIn(t.TempDir()), n.origin)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	s, err := New(Config{ChainID: 31337, Chain: n.Chain, Account: n.runners[0], Journal: j, Places: 1, Log: func(string) {}, Instance: "this one"})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("health is %d before anything is known", w.Code)
	}
	if name := w.Header().Get(api.InstanceHeader); name != "this one" {
		t.Errorf("it is %q", name)
	}
}

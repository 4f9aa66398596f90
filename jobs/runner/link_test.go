// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/escrin/escrin/contracts/chain"
	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/hostend"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/jobs/api"
	"github.com/escrin/escrin/jobs/blob"
	"github.com/escrin/escrin/jobs/guestnet"
	"github.com/escrin/escrin/keyholder"
)

// record is an Observer that remembers.
type record struct {
	mu      sync.Mutex
	steps   []string
	times   []time.Time
	waiting []string
	accused []keyholder.Proof
}

func (r *record) Started(time.Time) {}
func (r *record) Step(name string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps, r.times = append(r.steps, name), append(r.times, at)
}
func (r *record) Waiting(reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = append(r.waiting, reason)
}
func (r *record) Accused(p keyholder.Proof) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.accused = append(r.accused, p)
}
func (r *record) Evidence(common.Hash, common.Address) {}
func (r *record) Sent(api.Tx)                          {}
func (r *record) Services([]guestnet.Endpoint)         {}

// newAttempt is a guest's attempt without QEMU, chain and TEE.
func newAttempt(t *testing.T, input []byte) (*attempt, *record) {
	t.Helper()
	blobs, err := blob.OpenStore(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	_, n := newHolders(t)
	o := &record{}
	at := &attempt{
		runner:     &Local{Config: Config{Blobs: blobs, Account: account(t), Log: func(string) {}}, relay: newRelay(n)},
		assignment: Assignment{TaskID: common.Hash{1}, Attempt: 2, Terms: task.Terms{Identity: [32]byte{9}, InputDigest: blob.Of(input), Count: 1, Attempts: 8}},
		observer:   o,
		announced:  func(context.Context) ([]wire.Digest, error) { return []wire.Digest{{}}, nil },
		limit:      time.Hour,
	}
	at.begin(StepBoot, time.Now().Add(-time.Minute), func(error) {})
	t.Cleanup(at.end)
	return at, o
}

func account(t testing.TB) *chain.Account {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return chain.NewAccount(key)
}

func put(t *testing.T, at *attempt, b []byte) wire.Digest {
	t.Helper()
	if _, err := at.runner.Blobs.Put(blob.Of(b), bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	return wire.Digest(blob.Of(b))
}

func codeOf(err error) hostlink.Code {
	var e *hostlink.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// TestJS01GuestFetchesItsOwnInputsOnly: what is in the store is not the guest's for that.
func TestJS01GuestFetchesItsOwnInputsOnly(t *testing.T) {
	sealed := []byte("a sealed bid")
	manifest, err := task.Manifest{
		Version: 1, Identity: wire.Hash32{4}, Policy: wire.Hash32{5}, ResultKey: make([]byte, task.ResultKeySize), GroupKey: make([]byte, task.GroupKeySize),
		Inputs: []task.Input{{Name: "bid.json", Digest: wire.DigestOf(sealed), Size: uint64(len(sealed))}},
	}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	at, _ := newAttempt(t, manifest)
	own, foreign := put(t, at, sealed), put(t, at, []byte("another task's bid"))
	config := put(t, at, []byte("a sealed config"))
	if _, _, err := at.Fetch(t.Context(), config, 1000); codeOf(err) != hostlink.CodeNotFound {
		t.Errorf("config that is not announced: %v", err)
	}
	at.announced = func(context.Context) ([]wire.Digest, error) { return []wire.Digest{{7}, config}, nil }
	if r, _, err := at.Fetch(t.Context(), config, 1000); err != nil || r.Close() != nil {
		t.Errorf("config that is announced: %v", err)
	}
	if _, _, err := at.Fetch(t.Context(), own, 1000); codeOf(err) != hostlink.CodeNotFound {
		t.Errorf("input before the manifest that names it: %v", err)
	}
	if _, _, err := at.Fetch(t.Context(), at.assignment.Terms.InputDigest, 1<<20); codeOf(err) != hostlink.CodeNotFound {
		t.Errorf("manifest that is not stored: %v", err)
	}
	put(t, at, manifest)
	for _, c := range []struct {
		digest wire.Digest
		want   []byte
	}{{wire.DigestOf(manifest), manifest}, {own, sealed}} {
		r, size, err := at.Fetch(t.Context(), c.digest, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, c.want) || size != uint64(len(c.want)) {
			t.Errorf("fetched %q of %d bytes, %v", got, size, err)
		}
	}
	if _, _, err := at.Fetch(t.Context(), foreign, 1000); codeOf(err) != hostlink.CodeNotFound {
		t.Errorf("another task's input: %v", err)
	}
	if _, _, err := at.Fetch(t.Context(), own, 3); codeOf(err) != hostlink.CodeTooLarge {
		t.Errorf("over the guest's own limit: %v", err)
	}
}

// TestJS09DamagedInputsCostNoBoot looks at the inputs, and whether the policy fits them, before a guest is started.
func TestJS09DamagedInputsCostNoBoot(t *testing.T) {
	sealed := []byte("a sealed bid")
	manifest, err := task.Manifest{
		Version: 1, Identity: wire.Hash32{4}, Policy: wire.Hash32{5}, ResultKey: make([]byte, task.ResultKeySize), GroupKey: make([]byte, task.GroupKeySize),
		Inputs: []task.Input{{Name: "bid.json", Digest: wire.DigestOf(sealed), Size: uint64(len(sealed))}},
	}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	at, _ := newAttempt(t, manifest)
	at.assignment.Terms.Identity = [32]byte{4}
	policy := admitted{root: common.Hash{5}}
	check := func() error { return at.runner.checkInputs(t.Context(), at.assignment, policy) }
	if err := check(); !errors.Is(err, blob.ErrNotFound) || !strings.Contains(err.Error(), "manifest") {
		t.Errorf("no manifest: %v", err)
	}
	put(t, at, manifest)
	if err := check(); !errors.Is(err, blob.ErrNotFound) || !strings.Contains(err.Error(), "bid.json") {
		t.Errorf("no input: %v", err)
	}
	put(t, at, sealed)
	if err := check(); err != nil {
		t.Errorf("all there: %v", err)
	}
	at.runner.Network.KeyNetwork.GroupKey = [96]byte{1}
	if err := check(); err == nil || !strings.Contains(err.Error(), "another key network") {
		t.Errorf("another key network: %v", err)
	}
	policy.root = common.Hash{6}
	if err := check(); err == nil || !strings.Contains(err.Error(), "inputs were sealed to measurement root 0x05") || !strings.Contains(err.Error(), "now names 0x06") {
		t.Errorf("another policy: %v", err)
	}
	policy.release = make([]byte, 96)
	if err := check(); err == nil || !strings.Contains(err.Error(), "the release at the policy's locator now has 0x06") {
		t.Errorf("another release: %v", err)
	}
	at.assignment.Terms.Identity = [32]byte{7}
	if err := check(); err == nil || !strings.Contains(err.Error(), "inputs were sealed for identity 0x04") {
		t.Errorf("another identity: %v", err)
	}
	malformed, _ := newAttempt(t, []byte("{}"))
	put(t, malformed, []byte("{}"))
	if err := malformed.runner.checkInputs(t.Context(), malformed.assignment, policy); err != nil {
		t.Errorf("a manifest that is the guest's to refuse: %v", err)
	}
}

// TestJS09SecretsForOthersCostNoBoot: a secret that no keyholder would open for the enclave is noticed before a claim.
func TestJS09SecretsForOthersCostNoBoot(t *testing.T) {
	root := wire.Hash32{5}
	for name, c := range map[string]struct {
		policy wire.Hash32
		want   string
	}{
		"of this enclave":              {root, ""},
		"of whatever the policy names": {wire.Hash32{}, ""},
		"of another enclave":           {wire.Hash32{6}, "was sealed for enclaves of 0x06"},
		"of an author":                 {wire.Hash32{31: 7}, "was sealed for enclaves of 0x00"},
	} {
		sealed := []byte("a sealed secret")
		manifest, err := task.Manifest{
			Version: 1, Identity: wire.Hash32{4}, Policy: root, ResultKey: make([]byte, task.ResultKeySize), GroupKey: make([]byte, task.GroupKeySize),
			Inputs: []task.Input{{Name: "db", Digest: wire.DigestOf(sealed), Size: uint64(len(sealed)), Secret: &task.Secret{Version: 2, Policy: c.policy}}},
		}.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		at, _ := newAttempt(t, manifest)
		at.assignment.Terms.Identity = [32]byte{4}
		put(t, at, manifest)
		put(t, at, sealed)
		err = at.runner.checkInputs(t.Context(), at.assignment, admitted{root: common.Hash(root)})
		if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), "secret db, version 2, "+c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestJS04GuestAsksTooOften: each kind of request is counted.
func TestJS04GuestAsksTooOften(t *testing.T) {
	at, _ := newAttempt(t, nil)
	for kind, c := range map[string]struct {
		limit int
		ask   func() error
	}{
		"evidence": {maxEvidence, func() error { return at.Evidence(t.Context(), []byte("x")) }},
		"fetch":    {maxFetches, func() error { _, _, err := at.Fetch(t.Context(), wire.Digest{}, 1); return err }},
		"store":    {maxStores, func() error { return at.Store(t.Context(), wire.Digest{}, strings.NewReader(""), 0) }},
		"result":   {maxResults, func() error { _, err := at.Result(t.Context(), hostlink.Result{}); return err }},
	} {
		for i := range c.limit {
			if err := c.ask(); codeOf(err) == hostlink.CodeRefused {
				t.Errorf("%s %d: %v", kind, i, err)
			}
		}
		if err := c.ask(); codeOf(err) != hostlink.CodeRefused {
			t.Errorf("%s beyond the limit: %v", kind, err)
		}
	}
}

// TestAnOutputThatIsRefusedIsTheReason, and not what a keyholder refused before.
func TestAnOutputThatIsRefusedIsTheReason(t *testing.T) {
	at, _ := newAttempt(t, nil)
	at.note(errors.New("a refusal of long ago"))
	at.asked["store"] = maxStores
	if err := at.Store(t.Context(), wire.DigestOf(nil), strings.NewReader(""), 0); codeOf(err) != hostlink.CodeRefused {
		t.Fatal(err)
	}
	if err := at.Failed(t.Context(), hostlink.FailOutput); err != nil {
		t.Fatal(err)
	}
	if err := at.outcome(nil, nil, nil, ""); !strings.Contains(err.Error(), "kind store") || strings.Contains(err.Error(), "long ago") {
		t.Error(err)
	}
}

func TestJS05OutputAtTheLimit(t *testing.T) {
	at, _ := newAttempt(t, nil)
	limit := int(at.runner.Blobs.MaxBytes())
	b := make([]byte, limit+1)
	if err := at.Store(t.Context(), wire.DigestOf(b), bytes.NewReader(b), uint64(len(b))); codeOf(err) != hostlink.CodeTooLarge {
		t.Errorf("one byte over: %v", err)
	}
	if err := at.Store(t.Context(), wire.DigestOf(b), bytes.NewReader(b), 1); err == nil {
		t.Error("a body longer than it said was stored")
	}
	if err := at.Store(t.Context(), wire.DigestOf(b[:limit]), bytes.NewReader(b[:limit]), uint64(limit)); err != nil {
		t.Errorf("at the limit: %v", err)
	}
}

func TestOutputOfAnotherDigestIsRefused(t *testing.T) {
	at, _ := newAttempt(t, nil)
	if err := at.Store(t.Context(), wire.Digest{1}, strings.NewReader("x"), 1); codeOf(err) != hostlink.CodeInvalid {
		t.Errorf("stored: %v", err)
	}
}

// TestJS07StepsOfALyingGuest: a step counts once, and its time is neither in the future nor before QEMU.
func TestJS07StepsOfALyingGuest(t *testing.T) {
	at, o := newAttempt(t, nil)
	for i, ms := range []uint64{1000, 0, 1 << 63, 1<<64 - 1, 59_000, 70_000} {
		report := hostlink.StepReport{Step: hostend.Steps()[i], Milliseconds: ms}
		if err := at.Step(t.Context(), report); err != nil {
			t.Fatal(err)
		}
		if err := at.Step(t.Context(), report); codeOf(err) != hostlink.CodeRefused {
			t.Errorf("%s twice: %v", report.Step, err)
		}
	}
	at.tellSteps()
	if len(o.steps) != 7 {
		t.Fatalf("told %v", o.steps)
	}
	for i, when := range o.times {
		if when.Before(at.started) || when.After(time.Now()) {
			t.Errorf("%s at %s, started %s", o.steps[i], when, at.started)
		}
	}
}

// TestStepsOfABurst: what a guest reports late has its own time, and what comes after is told at once.
func TestStepsOfABurst(t *testing.T) {
	at, o := newAttempt(t, nil)
	for i, ms := range []uint64{100, 200, 5000} {
		if err := at.Step(t.Context(), hostlink.StepReport{Step: hostend.Steps()[i], Milliseconds: ms}); err != nil {
			t.Fatal(err)
		}
	}
	at.tellSteps()
	told := len(o.steps)
	if err := at.Step(t.Context(), hostlink.StepReport{Step: hostlink.StepKeys, Milliseconds: 4000}); err != nil {
		t.Fatal(err)
	}
	if told != 4 || len(o.steps) != 5 {
		t.Fatalf("told %d, then %v", told, o.steps)
	}
	if first, last := o.times[1], o.times[3]; last.Sub(first) != 4900*time.Millisecond {
		t.Errorf("from first to last %s", last.Sub(first))
	}
}

// TestKR20ResultMustBeOfThisAttempt: one result, of this attempt, with an output that can be had.
func TestKR20ResultMustBeOfThisAttempt(t *testing.T) {
	at, _ := newAttempt(t, []byte("manifest"))
	output := put(t, at, []byte("sealed output"))
	report := func(attempt uint32, results ...task.Result) []byte {
		return task.Report{Attempt: attempt, Results: results}.Encode()
	}
	good := task.Result{ExitStatus: 3, OutputDigest: output, PublicOutput: [32]byte{4}}
	r, err := at.readReport(report(2, good))
	if err != nil || r.TaskID != at.assignment.TaskID || r.TermsDigest != at.assignment.Terms.Digest() || r.Attempt != 2 || !slices.Equal(r.Results, []task.Result{good}) {
		t.Errorf("good: %+v, %v", r, err)
	}
	if _, err := at.readReport(report(2, task.Result{ExitStatus: task.ExitInputsRejected})); err != nil {
		t.Errorf("inputs rejected: %v", err)
	}
	gone := good
	gone.OutputDigest[0] ^= 1
	for name, report := range map[string][]byte{
		"nothing": nil, "another attempt": report(1, good), "output that cannot be had": report(2, gone), "no result": report(2), "two results": report(2, good, good),
		"cut off": report(2, good)[1:], "too long": append(report(2, good), 0),
	} {
		if _, err := at.readReport(report); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzReadReport(f *testing.F) {
	rejected := task.Result{ExitStatus: task.ExitInputsRejected} // there is no store here for other outputs
	f.Add(task.Report{Results: []task.Result{rejected}}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		at := &attempt{assignment: Assignment{Terms: task.Terms{Count: 1}}, runner: &Local{}}
		if len(b) == task.MinReport {
			copy(b[3*32:4*32], task.Report{Results: []task.Result{rejected}}.Encode()[3*32:])
		}
		if r, err := at.readReport(b); err == nil && !bytes.Equal(r.Encode(), b) {
			t.Error("a report is read that encodes to other bytes")
		}
	})
}

// TestLinkEndToEnd runs the real link over a pipe, with the real client as the guest: keyholder relay, failure, and
// what the attempt says of it.
func TestLinkEndToEnd(t *testing.T) {
	at, o := newAttempt(t, nil)
	host, guest := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- hostend.Serve(t.Context(), host, at) }()
	client := hostlink.NewClient(guest)
	status, reply, err := client.Keyholder(t.Context(), 1, 1, keyholder.PathRelease, []byte("request"))
	if status != 200 || string(reply) != "request" || err != nil {
		t.Errorf("relay: %d, %q, %v", status, reply, err)
	}
	if _, _, err := client.Keyholder(t.Context(), 1, 1, "/v1/keynet", nil); codeOf(err) != hostlink.CodeNotFound {
		t.Errorf("a path that is not relayed: %v", err)
	}
	if _, _, err := client.Keyholder(t.Context(), 1, 9, keyholder.PathRelease, nil); codeOf(err) != hostlink.CodeNotFound {
		t.Errorf("a keyholder that is not there: %v", err)
	}
	if _, _, err := client.Keyholder(t.Context(), 2, 1, keyholder.PathRelease, nil); codeOf(err) != hostlink.CodeNotFound {
		t.Errorf("an epoch that is not there: %v", err)
	}
	for name, proof := range map[string]string{"nothing": "", "no proof": "{}", "of no epoch": `{"path":"/v1/release","epoch":7}`} {
		if err := client.Accuse(t.Context(), []byte(proof)); codeOf(err) != hostlink.CodeInvalid {
			t.Errorf("%s proves that a keyholder lied: %v", name, err)
		}
	}
	var network keyholder.Network
	if document, err := client.Keynet(t.Context()); err != nil || json.Unmarshal(document, &network) != nil || network.Epoch != 1 {
		t.Errorf("key network: %q, %v", document, err)
	}
	if err := client.Step(t.Context(), hostlink.StepDisk, time.Second); err != nil {
		t.Error(err)
	}
	if _, err := client.Fetch(t.Context(), wire.Digest{1}, 10); codeOf(err) != hostlink.CodeNotFound {
		t.Errorf("fetch: %v", err)
	}
	if err := client.Failed(t.Context(), hostlink.FailInput); err != nil {
		t.Error(err)
	}
	client.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
	at.end()
	if o.steps[len(o.steps)-1] != "disk" {
		t.Errorf("steps are %v", o.steps)
	}
	err = at.outcome(nil, nil, nil, "")
	if err == nil || !strings.Contains(err.Error(), "an input is missing") || !strings.Contains(err.Error(), "is not an input of this task") {
		t.Errorf("outcome: %v", err)
	}
}

// TestQuestionsThatNobodyWaitsForAreNoProblem: a guest leaves the slowest keyholders when enough have answered.
func TestQuestionsThatNobodyWaitsForAreNoProblem(t *testing.T) {
	at, _ := newAttempt(t, nil)
	left, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := at.Keyholder(left, 1, 1, keyholder.PathRelease, []byte("request")); !errors.Is(err, context.Canceled) || at.problem != nil {
		t.Errorf("%v, and the problem is %v", err, at.problem)
	}
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	if _, _, err := at.Keyholder(late, 1, 1, keyholder.PathRelease, []byte("request")); err == nil || at.problem == nil {
		t.Errorf("one that does not answer in time: %v, and the problem is %v", err, at.problem)
	}
}

func TestOutcomeHasTheBestReason(t *testing.T) {
	lapsed := errors.New("the claim lapsed")
	for name, c := range map[string]struct {
		change              func(*attempt)
		cause, served, exit error
		tail, want          string
	}{
		"result":       {change: func(at *attempt) { at.receipt = &hostlink.Receipt{} }, cause: context.Canceled, want: ""},
		"out of time":  {cause: lapsed, exit: errors.New("killed"), want: "the claim lapsed"},
		"gave up":      {change: func(at *attempt) { at.failure = hostlink.FailDisk }, want: "the disk is not the measured one"},
		"protocol":     {served: errors.New("bad frame"), want: "bad frame"},
		"QEMU":         {exit: errors.New("QEMU: exit status 1"), want: "exit status 1"},
		"kernel panic": {tail: "ok\nKernel panic - not syncing: dm-verity device corrupted\n", want: "dm-verity device corrupted"},
		"nothing":      {want: "last words: none"},
	} {
		at := &attempt{}
		if c.change != nil {
			c.change(at)
		}
		got := fmt.Sprint(at.outcome(c.cause, c.served, c.exit, c.tail))
		if c.want == "" && got != "<nil>" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
)

// host is a Handler that keeps what it hears.
type host struct {
	mu     sync.Mutex
	launch hostlink.Launch
	blobs  map[wire.Digest][]byte
	heard  []string
	err    error
}

func (h *host) note(s string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard = append(h.heard, s)
	return h.err
}

func (h *host) Launch(context.Context) (hostlink.Launch, error) { return h.launch, h.note("launch") }
func (h *host) Quote(_ context.Context, data [64]byte) (hostlink.Quote, error) {
	return hostlink.Quote{Quote: data[:], Collateral: []byte("collateral")}, h.note("quote")
}
func (h *host) Accuse(_ context.Context, proof []byte) error {
	return h.note("accuse " + string(proof))
}
func (h *host) Keynet(context.Context) ([]byte, error) { return []byte("{}"), h.note("keynet") }
func (h *host) Keyholder(_ context.Context, _ uint64, index uint32, path string, request []byte) (int, []byte, error) {
	return 200 + int(index), append([]byte(path+" "), request...), h.note("keyholder")
}
func (h *host) Evidence(_ context.Context, evidence []byte) error {
	return h.note("evidence " + string(evidence))
}
func (h *host) Permit(_ context.Context, r hostlink.PermitRequest) (hostlink.Permit, error) {
	return hostlink.Permit{Block: 7, Expiry: 9}, h.note("permit " + r.Requester.String())
}
func (h *host) Heartbeat(_ context.Context, b hostlink.Heartbeat) error {
	return h.note(fmt.Sprint("heartbeat ", b.Until))
}
func (h *host) Fetch(_ context.Context, d wire.Digest, _ uint64) (io.ReadCloser, uint64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	blob, ok := h.blobs[d]
	if !ok {
		return nil, 0, &hostlink.Error{Code: hostlink.CodeNotFound}
	}
	return io.NopCloser(bytes.NewReader(blob)), uint64(len(blob)), nil
}
func (h *host) Store(_ context.Context, d wire.Digest, r io.Reader, size uint64) error {
	blob, err := io.ReadAll(r)
	if err != nil || uint64(len(blob)) != size || wire.DigestOf(blob) != d {
		return &hostlink.Error{Code: hostlink.CodeInvalid, Err: errors.New("not the blob it says")}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.blobs[d] = blob
	return nil
}
func (h *host) Step(_ context.Context, r hostlink.StepReport) error {
	return h.note("step " + string(r.Step))
}
func (h *host) Result(context.Context, hostlink.Result) (hostlink.Receipt, error) {
	return hostlink.Receipt{Block: 8}, h.note("result")
}
func (h *host) Log(_ context.Context, number uint64, segment []byte) error {
	return h.note(fmt.Sprint("log ", number, " ", len(segment)))
}
func (h *host) Failed(_ context.Context, f hostlink.Failure) error {
	return h.note("failed " + string(f))
}

func goodLaunch() hostlink.Launch {
	return hostlink.Launch{ChainID: 31337, Runner: wire.Address{0xcd}, Duration: 60, Shape: hostlink.Shape{VCPUs: 1, MemoryMiB: 1024}, Proof: []wire.Hash32{{1}},
		Task: hostlink.Task{Attempt: 1, Terms: task.Terms{Count: 1, Attempts: 8, Deadline: 9}}, KeyNetwork: []byte(`{"threshold":2}`)}
}

// link returns a client of h; the test ends with both ends closed and Serve returned.
func link(t *testing.T, h Handler) *hostlink.Client {
	t.Helper()
	guest, runner := net.Pipe()
	done := make(chan error, 1)
	go func() { done <- Serve(t.Context(), runner, h) }()
	client := hostlink.NewClient(guest)
	t.Cleanup(func() {
		client.Close()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("Serve: %v", err)
		}
	})
	return client
}

func TestEveryRequest(t *testing.T) {
	h := &host{launch: goodLaunch(), blobs: map[wire.Digest][]byte{}}
	c, ctx := link(t, h), t.Context()
	launch, trial, err := c.Launch(ctx)
	check(t, err)
	if trial != nil {
		t.Error("a job is a trial")
	}
	if string(launch.KeyNetwork) != `{"threshold":2}` || launch.Proof[0] != (wire.Hash32{1}) || launch.Task != goodLaunch().Task {
		t.Errorf("launch = %+v", launch)
	}
	quote, err := c.Quote(ctx, [64]byte{5})
	check(t, err)
	if len(quote.Quote) != 64 || quote.Quote[0] != 5 || string(quote.Collateral) != "collateral" {
		t.Errorf("quote = %+v", quote)
	}
	status, reply, err := c.Keyholder(ctx, 1, 3, "/v1/release", []byte("please"))
	check(t, err)
	if status != 203 || string(reply) != "/v1/release please" {
		t.Errorf("keyholder = %d %q", status, reply)
	}
	network, err := c.Keynet(ctx)
	check(t, err)
	if string(network) != "{}" {
		t.Errorf("key network = %q", network)
	}
	check(t, c.Accuse(ctx, []byte("P")))
	check(t, c.Evidence(ctx, []byte("E")))
	permit, err := c.Permit(ctx, hostlink.PermitRequest{Requester: wire.Address{0xab}, Claim: make([]byte, 65)})
	check(t, err)
	if permit.Block != 7 || permit.Expiry != 9 {
		t.Errorf("permit = %+v", permit)
	}
	check(t, c.Heartbeat(ctx, hostlink.Heartbeat{Until: 11, Signature: make([]byte, 65)}))
	if err := c.Heartbeat(ctx, hostlink.Heartbeat{Until: 11, Signature: make([]byte, 64)}); err == nil {
		t.Error("a short signature was passed on")
	}
	blob := bytes.Repeat([]byte("escrin"), 1<<19)
	check(t, c.Store(ctx, wire.DigestOf(blob), bytes.NewReader(blob), uint64(len(blob))))
	back, err := c.Fetch(ctx, wire.DigestOf(blob), uint64(len(blob)))
	check(t, err)
	if !bytes.Equal(back, blob) {
		t.Error("the blob came back changed")
	}
	check(t, c.Step(ctx, hostlink.StepDisk, 40*time.Millisecond))
	receipt, err := c.Result(ctx, hostlink.Result{Report: make([]byte, task.MinReport), Signature: make([]byte, 65)})
	check(t, err)
	if receipt.Block != 8 {
		t.Errorf("receipt = %+v", receipt)
	}
	check(t, c.Log(ctx, 4, make([]byte, livelog.SealedSize)))
	for _, size := range []int{0, livelog.SealedSize - 1, livelog.SealedSize + 1} {
		if c.Log(ctx, 5, make([]byte, size)) == nil {
			t.Errorf("AG-09: a segment of %d bytes was passed on", size)
		}
	}
	check(t, c.Failed(ctx, hostlink.FailDisk))
	want := "launch|quote|keyholder|keynet|accuse P|evidence E|permit 0xab00000000000000000000000000000000000000|heartbeat 11|step disk|result|log 4 5297|failed disk"
	if got := strings.Join(h.heard, "|"); got != want {
		t.Errorf("heard %s\nwant  %s", got, want)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *host) RPC(_ context.Context, method string, params []byte) ([]byte, error) {
	return append([]byte(method+" "), params...), h.note("rpc")
}
func (h *host) Advance(_ context.Context, a hostlink.Advance) error {
	return h.note(fmt.Sprint("advance ", a.Version))
}
func (h *host) Object(ctx context.Context, _ wire.Hash32, d wire.Digest) (io.ReadCloser, uint64, error) {
	return h.Fetch(ctx, d, hostlink.MaxObject)
}

func TestRequestsOfTheWorkload(t *testing.T) {
	object := bytes.Repeat([]byte("o"), 100)
	digest := wire.DigestOf(object)
	h := &host{launch: goodLaunch(), blobs: map[wire.Digest][]byte{digest: object}}
	c, ctx := link(t, h), t.Context()
	result, err := c.RPC(ctx, "eth_call", []byte(`[1]`))
	check(t, err)
	if string(result) != "eth_call [1]" {
		t.Errorf("result %q", result)
	}
	check(t, c.Advance(ctx, hostlink.Advance{Version: 2, Deadline: 1, Signature: make([]byte, 65)}))
	if c.Advance(ctx, hostlink.Advance{Deadline: 1, Signature: make([]byte, 65)}) == nil || c.Advance(ctx, hostlink.Advance{Version: 1, Signature: make([]byte, 65)}) == nil || c.Advance(ctx, hostlink.Advance{Version: 1}) == nil {
		t.Error("an advance to version 0, without a deadline, or without a signature, was taken")
	}
	got, err := c.Object(ctx, wire.Hash32{1}, digest)
	check(t, err)
	if !bytes.Equal(got, object) {
		t.Errorf("object %q", got)
	}
	if _, err := c.Object(ctx, wire.Hash32{1}, wire.Digest{}); err == nil {
		t.Error("there is an object that there is not")
	}
	if heard := strings.Join(h.heard, ","); heard != "rpc,advance 2" {
		t.Errorf("heard %s", heard)
	}
}

// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/escrin/escrin/guestagent/http11"
	"github.com/escrin/escrin/guestagent/wire"
)

// refuses holds a response against a status and a code, and against the document.
func refuses(t *testing.T, what string, response http11.Response, status int, code string) {
	t.Helper()
	var refused struct{ Error Error }
	if err := json.Unmarshal(response.Body, &refused); err != nil || response.Status != status || refused.Error.Code != code {
		t.Errorf("%s: %d %s, want %d %s", what, response.Status, response.Body, status, code)
	}
	readDocument(t).check(t, what, response.Body, "components", "schemas", "Error")
}

// counting is an Agent whose host counts what it is to keep.
type counting struct {
	*known
	kept int
}

func (c *counting) Keep(ctx context.Context, d wire.Digest, object []byte) error {
	c.kept++
	return c.known.Keep(ctx, d, object)
}

// TestSavesLeaveTheOutputItsPlace: the host is asked to keep 64 versions for a workload, and no more; what was stored is there.
func TestSavesLeaveTheOutputItsPlace(t *testing.T) {
	agent := &counting{known: &known{map[[32]byte]Anchor{}, map[wire.Digest][]byte{}}}
	s := New(agent, true)
	save := func(after int) http11.Response {
		fields := map[string]string{"if-match": fmt.Sprint(after)}
		if after == 0 {
			fields = map[string]string{"if-none-match": "*"}
		}
		return ask(s, "PUT", "/v1/storage/x", fmt.Sprint("content ", after), fields)
	}
	for after := range 64 {
		if response := save(after); response.Status != 204 {
			t.Fatalf("version %d: %d %s", after+1, response.Status, response.Body)
		}
	}
	for range 4 {
		refuses(t, "another one", save(64), 429, "too_large")
	}
	if response := save(63); response.Status != 204 {
		t.Errorf("the last once more: %d %s", response.Status, response.Body)
	}
	if response := ask(s, "GET", "/v1/storage/x", "", nil); string(response.Body) != "content 63" {
		t.Errorf("%d %s", response.Status, response.Body)
	}
	if agent.kept != 64 {
		t.Errorf("the host is asked to keep %d objects", agent.kept)
	}
}

// TestWhatIsSealedOpens: unseal takes whatever seal returns, under the context that costs most in JSON.
func TestWhatIsSealedOpens(t *testing.T) {
	s := newServer()
	post := func(path, purpose string, data []byte) http11.Response {
		body, err := json.Marshal(map[string]any{"context": purpose, "data": data, "policy": "identity", "version": uint64(1) << 63})
		if err != nil {
			t.Fatal(err)
		}
		return ask(s, "POST", path, string(body), nil)
	}
	sealed := 0
	for _, context := range []string{"", strings.Repeat("\x01", 512)} {
		for size := 120 << 10; size < 148<<10; size += 512 {
			response := post("/v1/seal", context, make([]byte, size))
			if response.Status != 200 {
				continue
			}
			sealed++
			var reply struct{ Data []byte }
			if err := json.Unmarshal(response.Body, &reply); err != nil {
				t.Fatal(err)
			}
			if opened := post("/v1/unseal", context, reply.Data); opened.Status != 200 {
				t.Errorf("%d bytes were sealed: %d %s", size, opened.Status, opened.Body)
			}
		}
	}
	if sealed < 2 {
		t.Errorf("%d messages were sealed", sealed)
	}
	if response := post("/v1/seal", strings.Repeat("c", 512), make([]byte, 128<<10)); response.Status != 200 {
		t.Errorf("the largest: %d %s", response.Status, response.Body)
	}
	refuses(t, "a larger message", post("/v1/seal", "", make([]byte, 128<<10+1)), 413, "too_large")
	refuses(t, "a longer context", post("/v1/seal", strings.Repeat("c", 513), nil), 413, "too_large")
}

// TestWhatIsTooLargeIsToldSo, and a path that there is not is none of an object that there never was.
func TestWhatIsTooLargeIsToldSo(t *testing.T) {
	s := newServer()
	data := func(size int) string {
		body, _ := json.Marshal(map[string]any{"data": make([]byte, size)})
		return string(body)
	}
	for _, asked := range [][3]string{
		{"POST", "/v1/unseal", data(192 << 10)}, {"PUT", "/v1/storage/x", strings.Repeat("x", MaxObject+1)}, {"PUT", "/v1/outputs/x", strings.Repeat("x", MaxObject+1)},
		{"PUT", "/v1/result", strings.Repeat("x", 33)}, {"POST", "/v1/evidence", data(64<<10 + 1)},
	} {
		refuses(t, asked[1], ask(s, asked[0], asked[1], asked[2], map[string]string{"if-none-match": "*"}), 413, "too_large")
	}
	if response := ask(s, "POST", "/v1/evidence", data(64<<10), nil); response.Status != 200 {
		t.Errorf("evidence over 64 KiB: %d %s", response.Status, response.Body)
	}
	for _, path := range []string{"/v1/storage/a/b", "/v1/storage", "/v1/inputs/a/b", "/v2/task"} {
		refuses(t, path, ask(s, "GET", path, "", nil), 404, "bad_request")
	}
}

// filing is an Agent whose output directory is one.
type filing struct {
	*known
	put func(name string, content []byte) error
}

func (f filing) Files() Files { return Files{Put: f.put} }

// TestWhyAnOutputCannotBe: what the kernel says of a full directory, or of one that is in the way, is no fault that passes.
func TestWhyAnOutputCannotBe(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := errors.Join(root.Mkdir("public", 0o700), root.WriteFile("fresh", nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	rename := func(name string, _ []byte) error { return root.Rename("fresh", name) }
	fill := func(_ string, content []byte) error { return os.WriteFile("/dev/full", content, 0o600) }
	exceed := func(name string, _ []byte) error {
		return &os.PathError{Op: "write", Path: name, Err: syscall.EDQUOT}
	}
	fault := func(string, []byte) error { return errors.New("broken") }
	for _, c := range []struct {
		put    func(string, []byte) error
		status int
		code   string
	}{{rename, 409, "conflict"}, {fill, 507, "too_large"}, {exceed, 507, "too_large"}, {fault, 503, "unavailable"}} {
		s := New(filing{nil, c.put}, true)
		refuses(t, "output", ask(s, "PUT", "/v1/outputs/public", "text", nil), c.status, c.code)
		refuses(t, "result", ask(s, "PUT", "/v1/result", strings.Repeat("w", 32), nil), c.status, c.code)
	}
}

// settlingLate is an Agent by whose chain nothing is final until it is let.
type settlingLate struct {
	*known
	let     chan struct{}
	waiting atomic.Int32
}

func (l *settlingLate) Anchor(context.Context, [32]byte, uint64) (Anchor, error) {
	return Anchor{}, nil
}
func (l *settlingLate) Keep(context.Context, wire.Digest, []byte) error { return nil }
func (l *settlingLate) Advance(context.Context, [32]byte, Anchor, Anchor) (uint64, error) {
	l.waiting.Add(1)
	<-l.let
	return 0, errors.New("let")
}

// TestWhoWaitsForTheChainHoldsNothing: writes that wait are in nobody's way, and have nothing of their objects in memory.
func TestWhoWaitsForTheChainHoldsNothing(t *testing.T) {
	const saves = places - 4
	synctest.Test(t, func(t *testing.T) {
		agent := &settlingLate{known: &known{}, let: make(chan struct{})}
		s, content := New(agent, true), strings.Repeat("x", MaxObject)
		before := inUse()
		for i := range saves {
			go ask(s, "PUT", fmt.Sprint("/v1/storage/x", i), content, map[string]string{"if-none-match": "*"})
		}
		synctest.Wait()
		if n := agent.waiting.Load(); n != saves {
			t.Errorf("%d of %d writes wait for the chain", n, saves)
		}
		if held := inUse() - before; held > MaxObject {
			t.Errorf("they hold %d bytes", held)
		}
		answered := make(chan int, 1)
		go func() { answered <- ask(s, "GET", "/v1/inputs/a", "", nil).Status }()
		synctest.Wait()
		select {
		case status := <-answered:
			if status != 200 {
				t.Errorf("status %d", status)
			}
		default:
			t.Error("an input is not read while writes wait")
		}
		close(agent.let)
	})
}

// inUse is how many bytes of the heap are.
func inUse() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

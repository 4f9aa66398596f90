// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
	"github.com/escrin/escrin/guestagent/livelog"
	"github.com/escrin/escrin/guestagent/mux"
	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

// stubborn is a host that takes requests, answers none to keyholders, and never closes their streams; the others it answers.
func stubborn(conn net.Conn, questions chan<- struct{}) {
	session := mux.Host(conn, frame.Host())
	defer session.Close()
	for {
		stream, err := session.Accept()
		if err != nil {
			return
		}
		go func() {
			header, err := frame.Read[frame.Request](stream)
			if err == nil && header.Op == frame.OpKeyholder {
				questions <- struct{}{}
				return
			}
			defer stream.Close()
			_, _ = io.CopyN(io.Discard, stream, int64(header.BodyLength))
			result := strictjson.Raw("{}")
			if header.Op == frame.OpResult {
				result, _ = wire.Encode(hostlink.Receipt{Block: 8})
			}
			_ = frame.Write(stream, frame.Reply{Result: result})
		}()
	}
}

// TestAG13SilentKeyholdersLeaveRoom: a host that ends no question to a keyholder keeps the guest from no more than further questions, which
// wait for as long as they may; what a finished task needs is handed over.
func TestAG13SilentKeyholdersLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guest, runner := net.Pipe()
		questions := make(chan struct{}, 2*frame.MaxRequests)
		go stubborn(runner, questions)
		c := hostlink.NewClient(guest)
		defer c.Close()
		enough, cancel := context.WithCancel(t.Context())
		var asking sync.WaitGroup
		for range 2 * frame.MaxRequests {
			asking.Go(func() {
				if _, _, err := c.Keyholder(enough, 1, 3, "/v1/release", []byte("please")); !errors.Is(err, context.Canceled) {
					t.Errorf("a question ends with %v", err)
				}
			})
		}
		synctest.Wait()
		if n := len(questions); n != frame.MaxQuestions {
			t.Errorf("%d questions are under way, want %d", n, frame.MaxQuestions)
		}
		cancel() // as when others have answered
		asking.Wait()
		ctx, end := context.WithTimeout(t.Context(), time.Minute)
		defer end()
		blob := bytes.Repeat([]byte("escrin"), 1<<16)
		for range 2 * frame.MaxRequests {
			check(t, c.Store(ctx, wire.DigestOf(blob), bytes.NewReader(blob), uint64(len(blob))))
			check(t, c.Heartbeat(ctx, hostlink.Heartbeat{Until: 11, Signature: make([]byte, 65)}))
			check(t, c.Log(ctx, 0, make([]byte, livelog.SealedSize)))
			_, err := c.Result(ctx, hostlink.Result{Report: make([]byte, task.MinReport), Signature: make([]byte, 65)})
			check(t, err)
		}
		if _, _, err := c.Keyholder(ctx, 1, 1, "/v1/release", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a question without a number ends with %v", err)
		}
	})
}

// TestRequestsWaitForANumber: when all have one, the next goes when another is over.
func TestRequestsWaitForANumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{host: host{blobs: map[wire.Digest][]byte{}}, heartbeats: make(chan struct{})}
		c := serving(t, s)
		var all sync.WaitGroup
		for range frame.MaxRequests {
			all.Go(func() { check(t, c.Heartbeat(t.Context(), hostlink.Heartbeat{Until: 1, Signature: make([]byte, 65)})) })
		}
		synctest.Wait()
		all.Go(func() { check(t, c.Step(t.Context(), hostlink.StepDisk, time.Second)) })
		synctest.Wait()
		if len(s.heard) != 0 {
			t.Fatalf("heard %q", s.heard)
		}
		close(s.heartbeats)
		all.Wait()
		if len(s.heard) != frame.MaxRequests+1 {
			t.Errorf("%d requests were answered", len(s.heard))
		}
	})
}

// slow is a host whose holders say nothing, and which takes heartbeats when heartbeats says so, or their context ends.
type slow struct {
	host
	heartbeats chan struct{}
}

func (s *slow) Keyholder(ctx context.Context, _ uint64, _ uint32, _ string, _ []byte) (int, []byte, error) {
	<-ctx.Done()
	return 0, nil, errors.Join(s.note("left alone"), ctx.Err())
}

func (s *slow) Heartbeat(ctx context.Context, b hostlink.Heartbeat) error {
	select {
	case <-s.heartbeats:
		return s.note("heartbeat")
	case <-ctx.Done():
		return s.note("no heartbeat")
	}
}

// serving is link inside of a bubble, which waits for what is left to end.
func serving(t *testing.T, h Handler) *hostlink.Client {
	t.Helper()
	guest, runner := net.Pipe()
	go func() { _ = Serve(t.Context(), runner, h) }()
	client := hostlink.NewClient(guest)
	t.Cleanup(func() { client.Close() })
	return client
}

// TestQuestionsEndWithWhoAsked: a guest that has enough answers leaves nothing behind at its host, however many it asks.
func TestQuestionsEndWithWhoAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{}
		c := serving(t, s)
		for range 3 * frame.MaxRequests {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if _, _, err := c.Keyholder(ctx, 1, 3, "/v1/release", nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("a question ends with %v", err)
			}
			cancel()
		}
		synctest.Wait()
		if len(s.heard) != 3*frame.MaxRequests {
			t.Errorf("%d questions have ended at the host", len(s.heard))
		}
	})
}

// TestActsAreDoneToTheirEnd: a heartbeat is a transaction, also when the guest does not wait for it any more.
func TestActsAreDoneToTheirEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{heartbeats: make(chan struct{})}
		c := serving(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Heartbeat(ctx, hostlink.Heartbeat{Until: 11, Signature: make([]byte, 65)}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the heartbeat ends with %v", err)
		}
		synctest.Wait()
		close(s.heartbeats)
		synctest.Wait()
		if len(s.heard) != 1 || s.heard[0] != "heartbeat" {
			t.Errorf("heard %q", s.heard)
		}
	})
}

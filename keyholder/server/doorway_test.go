// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
)

// connect opens a connection that says nothing, until the test ends.
func connect(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// full waits until the doorway says that nobody else comes in.
func (w *world) full() {
	w.t.Helper()
	for end := time.Now().Add(time.Minute); !strings.Contains(w.log.String(), "all connections are in use"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatal("there is room for one more")
		}
	}
}

// There are so many connections in all, also of this machine; who comes then waits, and gets the place of one that ends.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	const places = 3
	w := newWorld(t)
	address := w.onSocket(func(l net.Listener) net.Listener {
		d := w.anybody(l).(*doorway)
		d.places = make(chan struct{}, places)
		return d
	})
	var inside []net.Conn
	for range places {
		inside = append(inside, connect(t, address))
	}
	answered := make(chan error, 1)
	go func() {
		r, err := from("127.0.0.1").Get("http://" + address + "/healthz")
		if err == nil {
			err = r.Body.Close()
		}
		answered <- err
	}()
	w.full()
	if told := fmt.Sprintf("\nescrin_keyholder_connections %d\n", places); !strings.Contains(string(w.server.config.Metrics.Text()), told) {
		t.Errorf("metrics have no %q", told)
	}
	select {
	case err := <-answered:
		t.Fatalf("one more than there are places: %v", err)
	default:
	}
	_ = inside[0].Close()
	if err := <-answered; err != nil {
		t.Errorf("when there is a place: %v", err)
	}
}

// Who ends a server whose places are all taken does not wait for one.
func TestFullDoorwayCloses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := w.anybody(l).(*doorway)
	d.places = make(chan struct{}) // none
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, d, w.server.Handler(), nil, Drain, slog.New(slog.DiscardHandler)) }()
	w.full()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Who is refused before its body was read can read why, though there is more to be read of it when the connection is closed.
func TestWhyIsReadBeforeTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := connect(t, w.onSocket(w.anybody))
	const size = 4 * keyholder.MaxBody
	go func() {
		_, _ = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", keyholder.PathRelease, size, strings.Repeat(" ", size))
	}()
	answer, err := io.ReadAll(c)
	if !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), string(keyholder.CodeBadRequest)) {
		t.Errorf("%q, %v", answer, err)
	}
}

// However few descriptors there are, one site leaves places to others.
func TestOneSiteLeavesPlaces(t *testing.T) {
	t.Parallel()
	for all, want := range map[int]int{0: 1, 1: 1, 32: 2, 512: 32, 2048: 128, maxInAll: maxConnections, 2 * maxInAll: maxConnections} {
		if got := ofOneSite(all); got != want {
			t.Errorf("%d of %d, want %d", got, all, want)
		}
	}
}

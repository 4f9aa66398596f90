// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/escrin/escrin/guestagent/api"
)

// still is an agent that is asked for nothing but the task.
type still struct{ api.Agent }

func (still) Task() api.Task { return api.Task{Attempt: 1} }

// flooded serves the interface of a workload on the agent's own kind of socket.
func flooded(t *testing.T) (path, capability string, stop func()) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "socket")
	l, err := listen(path, func(int32) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	server := api.New(still{}, false)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		server.Serve(ctx, l)
		close(ended)
	}()
	return path, server.Capability(), func() {
		cancel()
		<-ended
	}
}

func dial(t *testing.T, path string) net.Conn {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func ask(conn io.ReadWriter, capability string) (status int, err error) {
	if _, err := fmt.Fprintf(conn, "GET /v1/task HTTP/1.1\r\nHost: escrin\r\nAuthorization: Bearer %s\r\n\r\n", capability); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// most is how many goroutines an agent may have for its workload's connections.
const most = 80

// TestAG11AThousandConnectionsCostNothing: a workload that opens connections and says nothing, or a part of something, keeps itself
// waiting. The agent has few goroutines for it, and its end ends them at once.
func TestAG11AThousandConnectionsCostNothing(t *testing.T) {
	path, capability, stop := flooded(t)
	before := runtime.NumGoroutine()
	said := []string{"", "G", "GET /v1/task HTTP/1.1\r\n", "PUT /v1/outputs/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + capability + "\r\nContent-Length: 8388608\r\n\r\nab"}
	var open []net.Conn
	for i := range 1000 {
		conn := dial(t, path)
		if _, err := io.WriteString(conn, said[i%len(said)]); err != nil {
			t.Fatal(err)
		}
		open = append(open, conn)
	}
	if n := runtime.NumGoroutine() - before; n > most {
		t.Errorf("%d goroutines serve them", n)
	}
	for _, conn := range open[:500] {
		conn.Close()
	}
	stop()
	for _, conn := range open[500:] {
		if _, err := io.Copy(io.Discard, conn); err == nil {
			continue // closed
		} else if !strings.Contains(err.Error(), "reset") {
			t.Error(err)
		}
		conn.Close()
	}
}

// TestAG11WhoHangsUpMakesRoom: behind a thousand connections that end, the next is answered.
func TestAG11WhoHangsUpMakesRoom(t *testing.T) {
	path, capability, stop := flooded(t)
	defer stop()
	for range 1000 {
		conn := dial(t, path)
		if _, err := io.WriteString(conn, "GET /v1/task HTTP/1.1\r\nHost:"); err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
	conn := dial(t, path)
	defer conn.Close()
	if status, err := ask(conn, capability); status != 200 || err != nil {
		t.Errorf("answered %d, %v", status, err)
	}
}

// TestAG11TenThousandRequestsLeaveNothing: each is answered, with the capability or without it, and none leaves a goroutine or memory.
func TestAG11TenThousandRequestsLeaveNothing(t *testing.T) {
	path, capability, stop := flooded(t)
	defer stop()
	used := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	goroutines, heap := runtime.NumGoroutine(), used()
	var clients sync.WaitGroup
	for client := range 50 {
		clients.Go(func() {
			shown, want := capability, 200
			if client%2 == 0 {
				shown, want = strings.Repeat("0", len(capability)), 401
			}
			for range 200 {
				conn, err := net.Dial("unix", path)
				if err != nil {
					t.Error(err)
					return
				}
				status, err := ask(conn, shown)
				conn.Close()
				if status != want || err != nil {
					t.Errorf("answered %d, %v", status, err)
					return
				}
			}
		})
	}
	clients.Wait()
	if n := used(); n > heap+(4<<20) {
		t.Errorf("%d bytes more are in use", n-heap)
	}
	if n := runtime.NumGoroutine() - goroutines; n > most {
		t.Errorf("%d goroutines more", n)
	}
}

// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/escrin/escrin/keyholder"
)

// Lengths that are only said take little memory, however many say them; what is said beside them is no worse off later.
func TestRoomForWhatIsSaid(t *testing.T) {
	t.Parallel()
	i := newIntake()
	given := int64(0)
	for range maxInAll {
		given += i.room(keyholder.MaxBody)
	}
	if given != maxAllAhead || i.ahead.Load() != given {
		t.Errorf("%d bytes, %d on record, want %d", given, i.ahead.Load(), maxAllAhead)
	}
	i.ahead.Add(-given)
	for said, want := range map[int64]int64{-1: 0, 0: 0, 5: 5, maxAhead + 1: maxAhead} {
		if got := i.room(said); got != want {
			t.Errorf("%d for %d", got, said)
		}
	}
}

// A connection with the longest header takes no more than is reckoned with, even with what its other end takes in this process.
// (Not beside other tests: the memory of the process is counted.)
func TestConnectionTakesWhatIsReckoned(t *testing.T) {
	const visitors = 256
	files, w := newFiles(t), newWorld(t)
	writePair(t, files, 1)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var inside atomic.Int32
	handler := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		inside.Add(1)
		<-ctx.Done()
	})
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, w.anybody(l), handler, &files, Drain, slog.New(slog.DiscardHandler)) }()
	before := kept()
	header := fmt.Sprintf("GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("x", maxHeaderLen))
	for range visitors {
		c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte(header)); err != nil {
			t.Fatal(err)
		}
	}
	for inside.Load() < visitors {
		time.Sleep(time.Millisecond)
	}
	if each := (kept() - before) / visitors; each > ofConnection || each < maxHeaderLen {
		t.Errorf("a connection takes %d bytes, reckoned with %d", each, ofConnection)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// kept is how many bytes the process needs.
func kept() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

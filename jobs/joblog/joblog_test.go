// SPDX-License-Identifier: Apache-2.0

package joblog

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/escrin/escrin/guestagent/livelog"
)

func segment(n int) []byte {
	return bytes.Repeat([]byte{byte(n), byte(n >> 8)}, livelog.SealedSize/2+1)[:livelog.SealedSize]
}

func newStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fill(t *testing.T, s *Store, task common.Hash, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		if err := s.Append(task, 1, uint64(n), segment(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSegmentsComeInOrderAndSize: a guest can neither write elsewhere nor fill the disk with holes.
func TestSegmentsComeInOrderAndSize(t *testing.T) {
	s, task := newStore(t), common.Hash{1}
	fill(t, s, task, 0, 3)
	for _, number := range []uint64{0, 1, 2, 4, 1 << 63} { // 2 is the last one, but another
		if err := s.Append(task, 1, number, segment(0)); !errors.Is(err, ErrOrder) {
			t.Errorf("segment %d: %v", number, err)
		}
	}
	if err := s.Append(task, 1, 2, segment(2)); err != nil {
		t.Errorf("the last one again: %v", err)
	}
	for _, size := range []int{0, livelog.SealedSize - 1, livelog.SealedSize + 1} {
		if err := s.Append(task, 1, 3, make([]byte, size)); err == nil {
			t.Errorf("%d bytes were kept", size)
		}
	}
	first, got, err := s.Read(task, 1, 1)
	if err != nil || first != 1 || !bytes.Equal(got, append(segment(1), segment(2)...)) {
		t.Errorf("%d bytes from %d, %v", len(got), first, err)
	}
	for _, from := range []uint64{3, 4, 1 << 63} {
		if first, got, err := s.Read(task, 1, from); err != nil || len(got) != 0 || first != from {
			t.Errorf("from %d: %d bytes, %v", from, len(got), err)
		}
	}
	if _, got, err := s.Read(task, 2, 0); err != nil || len(got) != 0 {
		t.Errorf("another attempt has %d bytes, %v", len(got), err)
	}
}

// TestTheNewestSegmentsAreKept: of a workload that runs for long, and what was not written whole is written again.
func TestTheNewestSegmentsAreKept(t *testing.T) {
	s, task := newStore(t), common.Hash{1}
	const total = (keptFiles+1)*perFile + 10
	fill(t, s, task, 0, total)
	first, got, err := s.Read(task, 1, 0)
	if err != nil || first != 2*perFile || len(got) != perRead*livelog.SealedSize || !bytes.Equal(got[:livelog.SealedSize], segment(2*perFile)) {
		t.Errorf("%d bytes from %d, %v", len(got), first, err)
	}
	name := s.attemptDir(task, 1) + "/5"
	if err := os.Truncate(name, 9*livelog.SealedSize+100); err != nil {
		t.Fatal(err)
	}
	fill(t, s, task, total-1, total)
	if first, got, err := s.Read(task, 1, total-2); err != nil || first != total-2 || !bytes.Equal(got, append(segment(total-2), segment(total-1)...)) {
		t.Errorf("%d bytes from %d, %v", len(got), first, err)
	}
}

func TestTheNewestAttemptsAreKept(t *testing.T) {
	s := newStore(t)
	for n := range keptAttempts + 5 {
		task := common.Hash{byte(n)}
		fill(t, s, task, 0, 1)
		old := time.Now().Add(time.Duration(n-1000) * time.Second)
		if err := os.Chtimes(filepath.Join(s.attemptDir(task, 1), "0"), old, old); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil || len(entries) != keptAttempts {
		t.Errorf("%d attempts are kept, %v", len(entries), err)
	}
	for n, kept := range map[int]bool{0: false, 4: false, 5: true, keptAttempts + 4: true} {
		if _, got, err := s.Read(common.Hash{byte(n)}, 1, 0); err != nil || (len(got) > 0) != kept {
			t.Errorf("attempt %d: %d bytes, %v", n, len(got), err)
		}
	}
}

// TestALogThatGoesOnIsKept: however many attempts begin while one writes, it is not the one that is removed, after which nothing could be
// added to it.
func TestALogThatGoesOnIsKept(t *testing.T) {
	s, long := newStore(t), common.Hash{0xff}
	fill(t, s, long, 0, 1)
	past := time.Now().Add(-time.Hour)
	for n := range keptAttempts + 5 {
		task := common.Hash{byte(n)}
		fill(t, s, task, 0, 1)
		for name, at := range map[string]time.Time{s.attemptDir(long, 1): past, filepath.Join(s.attemptDir(task, 1), "0"): past.Add(time.Duration(n) * time.Second)} {
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Append(long, 1, uint64(n+1), segment(n+1)); err != nil {
			t.Fatalf("after %d others: %v", n+1, err)
		}
	}
	if entries, err := os.ReadDir(s.dir); err != nil || len(entries) != keptAttempts {
		t.Errorf("%d attempts are kept, %v", len(entries), err)
	}
}

func TestLogsAreReadFromAfar(t *testing.T) {
	s, task := newStore(t), common.Hash{1}
	fill(t, s, task, 0, perRead+2)
	mux := http.NewServeMux()
	s.Register(mux)
	server := httptest.NewServer(mux)
	defer server.Close()
	c := NewClient(server.URL)
	next := uint64(0)
	for _, want := range []int{perRead, 2, 0} {
		first, got, err := c.Read(t.Context(), task, 1, next)
		if err != nil || first != next || len(got) != want {
			t.Fatalf("%d segments from %d, %v", len(got), first, err)
		}
		for i := range got {
			if !bytes.Equal(got[i], segment(int(first)+i)) {
				t.Errorf("segment %d is another", int(first)+i)
			}
		}
		next += uint64(len(got))
	}
	for _, path := range []string{"/v1/tasks/0x01/attempts/1/logs?from=0", "/v1/tasks/" + task.Hex() + "/attempts/x/logs?from=0",
		"/v1/tasks/" + task.Hex() + "/attempts/1/logs", "/v1/tasks/" + task.Hex() + "/attempts/4294967296/logs?from=0"} {
		response, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", path, response.Status)
		}
	}
}

// TestALyingServiceIsNotRead: what it says of its reply has to make sense.
func TestALyingServiceIsNotRead(t *testing.T) {
	for name, lie := range map[string]func(http.ResponseWriter){
		"nothing said": func(w http.ResponseWriter) { w.Write(segment(1)) },
		"half":         func(w http.ResponseWriter) { w.Header().Set(firstHeader, "5"); w.Write(segment(1)[1:]) },
		"earlier":      func(w http.ResponseWriter) { w.Header().Set(firstHeader, "4"); w.Write(segment(1)) },
		"more": func(w http.ResponseWriter) {
			w.Header().Set(firstHeader, "5")
			w.Write(make([]byte, (perRead+1)*livelog.SealedSize))
		},
		"an error": func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { lie(w) }))
		if _, got, err := NewClient(server.URL).Read(t.Context(), common.Hash{}, 1, 5); err == nil {
			t.Errorf("%s: %d segments", name, len(got))
		}
		server.Close()
	}
}

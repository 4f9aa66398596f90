// SPDX-License-Identifier: Apache-2.0

package hostend

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/escrin/escrin/guestagent/hostlink"
	"github.com/escrin/escrin/guestagent/wire"
)

// header is a header of the session protocol (yamux, version 0): a type, flags, a stream, and a length.
func header(kind byte, flags uint16, stream, length uint32) []byte {
	b := append(make([]byte, 0, 12), 0, kind)
	b = binary.BigEndian.AppendUint16(b, flags)
	b = binary.BigEndian.AppendUint32(b, stream)
	return binary.BigEndian.AppendUint32(b, length)
}

const (
	kindData, kindWindow, kindPing, kindGoAway = 0, 1, 2, 3
	flagSYN, flagACK, flagFIN, flagRST         = 1, 2, 4, 8
)

// hostileSessions are what a peer may say that has read how sessions work.
func hostileSessions() map[string][]byte {
	return map[string][]byte{
		"nothing":                nil,
		"half a header":          header(kindData, 0, 1, 0)[:7],
		"another version":        {9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"unknown type":           header(7, 0, 1, 0),
		"data of no stream":      append(header(kindData, 0, 99, 4), "data"...),
		"length of 4 GiB":        header(kindData, 0, 1, 1<<32-1),
		"length on a new stream": header(kindData, flagSYN, 2, 1<<32-1),
		"window of 4 GiB":        header(kindWindow, flagACK, 1, 1<<32-1),
		"windows that overflow":  bytes.Repeat(header(kindWindow, 0, 1, 1<<31), 8),
		"streams of its own":     streams(4096, 2),
		"streams of the guest":   streams(4096, 1),
		"one stream again":       bytes.Repeat(header(kindWindow, flagSYN, 2, 0), 4096),
		"pings":                  pings(4096),
		"answers to no ping":     bytes.Repeat(header(kindPing, flagACK, 0, 7), 4096),
		"every flag":             header(kindData, flagSYN|flagACK|flagFIN|flagRST, 1, 0),
		"reset":                  header(kindWindow, flagRST, 1, 0),
		"going away":             header(kindGoAway, 0, 0, 0),
		"going away, for a bug":  header(kindGoAway, 0, 0, 2),
		"more than the window":   append(header(kindData, flagSYN, 2, 512<<10), make([]byte, 512<<10)...),
		"a reply, then garbage":  slices.Concat(header(kindData, flagACK, 1, 12), []byte{0, 0, 0, 8}, []byte("garbage!")),
		"a reply of 4 GiB":       slices.Concat(header(kindData, flagACK, 1, 4), []byte{0xff, 0xff, 0xff, 0xff}),
	}
}

func streams(n, first uint32) []byte {
	var all []byte
	for i := range n {
		all = append(all, header(kindWindow, flagSYN, first+2*i, 0)...)
	}
	return all
}

func pings(n uint32) []byte {
	var all []byte
	for i := range n {
		all = append(all, header(kindPing, flagSYN, 0, i)...)
	}
	return all
}

// play has a peer say its lines, hear whatever comes, and hang up.
func play(conn net.Conn, lines []byte) {
	go func() { _, _ = io.Copy(io.Discard, conn) }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = conn.Write(lines)
	conn.Close()
}

// askAmong makes the guest's first request while the host says its lines.
func askAmong(t testing.TB, lines []byte) error {
	t.Helper()
	guest, host := net.Pipe()
	client, err := hostlink.NewClient(guest)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	go play(host, lines)
	done := make(chan error, 1)
	go func() {
		_, _, err := client.Launch(t.Context())
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("the guest waits for a host that is gone")
		return nil
	}
}

// TestAG13HostileSessionsEndAGuest: whatever a host says instead of an answer, the guest gives up.
func TestAG13HostileSessionsEndAGuest(t *testing.T) {
	for name, lines := range hostileSessions() {
		if askAmong(t, lines) == nil {
			t.Errorf("%s: the guest has a launch", name)
		}
	}
}

// TestAG13HostileSessionsEndTheService: whatever a guest says, its runner ends with it and holds nothing of it.
func TestAG13HostileSessionsEndTheService(t *testing.T) {
	for name, lines := range hostileSessions() {
		guest, runner := net.Pipe()
		go play(guest, lines)
		h := &host{launch: goodLaunch(), blobs: map[wire.Digest][]byte{}}
		done := make(chan error, 1)
		go func() { done <- Serve(t.Context(), runner, h) }()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: the runner waits for a guest that is gone", name)
		}
		if len(h.heard) != 0 {
			t.Errorf("%s: the handler heard %q", name, h.heard)
		}
	}
}

// TestAG13FloodsAreBounded: streams and pings without end, from a peer that reads nothing, cost neither end more than a few
// megabytes.
func TestAG13FloodsAreBounded(t *testing.T) {
	for name, lines := range map[string][]byte{
		"streams of the host": streams(100_000, 2), "streams of the guest": streams(100_000, 1), "pings": pings(100_000),
		"pings in the middle": append(header(kindData, 0, 1, 24), pings(100_000)...),
	} {
		guest, other := net.Pipe()
		client, err := hostlink.NewClient(guest)
		check(t, err)
		flood(t, name+", at the guest", other, lines)
		client.Close()

		guest, runner := net.Pipe()
		served := make(chan error, 1)
		go func() { served <- Serve(t.Context(), runner, &host{blobs: map[wire.Digest][]byte{}}) }()
		flood(t, name+", at the runner", guest, lines)
		<-served
	}
}

// flood says the lines until the other end has had enough, and hangs up.
func flood(t *testing.T, name string, peer net.Conn, lines []byte) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	_ = peer.SetWriteDeadline(time.Now().Add(2 * time.Second))
	_, _ = peer.Write(lines)
	runtime.ReadMemStats(&after)
	peer.Close()
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("%s: %d bytes of memory", name, grown)
	}
}

// FuzzGuestSession has a host say anything.
func FuzzGuestSession(f *testing.F) {
	for _, lines := range hostileSessions() {
		if len(lines) < 1<<12 {
			f.Add(lines)
		}
	}
	f.Add(slices.Concat(header(kindWindow, flagACK, 1, 0), header(kindData, 0, 1, 4), honest(`{"error":"","result":{"job":null,"trial":null},"bodyLength":0}`)))
	f.Fuzz(func(t *testing.T, lines []byte) { _ = askAmong(t, lines) })
}

// FuzzHostSession has a guest say anything.
func FuzzHostSession(f *testing.F) {
	for _, lines := range hostileSessions() {
		if len(lines) < 1<<12 {
			f.Add(lines)
		}
	}
	request := honest(`{"op":"launch","params":{},"bodyLength":0}`)
	f.Add(slices.Concat(header(kindData, flagSYN, 1, uint32(len(request))), request))
	f.Fuzz(func(t *testing.T, lines []byte) {
		guest, runner := net.Pipe()
		go play(guest, lines)
		_ = Serve(t.Context(), runner, &host{launch: goodLaunch(), blobs: map[wire.Digest][]byte{}})
	})
}

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

// header is a header of the protocol below (guestagent/mux/SPEC.md): a kind, whose stream it is, its number, and a length.
func header(kind, whose byte, stream uint16, length uint32) []byte {
	b := binary.BigEndian.AppendUint16([]byte{kind, whose}, stream)
	return binary.BigEndian.AppendUint32(b, length)
}

const (
	kindHello, kindOpen, kindData, kindCredit, kindEnd, kindClose = 1, 2, 3, 4, 5, 6
	senders, receivers                                            = 0, 1
)

// hostileSessions are what a peer may say that has read how sessions work. The guest's hello comes first, for a host that waits for it.
func hostileSessions() map[string][]byte {
	lines := map[string][]byte{
		"nothing":                   nil,
		"half a header":             header(kindData, senders, 0, 0)[:5],
		"another hello":             header(kindHello, senders, 0, 1),
		"no kind":                   header(0, senders, 0, 0),
		"unknown kind":              header(7, senders, 0, 0),
		"nobody's stream":           header(kindData, 2, 0, 1),
		"data of no stream":         append(header(kindData, senders, 9, 4), "data"...),
		"data of no stream of ours": append(header(kindData, receivers, 9, 4), "data"...),
		"length of 4 GiB":           header(kindOpen, senders, 0, 1<<32-1),
		"reply of 4 GiB":            header(kindData, receivers, 0, 1<<32-1),
		"credit of 4 GiB":           header(kindCredit, receivers, 0, 1<<32-1),
		"credit that overflows":     bytes.Repeat(header(kindCredit, receivers, 0, 1<<30), 8),
		"no credit":                 header(kindCredit, receivers, 0, 0),
		"no data":                   header(kindData, receivers, 0, 0),
		"an end with data":          header(kindEnd, receivers, 0, 1),
		"two ends":                  bytes.Repeat(header(kindEnd, receivers, 0, 0), 2),
		"data behind the end":       slices.Concat(header(kindEnd, receivers, 0, 0), header(kindData, receivers, 0, 1), []byte{0}),
		"two closes":                bytes.Repeat(header(kindClose, receivers, 0, 0), 2),
		"close of no stream":        header(kindClose, senders, 3, 0),
		"streams of its own":        streams(4096, senders),
		"streams of the other":      streams(4096, receivers),
		"one stream again":          bytes.Repeat(header(kindOpen, senders, 0, 0), 2),
		"more than the window":      slices.Concat(bytes.Repeat(slices.Concat(header(kindData, receivers, 0, 1<<16), make([]byte, 1<<16)), 5)),
		"a reply, then garbage":     slices.Concat(header(kindData, receivers, 0, 12), []byte{0, 0, 0, 8}, []byte("garbage!")),
		"a header of 4 GiB":         slices.Concat(header(kindData, receivers, 0, 4), []byte{0xff, 0xff, 0xff, 0xff}),
		"closed":                    header(kindClose, receivers, 0, 0),
	}
	for name, said := range lines {
		lines["hello, "+name] = append(header(kindHello, senders, 0, 1), said...)
	}
	return lines
}

func streams(n uint32, whose byte) []byte {
	var all []byte
	for i := range n {
		all = append(all, header(kindOpen, whose, uint16(i), 0)...)
	}
	return all
}

// comings are streams that are opened and closed, again and again.
func comings(n int) []byte {
	return bytes.Repeat(slices.Concat(header(kindOpen, senders, 0, 0), header(kindClose, senders, 0, 0)), n)
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
	client := hostlink.NewClient(guest)
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

// TestAG13FloodsAreBounded: streams and hellos without end, from a peer that reads nothing, cost neither end more than a few
// megabytes.
func TestAG13FloodsAreBounded(t *testing.T) {
	for name, lines := range map[string][]byte{
		"streams": streams(60_000, senders), "streams of the other": streams(60_000, receivers), "hellos": bytes.Repeat(header(kindHello, senders, 0, 1), 100_000),
		"streams that come and go": comings(100_000), "hello, and streams that come and go": append(header(kindHello, senders, 0, 1), comings(100_000)...),
		"hello, and streams": append(header(kindHello, senders, 0, 1), streams(60_000, senders)...),
	} {
		guest, other := net.Pipe()
		client := hostlink.NewClient(guest)
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
	f.Add(slices.Concat(header(kindCredit, receivers, 0, 1), header(kindData, receivers, 0, 58), honest(`{"error":"","result":{"job":null,"trial":null},"bodyLength":0}`)))
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
	f.Add(slices.Concat(header(kindHello, senders, 0, 1), header(kindOpen, senders, 0, uint32(len(request))), request))
	f.Fuzz(func(t *testing.T, lines []byte) {
		guest, runner := net.Pipe()
		go play(guest, lines)
		_ = Serve(t.Context(), runner, &host{launch: goodLaunch(), blobs: map[wire.Digest][]byte{}})
	})
}

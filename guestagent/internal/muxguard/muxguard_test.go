// SPDX-License-Identifier: Apache-2.0

package muxguard

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"testing"

	"github.com/hashicorp/yamux"
)

// writes remembers what was written at once.
type writes struct {
	io.ReadWriteCloser
	sizes []int
	err   error
}

func (w *writes) Write(p []byte) (int, error) {
	if w.err != nil {
		return len(p) / 2, w.err
	}
	w.sizes = append(w.sizes, len(p))
	return len(p), nil
}

func frameOf(kind byte, length uint32) []byte {
	return []byte{0, kind, 0, 0, 0, 0, 0, 1, byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)}
}

func TestHeaderAndDataAreOneWrite(t *testing.T) {
	w := &writes{}
	g := New(w, Allowed{})
	for _, p := range [][]byte{frameOf(1, 99), frameOf(frameData, 0), frameOf(frameData, 5), []byte("12345"), frameOf(frameData, 12), make([]byte, 12), frameOf(1, 1)} {
		if n, err := g.Write(p); n != len(p) || err != nil {
			t.Fatalf("%d of %d, %v", n, len(p), err)
		}
	}
	if want := []int{12, 12, 17, 24, 12}; !slices.Equal(w.sizes, want) {
		t.Errorf("writes of %v, want %v", w.sizes, want)
	}
	w.err = errors.New("gone")
	if _, err := g.Write(frameOf(frameData, 100)); err != nil {
		t.Fatal(err)
	}
	if n, err := g.Write(make([]byte, 100)); n != 44 || !errors.Is(err, w.err) {
		t.Errorf("%d, %v", n, err)
	}
}

// TestSessionsSpeakThroughGuards: both ways at once, in pieces of many sizes.
func TestSessionsSpeakThroughGuards(t *testing.T) {
	a, b := net.Pipe()
	client, err := yamux.Client(New(a, Allowed{}), yamux.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := yamux.Server(New(b, Allowed{Streams: true}), yamux.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		for {
			stream, err := server.AcceptStream()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(stream, stream)
				stream.Close()
			}()
		}
	}()
	for _, size := range []int{1, 11, 12, 13, 4096, 1 << 20} {
		stream, err := client.OpenStream()
		if err != nil {
			t.Fatal(err)
		}
		content := bytes.Repeat([]byte{byte(size)}, size)
		go func() { _, _ = stream.Write(content) }()
		got := make([]byte, size)
		if _, err := io.ReadFull(stream, got); err != nil || !bytes.Equal(got, content) {
			t.Fatalf("%d bytes: %v", size, err)
		}
		stream.Close()
	}
}

// SPDX-License-Identifier: Apache-2.0

package mux

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

const testWindow = 1 << 10

// pair is a session's two ends. Either may open so many streams.
func pair(t *testing.T, streams, window int) (guest, host *Session) {
	t.Helper()
	inside, outside := net.Pipe()
	l := Limits{Own: streams, Peers: streams, Window: window}
	guest, host = Guest(inside, l), Host(outside, l)
	t.Cleanup(func() {
		guest.Close()
		host.Close()
	})
	return guest, host
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// connected is a stream that the guest has opened, with one byte.
func connected(t *testing.T, guest, host *Session) (near, far *Stream) {
	t.Helper()
	near, err := guest.Open()
	check(t, err)
	_, err = near.Write([]byte{1})
	check(t, err)
	far, err = host.Accept()
	check(t, err)
	_, err = io.ReadFull(far, make([]byte, 1))
	check(t, err)
	return near, far
}

// within waits for what must happen.
func within(t *testing.T, what string, happens <-chan struct{}) {
	t.Helper()
	select {
	case <-happens:
	case <-time.After(20 * time.Second):
		t.Fatal(what + " does not happen")
	}
}

// TestStreamsCarryWhatIsWritten: both ways at once, on several streams, in pieces of any sizes, to readers of both kinds.
func TestStreamsCarryWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		guest, host := pair(t, 8, 2*rapid.IntRange(1, 40_000).Draw(r, "half a window"))
		defer host.Close()
		defer guest.Close()
		go repeat(host)
		var all sync.WaitGroup
		for range rapid.IntRange(1, 8).Draw(r, "streams") {
			said := bytes.Repeat([]byte(rapid.StringN(1, 50, 50).Draw(r, "said")), rapid.IntRange(1, 4000).Draw(r, "times"))
			piece := rapid.IntRange(1, len(said)).Draw(r, "piece")
			next := rapid.IntRange(0, len(said)).Draw(r, "next")
			stream, err := guest.Open()
			if err != nil {
				r.Fatal(err)
			}
			all.Go(func() {
				for part := range slices.Chunk(said, piece) {
					if _, err := stream.Write(part); err != nil {
						t.Error(err)
					}
				}
				stream.CloseWrite()
			})
			all.Go(func() {
				defer stream.Close()
				heard, err := stream.Next(next)
				if err != nil {
					t.Errorf("next %d bytes: %v", next, err)
				}
				rest, err := io.ReadAll(stream)
				if heard = append(heard, rest...); err != nil || !bytes.Equal(heard, said) {
					t.Errorf("heard %d bytes, want %d: %v", len(heard), len(said), err)
				}
			})
		}
		all.Wait()
	})
}

// repeat says on each stream what it hears.
func repeat(s *Session) {
	for {
		stream, err := s.Accept()
		if err != nil {
			return
		}
		go func() {
			defer stream.Close()
			_, _ = io.Copy(stream, stream)
		}()
	}
}

// TestNumbersAreUsedAgainWhenBothEndsHaveClosed: and not before.
func TestNumbersAreUsedAgainWhenBothEndsHaveClosed(t *testing.T) {
	guest, host := pair(t, 1, testWindow)
	for range 100 {
		near, far := connected(t, guest, host)
		check(t, near.Close())
		if _, err := io.ReadAll(far); err != nil {
			t.Fatal(err)
		}
		if _, err := guest.Open(); !errors.Is(err, ErrFull) {
			t.Fatalf("one end has closed: %v", err)
		}
		check(t, far.Close())
		guest.awaitNone(t)
	}
}

// awaitNone waits until a session has no stream of its own.
func (s *Session) awaitNone(t *testing.T) {
	t.Helper()
	none := make(chan struct{})
	go func() {
		defer close(none)
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
			if stream, err := s.Open(); err == nil {
				stream.Close()
				return
			}
		}
	}()
	within(t, "the end of the stream", none)
}

// TestNumbersAreWaitedFor: by who may have the first one only until both ends have closed that, while others get the second; and no
// longer than the context lasts, or the session.
func TestNumbersAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guest, host := pair(t, 2, testWindow)
		got := make(chan error, 1)
		await := func(ctx context.Context) {
			go func() {
				_, err := guest.Await(ctx, 1)
				got <- err
			}()
			synctest.Wait()
		}
		waits := func(when string) {
			t.Helper()
			synctest.Wait()
			select {
			case err := <-got:
				t.Fatalf("%s: %v", when, err)
			default:
			}
		}
		near, far := connected(t, guest, host)
		await(t.Context())
		waits("the first number has a stream")
		other, err := guest.Await(t.Context(), 2)
		check(t, err)
		check(t, near.Close())
		waits("one end has closed it")
		check(t, far.Close())
		check(t, <-got)
		check(t, other.Close())
		waits("that was the other number")

		ctx, cancel := context.WithCancel(t.Context())
		await(ctx)
		waits("the first number has a stream again")
		cancel()
		if err := <-got; !errors.Is(err, ErrFull) {
			t.Errorf("the context has ended: %v", err)
		}
		await(t.Context())
		waits("still")
		guest.Close()
		if err := <-got; !errors.Is(err, ErrClosed) {
			t.Errorf("the session has ended: %v", err)
		}
	})
}

// TestUnusedNumbersAreWaitedFor: of a stream that was closed before the other end knew of it.
func TestUnusedNumbersAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		guest, _ := pair(t, 1, testWindow)
		stream, err := guest.Open()
		check(t, err)
		time.AfterFunc(time.Second, func() { stream.Close() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = guest.Await(ctx, 1)
		check(t, err)
		check(t, ctx.Err()) // at whose end it would have looked again
	})
}

// TestUnknownStreamsCostNothing: one that was opened and never used is nothing to the other end.
func TestUnknownStreamsCostNothing(t *testing.T) {
	guest, host := pair(t, 1, testWindow)
	for range 100 {
		stream, err := guest.Open()
		check(t, err)
		check(t, stream.Close())
	}
	stream, err := guest.Open()
	check(t, err)
	check(t, stream.CloseWrite())
	check(t, stream.Close())
	far, err := host.Accept()
	check(t, err)
	if n, err := far.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// TestWidenedStreamsHoldAsMuchAsTheyShall: the other end gets rid of that many bytes while nobody reads, of no more, and all of them arrive.
func TestWidenedStreamsHoldAsMuchAsTheyShall(t *testing.T) {
	guest, host := pair(t, 1, testWindow)
	near, far := connected(t, guest, host)
	far.Widen(10 * testWindow)
	far.Widen(testWindow) // which it has
	sent := bytes.Repeat([]byte("0123456789abcde\n"), 20*testWindow/16)
	half := make(chan struct{})
	go func() {
		_, _ = near.Write(sent[:10*testWindow])
		close(half)
	}()
	within(t, "a whole window's way", half)
	guest.mu.Lock()
	if near.credit != 0 {
		t.Errorf("%d bytes more may be sent", near.credit)
	}
	guest.mu.Unlock()
	go func() {
		_, _ = near.Write(sent[10*testWindow:])
		near.Close()
	}()
	if heard, err := io.ReadAll(far); err != nil || !bytes.Equal(heard, sent) {
		t.Errorf("%d bytes, %v", len(heard), err)
	}
}

// TestEachDirectionEndsByItself: what one end has to say arrives after the other has said all.
func TestEachDirectionEndsByItself(t *testing.T) {
	guest, host := pair(t, 1, testWindow)
	near, far := connected(t, guest, host)
	_, err := near.Write([]byte("question"))
	check(t, err)
	check(t, near.CloseWrite())
	if heard, err := io.ReadAll(far); err != nil || string(heard) != "question" {
		t.Fatalf("heard %q, %v", heard, err)
	}
	if _, err := near.Write([]byte{1}); !errors.Is(err, ErrClosed) {
		t.Errorf("written behind the end: %v", err)
	}
	_, err = far.Write([]byte("answer"))
	check(t, err)
	check(t, far.Close())
	if heard, err := io.ReadAll(near); err != nil || string(heard) != "answer" {
		t.Errorf("heard %q, %v", heard, err)
	}
	if !near.Left() {
		t.Error("the other end is there")
	}
}

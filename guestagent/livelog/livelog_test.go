// SPDX-License-Identifier: Apache-2.0

package livelog

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/guestagent/workload"
	"github.com/escrin/escrin/keyholder/envelope"
)

func keys(t *testing.T) (priv, pub []byte) {
	t.Helper()
	priv, pub, err := envelope.GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	return priv, pub
}

// TestAG08ASegmentOpensInItsPlaceAlone: of another task, attempt or number, under another key, or changed, it is nothing.
func TestAG08ASegmentOpensInItsPlaceAlone(t *testing.T) {
	priv, pub := keys(t)
	other, _ := keys(t)
	sealed, err := Seal(Segment{Stdout: Piece{7, []byte("out")}, Stderr: Piece{9, []byte("err")}}, pub, [32]byte{1}, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(sealed, priv, [32]byte{1}, 2, 3)
	if err != nil || s.Stdout.Offset != 7 || string(s.Stdout.Data) != "out" || s.Stderr.End() != 12 || string(s.Stderr.Data) != "err" {
		t.Fatalf("%+v, %v", s, err)
	}
	for name, open := range map[string]func() (Segment, error){
		"task":    func() (Segment, error) { return Open(sealed, priv, [32]byte{2}, 2, 3) },
		"attempt": func() (Segment, error) { return Open(sealed, priv, [32]byte{1}, 1, 3) },
		"number":  func() (Segment, error) { return Open(sealed, priv, [32]byte{1}, 2, 4) },
		"key":     func() (Segment, error) { return Open(sealed, other, [32]byte{1}, 2, 3) },
		"shorter": func() (Segment, error) { return Open(sealed[:len(sealed)-1], priv, [32]byte{1}, 2, 3) },
		"nothing": func() (Segment, error) { return Open(nil, priv, [32]byte{1}, 2, 3) },
	} {
		if _, err := open(); err == nil {
			t.Errorf("it opens with another %s", name)
		}
	}
	for at := 0; at < len(sealed); at += 97 {
		changed := bytes.Clone(sealed)
		changed[at] ^= 1
		if _, err := Open(changed, priv, [32]byte{1}, 2, 3); err == nil {
			t.Errorf("it opens with byte %d changed", at)
		}
	}
}

// TestASegmentThatSaysTooMuchIsRefused: the enclave is attested, its program need not be friendly, nor its agent of this version.
func TestASegmentThatSaysTooMuchIsRefused(t *testing.T) {
	priv, pub := keys(t)
	for name, plain := range map[string][]byte{
		"long":     append([]byte{11: 1, 10: 0xff}, make([]byte, size-12)...),
		"both":     append([]byte{10: 0x0f, 23: 0, 22: 0x0f}, make([]byte, size-24+1)...)[:size],
		"overflow": append(append(bytes.Repeat([]byte{0xff}, 8), 0, 0, 0, 1), make([]byte, size-12)...),
		"short":    make([]byte, size-1),
		"large":    make([]byte, size+1),
	} {
		sealed, err := envelope.Wrap(pub, info, context([32]byte{}, 0, 0), plain)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := Open(sealed, priv, [32]byte{}, 0, 0); err == nil {
			t.Errorf("%s: %d and %d bytes", name, len(s.Stdout.Data), len(s.Stderr.Data))
		}
	}
}

// TestAG09EverySegmentHasOneSize: nothing, a word, or more than it holds.
func TestAG09EverySegmentHasOneSize(t *testing.T) {
	_, pub := keys(t)
	var tail Tail
	for _, said := range []string{"", "a", strings.Repeat("x", size), strings.Repeat("y", 10*size)} {
		tail.Hear(workload.Stdout, []byte(said))
		tail.Hear(workload.Stderr, []byte(said))
		sealed, err := Seal(tail.Next(), pub, [32]byte{}, 1, 0)
		if err != nil || len(sealed) != SealedSize {
			t.Errorf("%d bytes: segment of %d, %v", len(said), len(sealed), err)
		}
	}
	if _, err := Seal(Segment{Stdout: Piece{Data: make([]byte, room+1)}}, pub, [32]byte{}, 1, 0); err == nil {
		t.Error("a segment held more than it holds")
	}
}

// TestWhatIsToldWasSaid: pieces are what was written at their offsets, in order; nothing is missing unless the tail was too
// far behind.
func TestWhatIsToldWasSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tail Tail
		var said [2][]byte
		var told [2]uint64
		behind := false
		for range rapid.IntRange(1, 40).Draw(t, "writes") {
			for i, s := range []workload.Stream{workload.Stdout, workload.Stderr} {
				piece := rapid.SliceOfN(rapid.Byte(), 0, 3*size).Draw(t, "piece")
				said[i] = append(said[i], piece...)
				tail.Hear(s, piece)
				behind = behind || uint64(len(said[i]))-told[i] > maxBehind
			}
			next := tail.Next()
			for i, p := range []Piece{next.Stdout, next.Stderr} {
				if p.End() > uint64(len(said[i])) || !bytes.Equal(p.Data, said[i][p.Offset:p.End()]) || p.Offset < told[i] {
					t.Fatal("what is told is not what was said")
				}
				if !behind && p.Offset != told[i] {
					t.Fatal("something is missing")
				}
				told[i] = p.End()
			}
		}
		if len(tail.stdout.Data) > maxBehind || len(tail.stderr.Data) > maxBehind {
			t.Fatal("the tail grows without bound")
		}
	})
}

func FuzzOpen(f *testing.F) {
	priv, pub, err := envelope.GenerateRecipient()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(make([]byte, size))
	f.Fuzz(func(t *testing.T, plain []byte) {
		sealed, err := envelope.Wrap(pub, info, context([32]byte{}, 0, 0), plain)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := Open(sealed, priv, [32]byte{}, 0, 0); err == nil && (len(plain) != size || len(s.Stdout.Data)+len(s.Stderr.Data) > room) {
			t.Error("a segment holds more than it can")
		}
	})
}

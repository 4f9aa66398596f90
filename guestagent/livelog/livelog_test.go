// SPDX-License-Identifier: Apache-2.0

package livelog

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/guestagent/task"
	"github.com/escrin/escrin/guestagent/workload"
	"github.com/escrin/escrin/keyholder/envelope"
	"github.com/escrin/escrin/keyholder/ethsig"
)

func keys(t *testing.T) (priv, pub []byte) {
	t.Helper()
	priv, pub, err := envelope.GenerateRecipient()
	if err != nil {
		t.Fatal(err)
	}
	return priv, pub
}

func signer(t testing.TB) *ethsig.Key {
	t.Helper()
	key, err := ethsig.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestAG08ASegmentIsTheEnclavesInItsPlaceAlone: what a host seals itself, which it can, or signs itself, or takes from another
// chain, hub, task, attempt or number, or cuts, or changes, is nothing (forged, replayed, reordered, truncated).
func TestAG08ASegmentIsTheEnclavesInItsPlaceAlone(t *testing.T) {
	priv, pub := keys(t)
	other, _ := keys(t)
	enclave, host := signer(t), signer(t)
	at := Place{task.Domain{ChainID: 1, TaskHub: [20]byte{2}}, [32]byte{1}, 2, 3}
	said := Segment{Stdout: Piece{7, []byte("out")}, Stderr: Piece{9, []byte("err")}}
	sealed, err := Seal(said, pub, at, enclave.Sign)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(sealed, priv, at, enclave.Address())
	if err != nil || s.Stdout.Offset != 7 || string(s.Stdout.Data) != "out" || s.Stderr.End() != 12 || string(s.Stderr.Data) != "err" {
		t.Fatalf("%+v, %v", s, err)
	}
	forged, err := Seal(said, pub, at, host.Sign)
	if err != nil {
		t.Fatal(err)
	}
	signature := bytes.Clone(sealed[sealedSize:])
	for name, raw := range map[string][]byte{
		"of the host": forged, "with another's signature": append(bytes.Clone(forged[:sealedSize]), signature...),
		"without a signature": sealed[:sealedSize], "with none": append(bytes.Clone(sealed[:sealedSize]), make([]byte, ethsig.Size)...),
		"shorter": sealed[:len(sealed)-1], "longer": append(bytes.Clone(sealed), 0), "nothing": nil,
	} {
		if _, err := Open(raw, priv, at, enclave.Address()); !errors.Is(err, ErrSigner) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, elsewhere := range map[string]Place{
		"chain": {task.Domain{ChainID: 2, TaskHub: [20]byte{2}}, [32]byte{1}, 2, 3}, "hub": {task.Domain{ChainID: 1}, [32]byte{1}, 2, 3},
		"task": {at.Domain, [32]byte{2}, 2, 3}, "attempt": {at.Domain, [32]byte{1}, 1, 3}, "number": {at.Domain, [32]byte{1}, 2, 4},
	} {
		if _, err := Open(sealed, priv, elsewhere, enclave.Address()); !errors.Is(err, ErrSigner) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if _, err := Open(sealed, priv, at, [20]byte{}); !errors.Is(err, ErrSigner) {
		t.Errorf("nobody's: %v", err)
	}
	if _, err := Open(sealed, other, at, enclave.Address()); !errors.Is(err, ErrKey) {
		t.Errorf("another key: %v", err)
	}
	for n := 0; n < len(sealed); n += 97 {
		changed := bytes.Clone(sealed)
		changed[n] ^= 1
		if _, err := Open(changed, priv, at, enclave.Address()); !errors.Is(err, ErrSigner) {
			t.Errorf("byte %d changed: %v", n, err)
		}
	}
}

// TestASegmentThatSaysTooMuchIsRefused: the enclave is attested, its program need not be friendly, nor its agent of this version.
func TestASegmentThatSaysTooMuchIsRefused(t *testing.T) {
	for name, plain := range map[string][]byte{
		"long":     append([]byte{11: 1, 10: 0xff}, make([]byte, size-12)...),
		"both":     append([]byte{10: 0x0f, 23: 0, 22: 0x0f}, make([]byte, size-24+1)...)[:size],
		"overflow": append(append(bytes.Repeat([]byte{0xff}, 8), 0, 0, 0, 1), make([]byte, size-12)...),
		"short":    make([]byte, size-1),
		"large":    make([]byte, size+1),
	} {
		if s, err := parse(plain); err == nil {
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
		sealed, err := Seal(tail.Next(), pub, Place{}, signer(t).Sign)
		if err != nil || len(sealed) != SealedSize {
			t.Errorf("%d bytes: segment of %d, %v", len(said), len(sealed), err)
		}
	}
	if _, err := Seal(Segment{Stdout: Piece{Data: make([]byte, room+1)}}, pub, Place{}, signer(t).Sign); err == nil {
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

func FuzzParse(f *testing.F) {
	f.Add(make([]byte, size))
	f.Fuzz(func(t *testing.T, plain []byte) {
		if s, err := parse(plain); err == nil && (len(plain) != size || len(s.Stdout.Data)+len(s.Stderr.Data) > room) {
			t.Error("a segment holds more than it can")
		}
	})
}

func FuzzOpen(f *testing.F) {
	priv, pub, err := envelope.GenerateRecipient()
	if err != nil {
		f.Fatal(err)
	}
	enclave := signer(f)
	sealed, err := Seal(Segment{}, pub, Place{}, enclave.Sign)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := Open(raw, priv, Place{}, enclave.Address()); err == nil && !bytes.Equal(raw, sealed) {
			t.Error("a segment that nobody signed was opened")
		}
	})
}

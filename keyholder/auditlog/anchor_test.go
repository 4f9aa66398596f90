// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"
)

// chain is an Anchor that needs three calls, of which one fails.
type chain struct {
	calls  int
	placed [][]byte
}

func (c *chain) Anchor(_ context.Context, data []byte) (bool, error) {
	c.calls++
	switch c.calls % 3 {
	case 1:
		return false, nil
	case 2:
		return false, errors.New("node is away")
	}
	c.placed = append(c.placed, bytes.Clone(data))
	return true, nil
}

func TestHeadsAreAnchoredWhenThereIsNews(t *testing.T) {
	t.Parallel()
	dir, first := filled(t, 2)
	l := open(t, dir)
	c, intervals := &chain{}, 0
	var second Head
	pause := func(ctx context.Context, d time.Duration) error {
		if d == anchorPause {
			return nil
		}
		intervals++
		if intervals == 4 { // two intervals without news went by
			if err := l.Append(record(5)); err != nil {
				t.Fatal(err)
			}
			second = l.Head()
		}
		if intervals == 7 {
			return context.Canceled
		}
		return nil
	}
	keepAnchored{l, c, slog.New(slog.DiscardHandler), pause}.run(t.Context(), time.Hour)
	closed(t, l)
	if len(c.placed) != 2 || !bytes.Equal(c.placed[0], first.Anchor()) || !bytes.Equal(c.placed[1], second.Anchor()) {
		t.Fatalf("placed %x", c.placed)
	}
	var anchors []Head
	if _, err := Verify(dir, func(e Entry) error {
		if e.About == Anchored {
			anchors = append(anchors, Head{e.Length, e.Head})
		}
		return nil
	}); err != nil || len(anchors) != 2 || anchors[0] != first || anchors[1] != second {
		t.Errorf("recorded %v, %v", anchors, err)
	}
	again := open(t, dir)
	defer closed(t, again)
	if _, news := again.unanchored(); news {
		t.Error("an anchor is news after a restart")
	}
}

// What is recorded while a head is on its way is news still.
func TestNewsWhileAnchoring(t *testing.T) {
	t.Parallel()
	dir, head := filled(t, 1)
	l := open(t, dir)
	defer closed(t, l)
	for _, r := range []Record{record(1), {About: Anchored, Length: head.Length, Head: head.Hash}} {
		if err := l.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	if _, news := l.unanchored(); !news {
		t.Error("the record between is forgotten")
	}
}

func TestAnchorsRoundTrip(t *testing.T) {
	t.Parallel()
	h := Head{7, [32]byte{1, 2}}
	if again, err := ParseAnchor(h.Anchor()); err != nil || again != h {
		t.Fatalf("%v, %v", again, err)
	}
	for _, b := range [][]byte{nil, h.Anchor()[1:], append(h.Anchor(), 0), bytes.ToUpper(h.Anchor())} {
		if _, err := ParseAnchor(b); err == nil {
			t.Errorf("read %x", b)
		}
	}
}

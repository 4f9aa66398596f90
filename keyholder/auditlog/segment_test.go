// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// split is a log of ten records in segments of two.
func split(t *testing.T) (dir string, heads []Head) {
	t.Helper()
	dir = t.TempDir()
	l := open(t, dir)
	l.limit = 400
	heads = append(heads, l.Head())
	for i := range 10 {
		if err := l.Append(record(i)); err != nil {
			t.Fatal(err)
		}
		heads = append(heads, l.Head())
	}
	closed(t, l)
	if names, err := segments(dir); err != nil || len(names) < 4 {
		t.Fatal(names, err)
	}
	return dir, heads
}

func TestSegmentsFollowOneAnother(t *testing.T) {
	t.Parallel()
	dir, heads := split(t)
	s, err := Verify(dir, nil)
	if err != nil || s.First != (Head{}) || s.Last != heads[10] {
		t.Fatalf("%+v, %v", s, err)
	}
	for _, h := range heads {
		if err := Contains(t.Context(), dir, h); err != nil {
			t.Errorf("%v: %v", h, err)
		}
	}
	l := open(t, dir)
	if l.Head() != heads[10] {
		t.Errorf("head %v, want %v", l.Head(), heads[10])
	}
	closed(t, l)
}

// Old segments may be moved away. What is left verifies, and says where it begins.
func TestOldSegmentsMayBeMoved(t *testing.T) {
	t.Parallel()
	dir, heads := split(t)
	names, err := segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names[:2] {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Verify(dir, nil)
	if err != nil || s.First.Length == 0 || s.First != heads[s.First.Length] || s.Last != heads[10] {
		t.Fatalf("%+v, %v", s, err)
	}
	if err := Contains(t.Context(), dir, heads[s.First.Length]); err != nil {
		t.Error(err)
	}
	if err := Contains(t.Context(), dir, heads[1]); err == nil || !strings.Contains(err.Error(), "segments from before") {
		t.Errorf("a head from before: %v", err)
	}
}

func TestMissingAndForeignSegments(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(t *testing.T, dir string, names []string){
		"one in the middle is missing": func(t *testing.T, dir string, names []string) {
			if err := os.Remove(filepath.Join(dir, names[1])); err != nil {
				t.Fatal(err)
			}
		},
		"one in the middle is cut": func(t *testing.T, dir string, names []string) {
			path := filepath.Join(dir, names[1])
			put(t, path, content(t, path)[:300])
		},
		"one in the middle is empty": func(t *testing.T, dir string, names []string) {
			put(t, filepath.Join(dir, names[1]), nil)
		},
		"one has another's name": func(t *testing.T, dir string, names []string) {
			if err := os.Rename(filepath.Join(dir, names[1]), filepath.Join(dir, names[2])); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, _ := split(t)
			names, err := segments(dir)
			if err != nil {
				t.Fatal(err)
			}
			change(t, dir, names)
			if _, err := Verify(dir, nil); err == nil || errors.Is(err, ErrTorn) {
				t.Errorf("verified: %v", err)
			}
		})
	}
}

// A crash may come between the creation of a segment and its first line.
func TestTornFirstLineOfALaterSegment(t *testing.T) {
	t.Parallel()
	dir, heads := split(t)
	put(t, filepath.Join(dir, segmentName(10)), []byte("00"))
	l := open(t, dir)
	if l.Head() != heads[10] {
		t.Fatalf("head %v", l.Head())
	}
	if err := l.Append(record(10)); err != nil {
		t.Fatal(err)
	}
	closed(t, l)
	if s, err := Verify(dir, nil); err != nil || s.Last.Length != 11 {
		t.Fatalf("%+v, %v", s, err)
	}
	put(t, filepath.Join(dir, segmentName(12)), nil)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "follow") {
		t.Errorf("opened after a segment that does not follow: %v", err)
	}
}

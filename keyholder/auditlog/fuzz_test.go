// SPDX-License-Identifier: Apache-2.0

package auditlog

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func FuzzRecord(f *testing.F) {
	b, err := record(1).encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"time":"2026-01-01T00:00:00Z","about":"release","identity":"0x00"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRecord(b)
		if err != nil {
			return
		}
		once, err := r.encode()
		if err != nil {
			return // a time that JSON cannot say, or more than a record may have
		}
		again, err := decodeRecord(once)
		if err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if twice, err := again.encode(); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s\n%s, %v", once, twice, err)
		}
	})
}

// Whatever stands in the file, a log that opens verifies, and goes on.
func FuzzLog(f *testing.F) {
	head := Head{}
	text, err := record(1).encode()
	if err != nil {
		f.Fatal(err)
	}
	line := appendLine(nil, head.after(text).Hash, text)
	f.Add(append(headerLine(head), line...))
	f.Add(append(headerLine(head), line[:40]...))
	f.Add(append(append(headerLine(head), make([]byte, 100)...), line...))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, segmentName(0)), b, 0o600); err != nil {
			t.Fatal(err)
		}
		before, verified := Verify(dir, nil)
		l, err := Open(dir)
		if (err == nil) != (verified == nil || errors.Is(verified, ErrTorn)) {
			t.Fatalf("opened: %v, verified: %v", err, verified)
		}
		if err != nil {
			return
		}
		if err := errors.Join(l.Append(record(1)), l.Contains(t.Context(), before.Last), l.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(dir, nil); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzAnchor(f *testing.F) {
	f.Add(Head{3, [32]byte{1}}.Anchor())
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := ParseAnchor(b); err == nil && !bytes.Equal(h.Anchor(), b) {
			t.Fatal("changes on the way")
		}
	})
}

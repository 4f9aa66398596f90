// SPDX-License-Identifier: Apache-2.0

package task

import (
	"archive/tar"
	"bytes"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// TestArchivesAreThoseOfTheStandardLibrary: archive/tar reads what was written, with owners and times of zero, and writes
// the same bytes where no name needs a record of its own.
func TestArchivesAreThoseOfTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.StringOfN(rapid.RuneFrom([]rune("ab/é")), 1, MaxOutputName, MaxOutputName), rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 80, 120, -1)).Draw(t, "name")
		data := rapid.SliceOfN(rapid.Byte(), 0, 1100).Draw(t, "data")
		name = "x" + name + "x"
		var ours, theirs bytes.Buffer
		out := archive{&ours}
		if err := out.entry(tarFile, name, 0o755, int64(len(data)), bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		if err := out.close(); err != nil {
			t.Fatal(err)
		}
		r := tar.NewReader(bytes.NewReader(ours.Bytes()))
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, data) || h.Name != name || h.Mode != 0o755 || h.Uid+h.Gid != 0 || h.ModTime.Unix() != 0 || h.Typeflag != tar.TypeReg {
			t.Fatalf("read %+v, %d bytes, %v", h, len(got), err)
		}
		if _, err := r.Next(); err != io.EOF {
			t.Fatalf("after the entry: %v", err)
		}
		w := tar.NewWriter(&theirs)
		h = &tar.Header{Name: name, Mode: 0o755, Size: int64(len(data)), Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}
		if w.WriteHeader(h) != nil || len(name) > tarName {
			return
		}
		_, _ = w.Write(data)
		if w.Close() != nil || !bytes.Equal(ours.Bytes(), theirs.Bytes()) {
			t.Fatalf("%q: other bytes", name)
		}
	})
}

// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"bytes"
	"io"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// A disk in parts reads like one file with the parts laid end to end, at every offset.
func TestDiskInPartsReadsLikeOneFile(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		var whole []byte
		d := &disk{}
		defer d.Close()
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			part := rapid.SliceOfN(rapid.Byte(), 1, 50).Draw(t, "part")
			f, err := os.CreateTemp(dir, "part")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(part); err != nil {
				t.Fatal(err)
			}
			whole = append(whole, part...)
			d.files, d.sizes, d.ends = append(d.files, f), append(d.sizes, int64(len(part))), append(d.ends, int64(len(whole)))
		}
		offset := rapid.Int64Range(0, int64(len(whole))+5).Draw(t, "offset")
		got := make([]byte, rapid.IntRange(0, 120).Draw(t, "length"))
		want := make([]byte, len(got))
		n, err := d.ReadAt(got, offset)
		wantN, wantErr := bytes.NewReader(whole).ReadAt(want, offset)
		if n != wantN || !bytes.Equal(got, want) || len(got) > 0 && (err == io.EOF) != (wantErr == io.EOF) {
			t.Fatalf("at %d: %d bytes, %v; want %d, %v", offset, n, err, wantN, wantErr)
		}
	})
}

func TestDiskThatShrankIsAnError(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "part")
	if err != nil {
		t.Fatal(err)
	}
	d := &disk{files: []*os.File{f}, sizes: []int64{4096}, ends: []int64{4096}}
	defer d.Close()
	if _, err := d.ReadAt(make([]byte, 10), 0); err != io.ErrUnexpectedEOF {
		t.Errorf("got %v", err)
	}
}

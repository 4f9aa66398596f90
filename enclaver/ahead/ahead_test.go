// SPDX-License-Identifier: Apache-2.0

package ahead

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func TestReadingAheadReadsTheSame(t *testing.T) {
	broken := errors.New("broken")
	rapid.Check(t, func(t *rapid.T) {
		content := bytes.Repeat(rapid.SliceOfN(rapid.Byte(), 1, 50).Draw(t, "content"), rapid.IntRange(0, 40_000).Draw(t, "times"))
		want, source := io.EOF, io.Reader(bytes.NewReader(content))
		if rapid.Bool().Draw(t, "breaks") {
			want, source = broken, io.MultiReader(source, iotest.ErrReader(broken))
		}
		if rapid.Bool().Draw(t, "error beside data") {
			source = iotest.DataErrReader(source)
		}
		a := New(source)
		defer a.Close()
		var got bytes.Buffer
		buffer := make([]byte, rapid.IntRange(1, 500_000).Draw(t, "buffer"))
		for {
			n, err := a.Read(buffer)
			got.Write(buffer[:n])
			if err != nil {
				if err != want {
					t.Fatalf("ends with %v, want %v", err, want)
				}
				break
			}
		}
		if _, err := a.Read(buffer); err != want {
			t.Fatalf("behind the end: %v", err)
		}
		if !bytes.Equal(got.Bytes(), content) {
			t.Fatalf("%d bytes of %d are other ones", got.Len(), len(content))
		}
	})
}

func TestReadingAheadEndsWhenNobodyWantsMore(t *testing.T) {
	read, write := io.Pipe()
	go func() {
		for {
			if _, err := write.Write([]byte("x")); err != nil {
				return
			}
		}
	}()
	a := New(read)
	a.Close()
	for range a.full { // until it is closed
	}
	if a.err != io.ErrClosedPipe {
		t.Errorf("ended with %v", a.err)
	}
	read.Close()
}

// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/escrin/escrin/enclaver/oci"
)

// content is larger than the head that is kept.
func content() []byte {
	data := make([]byte, 3*heldHead+17)
	for i := range data {
		data[i] = byte(i * i >> 3)
	}
	return data
}

func TestIMG18HeldFileIsReadOnceAndIsWhatItsDigestNames(t *testing.T) {
	data := content()
	d := oci.DescriptorOf("", data)
	h, err := hold(context.Background(), bytes.NewReader(data), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range [][2]int64{{0, 100}, {50, 20}, {heldHead - 5, 10}, {0, 1000}, {heldHead + 100, 1000}, {2 * heldHead, heldHead + 17}} {
		got, err := io.ReadAll(io.NewSectionReader(h, part[0], part[1]))
		if err != nil || !bytes.Equal(got, data[part[0]:][:part[1]]) {
			t.Errorf("%d: %d bytes, %v", part, len(got), err)
		}
	}
	if _, err := h.ReadAt(make([]byte, 1), 2*heldHead); err == nil {
		t.Error("one part was read twice")
	}
	for _, at := range []int64{-1, d.Size + 1} {
		if _, err := h.ReadAt(make([]byte, 1), at); err == nil {
			t.Errorf("read at %d", at)
		}
	}
	if n, err := h.ReadAt(make([]byte, 1), d.Size); n != 0 || err != io.EOF {
		t.Errorf("behind the end: %d, %v", n, err)
	}
	if err := h.finish(); err != nil {
		t.Error(err)
	}
}

// TestIMG18NoBitOfAHeldFileIsUnseen: neither of the head, nor of what was left out, nor behind the last part.
func TestIMG18NoBitOfAHeldFileIsUnseen(t *testing.T) {
	data := content()
	d := oci.DescriptorOf("", data)
	for _, at := range []int{0, heldHead - 1, heldHead, heldHead + 50, 2 * heldHead, len(data) - 1} {
		other := bytes.Clone(data)
		other[at] ^= 1
		h, err := hold(context.Background(), bytes.NewReader(other), d)
		if err == nil {
			if _, err = h.ReadAt(make([]byte, 10), heldHead+100); err == nil {
				err = h.finish()
			}
		}
		if !errors.Is(err, oci.ErrMismatch) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	for _, other := range [][]byte{data[:100], data[:len(data)-1], append(bytes.Clone(data), 0)} {
		h, err := hold(context.Background(), bytes.NewReader(other), d)
		if err == nil {
			err = h.finish()
		}
		if !errors.Is(err, oci.ErrMismatch) {
			t.Errorf("%d bytes: %v", len(other), err)
		}
	}
}

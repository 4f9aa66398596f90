// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/enclaver/oci"
)

// heldHead is how much of a file may be read more than once, in bytes: the headers of a kernel.
const heldHead = 1 << 20

// held is a file that is read once from beginning to end, by offset, and held against its digest on the way: what is
// looked at cannot be other bytes than those that the digest names (threat IMG-18). Its head is kept, and may be read
// again; what is left out is read in between.
type held struct {
	size int64
	head []byte
	at   int64 // how far it was read
	read io.Reader
}

// hold reads the head. What was read means nothing until finish returns nil.
func hold(ctx context.Context, r io.Reader, d oci.Descriptor) (*held, error) {
	h := &held{size: d.Size, head: make([]byte, min(d.Size, heldHead)), read: oci.NewVerifier(ctx, r, d)}
	n, err := io.ReadFull(h.read, h.head)
	h.at = int64(n)
	return h, err
}

// Size is the size of the file in bytes.
func (h *held) Size() int64 { return h.size }

// ReadAt implements io.ReaderAt for offsets that grow, and for the head.
func (h *held) ReadAt(p []byte, at int64) (n int, err error) {
	if at < 0 || at > h.size {
		return 0, fmt.Errorf("offset %d of %d bytes", at, h.size)
	}
	whole := len(p)
	p = p[:min(int64(whole), h.size-at)]
	if at < int64(len(h.head)) {
		n = copy(p, h.head[at:])
		at += int64(n)
	}
	if n < len(p) {
		if at < h.at {
			return n, errors.New("this part of the file was read before")
		}
		if _, err := io.CopyN(io.Discard, h.read, at-h.at); err != nil {
			return n, err
		}
		more, err := io.ReadFull(h.read, p[n:])
		h.at = at + int64(more)
		if n += more; err != nil {
			return n, err
		}
	}
	if n < whole {
		return n, io.EOF
	}
	return n, nil
}

// finish reads what is left, and says whether all that was read is what the digest names.
func (h *held) finish() error {
	_, err := io.Copy(io.Discard, h.read)
	return err
}

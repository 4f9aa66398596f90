// SPDX-License-Identifier: Apache-2.0

package blocks_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/internal/blocks"
	"github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/verity"
)

func TestWhatIsWrittenIsThereAndHashed(t *testing.T) {
	source := rand.NewChaCha8([32]byte{1})
	for _, size := range []int{0, 1, erofs.BlockSize - 1, erofs.BlockSize, 64 << 10, 1<<20 - erofs.BlockSize, 1 << 20, 1<<20 + 1, 9<<20 + 5} {
		data := make([]byte, size)
		_, _ = source.Read(data) // never fails
		var image, leaves imagetest.Memory
		w, err := blocks.New(&image, &leaves)
		if err != nil {
			t.Fatal(err)
		}
		for rest := data; len(rest) > 0; {
			n := min(len(rest), 1+rand.IntN(300_000))
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		w.Pad()
		end, err := w.Block()
		if err != nil || int(end) != erofs.HeadBlocks+(size+erofs.BlockSize-1)/erofs.BlockSize {
			t.Errorf("%d bytes end at block %d, %v", size, end, err)
		}
		head := append([]byte{7}, make([]byte, erofs.HeadBlocks*erofs.BlockSize-1)...)
		root, err := w.Finish(head)
		if err != nil {
			t.Fatal(err)
		}
		want := append(append(head, data...), make([]byte, -size&(erofs.BlockSize-1))...)
		if !bytes.Equal(image.Bytes(), want) {
			t.Errorf("%d bytes: the image is not what was written", size)
		}
		if sum, err := verity.Tree(&image, int64(len(want)), make([]byte, 32), io.Discard); err != nil || sum != root {
			t.Errorf("%d bytes: root %x, want %x, %v", size, root, sum, err)
		}
		if sum, err := verity.Root(bytes.NewReader(leaves.Bytes()), uint64(end), make([]byte, 32)); err != nil || sum != root {
			t.Errorf("%d bytes: leaves of root %x, want %x, %v", size, root, sum, err)
		}
	}
}

type full struct{}

func (full) WriteAt([]byte, int64) (int, error) { return 0, errors.New("disk full") }

func TestErrorsOfWritingAreReported(t *testing.T) {
	for _, to := range [][2]io.WriterAt{{full{}, &imagetest.Memory{}}, {&imagetest.Memory{}, full{}}} {
		w, err := blocks.New(to[0], to[1])
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Block(); err == nil {
			t.Error("20 MiB could be written where there is no room")
		}
		if _, err := w.Finish(nil); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("finish: %v", err)
		}
		if err := w.Close(); err == nil {
			t.Error("close forgets the error")
		}
	}
	w, err := blocks.New(full{}, full{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("nothing was written: %v", err)
	}
}

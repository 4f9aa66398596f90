// SPDX-License-Identifier: Apache-2.0

package erofs_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// gap is an image with zero bytes between a start and an end.
type gap struct {
	start, end []byte
	size       int64
}

func (g gap) ReadAt(p []byte, offset int64) (int, error) {
	clear(p)
	if offset < int64(len(g.start)) {
		copy(p, g.start[offset:])
	}
	if at := offset - (g.size - int64(len(g.end))); at >= 0 {
		copy(p, g.end[min(at, int64(len(g.end))):])
	} else if at+int64(len(p)) > 0 {
		copy(p[-at:], g.end)
	}
	if left := g.size - offset; int64(len(p)) > left {
		return int(max(left, 0)), io.EOF
	}
	return len(p), nil
}

func TestFilesOfMoreThanFourGiB(t *testing.T) {
	const size = 5<<30 + 777
	const blocks = 5 << 30 / erofs.BlockSize
	root := dir("a")
	root.SetChild("large", file(2, size))
	m, err := erofs.Layout(root, erofs.HeadBlocks+blocks)
	if err != nil {
		t.Fatal(err)
	}
	super := erofs.Super{Blocks: erofs.HeadBlocks + blocks + m.Blocks(), Inodes: m.Inodes()}
	head, err := m.Head(super)
	if err != nil {
		t.Fatal(err)
	}
	var metadata bytes.Buffer
	if err := m.Write(&metadata, bytes.NewReader(bytes.Repeat([]byte("z"), erofs.BlockSize))); err != nil {
		t.Fatal(err)
	}
	image := gap{start: head, end: metadata.Bytes(), size: int64(super.Blocks) * erofs.BlockSize}
	im, err := erofs.Open(image, image.size)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := im.Load(10)
	if err != nil {
		t.Fatal(err)
	}
	large := loaded.Child("large")
	if large == nil || large.Size != size || large.Blocks() != blocks {
		t.Fatalf("%+v", large)
	}
	end := make([]byte, 1000)
	file, err := erofs.FS(loaded).Open("large")
	if err != nil {
		t.Fatal(err)
	}
	n, err := file.(io.ReaderAt).ReadAt(end, size-900)
	want := append(make([]byte, 900-777), bytes.Repeat([]byte("z"), 777)...)
	if n != 900 || err != io.EOF || !bytes.Equal(end[:n], want) {
		t.Errorf("the last %d bytes are wrong, %v", n, err)
	}
}

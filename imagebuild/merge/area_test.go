// SPDX-License-Identifier: Apache-2.0

package merge_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/escrin/escrin/imagebuild/erofs"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/merge"
)

// files are so many files with more than a block of content each.
func files(count int) (entries []Entry) {
	for i := range count {
		entries = append(entries, File(fmt.Sprintf("d%d/file%d", i%10, i), strings.Repeat(fmt.Sprint(i, " "), 2000)))
	}
	return entries
}

func mustConvert(t *testing.T, entries ...Entry) image {
	t.Helper()
	i, err := convert(Tar(t, entries...))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// TestLowerAreasDoNotDependOnUpperLayers: what is below a layer that changes has the same bytes in the same place.
func TestLowerAreasDoNotDependOnUpperLayers(t *testing.T) {
	bottom, middle := mustConvert(t, files(100)...), mustConvert(t, File("d1/middle", strings.Repeat("m", 5000)), Symlink("s", "d1"))
	end := (erofs.HeadBlocks + int64(bottom.DataBlocks) + int64(middle.DataBlocks)) * erofs.BlockSize
	var disks [2][]byte
	for i, top := range []image{
		mustConvert(t, File("top", "a")),
		mustConvert(t, append(files(20), File("d9/.wh..wh..opq", ""), File(".wh.s", ""), Dir("d1"))...),
	} {
		var err error
		if disks[i], _, err = stack(t, bottom, middle, top); err != nil {
			t.Fatal(err)
		}
	}
	const head = erofs.HeadBlocks * erofs.BlockSize
	if !bytes.Equal(disks[0][head:end], disks[1][head:end]) {
		t.Error("the areas of the lower layers are different")
	}
	area := int64(bottom.DataBlocks) * erofs.BlockSize
	if !bytes.Equal(disks[0][head:head+area], bottom.image.Bytes()[head:head+area]) {
		t.Error("the bottom layer's area is not what it is in its image")
	}
}

// counted counts what is read.
type counted struct {
	io.ReaderAt
	bytes atomic.Int64
}

func (c *counted) ReadAt(p []byte, offset int64) (int, error) {
	c.bytes.Add(int64(len(p)))
	return c.ReaderAt.ReadAt(p, offset)
}

// TestRootReadsNamesOfTheBottomLayer: the root hash of a disk costs what its names are, and not what its files are.
func TestRootReadsNamesOfTheBottomLayer(t *testing.T) {
	bottom, top := mustConvert(t, files(2000)...), mustConvert(t, File("top", "a"))
	upper, err := top.open()
	if err != nil {
		t.Fatal(err)
	}
	read := &counted{ReaderAt: bottom.image}
	lower, err := merge.OpenLayer(read, bottom.Size, bottom.leaves, bottom.RootHash)
	if err != nil {
		t.Fatal(err)
	}
	d, err := merge.Stack([]*merge.Layer{lower, upper})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Root(); err != nil {
		t.Fatal(err)
	}
	if names := bottom.Size - int64(bottom.DataBlocks)*erofs.BlockSize; read.bytes.Load() > 3*names+200_000 {
		t.Errorf("%d bytes were read of a layer of %d, which has %d of names", read.bytes.Load(), bottom.Size, names)
	}
}

// TestLinkCountsAreExactAcrossLayers: inodes with several names are not in an area, or leave it.
func TestLinkCountsAreExactAcrossLayers(t *testing.T) {
	text := strings.Repeat("x", 5000)
	bottom := []Entry{File("a", text), Link("b", "a"), Link("c", "a"), File("single", text), File("gone", "g"), Symlink("l", "a")}
	tree := mustBuild(t, bottom,
		[]Entry{File(".wh.b", ""), File(".wh.c", ""), Link("second", "single"), Link("kept", "gone"), File(".wh.gone", ""), Link("m", "l")},
		[]Entry{Link("third", "second"), File("u", text)})
	for name, want := range map[string]uint32{"a": 1, "single": 3, "second": 3, "third": 3, "kept": 1, "l": 2, "m": 2, "u": 1} {
		info, err := tree.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Sys().(erofs.Stat).Links; got != want {
			t.Errorf("%s has %d names, want %d", name, got, want)
		}
	}
	for _, name := range []string{"a", "single", "third", "u"} {
		content(t, tree, name, text)
	}
	if got, err := tree.ReadLink("m"); err != nil || got != "a" {
		t.Errorf("m: %q, %v", got, err)
	}
}

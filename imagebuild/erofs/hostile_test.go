// SPDX-License-Identifier: Apache-2.0

package erofs_test

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"strings"
	"testing"

	"github.com/escrin/escrin/imagebuild/erofs"
)

func loadError(image []byte) error {
	im, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
	if err != nil {
		return err
	}
	_, err = im.Load(10_000)
	return err
}

func TestEveryFlippedBitOfTheSuperblockIsRefused(t *testing.T) {
	image := encode(t, dir("a"))
	for bit := range erofs.BlockSize * 8 {
		image[bit/8] ^= 1 << (bit % 8)
		if _, err := erofs.Open(bytes.NewReader(image), int64(len(image))); err == nil {
			t.Fatalf("bit %d of the superblock can be flipped", bit)
		}
		image[bit/8] ^= 1 << (bit % 8)
	}
}

func TestLengthMustBeThatOfTheSuperblock(t *testing.T) {
	image := encode(t, dir("a"))
	for _, size := range []int64{-1, 0, 1, erofs.BlockSize, int64(len(image)) - 1, int64(len(image)) + erofs.BlockSize} {
		if _, err := erofs.Open(bytes.NewReader(image), size); err == nil {
			t.Errorf("image of %d bytes opens as %d", len(image), size)
		}
	}
	if _, err := erofs.Open(bytes.NewReader(image[:100]), int64(len(image))); err == nil {
		t.Error("a cut image opens")
	}
}

// The root is the first inode, its entries follow inline.
func TestHostileMetadataIsRefused(t *testing.T) {
	const root, rootEntries = erofs.BlockSize, erofs.BlockSize + 64
	const inodes = (erofs.HeadBlocks + dataBlocks) * erofs.BlockSize
	little := binary.LittleEndian
	cases := map[string]func(b []byte){
		"compact inode":              func(b []byte) { b[root] = 0 },
		"compressed layout":          func(b []byte) { b[root] = 1 | 1<<1 },
		"root is a file":             func(b []byte) { little.PutUint16(b[root+4:], erofs.ModeRegular) },
		"unknown type":               func(b []byte) { little.PutUint16(b[root+4:], 0o030000) },
		"size beyond the image":      func(b []byte) { little.PutUint64(b[root+8:], 1<<40) },
		"negative size":              func(b []byte) { little.PutUint64(b[root+8:], 1<<63) },
		"tail beyond the block":      func(b []byte) { little.PutUint64(b[root+8:], 4095) },
		"attributes beyond block":    func(b []byte) { little.PutUint16(b[root+2:], 0xffff) },
		"reserved field":             func(b []byte) { b[root+63] = 1 },
		"wrong number of links":      func(b []byte) { little.PutUint32(b[root+44:], 9) },
		"no links":                   func(b []byte) { little.PutUint32(b[root+44:], 0) },
		"no entries":                 func(b []byte) { little.PutUint16(b[rootEntries+8:], 0) },
		"names before entries":       func(b []byte) { little.PutUint16(b[rootEntries+12+8:], 1) },
		"names behind the block":     func(b []byte) { little.PutUint16(b[rootEntries+12+8:], 0xffff) },
		"entry outside the image":    func(b []byte) { little.PutUint64(b[rootEntries+24:], 1<<60) },
		"entry is the superblock":    func(b []byte) { little.PutUint64(b[rootEntries+24:], 0) },
		"cycle":                      func(b []byte) { little.PutUint64(b[rootEntries+24:], 128); b[rootEntries+24+10] = 2 },
		"type differs from inode's":  func(b []byte) { b[rootEntries+24+10] = 2 },
		"dot leads elsewhere":        func(b []byte) { little.PutUint64(b[rootEntries:], 132) },
		"dot dot leads elsewhere":    func(b []byte) { little.PutUint64(b[rootEntries+12:], 132) },
		"names out of order":         func(b []byte) { b[rootEntries+4*12+3] = '~' },
		"name with a slash":          func(b []byte) { b[rootEntries+4*12+3] = '/' },
		"name with a zero byte":      func(b []byte) { b[rootEntries+4*12+3] = 0 },
		"file data beyond the image": func(b []byte) { little.PutUint32(b[inodes+16:], 1<<30) },
	}
	for name, damage := range cases {
		tree := dir("a", "b")
		tree.SetChild("a", file(2, erofs.BlockSize))
		image := encode(t, tree)
		if err := loadError(image); err != nil {
			t.Fatal(err)
		}
		before := bytes.Clone(image)
		damage(image)
		if bytes.Equal(before, image) {
			t.Fatalf("%s: nothing was damaged", name)
		}
		if err := loadError(image); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestHostileLinkTargetsAreRefused(t *testing.T) {
	root := dir()
	root.SetChild("a", symlink("target"))
	image := encode(t, root)
	at := bytes.Index(image, []byte("target"))
	for _, change := range []string{"\x00arget", "targe\x00"} {
		copy(image[at:], change)
		if err := loadError(image); err == nil {
			t.Errorf("the target %q is accepted", change)
		}
	}
}

func TestLoadIsBounded(t *testing.T) {
	im := open(t, encode(t, dir("a", "b", "c")))
	if _, err := im.Load(4); err == nil {
		t.Error("five entries were loaded with a limit of four")
	}
	if _, err := im.Load(5); err != nil {
		t.Error(err)
	}
	deep := dir()
	for range 3000 {
		parent := dir()
		parent.SetChild("d", deep)
		deep = parent
	}
	if err := loadError(encode(t, deep)); err == nil {
		t.Error("a tree of 3000 levels was loaded")
	}
}

func FuzzImage(f *testing.F) {
	varied := everything()
	varied.RemoveChild("large")
	for _, tree := range []*erofs.Node{dir("a", "b"), varied} {
		m, err := erofs.Layout(tree, 2)
		if err != nil {
			f.Fatal(err)
		}
		head, err := m.Head(erofs.Super{})
		if err != nil {
			f.Fatal(err)
		}
		inodes := bytes.NewBuffer(head[erofs.BlockSize:])
		if err := m.Write(inodes, strings.NewReader(strings.Repeat("z", erofs.BlockSize))); err != nil {
			f.Fatal(err)
		}
		f.Add(inodes.Bytes(), m.Inodes())
	}
	f.Fuzz(func(t *testing.T, inodes []byte, count uint64) {
		if len(inodes) > 1<<20 {
			return
		}
		inodes = append(inodes, make([]byte, -len(inodes)&(erofs.BlockSize-1))...)
		super := erofs.Super{Blocks: 1 + uint32(len(inodes)/erofs.BlockSize), Inodes: count}
		block := super.Encode()
		image := append(block[:], inodes...)
		im, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
		if err != nil {
			return
		}
		tree, err := im.Load(10_000)
		if err != nil {
			return
		}
		if _, err := erofs.Layout(tree, 2); err != nil {
			t.Errorf("a tree that loads cannot be laid out: %v", err)
		}
		if _, err := erofs.FS(tree).Lstat("a"); err != nil && err.(*fs.PathError).Path != "a" {
			t.Error(err)
		}
	})
}

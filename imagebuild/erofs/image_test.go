// SPDX-License-Identifier: Apache-2.0

package erofs_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/internal/imagetest"
)

// dataBlocks is the number of blocks with file data that encode puts between the root and the other inodes.
const dataBlocks = 3

// encode writes an image with dataBlocks blocks of data, block 2 filled with the letter 'a', and so on, and with tails of 'z'.
func encode(t testing.TB, root *erofs.Node) []byte {
	t.Helper()
	return encodeFrom(t, root, bytes.NewReader(bytes.Repeat([]byte("z"), erofs.BlockSize)))
}

func encodeFrom(t testing.TB, root *erofs.Node, tails io.ReaderAt) []byte {
	t.Helper()
	m, err := erofs.Layout(root, erofs.HeadBlocks+dataBlocks)
	if err != nil {
		t.Fatal(err)
	}
	head, err := m.Head(erofs.Super{Blocks: erofs.HeadBlocks + dataBlocks + m.Blocks(), Inodes: m.Inodes()})
	if err != nil {
		t.Fatal(err)
	}
	image := bytes.NewBuffer(head)
	for i := range dataBlocks {
		image.Write(bytes.Repeat([]byte{byte('a' + i)}, erofs.BlockSize))
	}
	if err := m.Write(image, tails); err != nil {
		t.Fatal(err)
	}
	return image.Bytes()
}

func open(t testing.TB, image []byte) *erofs.Image {
	t.Helper()
	im, err := erofs.Open(bytes.NewReader(image), int64(len(image)))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func dir(names ...string) *erofs.Node {
	d := erofs.NewDir(erofs.Attributes{Mode: erofs.ModeDir | 0o755, UID: 1, GID: 2, Mtime: 3})
	for _, name := range names {
		d.SetChild(name, file(0, 0))
	}
	return d
}

// file is a file of size bytes, the whole blocks of which begin at block, if it has any.
func file(block uint32, size int64) *erofs.Node {
	n := &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeRegular | 0o4755, Mtime: -1}, Size: size}
	if tail, err := n.InlineTail(size); err == nil && size > int64(tail) {
		n.Block = block
	}
	return n
}

func symlink(target string) *erofs.Node {
	return &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeSymlink | 0o777}, Target: target}
}

// everything is a tree with every kind of node, body and attribute.
func everything() *erofs.Node {
	root := dir("+before the dots", ".hidden", "..x", "empty")
	shared := file(2, 2*erofs.BlockSize+1)
	shared.SetXattr("user.b", []byte("2"))
	shared.SetXattr("security.capability", bytes.Repeat([]byte{7}, 24))
	shared.SetXattr("user.a", nil)
	root.SetChild("shared", shared)
	sub := dir()
	sub.SetChild("again", shared)
	root.SetChild("sub", sub)
	large := dir()
	for i := range 500 {
		large.SetChild(fmt.Sprintf("%0*d", 1+i%255, i), symlink("x"))
	}
	large.SetXattr("trusted.overlay.opaque", []byte("y"))
	root.SetChild("large", large)
	root.SetChild("long link", symlink(strings.Repeat("z", erofs.MaxTarget)))
	root.SetChild("inline link", symlink(strings.Repeat("z", erofs.BlockSize-64)))
	root.SetChild("gone", &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeWhiteout}})
	root.SetChild("pipe", &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeFIFO | 0o600, UID: 1<<32 - 2, GID: 1<<32 - 2}})
	root.SetChild("\xff not UTF-8", file(4, 1))
	root.SetChild("longest tail", file(0, erofs.BlockSize-64))
	root.SetChild("no tail", file(3, erofs.BlockSize-63))
	return root
}

func TestImageReadsAsWritten(t *testing.T) {
	image := encode(t, everything())
	im := open(t, image)
	loaded, err := im.Load(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if again := encodeFrom(t, loaded, bytes.NewReader(image)); !bytes.Equal(again, image) {
		t.Error("the tree that was read gives another image")
	}
	content, err := fs.ReadFile(erofs.FS(loaded), "sub/again")
	want := strings.Repeat("a", erofs.BlockSize) + strings.Repeat("b", erofs.BlockSize) + "z"
	if err != nil || string(content) != want {
		t.Errorf("content: %d bytes, %v", len(content), err)
	}
}

func TestFsckAcceptsTheImage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, encode(t, everything()), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "tree")
	imagetest.Run(t, "", "fsck.erofs", "--extract="+out, path)
	first, err := os.Stat(filepath.Join(out, "sub/again"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.Stat(filepath.Join(out, "shared"))
	if err != nil || !os.SameFile(first, second) {
		t.Errorf("the hard link is not one: %v", err)
	}
	if names, err := os.ReadDir(filepath.Join(out, "large")); err != nil || len(names) < 500 {
		t.Errorf("large directory: %d names, %v", len(names), err)
	}
}

func TestImageIsAFileSystem(t *testing.T) {
	root := dir("a", "b")
	root.SetChild("c", dir("d"))
	root.Child("c").SetChild("e", dir("f"))
	root.SetChild("g", file(2, 5000))
	if err := fstest.TestFS(imagetest.Tree(t, open(t, encode(t, root))), "a", "c/d", "c/e/f", "g"); err != nil {
		t.Error(err)
	}
}

func TestSymbolicLinksStayInTheImage(t *testing.T) {
	root := dir()
	root.SetChild("etc", dir("passwd"))
	root.SetChild("absolute", symlink("/etc/passwd"))
	root.SetChild("escape", symlink("../../../etc/passwd"))
	root.Child("etc").SetChild("up", symlink(".."))
	root.SetChild("loop", symlink("loop"))
	root.SetChild("through", symlink("etc/passwd/x"))
	tree := imagetest.Tree(t, open(t, encode(t, root)))
	for _, name := range []string{"absolute", "escape", "etc/up/etc/passwd"} {
		if _, err := fs.ReadFile(tree, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := fs.Stat(tree, "loop"); err == nil || !strings.Contains(err.Error(), "too many symbolic links") {
		t.Errorf("loop: %v", err)
	}
	if _, err := fs.Stat(tree, "through"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("through a file: %v", err)
	}
	if info, err := tree.Lstat("loop"); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("lstat: %v, %v", info, err)
	}
}

func TestLayoutRefusesWhatTheFormatCannotHold(t *testing.T) {
	device := &erofs.Node{Attributes: erofs.Attributes{Mode: 0o060000}}
	xattr := file(0, 0)
	xattr.SetXattr("system.posix_acl_access", []byte("x"))
	manyXattrs := file(0, 0)
	manyXattrs.SetXattr("user.large", make([]byte, 5000))
	plain := erofs.Attributes{Mode: erofs.ModeRegular}
	unsorted := file(0, 0)
	unsorted.Xattrs = []erofs.Xattr{{Name: "user.b"}, {Name: "user.a"}}
	twice := dir()
	children := map[string]*erofs.Node{
		"block device": device, "acl": xattr, "xattrs too large": manyXattrs, "xattrs unsorted": unsorted,
		"size without block": {Attributes: plain, Size: erofs.BlockSize}, "block without size": {Attributes: plain, Block: 1},
		"tail with a block": {Attributes: plain, Size: 1, Block: 1}, "negative size": {Attributes: plain, Size: -1},
		"no target": symlink(""), "long target": symlink(strings.Repeat("x", 4096)), "target with zero": symlink("a\x00b"),
		"": file(0, 0), ".": file(0, 0), "..": file(0, 0), "a/b": file(0, 0), "a\x00": file(0, 0), strings.Repeat("n", 256): file(0, 0),
	}
	for name, child := range children {
		root := dir()
		root.SetChild(name, child)
		if _, err := erofs.Layout(root, 2); err == nil {
			t.Errorf("%q was laid out", name)
		}
	}
	root := dir()
	root.SetChild("one", twice)
	root.SetChild("two", twice)
	if _, err := erofs.Layout(root, 2); err == nil {
		t.Error("a directory with two names was laid out")
	}
	root = dir()
	root.SetChild("cycle", root)
	if _, err := erofs.Layout(root, 2); err == nil {
		t.Error("a cycle was laid out")
	}
	if _, err := erofs.Layout(file(0, 0), 2); err == nil {
		t.Error("a file was laid out as the root")
	}
}

func TestAnyTreeReadsAsWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		root := dir()
		dirs, files := []*erofs.Node{root}, []*erofs.Node{}
		for range rapid.IntRange(0, 60).Draw(rt, "nodes") {
			parent := dirs[rapid.IntRange(0, len(dirs)-1).Draw(rt, "parent")]
			name := rapid.StringMatching(`[!-.0-~]{1,3}|n{200,255}`).Draw(rt, "name")
			if erofs.CheckName(name) != nil || parent.Child(name) != nil {
				continue
			}
			var n *erofs.Node
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				n = dir()
				dirs = append(dirs, n)
			case 1:
				n = file(2, rapid.Int64Range(0, dataBlocks*erofs.BlockSize).Draw(rt, "size"))
				files = append(files, n)
			case 2:
				n = symlink(strings.Repeat("t", rapid.IntRange(1, erofs.MaxTarget).Draw(rt, "target")))
			case 3:
				if len(files) == 0 {
					continue
				}
				n = files[rapid.IntRange(0, len(files)-1).Draw(rt, "link")]
			}
			if rapid.Bool().Draw(rt, "xattr") {
				n.SetXattr("user."+name, make([]byte, rapid.IntRange(0, 500).Draw(rt, "value")))
				if tail, err := n.InlineTail(n.Size); n.Type() == erofs.ModeRegular && err == nil && n.Size > int64(tail) {
					n.Block = 2
				}
			}
			parent.SetChild(name, n)
		}
		if _, err := erofs.Layout(root, 2); err != nil {
			rt.Skip("attributes of one hard link became too large")
		}
		image := encode(t, root)
		loaded, err := open(t, image).Load(1000)
		if err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(encodeFrom(t, loaded, bytes.NewReader(image)), image) {
			rt.Fatal("the tree that was read gives another image")
		}
	})
}

// SPDX-License-Identifier: Apache-2.0

package merge_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/imagebuild/erofs"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/merge"
	"github.com/escrin/escrin/imagebuild/verity"
)

// image is a converted layer.
type image struct {
	layer.Info
	image, leaves *Memory
}

func convert(stream []byte) (image, error) {
	i := image{image: &Memory{}, leaves: &Memory{}}
	var err error
	i.Info, err = layer.Convert(bytes.NewReader(stream), layer.Output{Image: i.image, Leaves: i.leaves, Scratch: &Memory{}}, layer.DefaultLimits())
	return i, err
}

func (i image) open() (*merge.Layer, error) {
	return merge.OpenLayer(i.image, i.Size, i.leaves, i.RootHash)
}

// written merges the layers and writes the disk. Its hash tree is checked.
func written(t testing.TB, images ...image) (*merge.Disk, []byte, error) {
	t.Helper()
	var layers []*merge.Layer
	for _, i := range images {
		l, err := i.open()
		if err != nil {
			return nil, nil, err
		}
		layers = append(layers, l)
	}
	d, err := merge.Stack(layers)
	if err != nil {
		return nil, nil, err
	}
	var disk Memory
	root, err := d.Write(&disk)
	if err != nil {
		return nil, nil, err
	}
	if again, err := d.Root(); err != nil || again != root {
		t.Errorf("root %x, %v; written %x", again, err, root)
	}
	size := int64(d.DataBlocks()) * erofs.BlockSize
	var tree bytes.Buffer
	if want, err := verity.Tree(&disk, size, make([]byte, 32), &tree); err != nil || want != root {
		t.Errorf("root %x; the disk has %x, %v", root, want, err)
	}
	if !bytes.Equal(disk.Bytes()[size:], tree.Bytes()) {
		t.Error("not the hash tree of the disk")
	}
	return d, disk.Bytes()[:size], nil
}

// stack is written, and holds what a reader finds on the disk against the tree that it was written from.
func stack(t testing.TB, images ...image) ([]byte, fs.ReadLinkFS, error) {
	t.Helper()
	d, disk, err := written(t, images...)
	if err != nil {
		return nil, nil, err
	}
	im, err := erofs.Open(bytes.NewReader(disk), int64(len(disk)))
	if err != nil {
		t.Fatal(err)
	}
	if im.Super().Inodes != d.Inodes() {
		t.Errorf("%d inodes, not %d", d.Inodes(), im.Super().Inodes)
	}
	loaded := Tree(t, im)
	if a, b := Dump(t, d.FS()), Dump(t, loaded); a != b {
		t.Errorf("the tree in memory:\n%s\non disk:\n%s", a, b)
	}
	return disk, loaded, nil
}

// build converts and merges layers, bottom layer first.
func build(t testing.TB, layers ...[]Entry) (fs.ReadLinkFS, error) {
	t.Helper()
	var images []image
	for _, entries := range layers {
		i, err := convert(Tar(t, entries...))
		if err != nil {
			return nil, err
		}
		images = append(images, i)
	}
	_, tree, err := stack(t, images...)
	return tree, err
}

func mustBuild(t testing.TB, layers ...[]Entry) fs.ReadLinkFS {
	t.Helper()
	tree, err := build(t, layers...)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func wantNames(t *testing.T, im fs.FS, want ...string) {
	t.Helper()
	if got := Names(t, im); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func content(t *testing.T, im fs.FS, name, want string) {
	t.Helper()
	got, err := fs.ReadFile(im, name)
	if err != nil || string(got) != want {
		t.Errorf("%s: %q, %v, want %q", name, got, err, want)
	}
}

func TestUpperLayersWin(t *testing.T) {
	owned := Dir("etc")
	owned.Uid = 7
	im := mustBuild(t,
		[]Entry{owned, File("etc/passwd", "root"), File("etc/group", "0"), File("bin/sh", "elf"), Symlink("lib", "usr/lib"), File("gone", "")},
		[]Entry{File("etc/passwd", "user"), File(".wh.gone", ""), File("new/file", strings.Repeat("n", 9000))},
		[]Entry{File("bin", "a file now"), Dir("lib"), File("lib/x", "1")})
	wantNames(t, im, "bin", "etc/", "etc/group", "etc/passwd", "lib/", "lib/x", "new/", "new/file")
	content(t, im, "etc/passwd", "user")
	content(t, im, "etc/group", "0")
	content(t, im, "new/file", strings.Repeat("n", 9000))
	info, err := im.Lstat("etc")
	if err != nil || info.Sys().(erofs.Stat).UID != 7 || info.Mode().Perm() != 0o750 {
		t.Errorf("a directory that a layer only implies lost its attributes: %v, %v", info, err)
	}
}

func TestOpaqueDirectoriesHideWhatIsBelow(t *testing.T) {
	below := []Entry{Dir("d"), File("d/old", ""), File("d/sub/older", "")}
	wantNames(t, mustBuild(t, below, []Entry{File("d/.wh..wh..opq", ""), File("d/new", "")}), "d/", "d/new")
	wantNames(t, mustBuild(t, below, []Entry{File(".wh..wh..opq", "")}))
	wantNames(t, mustBuild(t, below, []Entry{File(".wh.d", ""), File("d/new", "")}), "d/", "d/new")
	wantNames(t, mustBuild(t, below, []Entry{File("d", ""), Dir("d")}), "d/")
	wantNames(t, mustBuild(t, below, []Entry{File("d/.wh.missing", ""), File(".wh.missing", "")}), "d/", "d/old", "d/sub/", "d/sub/older")
	wantNames(t, mustBuild(t, below, []Entry{Other(tar.TypeChar, "d")}))
}

func TestIMG02NoLayerWritesThroughALinkOfALowerOne(t *testing.T) {
	below := []Entry{Symlink("etc", "/host"), File("file", "")}
	for _, upper := range [][]Entry{
		{File("etc/passwd", "")}, {File("etc/.wh.passwd", "")}, {File("etc/.wh..wh..opq", "")}, {File("file/x", "")},
		{Link("x", "etc/passwd")}, {Link("x", "missing")}, {Link("x", "file/x")},
	} {
		if disk, err := build(t, below, upper); err == nil {
			t.Errorf("%q was accepted: %q", upper[0].Name, Names(t, disk))
		}
	}
	if _, err := build(t, []Entry{Dir("d")}, []Entry{Link("x", "d")}); err == nil {
		t.Error("a hard link to a lower directory was accepted")
	}
	wantNames(t, mustBuild(t, below, []Entry{Dir("etc"), File("etc/passwd", "")}), "etc/", "etc/passwd", "file")
	wantNames(t, mustBuild(t, below, []Entry{File(".wh.etc", ""), File("etc/passwd", "")}), "etc/", "etc/passwd", "file")
}

func TestHardLinksAcrossLayers(t *testing.T) {
	im := mustBuild(t,
		[]Entry{File("a", "one"), Link("b", "a"), File("c", "two")},
		[]Entry{Link("d", "b"), Link("e", "d"), File(".wh.c", ""), Link("f", "c"), File("a", "three")})
	wantNames(t, im, "a", "b", "d", "e", "f")
	content(t, im, "d", "one")
	content(t, im, "f", "two")
	if dump := Dump(t, im); strings.Count(dump, "links=3 first=b") != 3 {
		t.Error(dump)
	}
}

func TestIMG05OrderOfWhiteoutsDoesNotMatter(t *testing.T) {
	below := []Entry{Dir("a"), File("a/old", ""), File("a/x", "below"), Symlink("b", "a"), File("c", "")}
	upper := []Entry{File(".wh.a", ""), File("a/.wh..wh..opq", ""), File("a/x", "above"), File("a/.wh.old", ""), File(".wh.b", ""), File(".wh.c", "")}
	first := ""
	permute(upper, func(entries []Entry) {
		disk, err := build(t, below, entries)
		if err != nil {
			t.Fatal(err)
		}
		dump := Dump(t, disk)
		if first == "" {
			first = dump
		}
		if dump != first {
			t.Fatalf("another order gives another tree:\n%s\n%s", first, dump)
		}
	})
	if strings.Count(first, "\n") != 3 || !strings.Contains(first, "a/x") {
		t.Errorf("the tree should be a/x alone:\n%s", first)
	}
}

func permute(entries []Entry, visit func([]Entry)) {
	if len(entries) == 0 {
		visit(nil)
	}
	for i := range entries {
		rest := append(slices.Clone(entries[:i]), entries[i+1:]...)
		permute(rest, func(tail []Entry) { visit(append([]Entry{entries[i]}, tail...)) })
	}
}

func TestIMG13NothingThatSteersOverlayfsIsLeft(t *testing.T) {
	im := mustBuild(t, []Entry{File("a/x", "")}, []Entry{File(".wh.a", ""), File("a/y", ""), File("b/.wh..wh..opq", ""), File(".wh.c", ""), Other(tar.TypeBlock, "d")})
	if dump := Dump(t, im); strings.Contains(dump, "trusted") || strings.Contains(dump, " 20000 ") {
		t.Error(dump)
	}
}

func TestFsckAcceptsTheDisk(t *testing.T) {
	images := []image{}
	for _, entries := range [][]Entry{
		{File("a", strings.Repeat("a", 5000)), Dir("d"), File("d/x", "")},
		{},
		{File("b", strings.Repeat("b", 9000)), Link("c", "a"), File("d/.wh.x", ""), File("d/y", "y").With("user.k", "v")},
	} {
		i, err := convert(Tar(t, entries...))
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, i)
	}
	disk, _, err := stack(t, images...)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "disk"), disk, 0o600); err != nil {
		t.Fatal(err)
	}
	Run(t, dir, "fsck.erofs", "--extract=tree", "--no-preserve-owner", "disk")
	for name, want := range map[string]string{"a": strings.Repeat("a", 5000), "b": strings.Repeat("b", 9000), "c": strings.Repeat("a", 5000), "d/y": "y"} {
		if got, err := os.ReadFile(filepath.Join(dir, "tree", name)); err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, "tree/d/x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("d/x: %v", err)
	}
}

func TestNoLayersGiveAnEmptyTree(t *testing.T) {
	wantNames(t, mustBuild(t))
}

// hostile returns a layer image with the given node at "a", as package layer never writes it, and one block of data.
func hostile(t *testing.T, n *erofs.Node) image {
	t.Helper()
	return hostileArea(t, n, func(a layer.Area) layer.Area { return a })
}

// hostileArea is hostile with another area.
func hostileArea(t *testing.T, n *erofs.Node, change func(layer.Area) layer.Area) image {
	t.Helper()
	const start = erofs.HeadBlocks + 1
	root := erofs.NewDir(erofs.Attributes{Mode: erofs.ModeDir | 0o755})
	root.SetChild("a", n)
	layer.SetArea(root, layer.Area{})
	m, err := erofs.Layout(root, start)
	if err != nil {
		t.Fatal(err)
	}
	layer.SetArea(root, change(layer.Area{Inodes: start, End: start + m.SingleBlocks()}))
	head, err := m.Head(erofs.Super{Blocks: start + m.Blocks(), Inodes: m.Inodes()})
	if err != nil {
		t.Fatal(err)
	}
	b := bytes.NewBuffer(append(head, make([]byte, erofs.BlockSize)...))
	if err := m.Write(b, bytes.NewReader(make([]byte, erofs.BlockSize))); err != nil {
		t.Fatal(err)
	}
	return sealed(t, b.Bytes())
}

// sealed makes a layer image of any bytes, with leaves and root that are right.
func sealed(t testing.TB, b []byte) image {
	t.Helper()
	i := image{image: &Memory{}, leaves: &Memory{}}
	i.Size = int64(len(b))
	_, _ = i.image.WriteAt(b, 0) // never fails
	hasher, err := verity.NewHasher(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	leaves := make([]byte, len(b)/erofs.BlockSize*32)
	if len(b) > 0 {
		if err := hasher.Run(leaves, 0, b); err != nil {
			t.Fatal(err)
		}
		if i.RootHash, err = hasher.Root(); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = i.leaves.WriteAt(leaves, 0)
	return i
}

func TestHostileLayersAreRefused(t *testing.T) {
	regular := func(block uint32, size int64, xattrs ...string) *erofs.Node {
		n := &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeRegular}, Block: block, Size: size}
		for i := 0; i < len(xattrs); i += 2 {
			n.SetXattr(xattrs[i], []byte(xattrs[i+1]))
		}
		return n
	}
	if _, _, err := stack(t, hostile(t, regular(2, 4096))); err != nil {
		t.Fatal(err)
	}
	marked := erofs.NewDir(erofs.Attributes{Mode: erofs.ModeDir})
	marked.SetXattr(layer.XattrOpaque, []byte("x"))
	for name, n := range map[string]*erofs.Node{
		"content in the metadata":     regular(3, 4096),
		"content across the metadata": regular(2, 8192),
		"content in the root":         regular(1, 4096),
		"redirect":                    regular(0, 0, "trusted.overlay.redirect", "/etc/shadow"),
		"metacopy":                    regular(0, 0, "trusted.overlay.metacopy", ""),
		"user.overlay":                regular(0, 0, "user.overlay.opaque", "y"),
		"selinux":                     regular(0, 0, "security.selinux", "x"),
		"opaque file":                 regular(0, 0, layer.XattrOpaque, "y"),
		"implied file":                regular(0, 0, layer.XattrImplied, "y"),
		"link with content":           regular(2, 4096, layer.XattrLowerLink, "x"),
		"link to nothing":             regular(0, 0, layer.XattrLowerLink, ""),
		"link to the root":            regular(0, 0, layer.XattrLowerLink, "."),
		"link through dot dot":        regular(0, 0, layer.XattrLowerLink, "../x"),
		"opaque with another value":   marked,
	} {
		if _, _, err := stack(t, hostile(t, n)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for name, change := range map[string]func(layer.Area) layer.Area{
		"area in the root":      func(a layer.Area) layer.Area { return layer.Area{Inodes: 1, End: a.End} },
		"area backwards":        func(a layer.Area) layer.Area { return layer.Area{Inodes: a.End, End: a.Inodes} },
		"area beyond the image": func(a layer.Area) layer.Area { return layer.Area{Inodes: a.Inodes, End: 1 << 31} },
		"inodes in the data":    func(a layer.Area) layer.Area { return layer.Area{Inodes: a.Inodes - 1, End: a.End} },
		"data in the inodes":    func(a layer.Area) layer.Area { return layer.Area{Inodes: a.Inodes + 1, End: a.End + 1} },
	} {
		if _, _, err := stack(t, hostileArea(t, regular(2, 4096), change)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for name, l := range map[string]image{"zero": {}, "no bytes": sealed(t, nil), "zero bytes": sealed(t, make([]byte, 8192))} {
		if _, _, err := stack(t, l); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := merge.Stack(make([]*merge.Layer, merge.MaxLayers+1)); err == nil {
		t.Error("too many layers are accepted")
	}
}

func TestSameLayersSameMetadata(t *testing.T) {
	var images []image
	for i := range 3 {
		var entries []Entry
		for j := range 200 {
			entries = append(entries, File(fmt.Sprintf("dir%d/file%d", j%7, i*100+j), "x"))
		}
		l, err := convert(Tar(t, entries...))
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, l)
	}
	var disks [2][]byte
	for i := range disks {
		var err error
		if disks[i], _, err = stack(t, images...); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(disks[0], disks[1]) {
		t.Error("the same layers gave two disks")
	}
}

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
)

// blob is a destination in memory.
type blob struct{ b []byte }

func (b *blob) WriteAt(p []byte, offset int64) (int, error) {
	end := int(offset) + len(p)
	if end > len(b.b) {
		b.b = append(b.b, make([]byte, end-len(b.b))...)
	}
	return copy(b.b[offset:], p), nil
}

func image(b []byte) merge.LayerImage {
	return merge.LayerImage{Image: bytes.NewReader(b), Size: int64(len(b))}
}

func convert(stream []byte) (merge.LayerImage, error) {
	var b blob
	_, err := layer.Convert(bytes.NewReader(stream), &b, layer.DefaultLimits())
	return image(b.b), err
}

// build converts and merges layers, bottom layer first.
func build(t testing.TB, layers ...[]Entry) (disk merge.LayerImage, err error) {
	t.Helper()
	var images []merge.LayerImage
	for _, entries := range layers {
		im, err := convert(Tar(t, entries...))
		if err != nil {
			return merge.LayerImage{}, err
		}
		images = append(images, im)
	}
	var metadata bytes.Buffer
	info, err := merge.Metadata(&metadata, images)
	if err != nil {
		return merge.LayerImage{}, err
	}
	disk = merge.Disk(image(metadata.Bytes()), images)
	if int64(info.Blocks)*erofs.BlockSize != int64(metadata.Len()) || int64(info.DiskBlocks)*erofs.BlockSize != disk.Size {
		t.Errorf("info %+v, metadata of %d bytes, disk of %d", info, metadata.Len(), disk.Size)
	}
	return disk, nil
}

func openDisk(t testing.TB, disk merge.LayerImage) *erofs.Image {
	t.Helper()
	im, err := erofs.Open(disk.Image, disk.Size)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func mustBuild(t testing.TB, layers ...[]Entry) *erofs.Image {
	t.Helper()
	disk, err := build(t, layers...)
	if err != nil {
		t.Fatal(err)
	}
	return openDisk(t, disk)
}

func wantNames(t *testing.T, im *erofs.Image, want ...string) {
	t.Helper()
	if got := Names(t, im); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func content(t *testing.T, im *erofs.Image, name, want string) {
	t.Helper()
	got, err := fs.ReadFile(im.FS(), name)
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
	info, err := im.FS().Lstat("etc")
	if err != nil || info.Sys().(erofs.Inode).UID != 7 || info.Mode().Perm() != 0o750 {
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
			t.Errorf("%q was accepted: %q", upper[0].Name, Names(t, openDisk(t, disk)))
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
		dump := Dump(t, openDisk(t, disk))
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
	disk, err := build(t,
		[]Entry{File("a", strings.Repeat("a", 5000)), Dir("d"), File("d/x", "")},
		[]Entry{},
		[]Entry{File("b", strings.Repeat("b", 9000)), Link("c", "a"), File("d/.wh.x", ""), File("d/y", "y").With("user.k", "v")})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	bytes := make([]byte, disk.Size)
	if _, err := disk.Image.ReadAt(bytes, 0); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "disk"), bytes, 0o600); err != nil {
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

// hostile returns a layer blob with the given node at "a", as package layer never writes it.
func hostile(t *testing.T, n *erofs.Node) merge.LayerImage {
	t.Helper()
	root := erofs.NewDir(erofs.Attributes{Mode: erofs.ModeDir | 0o755})
	root.Children["a"] = n
	m, err := erofs.Layout(root, 2)
	if err != nil {
		t.Fatal(err)
	}
	super := erofs.Super{Blocks: 2 + m.Blocks(), MetaBlock: 2, Inodes: m.Inodes()}
	block := super.Encode()
	b := bytes.NewBuffer(block[:])
	b.Write(make([]byte, erofs.BlockSize))
	if err := m.Write(b, 0); err != nil {
		t.Fatal(err)
	}
	return image(b.Bytes())
}

func TestHostileLayerBlobsAreRefused(t *testing.T) {
	regular := func(block uint32, size int64, xattrs ...string) *erofs.Node {
		n := &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeRegular}, Block: block, Size: size}
		for i := 0; i < len(xattrs); i += 2 {
			n.SetXattr(xattrs[i], []byte(xattrs[i+1]))
		}
		return n
	}
	if _, err := merge.Metadata(&bytes.Buffer{}, []merge.LayerImage{hostile(t, regular(1, 4096))}); err != nil {
		t.Fatal(err)
	}
	marked := erofs.NewDir(erofs.Attributes{Mode: erofs.ModeDir})
	marked.SetXattr(layer.XattrOpaque, []byte("x"))
	for name, n := range map[string]*erofs.Node{
		"content in the metadata":     regular(2, 1),
		"content across the metadata": regular(1, 4097),
		"redirect":                    regular(0, 0, "trusted.overlay.redirect", "/etc/shadow"),
		"metacopy":                    regular(0, 0, "trusted.overlay.metacopy", ""),
		"user.overlay":                regular(0, 0, "user.overlay.opaque", "y"),
		"selinux":                     regular(0, 0, "security.selinux", "x"),
		"opaque file":                 regular(0, 0, layer.XattrOpaque, "y"),
		"implied file":                regular(0, 0, layer.XattrImplied, "y"),
		"link with content":           regular(1, 1, layer.XattrLowerLink, "x"),
		"link to nothing":             regular(0, 0, layer.XattrLowerLink, ""),
		"link to the root":            regular(0, 0, layer.XattrLowerLink, "."),
		"link through dot dot":        regular(0, 0, layer.XattrLowerLink, "../x"),
		"opaque with another value":   marked,
	} {
		if _, err := merge.Metadata(&bytes.Buffer{}, []merge.LayerImage{hostile(t, n)}); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for name, l := range map[string]merge.LayerImage{"zero": {}, "no bytes": image(nil), "zero bytes": image(make([]byte, 8192))} {
		if _, err := merge.Metadata(&bytes.Buffer{}, []merge.LayerImage{l}); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := merge.Metadata(&bytes.Buffer{}, make([]merge.LayerImage, merge.MaxLayers+1)); err == nil {
		t.Error("too many layers are accepted")
	}
}

func TestDiskReadsAcrossItsParts(t *testing.T) {
	disk := merge.Disk(image([]byte("abc")), []merge.LayerImage{image(nil), image([]byte("de")), image([]byte("f"))})
	for start := range 7 {
		for length := range 8 {
			b := make([]byte, length)
			n, err := disk.Image.ReadAt(b, int64(start))
			want := "abcdef"[start:min(6, start+length)]
			if string(b[:n]) != want || (err != nil) != (len(want) < length) {
				t.Errorf("%d bytes from %d: %q, %v", length, start, b[:n], err)
			}
		}
	}
	short := merge.Disk(merge.LayerImage{Image: strings.NewReader("a"), Size: 5}, nil)
	if _, err := short.Image.ReadAt(make([]byte, 5), 0); err == nil {
		t.Error("a part that is too short goes unnoticed")
	}
	if _, err := disk.Image.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("negative offset")
	}
}

func TestSameLayersSameMetadata(t *testing.T) {
	var layers []merge.LayerImage
	for i := range 3 {
		var entries []Entry
		for j := range 200 {
			entries = append(entries, File(fmt.Sprintf("dir%d/file%d", j%7, i*100+j), "x"))
		}
		l, err := convert(Tar(t, entries...))
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, l)
	}
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if _, err := merge.Metadata(b, layers); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same layers gave two metadata images")
	}
}

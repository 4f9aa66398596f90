// SPDX-License-Identifier: Apache-2.0

package layer_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/escrin/escrin/imagebuild/erofs"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/verity"
)

// output is a place in memory for what a conversion writes.
func output() (layer.Output, *Memory) {
	image := &Memory{}
	return layer.Output{Image: image, Leaves: &Memory{}, Scratch: &Memory{}}, image
}

func convertWith(r io.Reader, limits layer.Limits) ([]byte, layer.Info, error) {
	out, image := output()
	info, err := layer.Convert(r, out, limits)
	return image.Bytes(), info, err
}

// convert converts a stream and checks all that Info says.
func convert(t testing.TB, stream []byte) (fs.ReadLinkFS, layer.Info, error) {
	t.Helper()
	out, image := output()
	info, err := layer.Convert(bytes.NewReader(stream), out, layer.DefaultLimits())
	if err != nil {
		return nil, info, err
	}
	if info.DiffID != sha256.Sum256(stream) || info.Size != int64(len(image.Bytes())) {
		t.Errorf("info %+v of %d bytes, image of %d", info, len(stream), len(image.Bytes()))
	}
	blocks := uint64(info.Size / erofs.BlockSize)
	if root, err := verity.Root(io.NewSectionReader(out.Leaves.(*Memory), 0, 1<<40), blocks, make([]byte, 32)); err != nil || root != info.RootHash {
		t.Errorf("leaves have root %x, %v, not %x", root, err, info.RootHash)
	}
	if root, err := verity.Tree(image, info.Size, make([]byte, 32), io.Discard); err != nil || root != info.RootHash {
		t.Errorf("the image has root %x, %v, not %x", root, err, info.RootHash)
	}
	im, err := erofs.Open(image, info.Size)
	if err != nil {
		t.Fatal(err)
	}
	attributes, err := im.Root()
	if err != nil {
		t.Fatal(err)
	}
	if area, err := layer.AreaOf(attributes); err != nil || area.End != erofs.HeadBlocks+info.DataBlocks || area.Inodes > area.End {
		t.Errorf("area %+v, %v; %d data blocks", area, err, info.DataBlocks)
	}
	return Tree(t, im), info, nil
}

func mustConvert(t testing.TB, entries ...Entry) fs.ReadLinkFS {
	t.Helper()
	im, _, err := convert(t, Tar(t, entries...))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func refused(t *testing.T, entries ...Entry) {
	t.Helper()
	im, info, err := convert(t, Tar(t, entries...))
	if err == nil {
		t.Errorf("%q was accepted: %q", entries[len(entries)-1].Name, Names(t, im))
	}
	if info != (layer.Info{}) {
		t.Errorf("%q: info %+v with an error", entries[len(entries)-1].Name, info)
	}
}

func wantNames(t *testing.T, im fs.FS, want ...string) {
	t.Helper()
	if got := Names(t, im); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestIMG01NamesNeverLeaveTheRoot(t *testing.T) {
	for _, name := range []string{"../x", "../../x", "a/../../x", "a/..", "..", "/../x", "./../x", "a/b/../c"} {
		refused(t, File(name, ""))
		refused(t, File("target", ""), Link("a", name))
		refused(t, Symlink(name, "x"))
	}
	wantNames(t, mustConvert(t, File("/x", ""), File("//a//b", ""), File("./c/./d", "")), "a/", "a/b", "c/", "c/d", "x")
}

func TestIMG02NoPathLeadsThroughASymbolicLink(t *testing.T) {
	for _, target := range []string{"/host", "../..", ".", "dir"} {
		refused(t, Dir("dir"), Symlink("etc", target), File("etc/passwd", ""))
		refused(t, Dir("dir"), Symlink("etc", target), Dir("etc/sub"))
		refused(t, Dir("dir"), Symlink("etc", target), File("etc/.wh.passwd", ""))
		refused(t, Dir("dir"), Symlink("etc", target), Link("x", "etc/passwd"))
		refused(t, Dir("dir"), File("y", ""), Symlink("etc", target), Link("etc/x", "y"))
	}
	refused(t, Symlink("/.", "/host"))
	refused(t, Symlink("./", "/host"))
	refused(t, File("a", ""), File("a/b", ""))
	refused(t, Other(tar.TypeFifo, "a"), File("a/b", ""))
	wantNames(t, mustConvert(t, Symlink("etc", "/host"), Dir("etc"), File("etc/passwd", "")), "etc/", "etc/passwd")
}

func TestIMG03HardLinksStayInTheImageAndChangeNothing(t *testing.T) {
	refused(t, Dir("d"), Link("a", "d"))
	refused(t, File("d/x", ""), Link("a", "d"))
	refused(t, Link("a", "a"))
	refused(t, Link("a", "."))
	refused(t, Link("a", "/"))
	refused(t, File("x", ""), Link(".", "x"))
	refused(t, File("f", ""), Link("a", "f/x"))

	link := Link("a", "link")
	link.Mode = 0o6777
	im := mustConvert(t, Symlink("link", "/host"), link)
	wantNames(t, im, "a", "link")
	info, err := im.Lstat("a")
	if err != nil || info.Sys().(erofs.Stat).Mode != erofs.ModeSymlink|0o777 || info.Sys().(erofs.Stat).Links != 2 {
		t.Errorf("hard link to a symbolic link: %v, %v", info, err)
	}

	im = mustConvert(t, Link("a", "./lower/file"))
	info, err = im.Lstat("a")
	if err != nil {
		t.Fatal(err)
	}
	if target, _ := info.Sys().(erofs.Stat).Xattr(layer.XattrLowerLink); string(target) != "lower/file" {
		t.Errorf("link to a lower layer: %q", target)
	}
}

func TestIMG04WhiteoutsNeedATarget(t *testing.T) {
	for _, name := range []string{".wh.", ".wh..", ".wh...", "a/.wh.", "a/.wh..", "a/.wh...", "../.wh.x", ".wh.a/b", ".wh..wh..opq/x", ".wh..wh.plnk", ".wh..wh.aufs"} {
		refused(t, File(name, ""))
	}
	longest := strings.Repeat("n", 255)
	wantNames(t, mustConvert(t, File(".wh."+longest, "")), longest)
	refused(t, File(".wh.n"+longest, ""))
	refused(t, Dir(".wh.a"))
	refused(t, Symlink(".wh.a", "x"))
	refused(t, File(".wh.a", "content"))
	refused(t, File("x", ""), Link(".wh.a", "x"))
}

func TestIMG06NoDeviceNodes(t *testing.T) {
	for _, kind := range []byte{tar.TypeChar, tar.TypeBlock} {
		node := Other(kind, "dev/mem")
		node.Devmajor, node.Devminor = 1, 1
		im, info, err := convert(t, Tar(t, File("dev/mem", "x"), node, node))
		if err != nil || info.Devices != 2 || info.FirstDevice != "dev/mem" {
			t.Errorf("info %+v, %v", info, err)
		}
		got, err := im.Lstat("dev/mem")
		if err != nil || got.Sys().(erofs.Stat).Mode != erofs.ModeWhiteout {
			t.Errorf("device became %v, %v", got, err)
		}
	}
	null := Other(tar.TypeChar, "null")
	if dump := Dump(t, mustConvert(t, null, Link("zero", "null"))); strings.Count(dump, " 20000 ") != 2 {
		t.Errorf("a link to a device is no device: %s", dump)
	}
	for kind := byte(1); kind < 128; kind++ {
		switch kind {
		case tar.TypeReg, tar.TypeDir, tar.TypeSymlink, tar.TypeLink, tar.TypeFifo, tar.TypeChar, tar.TypeBlock,
			tar.TypeXHeader, tar.TypeXGlobalHeader, tar.TypeGNULongName, tar.TypeGNULongLink:
			continue
		}
		stream := Tar(t, File("x", ""))
		setHeaderByte(stream, 156, kind)
		if _, _, err := convert(t, stream); err == nil {
			t.Errorf("entry type %q was accepted", kind)
		}
	}
	suid := File("su", "")
	suid.Mode = 0o106755
	info, err := mustConvert(t, suid, Other(tar.TypeFifo, "pipe")).Lstat("su")
	if err != nil || info.Sys().(erofs.Stat).Mode != erofs.ModeRegular|0o6755 {
		t.Errorf("setuid file: %v, %v", info, err)
	}
}

// setHeaderByte changes the first header of a stream and mends its checksum.
func setHeaderByte(stream []byte, offset int, value byte) {
	stream[offset] = value
	copy(stream[148:156], "        ")
	var sum int
	for _, b := range stream[:512] {
		sum += int(b)
	}
	copy(stream[148:156], []byte{'0' + byte(sum>>15&7), '0' + byte(sum>>12&7), '0' + byte(sum>>9&7), '0' + byte(sum>>6&7), '0' + byte(sum>>3&7), '0' + byte(sum&7), 0, ' '})
}

func TestIMG08LimitsHold(t *testing.T) {
	stream := Tar(t, File("a", strings.Repeat("x", 5000)), File("b/c/d", ""))
	enough := layer.Limits{StreamBytes: int64(len(stream)), Entries: 2, TreeBytes: 2000}
	if _, _, err := convertWith(bytes.NewReader(stream), enough); err != nil {
		t.Fatal(err)
	}
	for name, limits := range map[string]layer.Limits{
		"zero":    {},
		"bytes":   {StreamBytes: enough.StreamBytes - 1, Entries: enough.Entries, TreeBytes: enough.TreeBytes},
		"entries": {StreamBytes: enough.StreamBytes, Entries: 1, TreeBytes: enough.TreeBytes},
		"tree":    {StreamBytes: enough.StreamBytes, Entries: enough.Entries, TreeBytes: 4 * 256},
	} {
		if _, _, err := convertWith(bytes.NewReader(stream), limits); !errors.Is(err, layer.ErrLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
	endless := io.MultiReader(bytes.NewReader(Tar(t, File("a", ""))), zeros{})
	if _, _, err := convertWith(endless, layer.Limits{StreamBytes: 1 << 20, Entries: 1, TreeBytes: 1000}); !errors.Is(err, layer.ErrLimit) {
		t.Errorf("endless padding: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestIMG09SparseFilesAndFalseSizes(t *testing.T) {
	for _, key := range []string{"GNU.sparse.major", "GNU.sparse.map", "GNU.sparse.size", "GNU.sparse.anything"} {
		if _, _, err := convert(t, paxTar(t, map[string]string{key: "1"})); err == nil {
			t.Errorf("%s without a map was accepted", key)
		}
	}
	for _, size := range []string{"9223372036854775807", "-1", "1000000"} {
		if _, _, err := convert(t, paxTar(t, map[string]string{"size": size})); err == nil {
			t.Errorf("size %s was accepted", size)
		}
	}
	whole := Tar(t, File("a", strings.Repeat("x", 5000)))
	for _, length := range []int{1, 511, 513, 1000, 5000} {
		if _, _, err := convert(t, whole[:length]); err == nil {
			t.Errorf("the first %d bytes were accepted", length)
		}
	}
}

// paxTar returns a stream with one file x that has the given pax records, which Go's writer would not write.
func paxTar(t *testing.T, records map[string]string) []byte {
	t.Helper()
	header := File("x", "").With("user.x", "")
	var body string
	for key, value := range records {
		record := " " + key + "=" + value + "\n"
		length := len(record) + 2
		if length > 99 {
			length++
		}
		body += string(rune('0'+length/10)) + string(rune('0'+length%10)) + record
	}
	stream := Tar(t, header)
	padded := make([]byte, 512)
	copy(padded, body)
	copy(stream[512:1024], padded)
	size := []byte("00000000000\x00")
	for i, n := 10, len(body); n > 0; i, n = i-1, n/8 {
		size[i] = '0' + byte(n%8)
	}
	copy(stream[124:136], size)
	setHeaderByte(stream, 156, tar.TypeXHeader)
	return stream
}

func TestIMG10OverridingHeaders(t *testing.T) {
	global := Entry{Header: tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"path": "evil"}}}
	refused(t, global, File("a", ""))
	global.PAXRecords = map[string]string{"comment": "0123456789abcdef", "uid": "0"}
	refused(t, global, File("a", ""))
	global.PAXRecords = map[string]string{"comment": "0123456789abcdef"}
	wantNames(t, mustConvert(t, global, File("a", "")), "a")

	for _, data := range []string{"x", strings.Repeat("\x00", 5000) + "x", string(Tar(t, File("hidden", "")))} {
		if _, _, err := convert(t, append(Tar(t, File("a", "")), data...)); err == nil {
			t.Error("data after the end was accepted")
		}
	}
	im, _, err := convert(t, append(Tar(t, File("a", "")), make([]byte, 10_000)...))
	if err != nil {
		t.Fatal(err)
	}
	wantNames(t, im, "a")
	for _, owner := range []int{-1, math.MaxUint32, math.MaxUint32 + 1} {
		e := File("a", "")
		e.Uid, e.Format = owner, tar.FormatGNU
		refused(t, e)
		e.Uid, e.Gid = 0, owner
		refused(t, e)
	}
}

// TestIMG10SizesWithoutContentAreRefused has a size of what has no content: some programs pass over so many bytes.
func TestIMG10SizesWithoutContentAreRefused(t *testing.T) {
	before, hidden := Tar(t, File("b", ""))[:512], Tar(t, File("hidden", ""))
	for _, kind := range []byte{tar.TypeLink, tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeDir, tar.TypeFifo} {
		stream := Tar(t, Entry{Header: tar.Header{Typeflag: kind, Name: "a", Linkname: "b", Format: tar.FormatGNU}})
		for size, ok := range map[string]bool{
			"00000000000\x00": true, "\x80" + strings.Repeat("\x00", 11): true,
			"00000001000\x00": false, "\x80" + strings.Repeat("\x00", 9) + "\x02\x00": false,
		} {
			copy(stream[124:], size)
			setHeaderByte(stream, 156, kind)
			more := stream[512:]
			if !ok {
				more = hidden
			}
			_, _, err := convert(t, slices.Concat(before, stream[:512], more))
			if (err == nil) != ok || !ok && !strings.Contains(err.Error(), "a size of something that has no content") {
				t.Errorf("type %q with size %q: %v", kind, size, err)
			}
		}
	}
}

// TestIMG10HeadersThatProgramsReadInSeveralWays has one of each kind; difftest has many, and asks other programs.
func TestIMG10HeadersThatProgramsReadInSeveralWays(t *testing.T) {
	long := File(strings.Repeat("n", 101), "x")
	long.Format = tar.FormatPAX
	pax := Tar(t, long) // header and body of the extended header, header, content
	long.Format = tar.FormatGNU
	gnu := Tar(t, long)
	end := make([]byte, 1024)
	prefix := slices.Clone(gnu)
	setHeaderByte(prefix[1024:], 345, 'd')
	empty := slices.Clone(gnu)
	empty[512] = 0
	number := slices.Clone(gnu)
	number[1024+124] = 0 // most programs would take the size for 0
	setHeaderByte(number[1024:], 135, 0)
	slash := Tar(t, File("ab", ""))
	setHeaderByte(slash, 1, '/')
	for name, stream := range map[string][]byte{
		"two pax headers":       slices.Concat(pax[:1024], pax),
		"two long names":        slices.Concat(gnu[:1024], gnu),
		"pax, then a long name": slices.Concat(pax[:1024], gnu),
		"a long name, then pax": slices.Concat(gnu[:1024], pax),
		"pax of nothing":        slices.Concat(pax[:1024], end),
		"pax, then no more":     pax[:1024],
		"prefix in GNU's":       prefix,
		"empty long name":       empty,
		"cut in the padding":    pax[:1600],
		"a file's slash":        slash,
		"a zero, then a number": number,
	} {
		if _, _, err := convert(t, stream); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	for _, stream := range [][]byte{pax, gnu, pax[:2048]} {
		if _, _, err := convert(t, stream); err != nil {
			t.Error(err)
		}
	}
}

func TestIMG11LaterEntriesReplaceEarlierOnes(t *testing.T) {
	im := mustConvert(t, File("a", "1"), Link("b", "a"), File("a", "2"), Dir("c"), File("c/d", ""), File("c", "file"), Dir("e"), File("e/f", ""), Dir("e"))
	wantNames(t, im, "a", "b", "c", "e/", "e/f")
	dump := Dump(t, im)
	if strings.Contains(dump, "links=2 first=a") {
		t.Errorf("the inode of a replaced file is used again:\n%s", dump)
	}
	im = mustConvert(t, File("a", ""), Dir("a"), File("a/b", ""))
	info, err := im.Lstat("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, opaque := info.Sys().(erofs.Stat).Xattr(layer.XattrOpaque); !opaque {
		t.Error("a directory over a file of the same layer does not hide the lower layers")
	}
}

func TestIMG12NamesAreBytes(t *testing.T) {
	names := []string{"Etc", "etc", "caf\u00e9", "cafe\u0301", "\xff\xfe", "a b", "a\nb"}
	var entries []Entry
	for _, name := range names {
		e := File(name, name)
		e.Format = tar.FormatGNU
		entries = append(entries, e)
	}
	slices.Sort(names)
	wantNames(t, mustConvert(t, entries...), names...)
	refused(t, File(strings.Repeat("n", 256), ""))
	refused(t, File(strings.Repeat("d/", 2100)+"x", ""))
}

func TestIMG13AttributesThatSteerOverlayfsAreLeftOut(t *testing.T) {
	e := File("a", "").With("security.capability", "cap", "user.mine", "1", "user.overlay.opaque", "y", "trusted.overlay.opaque", "y",
		"trusted.overlay.redirect", "/", layer.XattrImplied, "y", layer.XattrLowerLink, "b", "security.selinux", "label", "system.posix_acl_access", "acl", "user.", "x", "other", "x")
	im, info, err := convert(t, Tar(t, e))
	if err != nil {
		t.Fatal(err)
	}
	if info.Attributes != 9 {
		t.Errorf("%d attributes were left out", info.Attributes)
	}
	dump := Dump(t, im)
	if !strings.Contains(dump, `security.capability="cap" user.mine="1" 0 bytes`) {
		t.Error(dump)
	}
	for _, e := range []Entry{Symlink("a", "b"), Other(tar.TypeFifo, "a")} {
		if dump := Dump(t, mustConvert(t, e.With("user.mine", "1"))); strings.Contains(dump, "user.") {
			t.Errorf("the kernel would not show that: %s", dump)
		}
	}
}

func TestIMG17EveryFieldChangesTheImage(t *testing.T) {
	base := []Entry{File("a", "1"), File("b", "2"), Symlink("c", "d")}
	seen := map[[32]byte]int{}
	for i, change := range []func(e []Entry){
		func([]Entry) {},
		func(e []Entry) { e[0].Name, e[1].Name = "b", "a" },
		func(e []Entry) { e[0].Content = "2" },
		func(e []Entry) { e[0].Mode = 0o600 },
		func(e []Entry) { e[0].Uid = 1 },
		func(e []Entry) { e[0].Gid = 1 },
		func(e []Entry) { e[0].ModTime = time.Unix(9, 0) },
		func(e []Entry) { e[2].Linkname = "e" },
	} {
		entries := slices.Clone(base)
		change(entries)
		image, _, err := convertWith(bytes.NewReader(Tar(t, entries...)), layer.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		clear(image[:erofs.BlockSize]) // the UUID comes from the stream's digest
		digest := sha256.Sum256(image)
		if other, dup := seen[digest]; dup {
			t.Errorf("changes %d and %d give the same image", other, i)
		}
		seen[digest] = i
	}
}

func TestSameStreamSameImage(t *testing.T) {
	stream := Tar(t, File("a", strings.Repeat("x", 10_000)), Dir("b"), Link("b/c", "a"), Symlink("d", "a"), File("b/.wh.x", ""))
	one, _, err := convertWith(bytes.NewReader(stream), layer.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := convertWith(iotest.OneByteReader(bytes.NewReader(stream)), layer.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, two) {
		t.Error("the same stream gave two images")
	}
}

func TestErrorsOfTheStreamAndTheDestination(t *testing.T) {
	broken := errors.New("broken")
	stream := Tar(t, File("a", strings.Repeat("x", 3<<20)))
	if _, _, err := convertWith(io.MultiReader(bytes.NewReader(stream), iotest.ErrReader(io.ErrUnexpectedEOF)), layer.DefaultLimits()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a stream that a decoder finds cut behind a whole tar: %v", err)
	}
	if _, _, err := convertWith(io.MultiReader(bytes.NewReader(stream[:1<<20]), iotest.ErrReader(broken)), layer.DefaultLimits()); !errors.Is(err, broken) {
		t.Errorf("stream: %v", err)
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	readOnly, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	for _, content := range []string{"", strings.Repeat("x", 3<<20)} {
		for _, out := range []layer.Output{
			{Image: readOnly, Leaves: &Memory{}, Scratch: &Memory{}}, {Image: &Memory{}, Leaves: readOnly, Scratch: &Memory{}},
		} {
			if _, err := layer.Convert(bytes.NewReader(Tar(t, File("a", content))), out, layer.DefaultLimits()); err == nil {
				t.Error("what could not be written was reported as good")
			}
		}
	}
	var tails []Entry
	for i := range 1000 {
		tails = append(tails, File(strconv.Itoa(i), strings.Repeat("x", 2000)))
	}
	for _, scratch := range []layer.Scratch{nil, readOnly} {
		out := layer.Output{Image: &Memory{}, Leaves: &Memory{}, Scratch: scratch}
		if _, err := layer.Convert(bytes.NewReader(Tar(t, tails...)), out, layer.DefaultLimits()); err == nil {
			t.Error("tails that could not be kept were reported as good")
		}
	}
}

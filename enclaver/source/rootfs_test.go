// SPDX-License-Identifier: Apache-2.0

package source

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

// makeRoot writes a root file system in which every kind of file is.
func makeRoot(t *testing.T, dir string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bin", "etc", "etc/app", "empty", "var/lib", "öffentlich"} {
		must(os.MkdirAll(filepath.Join(dir, name), 0o755))
		must(os.Chmod(filepath.Join(dir, name), 0o755))
	}
	must(os.Chmod(filepath.Join(dir, "var"), 0o755))
	for name, mode := range map[string]os.FileMode{
		"bin/app": 0o755, "etc/passwd": 0o644, "etc.conf": 0o600, "etc/app/long" + strings.Repeat("g", 200): 0o444, "bin/su": 0o755 | os.ModeSetuid,
		"a line\nbreak": 0o644, "not\xffutf-8": 0o644,
	} {
		path := filepath.Join(dir, name)
		must(os.WriteFile(path, []byte("content of "+name), 0o644))
		must(os.Chmod(path, mode))
	}
	must(os.Link(filepath.Join(dir, "bin/app"), filepath.Join(dir, "bin/zlink")))
	must(os.Link(filepath.Join(dir, "bin/app"), filepath.Join(dir, "a-link")))
	must(os.Symlink("../etc/passwd", filepath.Join(dir, "bin/symlink")))
	must(os.Symlink("/nowhere/"+strings.Repeat("far/", 40), filepath.Join(dir, "broken")))
	must(unix.Mkfifo(filepath.Join(dir, "fifo"), 0o640))
	must(os.Chmod(filepath.Join(dir, "fifo"), 0o640))
	sparse, err := os.Create(filepath.Join(dir, "sparse"))
	must(err)
	must(sparse.Truncate(1 << 20))
	must(sparse.Chmod(0o644))
	must(sparse.Close())
}

func packRoot(t *testing.T, path string) wholeImage {
	t.Helper()
	return readImage(t, "rootfs:"+path, Options{})
}

func headersOf(t *testing.T, layer []byte) []*tar.Header {
	t.Helper()
	var headers []*tar.Header
	r := tar.NewReader(bytes.NewReader(layer))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return headers
		}
		if err != nil {
			t.Fatal(err)
		}
		headers = append(headers, h)
	}
}

// The digest of one tree, so that neither a change here nor one of archive/tar changes what others have made.
func TestRootFSVector(t *testing.T) {
	const want = "sha256:606a4374c1999aec99079385b31c88f1214fea1a16e1ea1803a5ebbbb8bc694e"
	dir := t.TempDir()
	makeRoot(t, dir)
	if got := packRoot(t, dir); got.descriptor.Digest.String() != want {
		t.Errorf("manifest %s, want %s:\n%s\n%s", got.descriptor.Digest, want, got.config, got.manifest.Layers[0].Digest)
	}
}

func TestRootFSHoldsWhatTheFolderHolds(t *testing.T) {
	dir := t.TempDir()
	makeRoot(t, dir)
	image := packRoot(t, dir)
	var names []string
	for _, h := range headersOf(t, image.layers[0]) {
		names = append(names, strings.TrimSuffix(h.Name, "/"))
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "" || !h.ModTime.Equal(time.Unix(0, 0)) {
			t.Errorf("%s: owner %d:%d %q:%q, time %s", h.Name, h.Uid, h.Gid, h.Uname, h.Gname, h.ModTime)
		}
		switch h.Name {
		case "a-link":
			if h.Typeflag != tar.TypeReg || h.Mode != 0o755 {
				t.Errorf("%s: %c %o", h.Name, h.Typeflag, h.Mode)
			}
		case "bin/app", "bin/zlink":
			if h.Typeflag != tar.TypeLink || h.Linkname != "a-link" {
				t.Errorf("%s: %c to %s", h.Name, h.Typeflag, h.Linkname)
			}
		case "bin/su":
			if h.Mode != 0o4755 {
				t.Errorf("%s: mode %o", h.Name, h.Mode)
			}
		}
	}
	if !slices.IsSorted(names) || len(names) != 20 {
		t.Errorf("%d names: %q", len(names), names)
	}
	if config := string(image.config); strings.Contains(config, dir) || strings.Contains(config, "created") {
		t.Errorf("config %s", config)
	}
}

// SC-01 for root file systems: nothing but the content counts.
func TestSC01RootFSIsAFunctionOfItsContent(t *testing.T) {
	first := t.TempDir()
	makeRoot(t, first)
	want := packRoot(t, first).descriptor.Digest
	for name, prepare := range map[string]func(dir string){
		"again":           func(string) {},
		"other times":     touchAll,
		"other root mode": func(dir string) { os.Chmod(dir, 0o700) },
		"other owner":     func(dir string) { chownAll(dir, 1234, 5678) },
		"a socket":        func(dir string) { unix.Mknod(filepath.Join(dir, "socket"), unix.S_IFSOCK|0o644, 0) },
		"filled holes":    func(dir string) { os.WriteFile(filepath.Join(dir, "sparse"), make([]byte, 1<<20), 0o644) },
		"other order": func(dir string) {
			for _, f := range []string{"bin/su", "etc.conf"} {
				data, _ := os.ReadFile(filepath.Join(dir, f))
				info, _ := os.Stat(filepath.Join(dir, f))
				os.Remove(filepath.Join(dir, f))
				os.WriteFile(filepath.Join(dir, f), data, 0o644)
				os.Chmod(filepath.Join(dir, f), info.Mode())
			}
		},
	} {
		dir := t.TempDir()
		makeRoot(t, dir)
		prepare(dir)
		if got := packRoot(t, dir).descriptor.Digest; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	memory, err := os.MkdirTemp("/dev/shm", "escrin-root-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(memory)
	t.Setenv("TZ", "Pacific/Kiritimati")
	t.Setenv("LC_ALL", "tr_TR.UTF-8")
	makeRoot(t, memory)
	if got := packRoot(t, memory).descriptor.Digest; got != want {
		t.Errorf("in memory: %s, want %s", got, want)
	}
}

func touchAll(dir string) {
	filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error {
		when := unix.NsecToTimespec(int64(len(path)) * 1e15)
		return unix.UtimesNanoAt(unix.AT_FDCWD, path, []unix.Timespec{when, when}, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// chownAll changes owners if this process may. Set-user-id bits, which the kernel takes away then, come back.
func chownAll(dir string, uid, gid int) {
	filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error {
		info, err := os.Lstat(path)
		if err != nil || os.Lchown(path, uid, gid) != nil || info.Mode().Type() != 0 {
			return nil
		}
		return os.Chmod(path, info.Mode())
	})
}

// The tar of a folder makes the same image as the folder, whichever program packed it, in whichever order and form.
func TestRootFSOfATarIsThatOfItsFolder(t *testing.T) {
	dir := t.TempDir()
	makeRoot(t, dir)
	want := packRoot(t, dir)
	readImage(t, "rootfs:"+writeFile(t, want.layers[0]), Options{}).mustBe(t, want)
	for _, args := range [][]string{
		{"--format=gnu"}, {"--format=pax"}, {"--format=posix", "--sort=name"}, {"--format=gnu", "--gzip"},
		{"--format=gnu", "--zstd"}, {"--format=gnu", "--bzip2"}, {"--format=pax", "--xattrs"},
	} {
		path := filepath.Join(t.TempDir(), "root.tar")
		args = append(args, "--owner=0", "--group=0", "-C", dir, "-cf", path, ".")
		if out, err := exec.Command("tar", args...).CombinedOutput(); err != nil {
			t.Fatalf("tar %q: %v\n%s", args, err, out)
		}
		image := packRoot(t, path)
		if image.descriptor.Digest != want.descriptor.Digest {
			t.Errorf("tar %q differs", args)
			for i, h := range headersOf(t, image.layers[0]) {
				if w := headersOf(t, want.layers[0])[i]; w.Name != h.Name || w.Mode != h.Mode || w.Typeflag != h.Typeflag {
					t.Fatalf("%q %o %c, want %q %o %c", h.Name, h.Mode, h.Typeflag, w.Name, w.Mode, w.Typeflag)
				}
			}
		}
	}
}

func TestRootFSKeepsOwnersOfATar(t *testing.T) {
	image := packRoot(t, writeFile(t, packFiles(t,
		packedFile{tar.Header{Name: "data/", Typeflag: tar.TypeDir, Uid: 70, Gid: 71, Uname: "postgres"}, nil},
		packedFile{tar.Header{Name: "deep/er/file", Uid: 1, Gid: 2}, []byte("x")},
	)))
	headers := headersOf(t, image.layers[0])
	if len(headers) != 4 || headers[0].Uid != 70 || headers[0].Gid != 71 || headers[0].Uname != "" {
		t.Errorf("%+v", headers[0])
	}
	if h := headers[1]; h.Name != "deep/" || h.Mode != 0o755 || h.Uid != 0 {
		t.Errorf("%+v", h)
	}
}

func TestRootFSKeepsTheAttributesThatAnEnclaveKeeps(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"user.b": "1\x00\n2", "user.a": "", "user.overlay.opaque": "y"} {
		if err := unix.Setxattr(path, name, []byte(value), 0); err != nil {
			t.Fatalf("the test's folder has no extended attributes: %v", err)
		}
	}
	if err := unix.Setxattr(dir, "user.c", []byte("root"), 0); err != nil {
		t.Fatal(err)
	}
	headers := headersOf(t, packRoot(t, dir).layers[0])
	records := headers[0].PAXRecords
	if len(headers) != 1 || len(records) != 2 || records["SCHILY.xattr.user.b"] != "1\x00\n2" {
		t.Errorf("%q", records)
	}
	if _, ok := records["SCHILY.xattr.user.a"]; !ok {
		t.Errorf("%q", records)
	}
}

func TestIMGRootFSRefuses(t *testing.T) {
	dir, link := byte(tar.TypeDir), byte(tar.TypeLink)
	entry := func(name string, kind byte, target string) packedFile {
		return packedFile{tar.Header{Name: name, Typeflag: kind, Linkname: target}, nil}
	}
	for name, c := range map[string]struct {
		files   []packedFile
		message string
	}{
		"IMG01 dot-dot":                {[]packedFile{file("a/../../b", nil)}, "leads out"},
		"IMG02 below a symbolic link":  {[]packedFile{entry("a", tar.TypeSymlink, "/etc"), file("a/b", nil)}, "not a folder"},
		"IMG02 below a file":           {[]packedFile{file("a/b/c", nil), file("a/b", nil)}, "not a folder"},
		"IMG03 hard link outside":      {[]packedFile{entry("a", link, "../etc/passwd")}, "leads out"},
		"IMG03 hard link to nothing":   {[]packedFile{entry("a", link, "/etc/passwd")}, "hard link"},
		"IMG03 hard link to later":     {[]packedFile{entry("a", link, "b"), file("b", nil)}, "hard link"},
		"IMG03 hard link to a folder":  {[]packedFile{entry("b", dir, ""), entry("a", link, "b")}, "hard link"},
		"IMG03 hard link to itself":    {[]packedFile{entry("a", link, "a")}, "hard link"},
		"IMG04 whiteout":               {[]packedFile{file("etc/.wh.passwd", nil)}, "removes another"},
		"IMG04 opaque whiteout":        {[]packedFile{file(".wh..wh..opq", nil)}, "removes another"},
		"IMG11 file twice":             {[]packedFile{file("a", nil), file("./a", nil)}, "twice"},
		"IMG11 folder becomes file":    {[]packedFile{entry("a", dir, ""), file("a", nil)}, "twice"},
		"IMG11 file becomes folder":    {[]packedFile{file("a", nil), entry("a", dir, "")}, "twice"},
		"IMG14 owner out of bounds":    {[]packedFile{{tar.Header{Name: "a", Uid: 1<<32 - 1}, nil}}, "out of bounds"},
		"unknown type":                 {[]packedFile{entry("a", '7', "")}, "unknown type"},
		"long name":                    {[]packedFile{file(strings.Repeat("a/", 2500)+"a", nil)}, "more than 4095"},
		"an image":                     {[]packedFile{file("oci-layout", nil)}, "image already"},
		"an archive of docker save":    {[]packedFile{file("manifest.json", nil)}, "image already"},
		"hard link to a refused thing": {[]packedFile{entry("a", tar.TypeSymlink, "x"), entry("b", link, "a"), file("b/c", nil)}, "not a folder"},
	} {
		image, err := RootFS(writeFile(t, packFiles(t, c.files...)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = image.Resolve(context.Background()); err == nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s: %v", name, err)
		}
		image.Close()
	}
}

func TestIMG04FolderWithAWhiteoutIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".wh.a"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	image, err := RootFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	if _, err := image.Resolve(context.Background()); err == nil || !strings.Contains(err.Error(), "rename it") {
		t.Errorf("got %v", err)
	}
}

// A hard link to a symbolic link, as GNU tar writes it, becomes the symbolic link again.
func TestRootFSHardLinkToASymbolicLink(t *testing.T) {
	headers := headersOf(t, packRoot(t, writeFile(t, packFiles(t, link(tar.TypeSymlink, "b", "x"), link(tar.TypeLink, "a", "b")))).layers[0])
	for _, h := range headers {
		if h.Typeflag != tar.TypeSymlink || h.Linkname != "x" {
			t.Errorf("%s: %c to %s", h.Name, h.Typeflag, h.Linkname)
		}
	}
}

// IMG-18: what changes between packing and reading is an error that says so, whatever it is.
func TestIMG18RootFSThatChangesIsRefused(t *testing.T) {
	for name, change := range map[string]func(dir string){
		"content": func(dir string) {
			os.WriteFile(filepath.Join(dir, "etc/passwd"), []byte("Content of etc/passwd"), 0o644)
		},
		"longer":   func(dir string) { os.WriteFile(filepath.Join(dir, "etc/passwd"), make([]byte, 10000), 0o644) },
		"shorter":  func(dir string) { os.Truncate(filepath.Join(dir, "etc/passwd"), 1) },
		"replaced": func(dir string) { replace(filepath.Join(dir, "etc/passwd"), "content of etc/passwd") },
		"a link": func(dir string) {
			os.Remove(filepath.Join(dir, "etc.conf"))
			os.Symlink("etc/passwd", filepath.Join(dir, "etc.conf"))
		},
		"a fifo": func(dir string) {
			os.Remove(filepath.Join(dir, "etc.conf"))
			unix.Mkfifo(filepath.Join(dir, "etc.conf"), 0o600)
		},
		"a folder": func(dir string) {
			os.Remove(filepath.Join(dir, "etc.conf"))
			os.Mkdir(filepath.Join(dir, "etc.conf"), 0o700)
		},
		"gone": func(dir string) { os.Remove(filepath.Join(dir, "etc.conf")) },
		"a link beyond": func(dir string) {
			os.Rename(filepath.Join(dir, "etc"), filepath.Join(dir, "was"))
			os.Symlink("/etc", filepath.Join(dir, "etc"))
		},
	} {
		dir := t.TempDir()
		makeRoot(t, dir)
		image, err := RootFS(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := image.Resolve(context.Background()); err != nil {
			t.Fatal(err)
		}
		change(dir)
		if _, err = readSource(image); err == nil {
			t.Errorf("%s: accepted", name)
		} else if name == "content" && !strings.Contains(hint.Of(err), "end what writes") {
			t.Errorf("%s: %v (hint: %s)", name, err, hint.Of(err))
		}
	}
}

func replace(path, content string) {
	os.Rename(path, path+".old")
	os.WriteFile(path, []byte(content), 0o644)
}

func TestRootFSCanBeReadTwiceAtATime(t *testing.T) {
	dir := t.TempDir()
	makeRoot(t, dir)
	image, err := RootFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	if _, err := image.Open(context.Background(), oci.Descriptor{}); err == nil {
		t.Error("opened before it was resolved")
	}
	if _, err := image.Resolve(context.Background()); err != nil {
		t.Fatal(err)
	}
	layer := image.(*rootfs).layer
	left, err := image.Open(context.Background(), layer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(left, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	if _, err := readVerified(image, layer); err != nil {
		t.Error(err)
	}
	if err := left.Close(); err != nil {
		t.Error(err)
	}
}

func TestRootFSErrorsSayWhatToDo(t *testing.T) {
	if _, err := RootFS("./nowhere"); err == nil || hint.Of(err) == "" {
		t.Errorf("got %v", err)
	}
	dir := t.TempDir()
	makeRoot(t, dir)
	if _, err := Parse(dir); err == nil || !strings.Contains(hint.Of(err), "--rootfs "+dir) {
		t.Errorf("%v (hint: %s)", err, hint.Of(err))
	}
}

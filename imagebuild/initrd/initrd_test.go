// SPDX-License-Identifier: Apache-2.0

package initrd_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/escrin/escrin/imagebuild/initrd"
	"github.com/escrin/escrin/imagebuild/internal/imagetest"
)

func entries() []initrd.Entry {
	return []initrd.Entry{
		{Name: "init", Mode: 0o755, Data: []byte("#!")},
		{Name: "lib/modules/erofs.ko", Mode: 0o644, Data: bytes.Repeat([]byte("m"), 5001)},
		{Name: "lib/empty", Mode: 0o600},
		{Name: "bin/sh", Mode: fs.ModeSymlink | 0o777, Data: []byte("/init")},
		{Name: "tmp", Mode: fs.ModeDir | fs.ModeSticky | 0o777},
	}
}

func write(t *testing.T, entries []initrd.Entry) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := initrd.Write(&b, entries); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCpioUnpacksTheSameTree(t *testing.T) {
	dir := t.TempDir()
	archive := filepath.Join(dir, "initrd")
	if err := os.WriteFile(archive, write(t, entries()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "tree"), 0o700); err != nil {
		t.Fatal(err)
	}
	imagetest.Run(t, filepath.Join(dir, "tree"), "sh", "-c", "cpio --extract --quiet --preserve-modification-time --no-preserve-owner < "+archive)
	var names []string
	tree := os.DirFS(filepath.Join(dir, "tree"))
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	})
	if err != nil || !slices.Equal(names, []string{".", "bin", "bin/sh", "init", "lib", "lib/empty", "lib/modules", "lib/modules/erofs.ko", "tmp"}) {
		t.Errorf("%q, %v", names, err)
	}
	for _, e := range entries() {
		info, err := os.Lstat(filepath.Join(dir, "tree", e.Name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != e.Mode {
			t.Errorf("%s: mode %v, want %v", e.Name, info.Mode(), e.Mode)
		}
		if e.Mode.IsRegular() {
			if got, err := fs.ReadFile(tree, e.Name); err != nil || !bytes.Equal(got, e.Data) || info.ModTime().Unix() != 0 {
				t.Errorf("%s: %d bytes of %v, %v", e.Name, len(got), info.ModTime(), err)
			}
		}
	}
}

func TestOrderOfEntriesDoesNotMatter(t *testing.T) {
	want := write(t, entries())
	for shift := range len(entries()) {
		e := entries()
		if got := write(t, append(e[shift:], e[:shift]...)); !bytes.Equal(got, want) {
			t.Errorf("entries shifted by %d give another archive", shift)
		}
	}
	if len(want)%512 != 0 {
		t.Errorf("%d bytes are not a multiple of 512", len(want))
	}
}

func TestBadEntriesAreRefused(t *testing.T) {
	for _, bad := range [][]initrd.Entry{
		{{Name: ""}}, {{Name: "."}}, {{Name: "/init"}}, {{Name: "a/../b"}}, {{Name: "../a"}}, {{Name: "a//b"}}, {{Name: "a/"}}, {{Name: "a\x00b"}},
		{{Name: "TRAILER!!!"}}, {{Name: strings.Repeat("n", 4096)}},
		{{Name: "a"}, {Name: "a"}}, {{Name: "a"}, {Name: "a/b"}}, {{Name: "a/b"}, {Name: "a", Mode: fs.ModeSymlink, Data: []byte("x")}},
		{{Name: "a", Mode: fs.ModeDir, Data: []byte("x")}}, {{Name: "a", Mode: fs.ModeSymlink}},
		{{Name: "a", Mode: fs.ModeDevice}}, {{Name: "a", Mode: fs.ModeNamedPipe}}, {{Name: "a", Mode: fs.ModeSocket}}, {{Name: "a", Mode: fs.ModeIrregular}},
	} {
		if err := initrd.Write(&bytes.Buffer{}, bad); err == nil {
			t.Errorf("%.50v was accepted", bad)
		}
	}
}

func TestWriteErrorsAreReported(t *testing.T) {
	if err := initrd.Write(full{}, entries()); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("got %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

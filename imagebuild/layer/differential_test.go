// SPDX-License-Identifier: Apache-2.0

package layer_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/escrin/escrin/imagebuild/erofs"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/layer"
)

// TestIMG10SameTreeAsGNUTar lays a tar out with this package and fsck.erofs, and with GNU tar, and compares what is on disk.
func TestIMG10SameTreeAsGNUTar(t *testing.T) {
	long := strings.Repeat("long name ", 20)
	for _, format := range []tar.Format{tar.FormatUSTAR, tar.FormatPAX, tar.FormatGNU} {
		t.Run(format.String(), func(t *testing.T) {
			entries := []Entry{
				Dir("d"), File("d/small", "content"), File("implied/parents/file", strings.Repeat("0123456789", 1000)),
				Link("d/link", "d/small"), Symlink("d/symlink", "../implied"), File("replaced", "1"), File("replaced", "2"),
				Other(tar.TypeFifo, "pipe"), File("d/name with % and \\", "x"),
			}
			if format != tar.FormatUSTAR {
				entries = append(entries, File(long+"/"+long, "deep"), Symlink("long target", long+long), Link("long link", long+"/"+long))
			}
			for i := range entries {
				entries[i].Format = format
				entries[i].ModTime = time.Unix(int64(1_000_000+i), 0)
			}
			stream := Tar(t, entries...)
			ours, theirs := t.TempDir(), t.TempDir()
			extract(t, stream, filepath.Join(ours, "tree"))
			archive := filepath.Join(theirs, "tar")
			if err := os.WriteFile(archive, stream, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(theirs, "tree"), 0o700); err != nil {
				t.Fatal(err)
			}
			Run(t, filepath.Join(theirs, "tree"), "tar", "-xpf", archive)
			if a, b := describe(t, filepath.Join(ours, "tree")), describe(t, filepath.Join(theirs, "tree")); a != b {
				t.Errorf("ours:\n%s\nGNU tar's:\n%s", a, b)
			}
			Run(t, "", "diff", "-r", "--no-dereference", "--exclude=pipe", filepath.Join(ours, "tree"), filepath.Join(theirs, "tree"))
		})
	}
}

// describe lists what is on disk: modes, and of what is no directory also size, time and number of links.
func describe(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v", strings.TrimPrefix(path, dir), info.Mode())
		if !d.IsDir() {
			fmt.Fprintf(&b, " %d %d", info.Size(), info.Sys().(*syscall.Stat_t).Nlink)
		}
		if d.Type() == 0 || d.Type() == fs.ModeNamedPipe {
			fmt.Fprintf(&b, " %v", info.ModTime().Unix())
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// extract converts a stream and unpacks its image with fsck.erofs, which also checks it.
func extract(t *testing.T, stream []byte, dir string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := layer.Output{Image: f, Leaves: &Memory{}, Scratch: &Memory{}}
	if _, err := layer.Convert(bytes.NewReader(stream), out, layer.DefaultLimits()); err != nil {
		t.Fatal(err)
	}
	Run(t, "", "fsck.erofs", "--extract="+dir, "--no-preserve-owner", path)
}

func FuzzConvert(f *testing.F) {
	f.Add(Tar(f, File("a", "x"), Dir("b"), Link("b/c", "a"), Symlink("d", "a"), File("b/.wh.x", ""), File("b/.wh..wh..opq", "")))
	f.Add(Tar(f, File("a", "x").With("user.a", "b", "security.capability", "c"), Other(tar.TypeChar, "null"), File("null/x", "")))
	f.Fuzz(func(t *testing.T, stream []byte) {
		limits := layer.Limits{StreamBytes: 1 << 20, Entries: 100, TreeBytes: 1 << 20}
		image, info, err := convertWith(bytes.NewReader(stream), limits)
		if err != nil {
			return
		}
		if again, _, err := convertWith(iotest.HalfReader(bytes.NewReader(stream)), limits); err != nil || !bytes.Equal(image, again) {
			t.Errorf("the same stream gives another image: %v", err)
		}
		im, err := erofs.Open(bytes.NewReader(image), info.Size)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := im.Load(1 << 20); err != nil {
			t.Errorf("an image cannot be read: %v", err)
		}
	})
}

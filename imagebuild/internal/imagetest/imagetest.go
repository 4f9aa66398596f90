// SPDX-License-Identifier: Apache-2.0

// Package imagetest is what the tests of imagebuild share: tar streams, file trees as text, and the tools of other
// people that the results are compared with.
package imagetest

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// Entry is one tar entry with its content.
type Entry struct {
	tar.Header
	Content string
}

// File is a regular file.
func File(name, content string) Entry {
	return Entry{tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, ModTime: time.Unix(1, 0)}, content}
}

// Dir is a directory.
func Dir(name string) Entry {
	return Entry{tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o750, ModTime: time.Unix(2, 0)}, ""}
}

// Symlink is a symbolic link.
func Symlink(name, target string) Entry {
	return Entry{tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777, ModTime: time.Unix(3, 0)}, ""}
}

// Link is a hard link.
func Link(name, target string) Entry {
	return Entry{tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: target, Mode: 0o644}, ""}
}

// Other is an entry of any other type.
func Other(kind byte, name string) Entry {
	return Entry{tar.Header{Typeflag: kind, Name: name, Mode: 0o644}, ""}
}

// With returns the entry with extended attributes, as name and value in turn.
func (e Entry) With(xattrs ...string) Entry {
	e.PAXRecords = map[string]string{}
	for i := 0; i < len(xattrs); i += 2 {
		e.PAXRecords["SCHILY.xattr."+xattrs[i]] = xattrs[i+1]
	}
	return e
}

// Tar returns the entries as a tar stream.
func Tar(t testing.TB, entries ...Entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := e.Header
		h.Size = int64(len(e.Content))
		if err := w.WriteHeader(&h); err != nil {
			t.Fatalf("write tar entry %q: %v", h.Name, err)
		}
		if _, err := io.WriteString(w, e.Content); err != nil {
			t.Fatalf("write tar entry %q: %v", h.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatalf("write tar: %v", err)
	}
	return b.Bytes()
}

// Dump describes everything that can be seen of a tree, one line per name. Hard links are shown by the first name of
// their inode.
func Dump(t testing.TB, tree fs.ReadLinkFS) string {
	t.Helper()
	var b strings.Builder
	first := map[uint64]string{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		inode, _ := info.Sys().(erofs.Stat)
		if _, seen := first[inode.Number]; !seen {
			first[inode.Number] = name
		}
		fmt.Fprintf(&b, "%s %o %d:%d %d links=%d first=%s", name, inode.Mode, inode.UID, inode.GID, inode.Mtime, inode.Links, first[inode.Number])
		for _, x := range inode.Xattrs {
			fmt.Fprintf(&b, " %s=%q", x.Name, x.Value)
		}
		switch inode.Type() {
		case erofs.ModeRegular:
			content, err := fs.ReadFile(tree, name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %d bytes %x", len(content), sha256.Sum256(content))
		case erofs.ModeSymlink:
			target, err := tree.ReadLink(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " -> %s", target)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatalf("walk image: %v", err)
	}
	return b.String()
}

// Tree reads the tree of an image.
func Tree(t testing.TB, im *erofs.Image) fs.ReadLinkFS {
	t.Helper()
	root, err := im.Load(1 << 20)
	if err != nil {
		t.Fatalf("load image: %v", err)
	}
	return erofs.FS(root)
}

// Names lists the paths of a tree, with "/" after directories.
func Names(t testing.TB, tree fs.FS) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && name != "." {
			if d.IsDir() {
				name += "/"
			}
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatalf("walk image: %v", err)
	}
	return names
}

// Tool returns the path of a program: one that is installed, or one of erofs-utils in the cache of scripts/setup.sh.
func Tool(t testing.TB, name string) string {
	t.Helper()
	cache := os.Getenv("ESCRIN_CACHE")
	if cache == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(base, "escrin")
	}
	for _, candidate := range []string{filepath.Join(cache, "tools/erofs-utils", name), "/usr/sbin/" + name, name} {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	t.Fatalf("%s is missing: run scripts/setup.sh", name)
	return ""
}

// Run runs a program to its end and returns what it printed.
func Run(t testing.TB, dir, name string, args ...string) string {
	t.Helper()
	command := exec.Command(Tool(t, name), args...)
	command.Dir = dir
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

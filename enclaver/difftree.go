// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// files compares the merged file systems of two images.
func (d *differ) files(ctx context.Context, a, b imageOf, progress Progress) error {
	return a.converter(progress).withStack(ctx, a.layers(a.number), func(_ []readyLayer, stackA *stack) error {
		return b.converter(progress).withStack(ctx, b.layers(b.number), func(_ []readyLayer, stackB *stack) error {
			progress.begin("compare files")
			t := treeDiffer{ctx: ctx, differ: d, a: stackA.FS(), b: stackB.FS()}
			return t.compare(".")
		})
	})
}

// treeDiffer compares two trees name by name.
type treeDiffer struct {
	ctx    context.Context
	differ *differ
	a, b   fs.ReadLinkFS
}

// compare compares what the trees have under a name that both have.
func (t treeDiffer) compare(name string) error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	infoA, err := t.a.Lstat(name)
	if err != nil {
		return err
	}
	infoB, err := t.b.Lstat(name)
	if err != nil {
		return err
	}
	if err := t.compareOne(name, infoA, infoB); err != nil || !infoA.IsDir() || !infoB.IsDir() {
		return err
	}
	childrenA, err := fs.ReadDir(t.a, name)
	if err != nil {
		return err
	}
	childrenB, err := fs.ReadDir(t.b, name)
	if err != nil {
		return err
	}
	return t.compareChildren(name, childrenA, childrenB)
}

// compareChildren goes through both lists, which are in the order of their names.
func (t treeDiffer) compareChildren(dir string, a, b []fs.DirEntry) error {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name() < b[0].Name():
			t.note(path.Join(dir, a[0].Name()), kindOf(a[0].Type()), "")
			a = a[1:]
		case len(a) == 0 || b[0].Name() < a[0].Name():
			t.note(path.Join(dir, b[0].Name()), "", kindOf(b[0].Type()))
			b = b[1:]
		default:
			if err := t.compare(path.Join(dir, a[0].Name())); err != nil {
				return err
			}
			a, b = a[1:], b[1:]
		}
	}
	return nil
}

func (t treeDiffer) note(name, a, b string) {
	t.differ.note(true, "file", path.Join("/", name), a, b)
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "directory"
	case mode.IsRegular():
		return "file"
	case mode&fs.ModeSymlink != 0:
		return "symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "pipe"
	}
	return "special file"
}

// compareOne compares the attributes and the content of one name.
func (t treeDiffer) compareOne(name string, a, b fs.FileInfo) error {
	if kindA, kindB := kindOf(a.Mode()), kindOf(b.Mode()); kindA != kindB {
		t.note(name, kindA, kindB)
		return nil
	}
	var allA, allB []string
	add := func(what, a, b string) {
		if a != b {
			allA, allB = append(allA, what+" "+a), append(allB, what+" "+b)
		}
	}
	statA, okA := a.Sys().(erofs.Stat)
	statB, okB := b.Sys().(erofs.Stat)
	if !okA || !okB {
		return fmt.Errorf("%s: not a file of an image", name)
	}
	contentA, contentB, err := t.contents(name, a, b)
	if err != nil {
		return err
	}
	add("content", contentA, contentB)
	add("mode", fmt.Sprintf("%04o", statA.Mode&0o7777), fmt.Sprintf("%04o", statB.Mode&0o7777))
	add("owner", fmt.Sprintf("%d:%d", statA.UID, statA.GID), fmt.Sprintf("%d:%d", statB.UID, statB.GID))
	add("time", a.ModTime().String(), b.ModTime().String())
	add("attributes", xattrText(statA), xattrText(statB))
	if !a.IsDir() {
		add("names", fmt.Sprint(statA.Links), fmt.Sprint(statB.Links))
	}
	t.note(name, strings.Join(allA, ", "), strings.Join(allB, ", "))
	return nil
}

func xattrText(s erofs.Stat) string {
	var all []string
	for _, x := range s.Xattrs {
		all = append(all, fmt.Sprintf("%s=%x", x.Name, x.Value))
	}
	return strings.Join(all, " ")
}

// contents names contents in a way that is the same if they are. Regular files of one size are read side by side.
func (t treeDiffer) contents(name string, a, b fs.FileInfo) (contentA, contentB string, err error) {
	switch {
	case a.Mode()&fs.ModeSymlink != 0:
		if contentA, err = t.a.ReadLink(name); err != nil {
			return "", "", err
		}
		contentB, err = t.b.ReadLink(name)
		return contentA, contentB, err
	case !a.Mode().IsRegular():
		return "", "", nil
	case a.Size() == b.Size():
		same, err := t.sameContent(name)
		if err != nil || same {
			return "", "", err
		}
	}
	if contentA, err = describeContent(t.a, name, a.Size()); err != nil {
		return "", "", err
	}
	contentB, err = describeContent(t.b, name, b.Size())
	return contentA, contentB, err
}

func (t treeDiffer) sameContent(name string) (bool, error) {
	a, err := t.a.Open(name)
	if err != nil {
		return false, err
	}
	defer a.Close()
	b, err := t.b.Open(name)
	if err != nil {
		return false, err
	}
	defer b.Close()
	bufferA, bufferB := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, errA := io.ReadFull(a, bufferA)
		m, errB := io.ReadFull(b, bufferB)
		switch {
		case !bytes.Equal(bufferA[:n], bufferB[:m]):
			return false, nil
		case errA == io.EOF || errA == io.ErrUnexpectedEOF:
			return errA == errB, nil
		case errA != nil:
			return false, errA
		case errB != nil:
			return false, errB
		}
	}
}

func describeContent(tree fs.FS, name string, size int64) (string, error) {
	f, err := tree.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("sha256:%x (%d bytes)", h.Sum(nil), size), nil
}

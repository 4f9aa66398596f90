// SPDX-License-Identifier: Apache-2.0

package merge_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/escrin/escrin/imagebuild/erofs"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/merge"
	"github.com/escrin/escrin/imagebuild/verity"
)

// flipping gives true bytes until it is told to lie about one of them.
type flipping struct {
	io.ReaderAt
	at   int64
	lies bool
}

func (f *flipping) ReadAt(p []byte, offset int64) (int, error) {
	n, err := f.ReaderAt.ReadAt(p, offset)
	if at := f.at - offset; f.lies && at >= 0 && at < int64(n) {
		p[at] ^= 1
	}
	return n, err
}

// TestIMG18WhatIsReadAgainIsCheckedAgain changes one byte of the image, or of its leaves, after they were opened: each block
// in turn. What uses the layer then must fail, or come to the same result.
func TestIMG18WhatIsReadAgainIsCheckedAgain(t *testing.T) {
	var entries []Entry
	for i := range 40 {
		entries = append(entries, File(fmt.Sprintf("d%d/small", i), strings.Repeat("s", 3000)), File(fmt.Sprintf("d%d/large", i), strings.Repeat("l", 9000)))
	}
	l, err := convert(Tar(t, entries...))
	if err != nil {
		t.Fatal(err)
	}
	right, _, err := stack(t, l)
	if err != nil {
		t.Fatal(err)
	}
	caught := 0
	for step, size := range map[int64]int64{erofs.BlockSize: l.Size, verity.DigestSize: l.Size / erofs.BlockSize * verity.DigestSize} {
		for at := step / 2; at < size; at += step {
			image, leaves := &flipping{ReaderAt: l.image, at: at}, &flipping{ReaderAt: l.leaves, at: at}
			opened, err := merge.OpenLayer(image, l.Size, leaves, l.RootHash)
			if err != nil {
				t.Fatal(err)
			}
			image.lies, leaves.lies = step == erofs.BlockSize, step == verity.DigestSize
			var disk Memory
			err = write(opened, &disk)
			if errors.Is(err, verity.ErrMismatch) {
				caught++
			} else if err != nil || !bytes.HasPrefix(disk.Bytes(), right) {
				t.Errorf("byte %d: %v, and a disk of %d bytes", at, err, len(disk.Bytes()))
			}
		}
	}
	if caught < 100 { // leaves that were checked are kept, so a change to some of them is not even seen
		t.Errorf("%d changes were caught", caught)
	}
}

func write(l *merge.Layer, disk *Memory) error {
	d, err := merge.Stack([]*merge.Layer{l})
	if err != nil {
		return err
	}
	_, err = d.Write(disk)
	return err
}

func TestIMG18ContentsAreCheckedAsTheyAreRead(t *testing.T) {
	l, err := convert(Tar(t, File("large", strings.Repeat("l", 1<<20)), File("small", "s")))
	if err != nil {
		t.Fatal(err)
	}
	image := &flipping{ReaderAt: l.image, at: 100 * erofs.BlockSize}
	opened, err := merge.OpenLayer(image, l.Size, l.leaves, l.RootHash)
	if err != nil {
		t.Fatal(err)
	}
	d, err := merge.Stack([]*merge.Layer{opened})
	if err != nil {
		t.Fatal(err)
	}
	image.lies = true
	if _, err := fs.ReadFile(d.FS(), "large"); !errors.Is(err, verity.ErrMismatch) {
		t.Errorf("changed content: %v", err)
	}
	if content, err := fs.ReadFile(d.FS(), "small"); err != nil || string(content) != "s" {
		t.Errorf("unchanged content: %q, %v", content, err)
	}
}

func TestLayersMustHaveTheirRoot(t *testing.T) {
	l, err := convert(Tar(t, File("a", strings.Repeat("x", 5000))))
	if err != nil {
		t.Fatal(err)
	}
	wrong := l.RootHash
	wrong[31] ^= 1
	short := io.NewSectionReader(l.leaves, 0, 32)
	for name, open := range map[string]func() (*merge.Layer, error){
		"another root":    func() (*merge.Layer, error) { return merge.OpenLayer(l.image, l.Size, l.leaves, wrong) },
		"too long":        func() (*merge.Layer, error) { return merge.OpenLayer(l.image, l.Size+4096, l.leaves, l.RootHash) },
		"too short":       func() (*merge.Layer, error) { return merge.OpenLayer(l.image, l.Size-4096, l.leaves, l.RootHash) },
		"part of a block": func() (*merge.Layer, error) { return merge.OpenLayer(l.image, l.Size-1, l.leaves, l.RootHash) },
		"leaves missing":  func() (*merge.Layer, error) { return merge.OpenLayer(l.image, l.Size, short, l.RootHash) },
		"image missing": func() (*merge.Layer, error) {
			return merge.OpenLayer(strings.NewReader(""), l.Size, l.leaves, l.RootHash)
		},
		"nothing":          func() (*merge.Layer, error) { return merge.OpenLayer(nil, l.Size, nil, l.RootHash) },
		"negative":         func() (*merge.Layer, error) { return merge.OpenLayer(l.image, -4096, l.leaves, l.RootHash) },
		"larger than life": func() (*merge.Layer, error) { return merge.OpenLayer(l.image, 1<<62, l.leaves, l.RootHash) },
	} {
		if _, err := open(); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestIMG17EveryNameAndAttributeChangesTheRoot(t *testing.T) {
	root := func(entries ...Entry) [32]byte {
		t.Helper()
		l, err := convert(Tar(t, entries...))
		if err != nil {
			t.Fatal(err)
		}
		opened, err := l.open()
		if err != nil {
			t.Fatal(err)
		}
		d, err := merge.Stack([]*merge.Layer{opened})
		if err != nil {
			t.Fatal(err)
		}
		sum, err := d.Root()
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	owned, closed := File("a", "1"), File("a", "1")
	owned.Uid, closed.Mode = 1, 0o600
	seen := map[[32]byte]string{}
	for name, entries := range map[string][]Entry{
		"first":           {File("a", "1"), File("b", "2")},
		"names swapped":   {File("b", "1"), File("a", "2")},
		"content moved":   {File("a", "12"), File("b", "")},
		"owner":           {owned, File("b", "2")},
		"mode":            {closed, File("b", "2")},
		"attribute":       {File("a", "1").With("user.x", ""), File("b", "2")},
		"one inode":       {File("a", "1"), Link("b", "a")},
		"order in layer":  {File("b", "2"), File("a", "1")},
		"another type":    {Symlink("a", "1"), File("b", "2")},
		"in a directory":  {File("a/b", "1"), File("b", "2")},
		"one name longer": {File("aa", "1"), File("b", "2")},
	} {
		sum := root(entries...)
		if other, dup := seen[sum]; dup {
			t.Errorf("%q and %q have one root", other, name)
		}
		seen[sum] = name
	}
}

// FuzzStack merges what two tars make, and reads it in two ways.
func FuzzStack(f *testing.F) {
	below := Tar(f, Dir("d"), File("d/x", "below"), Link("y", "d/x"), Symlink("z", "d"), File("large", strings.Repeat("x", 5000)))
	f.Add(below, Tar(f, File("d/.wh.x", ""), Link("w", "d/x"), File(".wh.z", ""), File("z/a", "")))
	f.Add(below, Tar(f, File("d/.wh..wh..opq", ""), Dir("d"), Other('3', "large"), File("y", "").With("user.a", "b")))
	f.Fuzz(func(t *testing.T, lower, upper []byte) {
		if len(lower)+len(upper) > 1<<18 {
			return
		}
		var images []image
		for _, stream := range [][]byte{lower, upper} {
			i, err := convert(stream)
			if err != nil {
				return
			}
			images = append(images, i)
		}
		_, _, _ = stack(t, images...) // checks what it merged
	})
}

// FuzzHostileLayer merges an image of any bytes over a good one.
func FuzzHostileLayer(f *testing.F) {
	good, err := convert(Tar(f, Dir("a"), File("a/b", "x"), File(".wh.c", ""), Link("d", "lower"), File("e/f", strings.Repeat("x", 5000))))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good.image.Bytes()[erofs.BlockSize:], uint64(7))
	bottom, err := convert(Tar(f, File("lower", "y"), File("a/c", "")))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, rest []byte, inodes uint64) {
		if len(rest) > 1<<20 {
			return
		}
		rest = append(bytes.Clone(rest), make([]byte, -len(rest)&(erofs.BlockSize-1))...)
		block := erofs.Super{Blocks: 1 + uint32(len(rest)/erofs.BlockSize), Inodes: inodes}.Encode()
		if d, _, err := written(t, bottom, sealed(t, append(block[:], rest...))); err == nil { // it may be that no reader takes the disk
			_, _ = fs.ReadFile(d.FS(), "a/b")
		}
	})
}

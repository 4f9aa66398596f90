// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"testing"

	"github.com/escrin/escrin/imagebuild/difftest/listing"
	"github.com/escrin/escrin/imagebuild/erofs"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/merge"
)

// disk is what this module makes of a stack of layers.
type disk struct {
	text       string // listing of the tree
	bytes      []byte // all of it, with its hash tree
	dataBlocks uint64
	root       [32]byte
}

// build converts and merges layers, bottom layer first. The tree that is merged and the one that is read back from the
// disk must be the same, and so must the root hash that is computed without writing and the one of what is written.
func build(t testing.TB, layers []io.Reader) (disk, error) {
	merged, err := merged(layers)
	if err != nil {
		return disk{}, err
	}
	var memory Memory
	d := disk{dataBlocks: merged.DataBlocks()}
	if d.root, err = merged.Write(&memory); err != nil {
		return disk{}, err
	}
	if root, err := merged.Root(); err != nil || root != d.root {
		return disk{}, fmt.Errorf("Root: %x, %w; Write: %x", root, err, d.root)
	}
	d.bytes = memory.Bytes()
	image, err := erofs.Open(&memory, int64(d.dataBlocks)*erofs.BlockSize)
	if err != nil {
		return disk{}, err
	}
	before, err1 := list(merged.FS())
	after, err2 := list(Tree(t, image))
	if err := errors.Join(err1, err2); err != nil {
		return disk{}, err
	}
	d.text = listing.Text(after)
	if text := listing.Text(before); text != d.text {
		return disk{}, fmt.Errorf("merged and read back: %s", diff(text, d.text))
	}
	return d, nil
}

func merged(layers []io.Reader) (*merge.Disk, error) {
	var images []*merge.Layer
	for _, stream := range layers {
		var image, leaves, scratch Memory
		info, err := layer.Convert(stream, layer.Output{Image: &image, Leaves: &leaves, Scratch: &scratch}, layer.DefaultLimits())
		if err != nil {
			return nil, err
		}
		l, err := merge.OpenLayer(&image, info.Size, &leaves, info.RootHash)
		if err != nil {
			return nil, err
		}
		images = append(images, l)
	}
	return merge.Stack(images)
}

// list describes a tree as this module reads it.
func list(tree fs.ReadLinkFS) ([]listing.Entry, error) {
	var entries []listing.Entry
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		stat := info.Sys().(erofs.Stat)
		e := listing.Entry{
			Name: name, Mode: uint32(stat.Mode), UID: stat.UID, GID: stat.GID, Mtime: stat.Mtime,
			Links: uint64(stat.Links), Inode: stat.Number,
		}
		for _, x := range stat.Xattrs {
			e.Xattrs = append(e.Xattrs, listing.Xattr{Name: x.Name, Value: x.Value})
		}
		switch stat.Type() {
		case erofs.ModeRegular:
			content, err := fs.ReadFile(tree, name)
			if err != nil {
				return err
			}
			e.Size, e.Digest = info.Size(), sha256.Sum256(content)
		case erofs.ModeSymlink:
			e.Target, err = tree.ReadLink(name)
		}
		entries = append(entries, e)
		return err
	})
	return entries, err
}

// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
	"io"
)

// Image reads an EROFS image of the profile that this package writes. Nothing in the image is trusted: every offset
// and length is checked before it is used, and no allocation is larger than a block or what the caller asked for.
type Image struct {
	r     io.ReaderAt
	super Super
}

// Open checks the superblock of the image of size bytes in r. It refuses every feature that this package does not
// write, and an image that is not exactly as long as its superblock says.
func Open(r io.ReaderAt, size int64) (*Image, error) {
	var block [BlockSize]byte
	if size < BlockSize {
		return nil, fmt.Errorf("open image: %d bytes are no image", size)
	}
	if err := readFull(r, block[:], 0); err != nil {
		return nil, fmt.Errorf("open image: %w", err)
	}
	super, err := ParseSuper(block)
	if err != nil {
		return nil, fmt.Errorf("open image: %w", err)
	}
	if size != int64(super.Blocks)*BlockSize {
		return nil, fmt.Errorf("open image: %d bytes, but the superblock says %d blocks", size, super.Blocks)
	}
	return &Image{r: r, super: super}, nil
}

// Super returns the superblock.
func (im *Image) Super() Super { return im.super }

// Root returns the root directory.
func (im *Image) Root() (Inode, error) {
	root, err := im.Inode(rootNID)
	if err == nil && root.Type() != ModeDir {
		err = errors.New("the root is no directory")
	}
	return root, err
}

// Inode reads one inode and checks that its body lies in the image.
func (im *Image) Inode(nid uint64) (Inode, error) {
	inode, err := im.inode(nid)
	if err != nil {
		return Inode{}, fmt.Errorf("read inode %d: %w", nid, err)
	}
	return inode, nil
}

func (im *Image) inode(nid uint64) (Inode, error) {
	end := int64(im.super.Blocks) * BlockSize
	if nid < rootNID || nid > uint64(end)/slotSize {
		return Inode{}, errors.New("outside the image")
	}
	offset := im.offset(nid)
	if offset >= end {
		return Inode{}, errors.New("outside the image")
	}
	block := make([]byte, BlockSize-offset%BlockSize)
	if err := readFull(im.r, block, offset); err != nil {
		return Inode{}, err
	}
	inode, err := parseInode(nid, block)
	if err != nil {
		return Inode{}, err
	}
	outside := inode.Size - int64(inode.tail())
	if outside > end || int64(inode.Block)*BlockSize > end-outside {
		return Inode{}, errors.New("body outside the image")
	}
	return inode, nil
}

func (im *Image) offset(nid uint64) int64 {
	return int64(im.super.MetaBlock)*BlockSize + int64(nid)*slotSize
}

// Body reads the body of an inode: a file's content, a link's target, a directory's entries as they are on disk.
func (im *Image) Body(inode Inode) *io.SectionReader {
	return io.NewSectionReader(body{im: im, inode: inode}, 0, inode.Size)
}

// body joins the blocks of an inode with its inline tail. Offsets are within Size, because a SectionReader sits before it.
type body struct {
	im    *Image
	inode Inode
}

func (b body) ReadAt(p []byte, offset int64) (int, error) {
	split := b.inode.Size - int64(b.inode.tail())
	start := int64(b.inode.Block)*BlockSize + offset
	n := 0
	if offset < split {
		n = int(min(int64(len(p)), split-offset))
		if err := readFull(b.im.r, p[:n], start); err != nil {
			return 0, err
		}
	}
	rest := p[n:]
	if len(rest) == 0 {
		return n, nil
	}
	start = b.im.offset(b.inode.NID) + inodeSize + int64(b.inode.xattrSize) + offset + int64(n) - split
	err := readFull(b.im.r, rest, start)
	return len(p), err
}

// Readlink returns the target of a symbolic link.
func (im *Image) Readlink(inode Inode) (string, error) {
	if inode.Type() != ModeSymlink {
		return "", errors.New("read link: not a symbolic link")
	}
	target := make([]byte, inode.Size) // at most MaxTarget
	if err := readFull(im.Body(inode), target, 0); err != nil {
		return "", fmt.Errorf("read link: %w", err)
	}
	return string(target), nil
}

// entries calls visit for each entry of a directory, "." and ".." included, in the order of their names, which must be
// strict. It holds one block at a time.
func (im *Image) entries(dir Inode, visit func(dirent) error) error {
	if dir.Type() != ModeDir {
		return errors.New("not a directory")
	}
	last := ""
	for offset := int64(0); offset < dir.Size; offset += BlockSize {
		block := make([]byte, min(BlockSize, dir.Size-offset))
		if err := readFull(im.Body(dir), block, offset); err != nil {
			return err
		}
		entries, err := parseDirents(block)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.name <= last {
				return fmt.Errorf("directory entry %q out of order", e.name)
			}
			last = e.name
			if err := visit(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// readFull fills p from offset on.
func readFull(r io.ReaderAt, p []byte, offset int64) error {
	n, err := r.ReadAt(p, offset)
	if n == len(p) {
		return nil
	}
	if err == io.EOF || err == nil {
		err = io.ErrUnexpectedEOF
	}
	return err
}

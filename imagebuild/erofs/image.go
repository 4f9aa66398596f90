// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"bytes"
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

// Root returns the attributes of the root directory.
func (im *Image) Root() (Attributes, error) {
	var block [BlockSize]byte
	root, err := im.inode(rootNID, &block)
	if err == nil && root.Type() != ModeDir {
		err = errors.New("it is no directory")
	}
	if err != nil {
		return Attributes{}, fmt.Errorf("read root: %w", err)
	}
	return root.Attributes, nil
}

// content joins the blocks of a regular file that was loaded with its tail.
type content struct{ *Node }

// ReadAt implements io.ReaderAt.
func (c content) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, errors.New("negative offset")
	}
	if offset >= c.Size {
		return 0, io.EOF
	}
	want := p[:min(int64(len(p)), c.Size-offset)]
	split := c.Size - int64(c.inode().tail())
	n := 0
	if offset < split {
		n = int(min(int64(len(want)), split-offset))
		if err := readFull(c.part.Image.r, want[:n], int64(c.Block)*BlockSize+offset); err != nil {
			return 0, err
		}
	}
	if n < len(want) {
		if err := readFull(c.part.Image.r, want[n:], c.Tail+offset+int64(n)-split); err != nil {
			return n, err
		}
	}
	if len(want) < len(p) {
		return len(want), io.EOF
	}
	return len(p), nil
}

// inode reads one inode and checks that its body lies in the image.
func (im *Image) inode(nid uint64, block *[BlockSize]byte) (inode, error) {
	end := int64(im.super.Blocks) * BlockSize
	if nid < rootNID || nid >= uint64(end)/slotSize {
		return inode{}, errors.New("outside the image")
	}
	offset := int64(nid) * slotSize
	room := int(BlockSize - offset%BlockSize)
	rest := block[:min(room, inodeSize)]
	if err := readFull(im.r, rest, offset); err != nil {
		return inode{}, err
	}
	if more := min(room, inodeSize+xattrSizeOf(rest)) - len(rest); more > 0 {
		rest = block[:len(rest)+more]
		if err := readFull(im.r, rest[inodeSize:], offset+inodeSize); err != nil {
			return inode{}, err
		}
	}
	i, err := parseInode(nid, rest, room)
	if err != nil {
		return inode{}, err
	}
	outside := i.size - int64(i.tail())
	if outside > end || int64(i.block)*BlockSize > end-outside {
		return inode{}, errors.New("body outside the image")
	}
	return i, nil
}

// body reads part of the body of an inode. The part lies in the body and does not cross a block.
func (im *Image) body(i inode, p []byte, offset int64) error {
	if split := i.size - int64(i.tail()); offset >= split {
		return readFull(im.r, p, i.tailOffset()+offset-split)
	}
	return readFull(im.r, p, int64(i.block)*BlockSize+offset)
}

// target returns the target of a symbolic link.
func (im *Image) target(i inode) (string, error) {
	target := make([]byte, i.size) // at most MaxTarget
	if err := im.body(i, target, 0); err != nil {
		return "", fmt.Errorf("read link: %w", err)
	}
	if bytes.IndexByte(target, 0) >= 0 {
		return "", errors.New("a link target with a zero byte")
	}
	return string(target), nil
}

// direntBuffer is room for one block of a directory.
type direntBuffer struct {
	block   [BlockSize]byte
	entries []dirent
}

// entries calls visit for each entry of a directory, "." and ".." included, in the order of their names, which must be
// strict. It holds one block at a time, in buffer.
func (im *Image) entries(dir inode, buffer *direntBuffer, visit func(dirent) error) error {
	last := ""
	for offset := int64(0); offset < dir.size; offset += BlockSize {
		block := buffer.block[:min(BlockSize, dir.size-offset)]
		if err := im.body(dir, block, offset); err != nil {
			return err
		}
		var err error
		if buffer.entries, err = parseDirents(buffer.entries[:0], block); err != nil {
			return err
		}
		for _, e := range buffer.entries {
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

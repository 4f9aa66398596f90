// SPDX-License-Identifier: Apache-2.0

// Package layer turns one OCI layer (an uncompressed tar stream) into an EROFS image whose bytes are a function of the
// tar's bytes alone, whatever the machine, the user, the path or the day.
//
// The stream is read once, and everything happens meanwhile, side by side: inflating (by the reader that the caller
// gives), hashing the stream, parsing it, and hashing and writing the image. Memory holds names and attributes only.
// Which entries are taken, left out or refused is stated in SPEC.md.
package layer

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/internal/blocks"
)

// Version names the conversion: it changes whenever the same tar would give other bytes, so that a cache of layer
// images can be keyed by it and the diff id.
const Version = 3

// Limits bounds what one layer may cost. The zero value refuses every layer.
type Limits struct {
	// StreamBytes is the most bytes that the uncompressed tar may have, padding included, and the most that the contents
	// of its files may have together, holes of sparse files included.
	StreamBytes int64
	// Entries is the most tar entries that a layer may have.
	Entries int
	// TreeBytes bounds the memory of the tree, names, link targets and extended attributes included, as package erofs counts
	// it.
	TreeBytes int64
	// Room, if it is not nil, is called once, when the tree takes more than SmallTree bytes. It may wait until there is
	// memory for a tree of TreeBytes; an error ends the conversion.
	Room func() error
}

// SmallTree is how much memory a tree may take before Limits.Room is asked for more: that of ten thousand files.
const SmallTree = 4 << 20

// DefaultLimits returns bounds that ordinary images stay far below: 32 GiB of tar, a million entries and 96 MiB of tree,
// which suffices for a third of a million files with ordinary names.
func DefaultLimits() Limits {
	return Limits{StreamBytes: 32 << 30, Entries: 1 << 20, TreeBytes: 96 << 20}
}

// Output is where a conversion goes. Image and Leaves are written by several goroutines at a time.
type Output struct {
	// Image takes the EROFS image, every byte from offset 0 to Info.Size.
	Image io.WriterAt
	// Leaves takes the dm-verity leaf of each block of Image, 32 bytes each, in order.
	Leaves io.WriterAt
	// Scratch is used meanwhile, from offset 0 on. Its contents are worthless afterwards.
	Scratch Scratch
}

// Info says what a conversion read and wrote.
type Info struct {
	// DiffID is the SHA-256 digest of the uncompressed tar stream, all of it.
	DiffID [32]byte
	// Size is the length of the image in bytes, a multiple of 4096.
	Size int64
	// DataBlocks is how many blocks of the image, from block 2 on, become part of the disk: contents of files, and the inodes
	// with one name.
	DataBlocks uint32
	// RootHash is the dm-verity root hash of the image, with a salt of 32 zero bytes.
	RootHash [32]byte
	// Entries counts the tar entries.
	Entries int
	// Devices counts the device nodes that were left out, and FirstDevice names the first of them.
	Devices     int
	FirstDevice string
	// Attributes counts the extended attributes that were left out.
	Attributes int
}

// ErrLimit is wrapped by every error that says a layer exceeds its Limits.
var ErrLimit = errors.New("layer exceeds its limit")

// Convert reads one uncompressed tar stream to its end and writes its image. When it returns, it does not use the
// stream any more. After an error the contents of out are undefined and Info is zero.
func Convert(tarStream io.Reader, out Output, limits Limits) (Info, error) {
	sink, err := blocks.New(out.Image, out.Leaves)
	if err != nil {
		return Info{}, fmt.Errorf("convert layer: %w", err)
	}
	feed := newFeed(tarStream, limits.StreamBytes)
	headers := &headers{r: feed}
	c := &converter{
		limits: limits, content: limits.StreamBytes, headers: headers, tar: tar.NewReader(headers), tree: newTree(limits),
		sink: sink, tails: &spool{file: out.Scratch},
	}
	err = c.readAll(feed)
	c.info.DiffID = feed.close()
	if err == nil {
		err = c.finish()
	}
	if stored := sink.Close(); stored != nil {
		err = stored // whatever came after it
	}
	if errors.Is(err, blocks.ErrTooLong) {
		err = fmt.Errorf("%w: %w", ErrLimit, err)
	}
	if err != nil {
		return Info{}, fmt.Errorf("convert layer: %w", err)
	}
	return c.info, nil
}

// converter carries one conversion from entry to entry.
type converter struct {
	limits  Limits
	content int64 // what is left of the limit of contents
	headers *headers
	tar     *tar.Reader
	tree    *tree
	sink    *blocks.Writer
	tails   *spool
	info    Info
}

func (c *converter) readAll(stream io.Reader) error {
	for {
		header, err := c.headers.next(c.tar)
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("read entry %d: %w", c.info.Entries, err)
		}
		if err := c.entry(header); err != nil {
			return fmt.Errorf("entry %q: %w", header.Name, err)
		}
	}
	if err := drain(stream); err != nil {
		return fmt.Errorf("read to the end: %w", err)
	}
	return nil
}

// drain reads what follows the tar's end. Readers disagree about entries there, so nothing but zero bytes may follow.
func drain(r io.Reader) error {
	buffer := make([]byte, 64<<10)
	for {
		n, err := r.Read(buffer)
		for _, b := range buffer[:n] {
			if b != 0 {
				return errors.New("data after the end of the tar")
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// finish writes the metadata behind the data, and superblock and root before it.
func (c *converter) finish() error {
	start, err := c.sink.Block()
	if err != nil {
		return err
	}
	root := c.tree.root
	SetArea(root, Area{}) // so that there is room for it
	metadata, err := erofs.Layout(root, start)
	if err != nil {
		return err
	}
	area := Area{Inodes: start, End: start + metadata.SingleBlocks()}
	SetArea(root, area)
	if err := metadata.Write(c.sink, c.tails); err != nil {
		return err
	}
	end, err := c.sink.Block()
	if err != nil {
		return err
	}
	c.info.DataBlocks, c.info.Size = area.End-erofs.HeadBlocks, int64(end)*erofs.BlockSize
	head, err := metadata.Head(erofs.Super{Blocks: end, Inodes: metadata.Inodes(), UUID: erofs.UUIDFrom(c.info.DiffID)})
	if err == nil {
		c.info.RootHash, err = c.sink.Finish(head)
	}
	return err
}

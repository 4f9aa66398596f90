// SPDX-License-Identifier: Apache-2.0

// Package layer turns one OCI layer (an uncompressed tar stream) into one layer blob: an EROFS image whose bytes are a
// function of the tar's bytes alone, whatever the machine, the user, the path or the day.
//
// The stream is read once. File contents go straight to the destination, each at a 4096-byte boundary, so memory holds
// names and attributes only. Which entries are taken, left out or refused is stated in SPEC.md.
package layer

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// Version names the conversion: it changes whenever the same tar would give other bytes, so that a cache of layer
// blobs can be keyed by it and the diff id.
const Version = 1

// Limits bounds what one layer may cost. The zero value refuses every layer.
type Limits struct {
	// StreamBytes is the most bytes that the uncompressed tar may have, padding included.
	StreamBytes int64
	// Entries is the most tar entries that a layer may have.
	Entries int
	// TreeBytes bounds the memory of the tree: names, link targets and extended attributes, and 256 bytes for each entry
	// and each directory that entries imply.
	TreeBytes int64
}

// DefaultLimits returns bounds that ordinary images stay far below: 32 GiB of tar, a million entries and 512 MiB of tree.
func DefaultLimits() Limits {
	return Limits{StreamBytes: 32 << 30, Entries: 1 << 20, TreeBytes: 512 << 20}
}

// Info says what a conversion read and wrote.
type Info struct {
	// DiffID is the SHA-256 digest of the uncompressed tar stream, all of it.
	DiffID [32]byte
	// Size is the length of the layer blob in bytes, a multiple of 4096.
	Size int64
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

// Convert reads one uncompressed tar stream to its end and writes its layer blob to dst, every byte from offset 0 to
// Info.Size. After an error the contents of dst are undefined and Info is zero.
func Convert(tarStream io.Reader, dst io.WriterAt, limits Limits) (Info, error) {
	info, err := convert(tarStream, dst, limits)
	if err != nil {
		return Info{}, fmt.Errorf("convert layer: %w", err)
	}
	return info, nil
}

func convert(tarStream io.Reader, dst io.WriterAt, limits Limits) (Info, error) {
	metered := newMeter(tarStream, limits.StreamBytes)
	stream := bufio.NewReaderSize(metered, 1<<20)
	c := &converter{limits: limits, tree: newTree(limits.TreeBytes), store: newStore(dst)}
	c.tar = tar.NewReader(stream)
	for {
		header, err := c.tar.Next()
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) { // names are judged below, with the same result everywhere
			return Info{}, fmt.Errorf("read entry %d: %w", c.info.Entries, err)
		}
		if err := c.entry(header); err != nil {
			return Info{}, fmt.Errorf("entry %q: %w", header.Name, err)
		}
	}
	if err := drain(stream); err != nil {
		return Info{}, fmt.Errorf("read to the end: %w", err)
	}
	c.info.DiffID = metered.digest()
	return c.finish()
}

// converter carries one conversion from entry to entry.
type converter struct {
	limits Limits
	tar    *tar.Reader
	tree   *tree
	store  *store
	info   Info
}

// finish writes the metadata behind the data, and the superblock before it.
func (c *converter) finish() (Info, error) {
	start, err := c.store.block()
	if err != nil {
		return Info{}, err
	}
	metadata, err := erofs.Layout(c.tree.root, start)
	if err != nil {
		return Info{}, err
	}
	if err := metadata.Write(c.store, 0); err != nil {
		return Info{}, err
	}
	end, err := c.store.block()
	if err != nil {
		return Info{}, err
	}
	c.info.Size = int64(end) * erofs.BlockSize
	super := erofs.Super{Blocks: end, MetaBlock: start, Inodes: metadata.Inodes(), UUID: erofs.UUIDFrom(c.info.DiffID)}
	return c.info, c.store.finish(super.Encode())
}

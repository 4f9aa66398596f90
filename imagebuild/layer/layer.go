// SPDX-License-Identifier: Apache-2.0

// Package layer turns one OCI layer (an uncompressed tar stream) into one layer blob: an EROFS image whose bytes are a
// function of the tar's bytes alone, whatever the machine, the user, the path or the day.
//
// The stream is read once. File contents go straight to the destination, each at a 4096-byte boundary, so memory holds
// names and attributes only. Which entries are taken, left out or refused is stated in SPEC.md.
package layer

import (
	"errors"
	"io"
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
	// TreeBytes is the most bytes that names, link targets and extended attributes may take together.
	TreeBytes int64
}

// DefaultLimits returns bounds that ordinary images stay far below: 32 GiB of tar, a million entries, and 256 MiB of
// names and attributes.
func DefaultLimits() Limits {
	return Limits{StreamBytes: 32 << 30, Entries: 1 << 20, TreeBytes: 256 << 20}
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

// Convert reads one uncompressed tar stream to its end and writes its layer blob to dst from offset 0. Bytes of dst
// that Convert does not write must read as zero: give it an empty file. After an error the contents of dst are
// undefined and Info is zero.
func Convert(tarStream io.Reader, dst io.WriterAt, limits Limits) (Info, error) {
	return Info{}, errors.New("convert layer: not built yet")
}

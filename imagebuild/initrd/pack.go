// SPDX-License-Identifier: Apache-2.0

package initrd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/pierrec/lz4/v4"
)

const (
	lz4Magic = 0x184C2102 // of the old format
	lz4Block = 8 << 20    // bytes of the archive in a block of it
	// lz4End is a block of no bytes: there the kernel ends an archive and looks for another behind it. Without it, it would take
	// what follows for a block.
	lz4End = "\x00\x00\x00\x00"
)

// Pack writes the archive as LZ4 in the old format, the one that the kernel reads. Several may stand one behind the other. What it makes
// depends on the entries, and on the version of the module in go.mod alone.
func Pack(entries []Entry) ([]byte, error) {
	var archive bytes.Buffer
	if err := Write(&archive, entries); err != nil {
		return nil, err
	}
	compressor := lz4.CompressorHC{Level: lz4.Level9}
	packed := binary.LittleEndian.AppendUint32(nil, lz4Magic)
	for plain := range slices.Chunk(archive.Bytes(), lz4Block) {
		block := make([]byte, lz4.CompressBlockBound(len(plain)))
		n, err := compressor.CompressBlock(plain, block)
		if err != nil {
			return nil, err
		}
		block = withoutShortMatches(block[:n], plain)
		packed = binary.LittleEndian.AppendUint32(packed, uint32(len(block)))
		packed = append(packed, block...)
	}
	return append(packed, lz4End...), nil
}

// Unpack returns the archives that Pack wrote, one behind the other as they stand in packed. They must not be longer than limit, in bytes.
func Unpack(packed []byte, limit int64) ([]byte, error) {
	var plain []byte
	block := make([]byte, lz4Block)
	for more := true; more; more = len(packed) > 0 {
		var size uint32
		var err error
		if size, packed, err = number(packed); err != nil || size != lz4Magic {
			return nil, errors.New("unpack initrd: it is not LZ4 in the old format")
		}
		for {
			if size, packed, err = number(packed); err != nil || uint64(size) > uint64(len(packed)) {
				return nil, errors.New("unpack initrd: it has no end")
			}
			if size == 0 {
				break
			}
			n, err := lz4.UncompressBlock(packed[:size], block)
			if err != nil {
				return nil, fmt.Errorf("unpack initrd: %w", err)
			}
			if int64(len(plain)+n) > limit {
				return nil, fmt.Errorf("unpack initrd: more than %d bytes", limit)
			}
			plain, packed = append(plain, block[:n]...), packed[size:]
		}
	}
	return plain, nil
}

// number reads one of four bytes, and returns what stands behind it.
func number(b []byte) (uint32, []byte, error) {
	if len(b) < 4 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return binary.LittleEndian.Uint32(b), b[4:], nil
}

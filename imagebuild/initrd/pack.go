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

// Unpack returns the archive that Pack wrote, which must not be longer than limit.
func Unpack(packed []byte, limit int64) ([]byte, error) {
	content, ok := bytes.CutSuffix(packed, []byte(lz4End))
	if !ok {
		return nil, errors.New("unpack initrd: it has no end")
	}
	plain, err := io.ReadAll(io.LimitReader(lz4.NewReader(bytes.NewReader(content)), limit+1))
	if err != nil {
		return nil, fmt.Errorf("unpack initrd: %w", err)
	}
	if int64(len(plain)) > limit {
		return nil, fmt.Errorf("unpack initrd: more than %d bytes", limit)
	}
	return plain, nil
}

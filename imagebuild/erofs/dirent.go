// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"strings"
)

const direntSize = 12 // inode number, offset of the name, file type, reserved

// dirent is one entry of a directory on disk.
type dirent struct {
	name string
	nid  uint64
	kind uint8
}

// direntKind gives the file type byte of a directory entry.
func direntKind(mode uint16) uint8 {
	switch mode & ModeType {
	case ModeRegular:
		return 1
	case ModeDir:
		return 2
	case ModeWhiteout:
		return 3
	case ModeFIFO:
		return 5
	case ModeSymlink:
		return 7
	}
	return 0
}

// direntRun tells how many of the sorted entries go into the next block, and the bytes they take there.
func direntRun(entries []child) (count, size int) {
	for _, e := range entries {
		if size+direntSize+len(e.name) > BlockSize {
			break
		}
		size += direntSize + len(e.name)
		count++
	}
	return count, size
}

// direntSizeOf is the length of the body of a directory with these sorted entries.
func direntSizeOf(entries []child) int64 {
	var total int64
	for {
		count, size := direntRun(entries)
		if entries = entries[count:]; len(entries) == 0 {
			return total + int64(size)
		}
		total += BlockSize
	}
}

// packDirents gives the body of a directory block by block, in buffer: all but the last are full blocks. A block is valid
// until the next one.
func packDirents(entries []child, buffer *[BlockSize]byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		block := buffer[:0]
		for len(entries) > 0 {
			count, size := direntRun(entries)
			block = appendDirents(block[:0], entries[:count])
			if entries = entries[count:]; len(entries) > 0 {
				clear(buffer[size:])
				block = buffer[:]
			}
			if !yield(block) {
				return
			}
		}
	}
}

func appendDirents(block []byte, entries []child) []byte {
	offset := len(entries) * direntSize
	for _, e := range entries {
		block = binary.LittleEndian.AppendUint64(block, e.node.Number())
		block = binary.LittleEndian.AppendUint16(block, uint16(offset))
		block = append(block, direntKind(e.node.Mode), 0)
		offset += len(e.name)
	}
	for _, e := range entries {
		block = append(block, e.name...)
	}
	return block
}

// parseDirents reads one block of a directory, and appends what it has to entries. A block has at least one entry.
func parseDirents(entries []dirent, block []byte) ([]dirent, error) {
	if len(block) < direntSize {
		return nil, errors.New("directory block cut short")
	}
	first := int(binary.LittleEndian.Uint16(block[8:]))
	if first == 0 || first%direntSize != 0 || first >= len(block) {
		return nil, fmt.Errorf("names at offset %d of a directory block", first)
	}
	names := string(block[first:])
	for i := range first / direntSize {
		at := block[i*direntSize:]
		start, end, last := int(binary.LittleEndian.Uint16(at[8:])), len(block), (i+1)*direntSize == first
		if !last {
			end = int(binary.LittleEndian.Uint16(at[direntSize+8:]))
		}
		if start < first || end < start || end > len(block) {
			return nil, errors.New("name outside its directory block")
		}
		name := names[start-first : end-first]
		if last {
			name = strings.TrimRight(name, "\x00")
		}
		entries = append(entries, dirent{name: name, nid: binary.LittleEndian.Uint64(at), kind: at[10]})
		if name != "." && name != ".." {
			if err := CheckName(name); err != nil {
				return nil, err
			}
		}
	}
	return entries, nil
}

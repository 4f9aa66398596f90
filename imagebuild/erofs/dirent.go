// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
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

// direntRun tells how many of the sorted names go into the next block, and the bytes they take there.
func direntRun(names []string) (count, size int) {
	for _, name := range names {
		if size+direntSize+len(name) > BlockSize {
			break
		}
		size += direntSize + len(name)
		count++
	}
	return count, size
}

// direntSizeOf is the length of the body of a directory with these sorted names.
func direntSizeOf(names []string) int64 {
	var total int64
	for {
		count, size := direntRun(names)
		if names = names[count:]; len(names) == 0 {
			return total + int64(size)
		}
		total += BlockSize
	}
}

// packDirents returns the body of a directory: all blocks but the last are full blocks.
func packDirents(names []string, entry func(name string) dirent) []byte {
	var body []byte
	for len(names) > 0 {
		body = append(body, make([]byte, align(len(body), BlockSize)-len(body))...)
		count, _ := direntRun(names)
		offset := count * direntSize
		for _, name := range names[:count] {
			e := entry(name)
			body = binary.LittleEndian.AppendUint64(body, e.nid)
			body = binary.LittleEndian.AppendUint16(body, uint16(offset))
			body = append(body, e.kind, 0)
			offset += len(name)
		}
		for _, name := range names[:count] {
			body = append(body, name...)
		}
		names = names[count:]
	}
	return body
}

// parseDirents reads one block of a directory. A block has at least one entry.
func parseDirents(block []byte) ([]dirent, error) {
	if len(block) < direntSize {
		return nil, errors.New("directory block cut short")
	}
	first := int(binary.LittleEndian.Uint16(block[8:]))
	if first == 0 || first%direntSize != 0 || first >= len(block) {
		return nil, fmt.Errorf("names at offset %d of a directory block", first)
	}
	entries := make([]dirent, first/direntSize)
	for i := range entries {
		at := block[i*direntSize:]
		start, end := int(binary.LittleEndian.Uint16(at[8:])), len(block)
		if i+1 < len(entries) {
			end = int(binary.LittleEndian.Uint16(at[direntSize+8:]))
		}
		if start < first || end < start || end > len(block) {
			return nil, errors.New("name outside its directory block")
		}
		name := block[start:end]
		if i+1 == len(entries) {
			name = bytes.TrimRight(name, "\x00")
		}
		entries[i] = dirent{name: string(name), nid: binary.LittleEndian.Uint64(at), kind: at[10]}
		if name := entries[i].name; name != "." && name != ".." {
			if err := CheckName(name); err != nil {
				return nil, err
			}
		}
	}
	return entries, nil
}

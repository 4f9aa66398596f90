// SPDX-License-Identifier: Apache-2.0

package devicemapper

import (
	"encoding/hex"
	"fmt"
)

// Verity is a dm-verity device of hash type 1 with SHA-256, data and hash tree on one disk.
type Verity struct {
	Disk             string // device node that holds data and hash tree
	OffsetBlocks     uint64 // first block of the data
	DataBlocks       uint64
	HashOffsetBlocks uint64 // first block of the hash tree
	Salt             [32]byte
	RootHash         [32]byte
}

// Open activates v read-only under name and returns its device node. A block that does not match the
// tree, or cannot be read, panics the kernel: whoever serves the disk must not choose what a reader sees,
// and an I/O error is a choice too.
func Open(name string, v Verity) (string, error) {
	data := v.Disk
	if v.OffsetBlocks > 0 {
		var err error
		if data, err = activate(name+"-data", flagReadOnly, linear(v.Disk, v.OffsetBlocks, v.DataBlocks)); err != nil {
			return "", err
		}
	}
	return activate(name, flagReadOnly, v.target(data))
}

// target is as in the kernel's documentation.
func (v Verity) target(data string) target {
	return target{"verity", v.DataBlocks, fmt.Sprintf("1 %s %s %d %d %d %d sha256 %s %s 2 panic_on_corruption panic_on_error",
		data, v.Disk, BlockSize, BlockSize, v.DataBlocks, v.HashOffsetBlocks, hex.EncodeToString(v.RootHash[:]), hex.EncodeToString(v.Salt[:]))}
}

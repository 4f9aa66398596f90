// SPDX-License-Identifier: Apache-2.0

package devicemapper

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
)

const (
	cipherKey = 64 // bytes: two keys of AES-256
	macKey    = 32

	// TagSize is what the tag of a block takes of the device of tags, in bytes.
	TagSize = 16
)

// Linear activates a part of a device under name and returns its node.
func Linear(name, device string, offset, blocks uint64) (string, error) {
	return activate(name, 0, linear(device, offset, blocks))
}

func linear(device string, offset, blocks uint64) target {
	return target{"linear", blocks, fmt.Sprintf("%s %d", device, offset*sectorsPerBlock)}
}

// Scratch activates a device of blocks under name, on a part of a disk that whoever serves it can read and change, and
// returns its node. Each block is encrypted under AES-256-XTS (dm-crypt), and has a tag under HMAC-SHA-256 over its content and its
// place (dm-integrity). The tags are on another device, which must be the machine's own memory, and may hold those of earlier keys: so
// of a block, what was written last can be read, and nothing else (MB-15); who reads a block that was changed, given back from
// before, or never written, gets an error. The keys are made here, and nobody else learns them.
func Scratch(name, disk, tags string, offset, blocks uint64) (string, error) {
	keys := make([]byte, cipherKey+macKey)
	rand.Read(keys) // it never fails
	encrypted, err := activate(name+"-cipher", flagSecret, cipher(disk, offset, blocks, keys[:cipherKey]))
	if err != nil {
		return "", err
	}
	if err := zeroFirst(tags); err != nil { // to dm-integrity, a new device
		return "", fmt.Errorf("begin scratch disk: %w", err)
	}
	return activate(name, flagSecret, integrity(encrypted, tags, blocks, keys[cipherKey:]))
}

func cipher(disk string, offset, blocks uint64, key []byte) target {
	return target{"crypt", blocks, fmt.Sprintf("aes-xts-plain64 %s 0 %s %d 1 sector_size:%d",
		hex.EncodeToString(key), disk, offset*sectorsPerBlock, BlockSize)}
}

// integrity writes directly: a device that lasts as long as its machine has nothing to recover.
func integrity(device, tags string, blocks uint64, key []byte) target {
	return target{"integrity", blocks, fmt.Sprintf("%s 0 %d D 4 internal_hash:hmac(sha256):%s block_size:%d journal_sectors:%d meta_device:%s",
		device, TagSize, hex.EncodeToString(key), BlockSize, journalSectors, tags)}
}

const journalSectors = 512 // unused, and as few as the kernel takes without complaint

func zeroFirst(device string) error {
	file, err := os.OpenFile(device, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(make([]byte, BlockSize)); err != nil {
		return err
	}
	return file.Sync()
}

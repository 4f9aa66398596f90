// SPDX-License-Identifier: Apache-2.0

// Package config is the measured configuration of an enclave: everything the guest does that is
// not in its kernel, initrd or firmware. Its SHA-256, its place on the disk and its size stand on
// the kernel command line, which the launch measurement covers; the guest reads it from the disk,
// checks the digest, and believes nothing else about the disk. SPEC.md beside this file is normative.
package config

import (
	"crypto/sha256"
	"fmt"

	"github.com/escrin/escrin/guestagent/wire"
)

const (
	// Version is the only version of the document that this package reads and writes.
	Version = 2
	// MaxSize is the largest document in bytes.
	MaxSize = 1 << 20
	// BlockSize is the size in bytes of a disk block, of dm-verity's data blocks and of its hash blocks.
	BlockSize = 4096
	// InputPath is where the workload reads its inputs.
	InputPath = "/input"
	// OutputPath is where the workload leaves its outputs.
	OutputPath = "/output"
	// MaxVCPUs is the largest number of virtual processors that can be asked for.
	MaxVCPUs = 1024
	// NetworkNone gives the workload a network namespace with nothing in it.
	NetworkNone = "none"
)

// Config is the measured configuration. The order of its fields is the order of the JSON keys.
type Config struct {
	Version      int      `json:"version"`
	Process      Process  `json:"process"`
	StopSignal   string   `json:"stopSignal"` // e.g. "SIGTERM"
	Volumes      []Volume `json:"volumes"`    // sorted by path
	Secrets      []Secret `json:"secrets"`    // sorted by name
	Disk         Disk     `json:"disk"`
	IO           IO       `json:"io"`
	Bounds       Bounds   `json:"bounds"`
	Network      string   `json:"network"` // NetworkNone
	ReadOnlyRoot bool     `json:"readOnlyRoot"`
}

// Process is what the workload's first process starts as (OCI runtime specification, "process").
type Process struct {
	Args []string `json:"args"` // entrypoint and command, at least one
	Env  []string `json:"env"`  // NAME=value
	Cwd  string   `json:"cwd"`  // absolute
	User User     `json:"user"`
}

// User is the numeric user of the workload, resolved when the enclave was built.
type User struct {
	UID            uint32   `json:"uid"`
	GID            uint32   `json:"gid"`
	AdditionalGIDs []uint32 `json:"additionalGids"` // sorted, unique
}

// Volume is a directory that the workload can write to, in RAM, and that begins with what the image has there.
type Volume struct {
	Path    string `json:"path"`    // absolute
	SizeMiB uint32 `json:"sizeMiB"` // RAM that it may take
}

// Secret is an input that the workload must be given, and that it gets as a file or as an environment variable instead
// of in the input directory: exactly one of Path and Env is set.
type Secret struct {
	Name string `json:"name"`           // of the input
	Path string `json:"path,omitempty"` // absolute; the file is the workload's user's alone, who may read it
	Env  string `json:"env,omitempty"`  // name of the variable
}

// Disk describes the dm-verity device (version 1, SHA-256, 4096-byte blocks, no superblock): the data
// begins at block 0, and nothing about it is read from the disk itself.
type Disk struct {
	DataBlocks       uint64      `json:"dataBlocks"`       // blocks of the file system
	HashOffsetBlocks uint64      `json:"hashOffsetBlocks"` // first block of the hash tree, ≥ DataBlocks
	Salt             wire.Hash32 `json:"salt"`
	RootHash         wire.Hash32 `json:"rootHash"`
}

// IO names the two directories of the workload interface; this version knows InputPath and OutputPath.
type IO struct {
	Input  string `json:"input"`
	Output string `json:"output"`
}

// Bounds limits the machine and the workload.
type Bounds struct {
	MinMemoryMiB uint32 `json:"minMemoryMiB"` // the guest refuses a smaller machine
	MinVCPUs     uint32 `json:"minVcpus"`     // likewise
	MaxVCPUs     uint32 `json:"maxVcpus"`     // the guest refuses a larger machine
	ScratchMiB   uint32 `json:"scratchMiB"`   // RAM for the writable layer over the root
	OutputMiB    uint32 `json:"outputMiB"`    // RAM for /output
	MaxProcesses uint32 `json:"maxProcesses"` // tasks in the workload's cgroup
}

// DefaultBounds suits the smallest machine shape (1 vCPU, 1024 MiB).
func DefaultBounds() Bounds {
	return Bounds{MinMemoryMiB: 1024, MinVCPUs: 1, MaxVCPUs: MaxVCPUs, ScratchMiB: 256, OutputMiB: 64, MaxProcesses: 1024}
}

// Parse reads the canonical document of at most MaxSize bytes; an unknown, repeated, missing or
// case-variant key, a value out of bounds, or any other spelling of the same value is an error.
func Parse(document []byte) (Config, error) {
	var c Config
	if err := wire.Decode(document, MaxSize, &c); err != nil {
		return Config{}, fmt.Errorf("parse measured config: %w", err)
	}
	if err := c.Validate(); err != nil {
		return Config{}, fmt.Errorf("parse measured config: %w", err)
	}
	return c, nil
}

// Marshal returns the one canonical encoding of c, or an error where Parse would refuse it.
func (c Config) Marshal() ([]byte, error) {
	c.Volumes = orEmpty(c.Volumes)
	c.Secrets = orEmpty(c.Secrets)
	c.Process.Args = orEmpty(c.Process.Args)
	c.Process.Env = orEmpty(c.Process.Env)
	c.Process.User.AdditionalGIDs = orEmpty(c.Process.User.AdditionalGIDs)
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("encode measured config: %w", err)
	}
	document, err := wire.Encode(c)
	if err != nil {
		return nil, fmt.Errorf("encode measured config: %w", err)
	}
	if len(document) > MaxSize {
		return nil, fmt.Errorf("encode measured config: %d bytes, more than %d", len(document), MaxSize)
	}
	return document, nil
}

// Digest returns the SHA-256 of a document, the configDigest of evidence.
func Digest(document []byte) [32]byte { return sha256.Sum256(document) }

// orEmpty makes the empty list the only spelling of "nothing".
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// SPDX-License-Identifier: Apache-2.0

// Package config is the measured configuration of an enclave: everything the guest does that is
// not in its kernel, initrd or firmware. Its SHA-256, its place on the disk and its size stand on
// the kernel command line, which the launch measurement covers; the guest reads it from the disk,
// checks the digest, and believes nothing else about the disk. SPEC.md beside this file is normative.
package config

import (
	"crypto/sha256"
	"slices"

	"github.com/escrin/escrin/guestagent/wire"
)

const (
	// Version is the only version of the document that this package reads and writes.
	Version = 3
	// MaxSize is the largest document in bytes.
	MaxSize = 1 << 20
	// BlockSize is the size in bytes of a disk block, of dm-verity's data blocks and of its hash blocks.
	BlockSize = 4096
	// InputPath is where the main container reads its inputs.
	InputPath = "/input"
	// OutputPath is where the main container leaves its outputs.
	OutputPath = "/output"
	// MaxVCPUs is the largest number of virtual processors that can be asked for.
	MaxVCPUs = 1024
	// MainName is the name of the one container of an enclave that is made of one image.
	MainName = "main"
	// ScratchMemory keeps what is written to root file systems in RAM.
	ScratchMemory = "memory"
	// ScratchDisk keeps what is written to root file systems on an encrypted disk, which lasts as long as the machine.
	ScratchDisk = "disk"
)

// Config is the measured configuration. The order of its fields is the order of the JSON keys.
type Config struct {
	Version      int          `json:"version"`
	Containers   []Container  `json:"containers"` // in start order; the last is the main one
	Bounds       Bounds       `json:"bounds"`
	Network      Network      `json:"network"`
	Chain        bool         `json:"chain"` // whether the workload may have the host make calls of the chain for it
	Tasks        Tasks        `json:"tasks"`
	Confidential Confidential `json:"confidential"`
	Logs         Logs         `json:"logs"`
}

// Main is the main container: its exit ends the task, its standard streams are the task's, and so are its inputs and
// outputs. The zero Container if there is none.
func (c Config) Main() Container {
	if len(c.Containers) == 0 {
		return Container{}
	}
	return c.Containers[len(c.Containers)-1]
}

// SecretNames are the inputs that some container wants as a secret, sorted.
func (c Config) SecretNames() []string {
	var names []string
	for _, container := range c.Containers {
		for _, s := range container.Secrets {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Container is one of the containers of a guest. They share the network namespace, volumes with a name, and nothing else.
type Container struct {
	Name         string   `json:"name"` // lower-case letters, digits, '_', '.' and '-'
	Disk         Disk     `json:"disk"` // its root file system
	Process      Process  `json:"process"`
	StopSignal   string   `json:"stopSignal"` // e.g. "SIGTERM"
	Volumes      []Volume `json:"volumes"`    // sorted by path
	Secrets      []Secret `json:"secrets"`    // sorted by name
	IO           IO       `json:"io"`
	ReadOnlyRoot bool     `json:"readOnlyRoot"`
	Completes    bool     `json:"completes"` // the next one starts when this one has ended with status 0, and otherwise as soon as it runs
}

// Process is what a container's first process starts as (OCI runtime specification, "process").
type Process struct {
	Args []string `json:"args"` // entrypoint and command, at least one
	Env  []string `json:"env"`  // NAME=value
	Cwd  string   `json:"cwd"`  // absolute
	User User     `json:"user"`
}

// User is the numeric user of a container, resolved when the enclave was built.
type User struct {
	UID            uint32   `json:"uid"`
	GID            uint32   `json:"gid"`
	AdditionalGIDs []uint32 `json:"additionalGids"` // sorted, unique
}

// Volume is a directory that a container can write to, and that begins with what the image has there: if it is shared, that of
// the first container that has it.
type Volume struct {
	Path    string `json:"path"`    // absolute
	SizeMiB uint32 `json:"sizeMiB"` // RAM, or space on the scratch disk, that it may take
	Disk    bool   `json:"disk"`    // on the scratch disk, which lasts as long as the machine

	Name     string `json:"name,omitempty"`     // containers with a volume of the same name share it
	ReadOnly bool   `json:"readOnly,omitempty"` // this container only reads it; others, by its name, may write
}

// Secret is an input that the workload must be given, and that it gets as a file or as an environment variable instead
// of in the input directory: exactly one of Path and Env is set.
type Secret struct {
	Name string `json:"name"`           // of the input
	Path string `json:"path,omitempty"` // absolute; the file is the container's user's alone, who may read it
	Env  string `json:"env,omitempty"`  // name of the variable
}

// Disk describes the dm-verity device (version 1, SHA-256, 4096-byte blocks, no superblock) of one root file system on
// the machine's disk, of which nothing is believed. Containers of one image may share theirs.
type Disk struct {
	OffsetBlocks     uint64      `json:"offsetBlocks"`     // first block of the file system
	DataBlocks       uint64      `json:"dataBlocks"`       // blocks of the file system
	HashOffsetBlocks uint64      `json:"hashOffsetBlocks"` // first block of the hash tree, ≥ OffsetBlocks + DataBlocks
	Salt             wire.Hash32 `json:"salt"`
	RootHash         wire.Hash32 `json:"rootHash"`
}

// IO names the two directories of the workload interface: InputPath and OutputPath for the main container, and nothing
// for the others.
type IO struct {
	Input  string `json:"input"`
	Output string `json:"output"`
}

// Bounds limits the machine and the workload.
type Bounds struct {
	MinMemoryMiB  uint32 `json:"minMemoryMiB"`  // the guest refuses a smaller machine
	MinVCPUs      uint32 `json:"minVcpus"`      // likewise
	MaxVCPUs      uint32 `json:"maxVcpus"`      // the guest refuses a larger machine
	ScratchMiB    uint32 `json:"scratchMiB"`    // for the writable layer over each root
	ScratchMedium string `json:"scratchMedium"` // where that is: ScratchMemory or ScratchDisk
	OutputMiB     uint32 `json:"outputMiB"`     // RAM for /output
	MaxProcesses  uint32 `json:"maxProcesses"`  // tasks in the workload's cgroup
}

// Network is what the containers can reach and be reached by. With both lists empty the machine has no network card.
type Network struct {
	Egress  []Destination `json:"egress"`  // sorted by name and port
	Ingress []Service     `json:"ingress"` // sorted by port
}

// Destination is a TCP port that the containers can connect to.
type Destination struct {
	Name string `json:"name"` // host name in lower case, or IP address
	Port uint16 `json:"port"`
}

// Service is a TCP port at which the containers can be reached.
type Service struct {
	Port uint16 `json:"port"` // outside
	To   uint16 `json:"to"`   // on the loopback interface of the containers
	TLS  bool   `json:"tls"`  // ends in the guest, with a key made there
}

// Tasks says how many tasks a machine runs, one after the other, with everything of a task wiped before the next.
type Tasks struct {
	PerBoot uint32 `json:"perBoot"` // 1: a fresh machine for each
}

// WipeFreed says whether the kernel is to wipe memory when it is freed: another task comes after.
func (t Tasks) WipeFreed() bool { return t.PerBoot > 1 }

// Confidential names what the identity's owner may add to the main container, encrypted. The zero value takes nothing.
type Confidential struct {
	Required bool     `json:"required"` // no workload runs without it
	Env      []string `json:"env"`      // names of variables that may come, sorted
	Args     bool     `json:"args"`     // whether arguments may come, behind those of the process
	Files    []string `json:"files"`    // absolute paths of files that may come, sorted
}

// Logs says what of the workload's output can be had before it ends.
type Logs struct {
	Live bool `json:"live"` // encrypted segments of a fixed size at a fixed pace
}

// DefaultBounds suits the smallest machine shape (1 vCPU, 1024 MiB).
func DefaultBounds() Bounds {
	return Bounds{
		MinMemoryMiB: 1024, MinVCPUs: 1, MaxVCPUs: MaxVCPUs,
		ScratchMiB: 256, ScratchMedium: ScratchMemory, OutputMiB: 64, MaxProcesses: 1024,
	}
}

// Parse reads the canonical document of at most MaxSize bytes; an unknown, repeated, missing or
// case-variant key, a value out of bounds, or any other spelling of the same value is an error.
func Parse(document []byte) (Config, error) {
	return wire.Parse("measured config", document, MaxSize, Config.Validate)
}

// Marshal returns the one canonical encoding of c, or an error where Parse would refuse it.
func (c Config) Marshal() ([]byte, error) {
	c.Containers = slices.Clone(c.Containers)
	for i := range c.Containers {
		c.Containers[i] = c.Containers[i].withLists()
	}
	c.Network = Network{Egress: orEmpty(c.Network.Egress), Ingress: orEmpty(c.Network.Ingress)}
	c.Confidential.Env, c.Confidential.Files = orEmpty(c.Confidential.Env), orEmpty(c.Confidential.Files)
	return wire.Marshal("measured config", c, MaxSize, Config.Validate)
}

func (c Container) withLists() Container {
	c.Volumes, c.Secrets = orEmpty(c.Volumes), orEmpty(c.Secrets)
	c.Process.Args, c.Process.Env = orEmpty(c.Process.Args), orEmpty(c.Process.Env)
	c.Process.User.AdditionalGIDs = orEmpty(c.Process.User.AdditionalGIDs)
	return c
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

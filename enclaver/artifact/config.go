// SPDX-License-Identifier: Apache-2.0

// Package artifact is the format of an enclave in a registry or store: an OCI image manifest with an
// artifact type of its own, whose config is an enclave config and whose layers are the parts of a virtual
// machine. Both documents have exactly one encoding. SPEC.md in the parent folder is normative.
package artifact

import (
	"errors"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
)

// Version is the version of the enclave config that this package reads and writes.
const Version = 1

// MaxDocument is the largest manifest or enclave config in bytes.
const MaxDocument = 4 << 20

const maxMeasurements = 1024

// Config is the enclave config: what is in the enclave and what it measures to. It is a list of claims;
// the reader derives each again from the parts (Enclave.Assemble, Verify).
type Config struct {
	Version         int                  `json:"version"`
	Source          Source               `json:"source"`
	GuestBase       GuestBase            `json:"guestBase"`
	Cmdline         string               `json:"cmdline"`
	MeasuredConfig  MeasuredConfig       `json:"measuredConfig"`
	Disk            config.Disk          `json:"disk"`
	QEMU            string               `json:"qemu"` // series whose virtual hardware was measured, e.g. "10.0"
	Measurements    []attest.Measurement `json:"measurements"`
	MeasurementRoot wire.Hash32          `json:"measurementRoot"`
}

// Source is the image that was enclaved. It has digests only: where they were found is no part of what
// they are.
type Source struct {
	Manifest v1.Hash   `json:"manifest"` // digest of the image manifest (of linux/amd64)
	Config   v1.Hash   `json:"config"`   // digest of the image config
	DiffIDs  []v1.Hash `json:"diffIds"`  // SHA-256 of each uncompressed layer, bottom first
}

// GuestBase says what kernel, initrd and firmware were made with. It is for people; what counts are the
// blobs.
type GuestBase struct {
	Kernel  string `json:"kernel"`  // release
	Runtime string `json:"runtime"` // container runtime and version
	Go      string `json:"go"`      // compiler of the agent
}

// MeasuredConfig is where the measured config is on the disk.
type MeasuredConfig struct {
	Digest       v1.Hash `json:"digest"`
	OffsetBlocks uint64  `json:"offsetBlocks"` // of 4096 bytes
	Size         int     `json:"size"`         // bytes
}

// ParseConfig reads an enclave config. Any encoding but the canonical one is an error.
func ParseConfig(data []byte) (Config, error) {
	var c Config
	if err := wire.Decode(data, MaxDocument, &c); err != nil {
		return Config{}, fmt.Errorf("parse enclave config: %w", err)
	}
	if err := c.validate(); err != nil {
		return Config{}, fmt.Errorf("parse enclave config: %w", err)
	}
	return c, nil
}

// Marshal returns the canonical encoding of c, or an error where ParseConfig would refuse it.
func (c Config) Marshal() ([]byte, error) {
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("encode enclave config: %w", err)
	}
	return wire.Encode(c)
}

func (c Config) validate() error {
	switch {
	case c.Version != Version:
		return fmt.Errorf("version %d, want %d", c.Version, Version)
	case len(c.Source.DiffIDs) == 0:
		return errors.New("source has no layers")
	case len(c.Measurements) == 0 || len(c.Measurements) > maxMeasurements:
		return fmt.Errorf("%d measurements, want 1…%d", len(c.Measurements), maxMeasurements)
	}
	for _, h := range append([]v1.Hash{c.Source.Manifest, c.Source.Config, c.MeasuredConfig.Digest}, c.Source.DiffIDs...) {
		if h.Algorithm != "sha256" {
			return fmt.Errorf("digest %q is not SHA-256", h)
		}
	}
	return nil
}

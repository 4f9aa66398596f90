// SPDX-License-Identifier: Apache-2.0

// Package artifact is the format of an enclave in a registry or store: an OCI image manifest with an
// artifact type of its own, whose config is an enclave config and whose layers are the parts of a virtual
// machine and the layers of the image that runs in it. Both documents have exactly one encoding. SPEC.md in
// the parent folder is normative.
package artifact

import (
	"errors"
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

// Version is the version of the enclave config that this package reads and writes.
const Version = 4

// MaxDocument is the largest manifest or enclave config in bytes.
const MaxDocument = 4 << 20

const maxMeasurements = 1024

// Config is the enclave config: what is in the enclave and what it measures to. It is a list of claims;
// the reader derives each again from the parts (Enclave.Assemble, Verify).
type Config struct {
	Version         int                  `json:"version"`
	Spec            spec.Spec            `json:"spec"`       // what the enclave's author declared
	Conversion      int                  `json:"conversion"` // version of imagebuild/layer/SPEC.md
	Images          []Image              `json:"images"`     // in their order on the disk
	GuestBase       GuestBase            `json:"guestBase"`
	Cmdline         string               `json:"cmdline"`
	MeasuredConfig  MeasuredConfig       `json:"measuredConfig"`
	QEMU            string               `json:"qemu"` // series whose virtual hardware was measured, e.g. "10.0"
	Measurements    []attest.Measurement `json:"measurements"`
	MeasurementRoot wire.Hash32          `json:"measurementRoot"`
}

// Image is one of the images that containers of the enclave run.
type Image struct {
	Source Source      `json:"source"`
	Layers []Layer     `json:"layers"` // bottom first
	Disk   config.Disk `json:"disk"`   // its file system
}

// Source is an image that was enclaved. It has digests only: where they were found is no part of what
// they are.
type Source struct {
	MediaType string  `json:"mediaType"` // of the image manifest
	Manifest  v1.Hash `json:"manifest"`  // digest of the image manifest (of linux/amd64)
	Config    v1.Hash `json:"config"`    // digest of the image config
}

// Layer is a layer of the source image, unpacked and converted. The blob that carries it is another of the
// manifest's layers.
type Layer struct {
	DiffID     v1.Hash     `json:"diffId"`     // SHA-256 of its tar stream
	Size       int64       `json:"size"`       // bytes of its EROFS image
	DataBlocks uint32      `json:"dataBlocks"` // blocks of the image that are on the disk
	RootHash   wire.Hash32 `json:"rootHash"`   // dm-verity root of the image, with a salt of 32 zero bytes
}

// GuestBase says what kernel, initrd and firmware were made with. It is what the enclave's maker claims, for people;
// what counts are the blobs. Firmware is what the blob of that role unpacks to.
type GuestBase struct {
	Kernel   string  `json:"kernel"`   // release
	Runtime  string  `json:"runtime"`  // container runtime and version
	Go       string  `json:"go"`       // compiler of the agent
	Firmware v1.Hash `json:"firmware"` // SHA-256 of the firmware as the machine is given it
}

// MeasuredConfig is where the measured config is on the disk.
type MeasuredConfig struct {
	Digest       v1.Hash `json:"digest"`
	OffsetBlocks uint64  `json:"offsetBlocks"` // of 4096 bytes
	Size         int     `json:"size"`         // bytes
}

// ParseConfig reads an enclave config. Any encoding but the canonical one is an error.
func ParseConfig(data []byte) (Config, error) {
	c, err := parseConfig(data)
	if err != nil {
		return Config{}, fmt.Errorf("parse enclave config: %w", err)
	}
	return c, nil
}

func parseConfig(data []byte) (Config, error) {
	about, err := strictjson.DecodeOpen[struct {
		Version int `json:"version"`
	}](data, MaxDocument)
	if err != nil {
		return Config{}, err
	}
	if about.Version != Version {
		return Config{}, hint.Wrap(fmt.Errorf("version %d, want %d", about.Version, Version),
			"the enclave was made by another version of escrin: make it again")
	}
	var c Config
	if err := wire.Decode(data, MaxDocument, &c); err != nil {
		return Config{}, err
	}
	return c, c.validate()
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
	case c.Conversion < 1:
		return fmt.Errorf("conversion %d", c.Conversion)
	case len(c.Images) == 0 || len(c.Images) != c.Spec.Images():
		return fmt.Errorf("%d images, and the spec has %d", len(c.Images), c.Spec.Images())
	case len(c.Measurements) == 0 || len(c.Measurements) > maxMeasurements:
		return fmt.Errorf("%d measurements, want 1…%d", len(c.Measurements), maxMeasurements)
	}
	if err := c.Spec.Validate(); err != nil {
		return err
	}
	for i, image := range c.Images {
		if err := image.validate(); err != nil {
			return fmt.Errorf("image %d: %w", i, err)
		}
	}
	if err := validDigests(c.GuestBase.Firmware, c.MeasuredConfig.Digest); err != nil {
		return err
	}
	return c.validTexts()
}

func (i Image) validate() error {
	switch {
	case !oci.IsManifest(i.Source.MediaType):
		return fmt.Errorf("source is %q", i.Source.MediaType)
	case len(i.Layers) == 0 || len(i.Layers) > oci.MaxLayers:
		return fmt.Errorf("%d layers, want 1…%d", len(i.Layers), oci.MaxLayers)
	}
	digests := []v1.Hash{i.Source.Manifest, i.Source.Config}
	for n, l := range i.Layers {
		if err := l.validate(); err != nil {
			return fmt.Errorf("layer %d: %w", n, err)
		}
		digests = append(digests, l.DiffID)
	}
	return validDigests(digests...)
}

func validDigests(digests ...v1.Hash) error {
	for _, h := range digests {
		if h.Algorithm != "sha256" {
			return fmt.Errorf("digest %q is not SHA-256", h)
		}
	}
	return nil
}

// Limits of texts in bytes.
const (
	maxText    = 128
	maxCmdline = 2048 // what a kernel reads of it
)

// validTexts requires texts that nothing measures, or that are shown as they are, to be short and harmless to show.
func (c Config) validTexts() error {
	for _, text := range []struct {
		name, value string
		limit       int
	}{
		{"kernel of the guest base", c.GuestBase.Kernel, maxText}, {"runtime of the guest base", c.GuestBase.Runtime, maxText},
		{"compiler of the guest base", c.GuestBase.Go, maxText}, {"series of QEMU", c.QEMU, maxText}, {"command line", c.Cmdline, maxCmdline},
	} {
		if text.value == "" || len(text.value) > text.limit || strings.ContainsFunc(text.value, func(r rune) bool { return r < ' ' || r > '~' }) {
			return fmt.Errorf("%s is %.40q: want 1 to %d printable ASCII characters", text.name, text.value, text.limit)
		}
	}
	return nil
}

// validate requires an image of whole blocks: a superblock, data, and metadata behind it.
func (l Layer) validate() error {
	blocks := l.Size / config.BlockSize
	switch {
	case l.Size%config.BlockSize != 0 || l.Size > oci.MaxBlob || blocks < 1+int64(l.DataBlocks):
		return fmt.Errorf("an image of %d bytes with %d blocks of data", l.Size, l.DataBlocks)
	case l.RootHash == wire.Hash32{}:
		return errors.New("it has no verity root")
	}
	return nil
}

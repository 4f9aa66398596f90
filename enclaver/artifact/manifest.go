// SPDX-License-Identifier: Apache-2.0

package artifact

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/strictjson"
)

// Media types of an enclave's manifest, config and parts.
const (
	ArtifactType            = "application/vnd.escrin.enclave.v1"
	MediaTypeConfig         = "application/vnd.escrin.enclave.config.v1+json"
	MediaTypeKernel         = "application/vnd.escrin.enclave.kernel.v1"
	MediaTypeInitrd         = "application/vnd.escrin.enclave.initrd.v1"
	MediaTypeFirmware       = "application/vnd.escrin.enclave.firmware.v1+zstd"
	MediaTypeRunConfig      = "application/vnd.escrin.enclave.measured-config.v1+json"
	MediaTypeSourceManifest = "application/vnd.escrin.enclave.source-manifest.v1+json"
	MediaTypeSourceConfig   = "application/vnd.escrin.enclave.source-config.v1+json"
)

// AnnotationRootHash is the one annotation of a layer's descriptor: the dm-verity root of the layer's EROFS
// image, in 64 hex digits, as in the enclave config.
const AnnotationRootHash = "org.escrin.layer.dm-verity.root-hash"

// Manifest names the parts of an enclave.
type Manifest struct {
	Config         oci.Descriptor
	Kernel         oci.Descriptor
	Initrd         oci.Descriptor
	Firmware       oci.Descriptor
	MeasuredConfig oci.Descriptor
	Images         []ImageParts
}

// ImageParts are the parts of an image.
type ImageParts struct {
	Manifest oci.Descriptor
	Config   oci.Descriptor
	Layers   []oci.Descriptor // gzip or zstd, bottom first
}

type manifestDocument struct {
	SchemaVersion int              `json:"schemaVersion"`
	MediaType     string           `json:"mediaType"`
	ArtifactType  string           `json:"artifactType"`
	Config        oci.Descriptor   `json:"config"`
	Layers        []oci.Descriptor `json:"layers"`
}

// fixedRoles are the media types of the first parts, in order; those of images follow.
func fixedRoles(m *Manifest) []struct {
	mediaType string
	part      *oci.Descriptor
} {
	return []struct {
		mediaType string
		part      *oci.Descriptor
	}{
		{MediaTypeKernel, &m.Kernel},
		{MediaTypeInitrd, &m.Initrd},
		{MediaTypeFirmware, &m.Firmware},
		{MediaTypeRunConfig, &m.MeasuredConfig},
	}
}

// ErrNotEnclave says that a manifest is some other kind of artifact, for example an ordinary image.
var ErrNotEnclave = errors.New("not an enclave")

// ParseManifest reads an enclave's manifest. Any encoding but the canonical one is an error; one that is
// for another kind of artifact wraps ErrNotEnclave.
func ParseManifest(data []byte) (Manifest, error) {
	kind, err := strictjson.DecodeOpen[struct {
		ArtifactType string `json:"artifactType"`
	}](data, MaxDocument)
	if err != nil {
		return Manifest{}, fmt.Errorf("parse enclave manifest: %w", err)
	}
	if kind.ArtifactType != ArtifactType {
		return Manifest{}, fmt.Errorf("%w: its artifact type is %q", ErrNotEnclave, kind.ArtifactType)
	}
	var doc manifestDocument
	if err := wire.Decode(data, MaxDocument, &doc); err != nil {
		return Manifest{}, fmt.Errorf("parse enclave manifest: %w", err)
	}
	m, err := doc.manifest()
	if err != nil {
		return Manifest{}, fmt.Errorf("parse enclave manifest: %w", err)
	}
	return m, nil
}

func (doc manifestDocument) manifest() (Manifest, error) {
	m := Manifest{Config: doc.Config}
	roles := fixedRoles(&m)
	switch {
	case doc.SchemaVersion != 2 || doc.MediaType != oci.MediaTypeManifest:
		return Manifest{}, fmt.Errorf("schema %d of %q", doc.SchemaVersion, doc.MediaType)
	case doc.Config.MediaType != MediaTypeConfig:
		return Manifest{}, fmt.Errorf("config is %q, want %q", doc.Config.MediaType, MediaTypeConfig)
	case len(doc.Layers) <= len(roles) || len(doc.Layers) > len(roles)+config.MaxContainers*(oci.MaxLayers+2):
		return Manifest{}, fmt.Errorf("%d parts", len(doc.Layers))
	case doc.Config.Size > MaxDocument:
		return Manifest{}, fmt.Errorf("config of %d bytes", doc.Config.Size)
	}
	for i, role := range roles {
		*role.part = doc.Layers[i]
	}
	var err error
	if m.Images, err = readImages(doc.Layers[len(roles):]); err != nil {
		return Manifest{}, err
	}
	return m, m.validate()
}

// readImages divides parts into images, each of which begins with its manifest and its config.
func readImages(parts []oci.Descriptor) (images []ImageParts, err error) {
	for len(parts) > 0 {
		if len(parts) < 2 {
			return nil, errors.New("an image without config")
		}
		image := ImageParts{Manifest: parts[0], Config: parts[1]}
		parts = parts[2:]
		end := slices.IndexFunc(parts, func(d oci.Descriptor) bool { return d.MediaType == MediaTypeSourceManifest })
		if end < 0 {
			end = len(parts)
		}
		image.Layers, parts = parts[:end], parts[end:]
		images = append(images, image)
	}
	return images, nil
}

func (m Manifest) validate() error {
	for _, role := range fixedRoles(&m) {
		if role.part.MediaType != role.mediaType {
			return fmt.Errorf("part is %q, want %q", role.part.MediaType, role.mediaType)
		}
	}
	for _, d := range []oci.Descriptor{m.Config, m.Kernel, m.Initrd, m.Firmware, m.MeasuredConfig} {
		if err := plain(d); err != nil {
			return err
		}
	}
	if len(m.Images) == 0 || len(m.Images) > config.MaxContainers {
		return fmt.Errorf("%d images, want 1…%d", len(m.Images), config.MaxContainers)
	}
	for i, image := range m.Images {
		if err := image.validate(); err != nil {
			return fmt.Errorf("image %d: %w", i, err)
		}
	}
	return nil
}

func (i ImageParts) validate() error {
	switch {
	case i.Manifest.MediaType != MediaTypeSourceManifest:
		return fmt.Errorf("part is %q, want %q", i.Manifest.MediaType, MediaTypeSourceManifest)
	case i.Config.MediaType != MediaTypeSourceConfig:
		return fmt.Errorf("part is %q, want %q", i.Config.MediaType, MediaTypeSourceConfig)
	case len(i.Layers) == 0 || len(i.Layers) > oci.MaxLayers:
		return fmt.Errorf("%d layers, want 1…%d", len(i.Layers), oci.MaxLayers)
	}
	for _, d := range []oci.Descriptor{i.Manifest, i.Config} {
		if err := plain(d); err != nil {
			return err
		}
	}
	for n, d := range i.Layers {
		if err := validateLayer(d); err != nil {
			return fmt.Errorf("layer %d: %w", n, err)
		}
	}
	return nil
}

func validateLayer(d oci.Descriptor) error {
	if d.MediaType != oci.MediaTypeLayerGzip && d.MediaType != oci.MediaTypeLayerZstd {
		return fmt.Errorf("%q, want %q or %q", d.MediaType, oci.MediaTypeLayerGzip, oci.MediaTypeLayerZstd)
	}
	var root [32]byte
	digits := d.Annotations[AnnotationRootHash]
	if n, err := hex.Decode(root[:], []byte(digits[:min(len(digits), 64)])); err != nil || n != 32 || digits != hex.EncodeToString(root[:]) || len(d.Annotations) != 1 {
		return fmt.Errorf("want the annotation %s with 64 hex digits, and no other", AnnotationRootHash)
	}
	d.Annotations = nil
	return plain(d)
}

// plain requires a descriptor of something that is not empty, with nothing but type, digest and size.
func plain(d oci.Descriptor) error {
	if err := d.Validate(); err != nil {
		return err
	}
	if d.Platform != nil || d.ArtifactType != "" || d.Annotations != nil || d.Size == 0 {
		return fmt.Errorf("%s: descriptor of a part is more or less than type, digest and size", d.Digest)
	}
	return nil
}

// LayerDescriptor is the descriptor of a layer's blob in an enclave's manifest.
func LayerDescriptor(mediaType string, blob oci.Descriptor, converted Layer) oci.Descriptor {
	return oci.Descriptor{
		MediaType: mediaType, Digest: blob.Digest, Size: blob.Size,
		Annotations: map[string]string{AnnotationRootHash: hex.EncodeToString(converted.RootHash[:])},
	}
}

// Marshal returns the canonical encoding of m, or an error where ParseManifest would refuse it.
func (m Manifest) Marshal() ([]byte, error) {
	if err := m.validate(); err != nil {
		return nil, fmt.Errorf("encode enclave manifest: %w", err)
	}
	return wire.Encode(manifestDocument{
		SchemaVersion: 2,
		MediaType:     oci.MediaTypeManifest,
		ArtifactType:  ArtifactType,
		Config:        m.Config,
		Layers:        m.Parts(),
	})
}

// Parts are the descriptors of all blobs but the config, in the manifest's order.
func (m Manifest) Parts() []oci.Descriptor {
	var parts []oci.Descriptor
	for _, role := range fixedRoles(&m) {
		parts = append(parts, *role.part)
	}
	for _, image := range m.Images {
		parts = append(append(parts, image.Manifest, image.Config), image.Layers...)
	}
	return parts
}

// Blobs are the descriptors of all blobs, each digest once.
func (m Manifest) Blobs() []oci.Descriptor {
	seen := make(map[string]bool)
	var blobs []oci.Descriptor
	for _, d := range append([]oci.Descriptor{m.Config}, m.Parts()...) {
		if !seen[d.Digest.Hex] {
			seen[d.Digest.Hex] = true
			blobs = append(blobs, d)
		}
	}
	return blobs
}

// Size is the size of all blobs in bytes.
func (m Manifest) Size() int64 {
	var size int64
	for _, d := range m.Blobs() {
		size += d.Size
	}
	return size
}

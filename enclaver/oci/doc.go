// SPDX-License-Identifier: Apache-2.0

// Package oci reads the documents of the OCI image specification (v1.1) and of Docker's schema 2 the
// strict way: exact keys, no repetition, bounded sizes, SHA-256 only, one meaning per document, no
// descriptor that sends the reader to another place for its content.
package oci

import (
	"fmt"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Media types that a source image may be made of.
const (
	MediaTypeManifest    = "application/vnd.oci.image.manifest.v1+json"
	MediaTypeIndex       = "application/vnd.oci.image.index.v1+json"
	MediaTypeConfig      = "application/vnd.oci.image.config.v1+json"
	MediaTypeLayer       = "application/vnd.oci.image.layer.v1.tar"
	MediaTypeLayerGzip   = "application/vnd.oci.image.layer.v1.tar+gzip"
	MediaTypeLayerZstd   = "application/vnd.oci.image.layer.v1.tar+zstd"
	DockerManifest       = "application/vnd.docker.distribution.manifest.v2+json"
	DockerManifestList   = "application/vnd.docker.distribution.manifest.list.v2+json"
	DockerConfig         = "application/vnd.docker.container.image.v1+json"
	DockerLayerGzip      = "application/vnd.docker.image.rootfs.diff.tar.gzip"
	DockerLayer          = "application/vnd.docker.image.rootfs.diff.tar"
	MediaTypeEmpty       = "application/vnd.oci.empty.v1+json"
	AnnotationRefName    = "org.opencontainers.image.ref.name"
	annotationDockerType = "vnd.docker.reference.type"
)

const (
	// MaxDocument is the largest manifest, index or image config in bytes.
	MaxDocument = 4 << 20
	// MaxLayers is the largest number of layers of an image.
	MaxLayers = 512
	// MaxBlob is the largest blob in bytes.
	MaxBlob = 64 << 30
	// MaxManifests is the largest number of manifests of an index.
	MaxManifests = 4096
)

// Platform says what machine an image is for.
type Platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant,omitempty"`
}

// String is "os/architecture" with the variant, if there is one.
func (p Platform) String() string {
	if p.Variant != "" {
		return p.OS + "/" + p.Architecture + "/" + p.Variant
	}
	return p.OS + "/" + p.Architecture
}

// Descriptor names content by its media type, digest (SHA-256) and size in bytes.
type Descriptor struct {
	MediaType    string            `json:"mediaType"`
	Digest       v1.Hash           `json:"digest"`
	Size         int64             `json:"size"`
	URLs         []string          `json:"urls,omitempty"` // read only to be refused
	ArtifactType string            `json:"artifactType,omitempty"`
	Platform     *Platform         `json:"platform,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
}

// Validate refuses what cannot be fetched and checked: another hash, a size out of bounds, or content
// that lives at a URL of the manifest author's choice (threat REG-07).
func (d Descriptor) Validate() error {
	switch {
	case d.Digest.Algorithm != "sha256":
		return fmt.Errorf("digest %q is not SHA-256", d.Digest)
	case d.Size < 0 || d.Size > MaxBlob:
		return fmt.Errorf("%s: size %d is not in 0…%d", d.Digest, d.Size, int64(MaxBlob))
	case len(d.URLs) > 0:
		return fmt.Errorf("%s: content at foreign URLs is refused", d.Digest)
	case strings.Contains(d.MediaType, "nondistributable") || strings.Contains(d.MediaType, "foreign"):
		return fmt.Errorf("%s: foreign layers (%s) are refused", d.Digest, d.MediaType)
	}
	return nil
}

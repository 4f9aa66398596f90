// SPDX-License-Identifier: Apache-2.0

package oci

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/escrin/escrin/strictjson"
)

// Manifest is an image manifest: one config and its layers, bottom first.
type Manifest struct {
	MediaType string
	Config    Descriptor
	Layers    []Descriptor
}

// Index is a list of manifests for several platforms.
type Index struct {
	MediaType string
	Manifests []Descriptor
}

// document has the fields of both kinds, so that one with fields of both is seen and refused
// (CVE-2021-41190, threat REG-04).
type document struct {
	SchemaVersion int             `json:"schemaVersion"`
	MediaType     string          `json:"mediaType"`
	ArtifactType  string          `json:"artifactType"`
	Config        *Descriptor     `json:"config"`
	Layers        []Descriptor    `json:"layers"`
	Manifests     []Descriptor    `json:"manifests"`
	FSLayers      json.RawMessage `json:"fsLayers"`
	Subject       *Descriptor     `json:"subject"`
}

func parseDocument(data []byte, mediaType string) (document, error) {
	doc, err := strictjson.DecodeOpen[document](data, MaxDocument)
	switch {
	case err != nil:
		return document{}, err
	case doc.SchemaVersion != 2:
		return document{}, fmt.Errorf("schemaVersion %d, want 2", doc.SchemaVersion)
	case doc.FSLayers != nil:
		return document{}, errors.New("has fsLayers, which belong to schema 1")
	case doc.MediaType == "" && strings.HasPrefix(mediaType, "application/vnd.oci."):
		return doc, nil // OCI only recommends the field; the kinds are told apart by their contents below
	case doc.MediaType != mediaType:
		return document{}, fmt.Errorf("says it is %q but was announced as %q", doc.MediaType, mediaType)
	}
	return doc, nil
}

// ParseManifest reads an image manifest that was announced (by descriptor or header) as mediaType.
func ParseManifest(data []byte, mediaType string) (Manifest, error) {
	m, err := parseManifest(data, mediaType)
	if err != nil {
		return Manifest{}, fmt.Errorf("parse image manifest: %w", err)
	}
	return m, nil
}

func parseManifest(data []byte, mediaType string) (Manifest, error) {
	doc, err := parseDocument(data, mediaType)
	if err != nil {
		return Manifest{}, err
	}
	if doc.Manifests != nil {
		return Manifest{}, errors.New("has manifests, which belong to an index")
	}
	if doc.Config == nil || len(doc.Layers) == 0 || len(doc.Layers) > MaxLayers {
		return Manifest{}, fmt.Errorf("wants a config and 1…%d layers, has %d layers", MaxLayers, len(doc.Layers))
	}
	if err := doc.Config.Validate(); err != nil {
		return Manifest{}, fmt.Errorf("config: %w", err)
	}
	if doc.Config.MediaType != MediaTypeConfig && doc.Config.MediaType != DockerConfig {
		return Manifest{}, fmt.Errorf("config is %q: this is not an image of a file system", doc.Config.MediaType)
	}
	for i, layer := range doc.Layers {
		if err := layer.Validate(); err != nil {
			return Manifest{}, fmt.Errorf("layer %d: %w", i, err)
		}
		if !isLayer(layer.MediaType) {
			return Manifest{}, fmt.Errorf("layer %d: unknown media type %q", i, layer.MediaType)
		}
	}
	return Manifest{MediaType: mediaType, Config: *doc.Config, Layers: doc.Layers}, nil
}

func isLayer(mediaType string) bool {
	return slices.Contains([]string{
		MediaTypeLayer, MediaTypeLayerGzip, MediaTypeLayerZstd, DockerLayer, DockerLayerGzip,
	}, mediaType)
}

// ParseIndex reads an index that was announced as mediaType.
func ParseIndex(data []byte, mediaType string) (Index, error) {
	doc, err := parseDocument(data, mediaType)
	if err == nil {
		err = checkIndex(doc)
	}
	if err != nil {
		return Index{}, fmt.Errorf("parse image index: %w", err)
	}
	return Index{MediaType: mediaType, Manifests: doc.Manifests}, nil
}

func checkIndex(doc document) error {
	if doc.Config != nil || doc.Layers != nil {
		return errors.New("has config or layers, which belong to a manifest")
	}
	if len(doc.Manifests) > MaxManifests {
		return fmt.Errorf("%d manifests, more than %d", len(doc.Manifests), MaxManifests)
	}
	for i, m := range doc.Manifests {
		if err := m.Validate(); err != nil {
			return fmt.Errorf("manifest %d: %w", i, err)
		}
	}
	return nil
}

// IsIndex says whether a media type is that of an index.
func IsIndex(mediaType string) bool {
	return mediaType == MediaTypeIndex || mediaType == DockerManifestList
}

// IsManifest says whether a media type is that of an image manifest.
func IsManifest(mediaType string) bool {
	return mediaType == MediaTypeManifest || mediaType == DockerManifest
}

// Select returns the one manifest of the index for linux/amd64 (threat REG-06). Attestation manifests,
// which builders add under the platform unknown/unknown, are not images and are passed over.
func (index Index) Select() (Descriptor, error) {
	var found []Descriptor
	var platforms []string
	for _, m := range index.Manifests {
		if m.Platform == nil || m.Annotations[annotationDockerType] != "" {
			continue
		}
		platforms = append(platforms, m.Platform.String())
		if m.Platform.OS == "linux" && m.Platform.Architecture == "amd64" && m.Platform.Variant == "" {
			found = append(found, m)
		}
	}
	switch {
	case len(found) == 1 && !IsManifest(found[0].MediaType):
		return Descriptor{}, fmt.Errorf("the index has a %q for linux/amd64, want an image manifest", found[0].MediaType)
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Descriptor{}, fmt.Errorf("the index has %d images for linux/amd64, want exactly one", len(found))
	case len(platforms) == 0:
		return Descriptor{}, errors.New("the index has no image with a platform")
	}
	return Descriptor{}, UnsupportedPlatformError{platforms}
}

// UnsupportedPlatformError says for which platforms there is an image, none of them linux/amd64.
type UnsupportedPlatformError struct{ Found []string }

func (e UnsupportedPlatformError) Error() string {
	return "no image for linux/amd64, only for " + strings.Join(e.Found, ", ")
}

// Hint says what to do about it.
func (e UnsupportedPlatformError) Hint() string {
	return "build the image for linux/amd64, for example with `--platform linux/amd64`"
}

// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source"
)

// image is a source image whose documents are read and checked, and whose layers are not.
type image struct {
	manifest      oci.Manifest
	config        oci.ImageConfig
	manifestBytes []byte
	configBytes   []byte
}

// digest names the image's manifest.
func (img image) digest() v1.Hash { return oci.DescriptorOf("", img.manifestBytes).Digest }

// layers are the image's layers, bottom first.
func (img image) layers() []rawLayer {
	layers := make([]rawLayer, len(img.manifest.Layers))
	for i, d := range img.manifest.Layers {
		layers[i] = rawLayer{blob: d, diffID: img.config.DiffIDs[i]}
	}
	return layers
}

// openImage resolves the name once; everything after that goes by digest (threat REG-05).
func openImage(ctx context.Context, from source.Source) (image, error) {
	d, err := from.Resolve(ctx)
	if err != nil {
		return image{}, err
	}
	if d, err = selectManifest(ctx, from, d); err != nil {
		return image{}, fmt.Errorf("open image %s: %w", from, err)
	}
	var img image
	if img.manifestBytes, err = readDocument(ctx, from, d); err != nil {
		return image{}, fmt.Errorf("open image %s: %w", from, err)
	}
	if img.manifest, err = oci.ParseManifest(img.manifestBytes, d.MediaType); err != nil {
		return image{}, fmt.Errorf("open image %s: %w", from, malformed(err))
	}
	if img.configBytes, err = readDocument(ctx, from, img.manifest.Config); err != nil {
		return image{}, fmt.Errorf("open image %s: %w", from, err)
	}
	if err := img.readConfig(); err != nil {
		return image{}, fmt.Errorf("open image %s: %w", from, malformed(err))
	}
	return img, nil
}

// parseImage reads an image's documents from an enclave.
func parseImage(manifest []byte, mediaType string, config []byte) (img image, err error) {
	img = image{manifestBytes: manifest, configBytes: config}
	if img.manifest, err = oci.ParseManifest(manifest, mediaType); err != nil {
		return image{}, err
	}
	return img, img.readConfig()
}

func (img *image) readConfig() (err error) {
	if img.config, err = oci.ParseImageConfig(img.configBytes); err != nil {
		return err
	}
	if layers, ids := len(img.manifest.Layers), len(img.config.DiffIDs); layers != ids {
		return fmt.Errorf("manifest has %d layers, config has %d diff ids", layers, ids)
	}
	return nil
}

func malformed(err error) error {
	return hint.Wrap(err, "the image is not well-formed, and tools may disagree about what is in it: build it again with another tool")
}

// selectManifest goes from an index to the manifest of linux/amd64. An index inside an index is refused.
func selectManifest(ctx context.Context, from source.Source, d oci.Descriptor) (oci.Descriptor, error) {
	if err := d.Validate(); err != nil {
		return oci.Descriptor{}, err
	}
	if !oci.IsIndex(d.MediaType) {
		return d, requireManifest(d)
	}
	data, err := readDocument(ctx, from, d)
	if err != nil {
		return oci.Descriptor{}, err
	}
	index, err := oci.ParseIndex(data, d.MediaType)
	if err != nil {
		return oci.Descriptor{}, malformed(err)
	}
	if d, err = index.Select(); err != nil {
		return oci.Descriptor{}, err
	}
	return d, requireManifest(d)
}

func requireManifest(d oci.Descriptor) error {
	if !oci.IsManifest(d.MediaType) {
		return fmt.Errorf("%s is %q: want an image manifest of OCI or of Docker schema 2", d.Digest, d.MediaType)
	}
	return nil
}

func readDocument(ctx context.Context, from source.Source, d oci.Descriptor) ([]byte, error) {
	r, err := from.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return oci.ReadDocument(ctx, r, d)
}

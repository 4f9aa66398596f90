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
	source   source.Source
	digest   v1.Hash // of its manifest
	manifest oci.Manifest
	config   oci.ImageConfig
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
	data, err := readDocument(ctx, from, d)
	if err != nil {
		return image{}, fmt.Errorf("open image %s: %w", from, err)
	}
	img := image{source: from, digest: d.Digest}
	if img.manifest, err = oci.ParseManifest(data, d.MediaType); err != nil {
		return image{}, fmt.Errorf("open image %s: %w", from, malformed(err))
	}
	if data, err = readDocument(ctx, from, img.manifest.Config); err != nil {
		return image{}, fmt.Errorf("open image %s: %w", from, err)
	}
	if img.config, err = oci.ParseImageConfig(data); err != nil {
		return image{}, fmt.Errorf("open image %s: %w", from, malformed(err))
	}
	if layers, ids := len(img.manifest.Layers), len(img.config.DiffIDs); layers != ids {
		return image{}, fmt.Errorf("open image %s: %w", from, malformed(fmt.Errorf("manifest has %d layers, config has %d diff ids", layers, ids)))
	}
	return img, nil
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

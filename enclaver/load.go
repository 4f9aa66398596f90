// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/layer"
)

// ErrNotExist says that the store does not have an enclave of that name.
var ErrNotExist = store.ErrNotExist

// Load returns the enclave that the store has under ref's tag or digest.
func Load(ctx context.Context, ref Reference, from *Store) (*Enclave, error) {
	d, err := from.Resolve(ref)
	if err != nil {
		return nil, hint.Wrap(err, "make it with `escrin enclave IMAGE -t %s` or fetch it with `escrin pull %s`", ref, ref)
	}
	e, err := load(ctx, from, d)
	if err != nil {
		return nil, fmt.Errorf("open enclave %s: %w", ref, err)
	}
	return e, nil
}

func load(ctx context.Context, from *store.Store, d oci.Descriptor) (*Enclave, error) {
	document, err := from.ReadDocument(ctx, d)
	if err != nil {
		return nil, err
	}
	e := &Enclave{store: from, descriptor: d}
	if e.manifest, err = artifact.ParseManifest(document); err != nil {
		return nil, err
	}
	if document, err = from.ReadDocument(ctx, e.manifest.Config); err != nil {
		return nil, err
	}
	if e.config, err = artifact.ParseConfig(document); err != nil {
		return nil, err
	}
	return e, e.check()
}

// check holds manifest and config against each other: what can be known without the parts.
func (e *Enclave) check() error {
	if err := checkDocuments(e.manifest, e.config); err != nil {
		return fmt.Errorf("enclave %s contradicts itself: %w", e.descriptor.Digest, err)
	}
	return nil
}

func checkDocuments(m artifact.Manifest, c artifact.Config) error {
	digest, err := sum(c.MeasuredConfig.Digest.Hex)
	if err != nil {
		return err
	}
	root, err := attest.Root(c.Measurements)
	if err != nil {
		return err
	}
	switch {
	case c.Conversion != layer.Version:
		return hint.Wrap(fmt.Errorf("its layers are converted by version %d, this escrin has version %d", c.Conversion, layer.Version),
			"make the enclave again, or use the escrin that made it")
	case len(m.Images) != len(c.Images):
		return fmt.Errorf("the manifest has %d images, the config %d", len(m.Images), len(c.Images))
	case m.MeasuredConfig.Digest != c.MeasuredConfig.Digest || m.MeasuredConfig.Size != int64(c.MeasuredConfig.Size):
		return errors.New("manifest and config name different measured configs")
	case c.Cmdline != commandLine(digest, c):
		return errors.New("the command line does not name the measured config")
	case c.MeasurementRoot != root:
		return errors.New("the measurement root is not that of the measurements")
	}
	end := uint64(0)
	for i, image := range c.Images {
		if err := checkImage(m.Images[i], image, end); err != nil && len(c.Images) > 1 {
			return fmt.Errorf("image %d: %w", i+1, err)
		} else if err != nil {
			return err
		}
		end = endOf(image.Disk)
	}
	if c.MeasuredConfig.OffsetBlocks != end {
		return errApart
	}
	return nil
}

var errApart = errors.New("the parts of the disk do not follow each other")

// checkImage holds what both documents say of an image against each other, and against the disk.
func checkImage(m artifact.ImageParts, c artifact.Image, begin uint64) error {
	switch {
	case m.Manifest.Digest != c.Source.Manifest || m.Config.Digest != c.Source.Config:
		return errors.New("manifest and config name different source images")
	case c.Disk.Salt != wire.Hash32{}:
		return errors.New("the disk's hash tree has a salt")
	case c.Disk.OffsetBlocks != begin || c.Disk.HashOffsetBlocks != begin+c.Disk.DataBlocks:
		return errApart
	}
	return checkLayers(m, c)
}

// checkLayers holds the layers of both documents against each other, and against the disk, whose first blocks are never
// a layer's.
func checkLayers(m artifact.ImageParts, c artifact.Image) error {
	if len(m.Layers) != len(c.Layers) {
		return fmt.Errorf("the manifest has %d layers, the config %d", len(m.Layers), len(c.Layers))
	}
	blocks := uint64(erofs.HeadBlocks)
	for i, l := range c.Layers {
		if want := artifact.LayerDescriptor("", m.Layers[i], l).Annotations; !maps.Equal(want, m.Layers[i].Annotations) {
			return fmt.Errorf("manifest and config give layer %d different verity roots", i+1)
		}
		blocks += uint64(l.DataBlocks)
	}
	if blocks > c.Disk.DataBlocks {
		return fmt.Errorf("the layers have more data than the disk's %d blocks", c.Disk.DataBlocks)
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/guestagent/config"
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
	size := m.Metadata.Size
	for _, layer := range m.Layers {
		size += layer.Size
	}
	switch {
	case len(m.Layers) != len(c.Source.DiffIDs):
		return fmt.Errorf("%d layers, but %d diff ids", len(m.Layers), len(c.Source.DiffIDs))
	case m.MeasuredConfig.Digest != c.MeasuredConfig.Digest || m.MeasuredConfig.Size != int64(c.MeasuredConfig.Size):
		return errors.New("manifest and config name different measured configs")
	case uint64(size) != c.Disk.DataBlocks*config.BlockSize:
		return fmt.Errorf("parts of the disk have %d bytes, but it has %d blocks", size, c.Disk.DataBlocks)
	case c.Disk.HashOffsetBlocks != c.Disk.DataBlocks || c.MeasuredConfig.OffsetBlocks != configOffset(c.Disk):
		return errors.New("the parts of the disk do not follow each other")
	case c.Cmdline != config.CommandLine(digest, c.MeasuredConfig.OffsetBlocks, c.MeasuredConfig.Size):
		return errors.New("the command line does not name the measured config")
	case c.MeasurementRoot != root:
		return errors.New("the measurement root is not that of the measurements")
	}
	return nil
}

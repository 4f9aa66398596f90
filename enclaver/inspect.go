// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry"
	"github.com/escrin/escrin/guestagent/config"
)

// Description is what an enclave's documents say about it. They do not contradict each other; that they are true is for
// Verify to find out.
type Description struct {
	Digest    v1.Hash            `json:"digest"`
	Size      int64              `json:"size"` // bytes of all blobs
	Images    []ImageDescription `json:"images"`
	Config    artifact.Config    `json:"config"`
	Measured  config.Config      `json:"measured"`            // what runs, and how
	Referrers []oci.Descriptor   `json:"referrers,omitempty"` // what others say about it; hints, which nothing depends on
	More      bool               `json:"moreReferrers,omitempty"`
}

// ImageDescription is an image as it is transported.
type ImageDescription struct {
	Containers []string           `json:"containers"` // that run it
	Layers     []LayerDescription `json:"layers"`     // bottom first
}

// LayerDescription is a layer as it is transported.
type LayerDescription struct {
	MediaType string  `json:"mediaType"`
	Digest    v1.Hash `json:"digest"`
	Size      int64   `json:"size"` // bytes
}

// Description is what the enclave's documents say.
func (e *Enclave) Description(ctx context.Context) (Description, error) {
	document, err := e.store.ReadDocument(ctx, e.manifest.MeasuredConfig)
	if err != nil {
		return Description{}, err
	}
	return e.description(document)
}

func (e *Enclave) description(measured []byte) (Description, error) {
	run, err := e.parseMeasured(measured)
	if err != nil {
		return Description{}, err
	}
	d := Description{Digest: e.descriptor.Digest, Size: e.manifest.Size(), Config: e.config, Measured: run}
	for number, image := range e.manifest.Images {
		about := ImageDescription{Containers: e.containersOf(number)}
		for _, l := range image.Layers {
			about.Layers = append(about.Layers, LayerDescription{MediaType: l.MediaType, Digest: l.Digest, Size: l.Size})
		}
		d.Images = append(d.Images, about)
	}
	return d, nil
}

// Inspect describes the enclave that ref names, without fetching its parts: from the store if it has it,
// else from the registry. With a nil store only the registry is asked.
func Inspect(ctx context.Context, ref Reference, in *Store) (Description, error) {
	if in != nil {
		e, err := Load(ctx, ref, in)
		if err == nil {
			return e.Description(ctx)
		}
		if !errors.Is(err, ErrNotExist) {
			return Description{}, err
		}
	}
	d, err := inspectRemote(ctx, ref)
	if err != nil {
		return Description{}, fmt.Errorf("inspect %s: %w", ref, err)
	}
	return d, nil
}

// maxShownReferrers bounds how many referrers are looked at (threat REG-11).
const maxShownReferrers = 16

func inspectRemote(ctx context.Context, ref Reference) (Description, error) {
	from, e, err := fetchDocuments(ctx, ref)
	if err != nil {
		return Description{}, err
	}
	document, err := fetchDocument(ctx, from, e.manifest.MeasuredConfig)
	if err != nil {
		return Description{}, err
	}
	d, err := e.description(document)
	if err != nil {
		return Description{}, err
	}
	d.Referrers, err = from.Referrers(ctx, e.Digest(), maxShownReferrers)
	d.More = errors.Is(err, registry.ErrMoreReferrers)
	if ctx.Err() != nil {
		return Description{}, ctx.Err()
	}
	return d, nil // a registry without a list, or with a bad one, does not hide the enclave
}

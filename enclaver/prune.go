// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/imagebuild/layer"
)

// Stored is a name of a store and the enclave that it stands for.
type Stored struct {
	Name            string   `json:"name"` // HOST/NAME:TAG or HOST/NAME@DIGEST
	Digest          v1.Hash  `json:"digest"`
	MeasurementRoot [32]byte `json:"-"`
	Size            int64    `json:"size"`            // bytes of all blobs
	Error           string   `json:"error,omitempty"` // why it cannot be read
}

// List returns what the store has, in the order of the names.
func List(ctx context.Context, in *Store) ([]Stored, error) {
	names, err := in.Names()
	if err != nil {
		return nil, err
	}
	list := make([]Stored, len(names))
	for i, n := range names {
		list[i] = Stored{Name: n.Name, Digest: n.Manifest.Digest}
		e, err := load(ctx, in, n.Manifest)
		if err != nil {
			list[i].Error = err.Error()
			continue
		}
		list[i].Size, list[i].MeasurementRoot = e.manifest.Size(), e.config.MeasurementRoot
	}
	return list, nil
}

// Prune removes from the store what none of its names needs, and returns the number of bytes. With caches it also removes
// the converted layers, which can be made again.
func Prune(ctx context.Context, in *Store, caches bool) (freed int64, err error) {
	return in.Prune(func() (store.Keep, error) {
		keep := store.Keep{Blobs: map[v1.Hash]bool{}, Layers: map[v1.Hash]bool{}, Conversion: layer.Version}
		names, err := in.Names()
		if err != nil {
			return keep, err
		}
		for _, n := range names {
			e, err := load(ctx, in, n.Manifest)
			if err != nil {
				return keep, fmt.Errorf("%s cannot be read, remove it first: %w", n.Name, err)
			}
			keep.Blobs[n.Manifest.Digest] = true
			for _, d := range e.manifest.Blobs() {
				keep.Blobs[d.Digest] = true
			}
			for _, image := range e.config.Images {
				for _, l := range image.Layers {
					keep.Layers[l.DiffID] = !caches
				}
			}
		}
		return keep, nil
	})
}

// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/merge"
	"github.com/escrin/escrin/imagebuild/verity"
)

// stack is the merged file system of some converted layers, which are read from the store's cache and held against
// their verity roots as they are.
type stack struct {
	*merge.Disk
	files []*store.Layer
}

// errCache says that the cache has something else than what was put there.
var errCache = errors.New("the cache of converted layers is corrupted")

func openStack(from *store.Store, layers []artifact.Layer) (*stack, error) {
	s := &stack{}
	opened := make([]*merge.Layer, len(layers))
	for i, want := range layers {
		l, err := from.OpenLayer(layer.Version, want.DiffID)
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("layer %d: %w: %w", i+1, errCache, err)
		}
		s.files = append(s.files, l)
		if l.Layer != want {
			s.Close()
			return nil, fmt.Errorf("layer %d is not converted to what the enclave says", i+1)
		}
		if opened[i], err = merge.OpenLayer(l.Image, want.Size, l.Leaves, want.RootHash); err != nil {
			s.Close()
			return nil, fmt.Errorf("layer %d: %w: %w", i+1, errCache, err)
		}
	}
	var err error
	if s.Disk, err = merge.Stack(opened); err != nil {
		s.Close()
		if errors.Is(err, merge.ErrTooLarge) {
			err = hint.Wrap(err, "leave out of the image what its program does not use: caches, sources, documentation")
		}
		return nil, err
	}
	return s, nil
}

// Close closes the layers.
func (s *stack) Close() error {
	var all error
	for _, f := range s.files {
		all = errors.Join(all, f.Close())
	}
	return all
}

// withStack has use work on the merged file system of an image. Where the cache turns out to be corrupted, the layers
// are converted again, once.
func (c *converter) withStack(ctx context.Context, raw []rawLayer, use func([]readyLayer, *stack) error) error {
	for first := true; ; first = false {
		err := c.tryStack(ctx, raw, use)
		if !first || !isCacheError(err) {
			return err
		}
		c.progress.begin("convert again: the cache of converted layers was corrupted")
		for _, l := range raw {
			if err := c.store.DropLayer(layer.Version, l.diffID); err != nil {
				return err
			}
		}
	}
}

func isCacheError(err error) bool {
	return errors.Is(err, errCache) || errors.Is(err, verity.ErrMismatch)
}

func (c *converter) tryStack(ctx context.Context, raw []rawLayer, use func([]readyLayer, *stack) error) error {
	ready, err := c.ready(ctx, raw)
	if err != nil {
		return err
	}
	layers := make([]artifact.Layer, len(ready))
	for i, l := range ready {
		layers[i] = l.converted.Layer
	}
	s, err := openStack(c.store, layers)
	if err != nil {
		return err
	}
	defer s.Close()
	return use(ready, s)
}

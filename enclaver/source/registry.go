// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"io"

	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry"
)

// remote is an image in a registry.
type remote struct {
	ref        oci.Reference
	repository *registry.Repository // nil until the first use
}

func (r *remote) String() string { return r.ref.String() }

func (r *remote) Resolve(ctx context.Context) (oci.Descriptor, error) {
	if err := r.connect(ctx); err != nil {
		return oci.Descriptor{}, err
	}
	d, _, err := r.repository.Resolve(ctx, r.ref)
	return d, err
}

func (r *remote) Open(ctx context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	if err := r.connect(ctx); err != nil {
		return nil, err
	}
	return r.repository.OpenContent(ctx, d)
}

// Close does nothing: connections of the HTTP client end by themselves.
func (r *remote) Close() error { return nil }

func (r *remote) connect(ctx context.Context) (err error) {
	if r.repository == nil {
		r.repository, err = registry.Open(ctx, r.ref.Repository())
	}
	return err
}

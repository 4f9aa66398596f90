// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"io"

	"github.com/google/go-containerregistry/pkg/authn"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver/oci"
)

// Pusher uploads to one repository.
type Pusher struct {
	ref    oci.Reference
	pusher *remote.Pusher
}

// NewPusher returns a pusher to the repository of ref.
func NewPusher(ref oci.Reference) (*Pusher, error) {
	pusher, err := remote.NewPusher(
		remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithTransport(guarded(ref.Repository().Registry)),
	)
	return &Pusher{ref, pusher}, err
}

// Blob uploads a blob, unless the repository has it.
func (p *Pusher) Blob(ctx context.Context, d oci.Descriptor, open func() (io.ReadCloser, error)) error {
	if err := p.pusher.Upload(ctx, p.ref.Repository(), blob{d, open}); err != nil {
		return explain(p.ref.Repository(), err)
	}
	return nil
}

// Manifest uploads a manifest whose blobs are there, and gives it the tag of the reference (or none).
func (p *Pusher) Manifest(ctx context.Context, d oci.Descriptor, data []byte) error {
	repository := p.ref.Repository()
	var err error
	if p.ref.Tag() == "" {
		err = p.pusher.Put(ctx, repository.Digest(d.Digest.String()), manifest{d, data})
	} else {
		err = p.pusher.Put(ctx, repository.Tag(p.ref.Tag()), manifest{d, data})
	}
	if err != nil {
		return explain(repository, err)
	}
	return nil
}

// manifest is what remote.Pusher puts.
type manifest struct {
	descriptor oci.Descriptor
	data       []byte
}

func (m manifest) RawManifest() ([]byte, error) { return m.data, nil }
func (m manifest) MediaType() (types.MediaType, error) {
	return types.MediaType(m.descriptor.MediaType), nil
}
func (m manifest) Digest() (v1.Hash, error) { return m.descriptor.Digest, nil }
func (m manifest) Size() (int64, error)     { return m.descriptor.Size, nil }

// blob is a v1.Layer over bytes that are pushed as they are.
type blob struct {
	descriptor oci.Descriptor
	open       func() (io.ReadCloser, error)
}

func (b blob) Digest() (v1.Hash, error)             { return b.descriptor.Digest, nil }
func (b blob) DiffID() (v1.Hash, error)             { return b.descriptor.Digest, nil }
func (b blob) Compressed() (io.ReadCloser, error)   { return b.open() }
func (b blob) Uncompressed() (io.ReadCloser, error) { return b.open() }
func (b blob) Size() (int64, error)                 { return b.descriptor.Size, nil }
func (b blob) MediaType() (types.MediaType, error) {
	return types.MediaType(b.descriptor.MediaType), nil
}

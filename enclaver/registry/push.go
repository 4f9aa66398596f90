// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"context"
	"io"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/escrin/escrin/enclaver/oci"
)

// Pusher uploads to one repository. Its methods may be called side by side.
type Pusher struct {
	ref     oci.Reference
	options pushOptions
	pusher  *remote.Pusher
}

type pushOptions struct {
	mountFrom []name.Repository
	progress  func(Transfer)
}

// PushOption changes how a Pusher works.
type PushOption func(*pushOptions)

// MountFrom names repositories that may have the blobs already: those of the same registry are asked for each
// blob, in this order, before it is sent (cross-repository mount). Those of other registries are passed over.
func MountFrom(repositories ...name.Repository) PushOption {
	return func(o *pushOptions) { o.mountFrom = append(o.mountFrom, repositories...) }
}

// OnTransfer has each step of an upload reported. The function is called from several goroutines.
func OnTransfer(report func(Transfer)) PushOption {
	return func(o *pushOptions) { o.progress = report }
}

// How says how bytes of a blob came to be in the repository.
type How int

// The ways of a blob into a repository.
const (
	Sent    How = iota + 1 // were sent, now
	Present                // were there
	Mounted                // were in another repository of the registry
)

// Transfer is a step of an upload. Bytes is negative when an upload that was cut begins again: when Blob has
// returned without error, the Bytes of all steps of a blob add up to its size.
type Transfer struct {
	Blob  oci.Descriptor
	How   How
	Bytes int64
}

// NewPusher returns a pusher to the repository of ref.
func NewPusher(ref oci.Reference, options ...PushOption) (*Pusher, error) {
	pusher, err := remote.NewPusher(
		remote.WithAuthFromKeychain(authn.DefaultKeychain),
		remote.WithTransport(guarded(ref.Repository().Registry)),
	)
	p := &Pusher{ref: ref, pusher: pusher}
	for _, option := range options {
		option(&p.options)
	}
	return p, err
}

// Blob uploads a blob, unless the repository has it.
func (p *Pusher) Blob(ctx context.Context, d oci.Descriptor, open func() (io.ReadCloser, error)) error {
	if err := p.pusher.Upload(ctx, p.ref.Repository(), blob{d, open}); err != nil {
		return explain(p.ref.Repository(), err)
	}
	if p.options.progress != nil {
		p.options.progress(Transfer{d, Sent, d.Size})
	}
	return nil
}

// Manifest uploads a manifest whose blobs are there, and gives it the tag of the reference (or none).
func (p *Pusher) Manifest(ctx context.Context, d oci.Descriptor, data []byte) error {
	return p.put(ctx, p.ref.Tag(), d, data)
}

// put uploads a manifest under a tag or, if that is empty, under its digest alone.
func (p *Pusher) put(ctx context.Context, tag string, d oci.Descriptor, data []byte) error {
	repository := p.ref.Repository()
	var err error
	if tag == "" {
		err = p.pusher.Put(ctx, repository.Digest(d.Digest.String()), manifest{d, data})
	} else {
		err = p.pusher.Put(ctx, repository.Tag(tag), manifest{d, data})
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

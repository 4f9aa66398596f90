// SPDX-License-Identifier: Apache-2.0

package registry

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/escrin/escrin/enclaver/oci"
)

// Pusher uploads to one repository. Its methods may be called side by side.
type Pusher struct {
	ref       oci.Reference
	mountFrom []name.Repository
	report    func(Transfer)
	client    *client
}

// PushOption changes how a Pusher works.
type PushOption func(*Pusher)

// MountFrom names repositories that may have the blobs already: those of the same registry are asked for each
// blob, in this order, before it is sent (cross-repository mount). Those of other registries are passed over.
func MountFrom(repositories ...name.Repository) PushOption {
	return func(p *Pusher) { p.mountFrom = append(p.mountFrom, repositories...) }
}

// OnTransfer has each step of an upload reported. The function is called from several goroutines.
func OnTransfer(report func(Transfer)) PushOption {
	return func(p *Pusher) { p.report = report }
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

// NewPusher returns a pusher to the repository of ref. Nothing is asked of the registry before the first upload.
func NewPusher(ref oci.Reference, options ...PushOption) (*Pusher, error) {
	p := &Pusher{ref: ref, report: func(Transfer) {}}
	for _, option := range options {
		option(p)
	}
	p.mountFrom = sameRegistry(ref.Repository(), p.mountFrom)
	p.client = newClient(ref.Repository(), transport.PushScope, p.mountFrom...)
	return p, nil
}

// sameRegistry leaves out what cannot be mounted from.
func sameRegistry(to name.Repository, from []name.Repository) []name.Repository {
	var near []name.Repository
	for _, r := range from {
		if r.Registry == to.Registry && r.RepositoryStr() != to.RepositoryStr() {
			near = append(near, r)
		}
	}
	return near
}

// Manifest uploads a manifest whose blobs are there, and gives it the tag of the reference (or none).
func (p *Pusher) Manifest(ctx context.Context, d oci.Descriptor, data []byte) error {
	_, err := p.put(ctx, p.ref.Tag(), d, data)
	return err
}

// put uploads a manifest under a tag or, if that is empty, under its digest alone. It returns the header of the
// registry's answer.
func (p *Pusher) put(ctx context.Context, tag string, d oci.Descriptor, data []byte) (http.Header, error) {
	if tag == "" {
		tag = d.Digest.String()
	}
	resp, err := p.client.do(ctx, request{
		method: http.MethodPut,
		url:    p.client.url("manifests/"+tag, nil),
		header: map[string]string{"Content-Type": d.MediaType},
		body:   func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil },
		size:   int64(len(data)),
		accept: []int{http.StatusCreated},
	})
	if err != nil {
		return nil, err
	}
	discard(resp)
	return resp.Header, checkDigestHeader(resp.Header, d.Digest)
}

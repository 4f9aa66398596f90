// SPDX-License-Identifier: Apache-2.0

// Package registry speaks to OCI registries (OCI distribution specification v1.1): it reads content, from the
// middle if need be, uploads what a registry lacks, and attaches artifacts to others. It returns bytes and what
// the registry says about them; the caller checks every byte. A registry is not trusted with anything but its own
// password: credentials, which come from where docker and podman keep them, go to its own origin alone, and it can
// send us neither to this host nor into a private network. Plain HTTP is spoken to the local host only.
package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/escrin/escrin/enclaver/oci"
)

// Repository is a repository that may be read. Its methods may be called side by side.
type Repository struct {
	name   name.Repository
	client *client
}

// Open prepares to read from a repository. Nothing is asked of the registry, and no credentials are read, before
// the first request needs it.
func Open(_ context.Context, repository name.Repository) (*Repository, error) {
	return &Repository{repository, newClient(repository, transport.PullScope)}, nil
}

// Resolve fetches the manifest or index that ref names, by its digest if it is pinned. The descriptor says what
// came, by the bytes themselves and by the registry's word for their media type; an error wraps ErrNotFound where
// there is none and oci.ErrMismatch where the registry contradicts itself or the reference.
func (r *Repository) Resolve(ctx context.Context, ref oci.Reference) (oci.Descriptor, []byte, error) {
	d, data, err := r.resolve(ctx, ref)
	if errors.Is(err, ErrNotFound) {
		return oci.Descriptor{}, nil, notFound(ref, err)
	}
	if err != nil {
		return oci.Descriptor{}, nil, fmt.Errorf("read manifest of %s: %w", ref, err)
	}
	return d, data, nil
}

func (r *Repository) resolve(ctx context.Context, ref oci.Reference) (oci.Descriptor, []byte, error) {
	wanted := ref.Tag()
	digest, pinned := ref.Digest()
	if pinned {
		wanted = digest.String()
	}
	header, data, err := r.client.document(ctx, request{
		method: http.MethodGet,
		url:    r.client.url("manifests/"+wanted, nil),
		header: map[string]string{"Accept": manifestTypes()},
		accept: []int{http.StatusOK},
		roam:   true,
	}, oci.MaxDocument)
	if err != nil {
		return oci.Descriptor{}, nil, err
	}
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return oci.Descriptor{}, nil, fmt.Errorf("content type: %w", err)
	}
	d := oci.DescriptorOf(mediaType, data)
	if pinned && d.Digest != digest {
		return oci.Descriptor{}, nil, fmt.Errorf("the registry answered with %s: %w", d.Digest, oci.ErrMismatch)
	}
	return d, data, checkDigestHeader(header, d.Digest)
}

// checkDigestHeader holds what a registry says to have sent or stored against what it is.
func checkDigestHeader(header http.Header, digest v1.Hash) error {
	said := header.Get("Docker-Content-Digest")
	if h, err := v1.NewHash(said); err == nil && h.Algorithm == digest.Algorithm && h != digest {
		return fmt.Errorf("the registry calls %s by the name of %s: %w", digest, h, oci.ErrMismatch)
	}
	return nil
}

var errTooLong = errors.New("document too long")

// document fetches a document of at most limit bytes whole.
func (c *client) document(ctx context.Context, r request, limit int64) (http.Header, []byte, error) {
	for attempt := 0; ; attempt++ {
		resp, err := c.do(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
		resp.Body.Close()
		switch {
		case err == nil && int64(len(data)) > limit:
			return nil, nil, fmt.Errorf("%w: more than %d bytes", errTooLong, limit)
		case err == nil:
			return resp.Header, data, nil
		case !c.isTransient(ctx, err) || !c.waits.pause(ctx, attempt, 0):
			return nil, nil, c.explain(err)
		}
	}
}

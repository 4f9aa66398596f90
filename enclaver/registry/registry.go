// SPDX-License-Identifier: Apache-2.0

// Package registry speaks to OCI registries (OCI distribution specification v1.1). It returns bytes and
// what the registry says about them; the caller checks every byte. Plain HTTP is spoken to the local host
// only. Credentials come from where docker and podman keep them.
package registry

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/escrin/escrin/enclaver/oci"
)

// Repository is a repository that may be read.
type Repository struct {
	name   name.Repository
	client *http.Client
}

// Open makes the connection and proves who we are, if the registry asks.
func Open(ctx context.Context, repository name.Repository) (*Repository, error) {
	auth, err := authn.Resolve(ctx, authn.DefaultKeychain, repository)
	if err != nil {
		return nil, fmt.Errorf("read credentials for %s: %w", repository.RegistryStr(), err)
	}
	scopes := []string{repository.Scope(transport.PullScope)}
	wrapped, err := transport.NewWithContext(ctx, repository.Registry, auth, guarded(repository.Registry), scopes)
	if err != nil {
		return nil, explain(repository, err)
	}
	return &Repository{repository, &http.Client{Transport: wrapped}}, nil
}

// Resolve fetches the manifest or index that ref names, by its digest if it is pinned.
func (r *Repository) Resolve(ctx context.Context, ref oci.Reference) (oci.Descriptor, []byte, error) {
	wanted := ref.Tag()
	digest, pinned := ref.Digest()
	if pinned {
		wanted = digest.String()
	}
	resp, err := r.get(ctx, "manifests/"+wanted)
	if err != nil {
		return oci.Descriptor{}, nil, notFound(ref, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, oci.MaxDocument+1))
	if err != nil {
		return oci.Descriptor{}, nil, fmt.Errorf("read manifest of %s: %w", ref, err)
	}
	if len(data) > oci.MaxDocument {
		return oci.Descriptor{}, nil, fmt.Errorf("read manifest of %s: more than %d bytes", ref, oci.MaxDocument)
	}
	mediaType, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return oci.Descriptor{}, nil, fmt.Errorf("read manifest of %s: content type: %w", ref, err)
	}
	d := oci.DescriptorOf(mediaType, data)
	if pinned && d.Digest != digest {
		return oci.Descriptor{}, nil, fmt.Errorf("read manifest of %s: the registry answered with %s: %w", ref, d.Digest, oci.ErrMismatch)
	}
	return d, data, nil
}

// OpenContent returns the content that d names, unchecked: a manifest or a blob, by its media type.
func (r *Repository) OpenContent(ctx context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	return r.OpenContentAt(ctx, d, 0)
}

// OpenContentAt is OpenContent without the first offset bytes, for who has those from an earlier attempt. The
// whole must be checked: that the registry goes on with the same content is its word only.
func (r *Repository) OpenContentAt(ctx context.Context, d oci.Descriptor, offset int64) (io.ReadCloser, error) {
	kind := "blobs/"
	if oci.IsManifest(d.MediaType) || oci.IsIndex(d.MediaType) {
		kind = "manifests/"
	}
	resp, err := r.get(ctx, kind+d.Digest.String())
	if err != nil {
		return nil, fmt.Errorf("fetch %s from %s: %w", d.Digest, r.name, err)
	}
	if _, err := io.CopyN(io.Discard, resp.Body, offset); err != nil {
		resp.Body.Close()
		return nil, fmt.Errorf("fetch %s from %s: %w", d.Digest, r.name, err)
	}
	return resp.Body, nil
}

func (r *Repository) get(ctx context.Context, path string) (*http.Response, error) {
	u := url.URL{
		Scheme: r.name.Scheme(),
		Host:   r.name.RegistryStr(),
		Path:   "/v2/" + r.name.RepositoryStr() + "/" + path,
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", strings.Join([]string{
		oci.MediaTypeManifest, oci.MediaTypeIndex, oci.DockerManifest, oci.DockerManifestList, "*/*;q=0.1",
	}, ", "))
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, explain(r.name, err)
	}
	if err := transport.CheckError(resp, http.StatusOK); err != nil {
		resp.Body.Close()
		return nil, explain(r.name, err)
	}
	return resp, nil
}

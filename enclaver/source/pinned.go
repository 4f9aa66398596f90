// SPDX-License-Identifier: Apache-2.0

package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/moby/client"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
)

// idPrefix begins the names that are an image's id.
const idPrefix = "sha256:"

// shortID is how many digits of an id docker shows.
const shortID = 12

// idDigits are those of an id, or the first of them.
var idDigits = regexp.MustCompile(`^[0-9a-f]+$`)

// dockerID is the id of the image that docker found under a name, if that is the image that the name promises: one with
// the digest behind its @, or with the id that it is or begins (threat REG-02).
func dockerID(name string, found client.ImageInspectResult) (v1.Hash, error) {
	id, err := v1.NewHash(found.ID)
	if err != nil {
		return v1.Hash{}, fmt.Errorf("ask docker: %w", err)
	}
	if _, digest, pinned := strings.Cut(name, "@"); pinned {
		named := func(d string) bool { return strings.HasSuffix(d, "@"+digest) }
		if digest != id.String() && !slices.ContainsFunc(found.RepoDigests, named) {
			return v1.Hash{}, hint.Wrap(fmt.Errorf("%w: docker has the image %s under that name, and not with that digest", oci.ErrMismatch, id),
				"`docker images --digests` shows the digests; `docker pull %s` fetches this one", name)
		}
		return id, nil
	}
	digits, prefixed := strings.CutPrefix(name, idPrefix)
	if !idDigits.MatchString(digits) || !prefixed && len(digits) < shortID || strings.HasPrefix(id.Hex, digits) {
		return id, nil
	}
	tagged := slices.ContainsFunc(found.RepoTags, func(tag string) bool { return sameName(tag, name) })
	if len(digits) < len(id.Hex) && tagged {
		return id, nil // a name that looks like an id
	}
	return v1.Hash{}, fmt.Errorf("%w: docker gives the image %s for that id", oci.ErrMismatch, id)
}

// pinnedBy is the digest behind the @ of a name, or the id that the whole name is; zero if it promises neither.
func pinnedBy(name string) (digest, id v1.Hash, err error) {
	if strings.HasPrefix(name, idPrefix) {
		id, err = v1.NewHash(name)
	} else if _, text, ok := strings.Cut(name, "@"); ok {
		digest, err = v1.NewHash(text)
		if err == nil && digest.Algorithm != "sha256" {
			err = errors.New("want sha256: and 64 hex digits after @")
		}
	}
	return digest, id, err
}

// checkID holds an image against its id: the digest of its manifest or index or, as docker and Kubernetes name images, of
// its config.
func checkID(ctx context.Context, open func(context.Context, oci.Descriptor) (io.ReadCloser, error), d oci.Descriptor, id v1.Hash) error {
	if d.Digest == id {
		return nil
	}
	r, err := open(ctx, d)
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := oci.ReadDocument(ctx, r, d)
	if err != nil {
		return err
	}
	if oci.IsIndex(d.MediaType) {
		index, err := oci.ParseIndex(data, d.MediaType)
		if err != nil {
			return err
		}
		if d, err = index.Select(); err != nil {
			return err
		}
		return checkID(ctx, open, d, id) // which is a manifest's
	}
	manifest, err := oci.ParseManifest(data, d.MediaType)
	if err == nil && manifest.Config.Digest != id {
		err = fmt.Errorf("%w: it is not the image %s", oci.ErrMismatch, id)
	}
	return err
}

// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry"
	"github.com/escrin/escrin/enclaver/store"
)

// Pull makes the enclave that ref names complete in the store and gives it that name there. Each blob is
// checked against its digest and size as it arrives; blobs that the store has are checked again, and
// fetched again if they are not right. What an earlier pull that was cut left of a blob is not fetched again. A
// pinned enclave that is complete in the store needs no registry.
func Pull(ctx context.Context, ref Reference, into *Store, progress Progress) (*Enclave, error) {
	release, err := into.Use()
	if err != nil {
		return nil, err
	}
	defer release()
	if e, ok := complete(ctx, ref, into); ok {
		progress.begin("%s is here", ref)
		return e, nil
	}
	e, err := pull(ctx, ref, into, progress.serial())
	if err != nil {
		return nil, fmt.Errorf("pull %s: %w", ref, err)
	}
	return e, into.Tag(ref, e.descriptor, "")
}

// complete looks for a pinned enclave in the store and checks all of it.
func complete(ctx context.Context, ref Reference, in *store.Store) (*Enclave, bool) {
	if _, pinned := ref.Digest(); !pinned {
		return nil, false
	}
	e, err := Load(ctx, ref, in)
	if err != nil {
		return nil, false
	}
	for _, d := range e.manifest.Blobs() {
		if in.Check(ctx, d) != nil {
			return nil, false
		}
	}
	return e, true
}

func pull(ctx context.Context, ref Reference, into *store.Store, progress Progress) (*Enclave, error) {
	from, e, err := fetchDocuments(ctx, ref)
	if err != nil {
		return nil, err
	}
	missing, size, err := lacking(ctx, into, e.manifest.Blobs())
	if err != nil {
		return nil, err
	}
	step := progress.count(size, "pull %d of %d blobs", len(missing), len(e.manifest.Blobs()))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(maxTransfers)
	for _, d := range missing {
		group.Go(func() error { return fetch(groupCtx, from, d, into, step) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	document, err := e.manifest.Marshal()
	if err != nil {
		return nil, err
	}
	if _, err := into.PutBytes(oci.MediaTypeManifest, document); err != nil {
		return nil, err
	}
	e.store = into
	return e, nil
}

// maxTransfers bounds how many blobs are fetched or sent side by side.
const maxTransfers = 4

// lacking returns the blobs that the store does not have, or not as they should be, the largest first.
func lacking(ctx context.Context, in *store.Store, blobs []oci.Descriptor) (missing []oci.Descriptor, size int64, err error) {
	for _, d := range blobs {
		err := in.Check(ctx, d)
		if errors.Is(err, oci.ErrMismatch) {
			err = errors.Join(in.Drop(d), store.ErrNotExist)
		}
		if errors.Is(err, store.ErrNotExist) {
			missing, size = append(missing, d), size+d.Size
		} else if err != nil {
			return nil, 0, err
		}
	}
	slices.SortStableFunc(missing, func(a, b oci.Descriptor) int { return cmp.Compare(b.Size, a.Size) })
	return missing, size, nil
}

func fetch(ctx context.Context, from *registry.Repository, d oci.Descriptor, into *store.Store, step *meter) error {
	err := into.Download(ctx, d, func(offset int64) (io.ReadCloser, error) { return from.OpenContentAt(ctx, d, offset) }, step.add)
	if errors.Is(err, oci.ErrMismatch) {
		return hint.Wrap(err, "the registry's copy is corrupted: push the enclave again")
	}
	return err
}

// fetchDocuments reads manifest and config of an enclave from its registry, and holds them against each
// other.
func fetchDocuments(ctx context.Context, ref Reference) (*registry.Repository, *Enclave, error) {
	from, err := registry.Open(ctx, ref.Repository())
	if err != nil {
		return nil, nil, err
	}
	d, document, err := from.Resolve(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	if d.MediaType != oci.MediaTypeManifest {
		return nil, nil, notEnclave(fmt.Errorf("%w: it is %q", artifact.ErrNotEnclave, d.MediaType))
	}
	d.ArtifactType = artifact.ArtifactType
	e := &Enclave{descriptor: d}
	if e.manifest, err = artifact.ParseManifest(document); err != nil {
		return nil, nil, notEnclave(err)
	}
	if document, err = fetchDocument(ctx, from, e.manifest.Config); err != nil {
		return nil, nil, err
	}
	if e.config, err = artifact.ParseConfig(document); err != nil {
		return nil, nil, err
	}
	return from, e, e.check()
}

func fetchDocument(ctx context.Context, from *registry.Repository, d oci.Descriptor) ([]byte, error) {
	content, err := from.OpenContent(ctx, d)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return oci.ReadDocument(ctx, content, d)
}

func notEnclave(err error) error {
	if errors.Is(err, artifact.ErrNotEnclave) {
		return hint.Wrap(err, "make an enclave of an image with `escrin enclave IMAGE -t REF`")
	}
	return err
}

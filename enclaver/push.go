// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/registry"
)

// Push uploads e under the reference's tag. Blobs that the repository has are not sent; a blob that is
// corrupted in the store is not sent either.
func Push(ctx context.Context, e *Enclave, to Reference, progress Progress) error {
	if err := push(ctx, e, to, progress.serial()); err != nil {
		return fmt.Errorf("push %s: %w", to, err)
	}
	return nil
}

func push(ctx context.Context, e *Enclave, to Reference, progress Progress) error {
	if digest, pinned := to.Digest(); pinned && digest != e.Digest() {
		return fmt.Errorf("the enclave is %s", e.Digest())
	}
	pusher, err := registry.NewPusher(to)
	if err != nil {
		return err
	}
	blobs := e.manifest.Blobs()
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, d := range blobs {
		group.Go(func() error {
			if err := e.store.Check(groupCtx, d); err != nil {
				return hint.Wrap(err, "make or pull the enclave again")
			}
			progress.say("push %d of %d: %d bytes", i+1, len(blobs), d.Size)
			return pusher.Blob(groupCtx, d, func() (io.ReadCloser, error) { return e.store.Open(d) })
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	document, err := e.store.ReadDocument(ctx, e.descriptor)
	if err != nil {
		return err
	}
	return pusher.Manifest(ctx, oci.DescriptorOf(oci.MediaTypeManifest, document), document)
}

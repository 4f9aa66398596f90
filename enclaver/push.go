// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/go-containerregistry/pkg/name"
	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/provenance"
	"github.com/escrin/escrin/enclaver/registry"
	"github.com/escrin/escrin/enclaver/store"
)

// Push uploads e under the reference's tag. Blobs that the repository has are not sent, nor those that the registry has
// where the source image is; a blob that is corrupted in the store is not sent either, and removed from it. Provenance and
// the source image's descriptor are attached (SPEC.md §6).
func Push(ctx context.Context, e *Enclave, to Reference, progress Progress) error {
	if err := push(ctx, e, to, progress.serial()); err != nil {
		return fmt.Errorf("push %s: %w", to, err)
	}
	return nil
}

func push(ctx context.Context, e *Enclave, to Reference, progress Progress) error {
	release, err := e.store.Use()
	if err != nil {
		return err
	}
	defer release()
	if digest, pinned := to.Digest(); pinned && digest != e.Digest() {
		return fmt.Errorf("the enclave is %s", e.Digest())
	}
	blobs := e.manifest.Blobs()
	step := progress.count(total(blobs), "push %d blobs", len(blobs))
	pusher, err := registry.NewPusher(to, registry.MountFrom(e.origins(to)...),
		registry.OnTransfer(func(t registry.Transfer) { step.add(t.Bytes) }))
	if err != nil {
		return err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(maxTransfers)
	for _, d := range blobs {
		group.Go(func() error { return e.send(groupCtx, pusher, d) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	document, err := e.store.ReadDocument(ctx, e.descriptor)
	if err != nil {
		return err
	}
	subject := oci.DescriptorOf(oci.MediaTypeManifest, document)
	if err := pusher.Manifest(ctx, subject, document); err != nil {
		return err
	}
	progress.begin("attach provenance")
	return e.attach(ctx, pusher, subject)
}

// attach says in the words of others where the enclave comes from.
func (e *Enclave) attach(ctx context.Context, pusher *registry.Pusher, subject oci.Descriptor) error {
	statement, err := e.provenance()
	if err != nil {
		return err
	}
	if err := pusher.Referrer(ctx, subject, provenance.MediaType, statement, provenance.MediaType); err != nil {
		return err
	}
	for i, image := range e.config.Images {
		source, err := provenance.Source(oci.Descriptor{
			MediaType: image.Source.MediaType, Digest: image.Source.Manifest, Size: e.manifest.Images[i].Manifest.Size,
		})
		if err != nil {
			return err
		}
		if err := pusher.Referrer(ctx, subject, provenance.SourceType, source, provenance.SourceType); err != nil {
			return err
		}
	}
	return nil
}

// provenance is the statement of how the enclave was made, of its documents alone.
func (e *Enclave) provenance() ([]byte, error) {
	declared, err := e.config.Spec.Canonical()
	if err != nil {
		return nil, err
	}
	build := provenance.Build{
		Enclave: e.Digest(), Spec: declared, Conversion: e.config.Conversion,
		QEMU: e.config.QEMU, MeasurementRoot: e.config.MeasurementRoot,
		Materials: []provenance.Material{
			{Name: "kernel", MediaType: e.manifest.Kernel.MediaType, Digest: e.manifest.Kernel.Digest},
			{Name: "initrd", MediaType: e.manifest.Initrd.MediaType, Digest: e.manifest.Initrd.Digest},
			{Name: "firmware", Digest: e.config.GuestBase.Firmware},
		},
	}
	for number, image := range e.config.Images {
		build.Sources = append(build.Sources, image.Source.Manifest)
		for i, l := range image.Layers {
			name := e.label(number) + fmt.Sprintf("layer %d", i+1)
			build.Materials = append(build.Materials, provenance.Material{Name: name, MediaType: oci.MediaTypeLayer, Digest: l.DiffID})
		}
	}
	return build.Statement()
}

func total(blobs []oci.Descriptor) (size int64) {
	for _, d := range blobs {
		size += d.Size
	}
	return size
}

// origins are the repositories that may have the enclave's layers, if they are known.
func (e *Enclave) origins(to Reference) []name.Repository {
	var known []name.Repository
	for _, ref := range []Reference{to, to.WithDigest(e.Digest())} {
		if origin, err := name.NewRepository(e.store.Origin(ref)); err == nil {
			known = append(known, origin)
		}
	}
	return known
}

// send uploads one blob, which is checked as it goes.
func (e *Enclave) send(ctx context.Context, pusher *registry.Pusher, d oci.Descriptor) error {
	err := pusher.Blob(ctx, d, func() (io.ReadCloser, error) { return e.store.Open(d) })
	if errors.Is(err, oci.ErrMismatch) {
		err = errors.Join(err, e.store.Drop(d))
		return hint.Wrap(err, "the store's copy was corrupted and is removed: make the enclave again, or pull it")
	}
	if errors.Is(err, store.ErrNotExist) {
		return hint.Wrap(err, "make the enclave again, or pull it")
	}
	return err
}

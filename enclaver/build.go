// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/source"
	"github.com/escrin/escrin/enclaver/spec"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/imagebuild/layer"
)

// measuredQEMU is the series of QEMU whose virtual hardware enclaves are measured for.
const measuredQEMU = predict.QEMU10_0

// Shapes are the machine shapes that an enclave is measured for.
func Shapes() []attest.Shape {
	return []attest.Shape{{VCPUs: 1, MemoryMiB: 1024}, {VCPUs: 2, MemoryMiB: 2048}}
}

// BuildOptions says what to build with and where to put it.
type BuildOptions struct {
	Store     *Store
	GuestBase string // folder with kernel, initrd, firmware and base.json
	Spec      spec.Spec
	Name      Reference // name in the store; may be zero
	Progress  Progress
	Note      func(string) // told what of the image is left out, and warnings; may be nil
}

// Build makes an enclave of the image. The result is a function of the image, the spec and the guest
// base: the same bytes on any machine, any day. Layers that the store has are neither read nor converted again.
func Build(ctx context.Context, from source.Source, opts BuildOptions) (*Enclave, error) {
	release, err := opts.Store.Use()
	if err != nil {
		return nil, err
	}
	defer release()
	b := &builder{store: opts.Store, spec: opts.Spec, progress: opts.Progress.serial(), note: opts.Note}
	b.converter = newConverter(opts.Store, from.Open, true, b.progress)
	b.base = func(ctx context.Context) (guestBase, error) {
		return importGuestBase(ctx, opts.GuestBase, opts.Spec.Network, opts.Store)
	}
	e, err := b.build(ctx, from)
	if err != nil || opts.Name.IsZero() {
		return e, err
	}
	var origin string
	if ref, ok := source.Reference(from); ok {
		origin = ref.Repository().Name()
	}
	return e, opts.Store.Tag(opts.Name, e.descriptor, origin)
}

// builder makes one enclave.
type builder struct {
	store     *store.Store
	converter *converter
	base      func(context.Context) (guestBase, error)
	spec      spec.Spec
	progress  Progress
	note      func(string)
}

// build measures the guest base while it looks at the image.
func (b *builder) build(ctx context.Context, from source.Source) (*Enclave, error) {
	shapes, err := b.spec.Shapes(Shapes())
	if err != nil {
		return nil, err
	}
	m := artifact.Manifest{}
	c := artifact.Config{Version: artifact.Version, Spec: b.spec, Conversion: layer.Version, QEMU: string(measuredQEMU)}
	var base guestBase
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		base, err = b.base(groupCtx)
		return err
	})
	group.Go(func() error { return b.takeImage(groupCtx, from, &m, &c) })
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if base.unpinned && b.note != nil {
		b.note("warning: the guest base was made of packages that are not pinned: nobody else may be able to make the same one")
	}
	m.Kernel, m.Initrd, m.Firmware, c.GuestBase = base.kernel, base.initrd, base.firmware, base.about
	b.progress.begin("predict the registers of %d machine shapes", len(shapes))
	if c.Measurements, err = base.registers(c.Cmdline, shapes); err != nil {
		return nil, err
	}
	root, err := attest.Root(c.Measurements)
	if err != nil {
		return nil, fmt.Errorf("compute measurement root: %w", err)
	}
	c.MeasurementRoot = root
	return b.write(m, c)
}

// takeImage fills in what follows from the image and the spec.
func (b *builder) takeImage(ctx context.Context, from source.Source, m *artifact.Manifest, c *artifact.Config) error {
	b.progress.begin("read image %s", from)
	img, err := openImage(ctx, from)
	if err != nil {
		return err
	}
	c.Source = artifact.Source{MediaType: img.manifest.MediaType, Manifest: img.digest(), Config: img.manifest.Config.Digest}
	if m.SourceManifest, err = b.store.PutBytes(artifact.MediaTypeSourceManifest, img.manifestBytes); err != nil {
		return err
	}
	if m.SourceConfig, err = b.store.PutBytes(artifact.MediaTypeSourceConfig, img.configBytes); err != nil {
		return err
	}
	err = b.converter.withStack(ctx, img.layers(), func(ready []readyLayer, s *stack) error {
		m.Layers, c.Layers = nil, nil
		for _, l := range ready {
			m.Layers = append(m.Layers, artifact.LayerDescriptor(l.blob.MediaType, l.blob, l.converted.Layer))
			c.Layers = append(c.Layers, l.converted.Layer)
		}
		b.progress.begin("merge %d layers", len(ready))
		return b.describe(img, s, m, c)
	})
	if err != nil {
		return fmt.Errorf("enclave %s: %w", from, err)
	}
	return b.tellNotes(c)
}

// describe makes the measured config, and the command line that states it.
func (b *builder) describe(img image, s *stack, m *artifact.Manifest, c *artifact.Config) error {
	run, document, err := measuredConfig(img.config, b.spec, s)
	if err != nil {
		return err
	}
	if m.MeasuredConfig, err = b.store.PutBytes(artifact.MediaTypeRunConfig, document); err != nil {
		return err
	}
	c.Disk = run.Main().Disk
	c.MeasuredConfig = placeOf(document, c.Disk)
	c.Cmdline = config.CommandLine(config.Digest(document), c.MeasuredConfig.OffsetBlocks, len(document))
	return nil
}

// tellNotes says what of the layers is left out.
func (b *builder) tellNotes(c *artifact.Config) error {
	if b.note == nil {
		return nil
	}
	for i, l := range c.Layers {
		info, _ := b.store.LayerInfo(layer.Version, l.DiffID)
		if info.Devices > 0 {
			b.note(fmt.Sprintf("layer %d of %d: left out %d device nodes, the first is %s", i+1, len(c.Layers), info.Devices, info.FirstDevice))
		}
		if info.Attributes > 0 {
			b.note(fmt.Sprintf("layer %d of %d: left out %d extended attributes that a guest does not need", i+1, len(c.Layers), info.Attributes))
		}
	}
	return nil
}

func (b *builder) write(m artifact.Manifest, c artifact.Config) (*Enclave, error) {
	document, err := c.Marshal()
	if err != nil {
		return nil, err
	}
	if m.Config, err = b.store.PutBytes(artifact.MediaTypeConfig, document); err != nil {
		return nil, err
	}
	if document, err = m.Marshal(); err != nil {
		return nil, err
	}
	d, err := b.store.PutBytes(oci.MediaTypeManifest, document)
	if err != nil {
		return nil, err
	}
	d.ArtifactType = artifact.ArtifactType
	e := &Enclave{store: b.store, descriptor: d, manifest: m, config: c}
	return e, e.check()
}

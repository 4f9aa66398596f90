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
	"github.com/escrin/escrin/enclaver/workload"
	"github.com/escrin/escrin/guestagent/config"
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
}

// Build makes an enclave of the image. The result is a function of the image, the spec and the guest
// base: the same bytes on any machine, any day.
func Build(ctx context.Context, from source.Source, opts BuildOptions) (*Enclave, error) {
	base, err := openGuestBase(opts.GuestBase)
	if err != nil {
		return nil, err
	}
	b := &builder{store: opts.Store, base: base, spec: opts.Spec, progress: opts.Progress.serial()}
	b.progress.say("read image %s", from)
	img, err := openImage(ctx, from)
	if err != nil {
		return nil, err
	}
	e, err := b.build(ctx, img)
	if err != nil {
		return nil, fmt.Errorf("enclave %s: %w", from, err)
	}
	if opts.Name.IsZero() {
		return e, nil
	}
	return e, opts.Store.Tag(opts.Name, e.descriptor)
}

type builder struct {
	store    *store.Store
	base     guestBase
	spec     spec.Spec
	progress Progress
}

func (b *builder) build(ctx context.Context, img image) (*Enclave, error) {
	var m artifact.Manifest
	var err error
	if m.Layers, err = b.convertLayers(ctx, img); err != nil {
		return nil, err
	}
	b.progress.say("merge %d layers", len(m.Layers))
	if m.Metadata, err = b.mergeLayers(m.Layers); err != nil {
		return nil, err
	}
	c := artifact.Config{
		Version:   artifact.Version,
		Source:    artifact.Source{Manifest: img.digest, Config: img.manifest.Config.Digest, DiffIDs: img.config.DiffIDs},
		GuestBase: b.base.about,
		QEMU:      string(measuredQEMU),
	}
	b.progress.say("compute the verity tree")
	if err := b.describeDisk(&m, &c, img.config); err != nil {
		return nil, err
	}
	if err := b.storeBase(&m); err != nil {
		return nil, err
	}
	b.progress.say("predict the registers of %d machine shapes", len(Shapes()))
	if c.Measurements, err = measure(ctx, b.base, c.Cmdline); err != nil {
		return nil, err
	}
	root, err := attest.Root(c.Measurements)
	if err != nil {
		return nil, fmt.Errorf("compute measurement root: %w", err)
	}
	c.MeasurementRoot = root
	return b.write(m, c)
}

// describeDisk computes the verity root, makes the measured config that states it, and the command line
// that states the measured config.
func (b *builder) describeDisk(m *artifact.Manifest, c *artifact.Config, image oci.ImageConfig) error {
	d, err := openDisk(b.store, *m)
	if err != nil {
		return err
	}
	defer d.Close()
	root, err := d.tree()
	if err != nil {
		return fmt.Errorf("read merged file system: %w", err)
	}
	described, err := d.verity()
	if err != nil {
		return err
	}
	run, err := workload.Config(image, b.spec, root, described)
	if err != nil {
		return err
	}
	document, err := run.Marshal()
	if err != nil {
		return err
	}
	if m.MeasuredConfig, err = b.store.PutBytes(artifact.MediaTypeRunConfig, document); err != nil {
		return err
	}
	c.Disk = run.Disk
	c.MeasuredConfig = artifact.MeasuredConfig{
		Digest: m.MeasuredConfig.Digest, OffsetBlocks: configOffset(run.Disk), Size: len(document),
	}
	c.Cmdline = config.CommandLine(config.Digest(document), c.MeasuredConfig.OffsetBlocks, len(document))
	return nil
}

func (b *builder) storeBase(m *artifact.Manifest) (err error) {
	for _, part := range []struct {
		mediaType string
		data      []byte
		into      *oci.Descriptor
	}{
		{artifact.MediaTypeKernel, b.base.kernel, &m.Kernel},
		{artifact.MediaTypeInitrd, b.base.initrd, &m.Initrd},
		{artifact.MediaTypeFirmware, b.base.firmware, &m.Firmware},
	} {
		if *part.into, err = b.store.PutBytes(part.mediaType, part.data); err != nil {
			return err
		}
	}
	return nil
}

// measure predicts the registers of every shape.
func measure(ctx context.Context, base guestBase, cmdline string) ([]attest.Measurement, error) {
	measurements := make([]attest.Measurement, len(Shapes()))
	group, _ := errgroup.WithContext(ctx)
	for i, shape := range Shapes() {
		group.Go(func() error {
			registers, err := predict.TDX(predict.Launch{
				Firmware: base.firmware, Kernel: base.kernel, Initrd: base.initrd,
				Cmdline: cmdline, Shape: shape, QEMU: measuredQEMU,
			})
			if err != nil {
				return fmt.Errorf("predict the registers of %s: %w", shape, err)
			}
			measurements[i] = attest.Measurement{TEE: attest.TDX, Shape: shape, Registers: registers}
			return nil
		})
	}
	return measurements, group.Wait()
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

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
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/plural"
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

// Build makes an enclave of the images that the spec's containers run, by their numbers: of one, if it declares no containers.
// The result is a function of the images, the spec and the guest base: the same bytes on any machine, any day. Layers that the
// store has are neither read nor converted again.
func Build(ctx context.Context, from []source.Source, opts BuildOptions) (*Enclave, error) {
	release, err := opts.Store.Use()
	if err != nil {
		return nil, err
	}
	defer release()
	b := &builder{store: opts.Store, withBlobs: true, spec: opts.Spec, progress: opts.Progress.serial(), note: opts.Note}
	b.base = func(ctx context.Context) (guestBase, error) {
		return importGuestBase(ctx, opts.GuestBase, opts.Spec.Network, opts.Store)
	}
	e, err := b.build(ctx, from)
	if err != nil || opts.Name.IsZero() {
		return e, err
	}
	var origin string
	if ref, ok := source.Reference(from[0]); ok {
		origin = ref.Repository().Name()
	}
	return e, opts.Store.Tag(opts.Name, e.descriptor, origin)
}

// builder makes one enclave.
type builder struct {
	store     *store.Store
	withBlobs bool // whether the store gets the layers' blobs too
	base      func(context.Context) (guestBase, error)
	spec      spec.Spec
	progress  Progress
	note      func(string)
}

// build measures the guest base while it looks at the image.
func (b *builder) build(ctx context.Context, from []source.Source) (*Enclave, error) {
	if len(from) != b.spec.Images() {
		return nil, fmt.Errorf("%d images, and the spec has %d", len(from), b.spec.Images())
	}
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
	group.Go(func() error { return b.takeImages(groupCtx, from, &m, &c) })
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if base.unpinned && b.note != nil {
		b.note("warning: the guest base was made of packages that are not pinned: nobody else may be able to make the same one")
	}
	m.Kernel, m.Initrd, m.Firmware, c.GuestBase = base.kernel, base.initrd, base.firmware, base.about
	b.progress.begin("predict the registers of the machines")
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

// takeImages fills in what follows from the images and the spec. File systems lie on the disk one behind the other.
func (b *builder) takeImages(ctx context.Context, from []source.Source, m *artifact.Manifest, c *artifact.Config) error {
	containers := make([]config.Container, len(b.spec.All()))
	end := uint64(0)
	for number, image := range from {
		var notes []string
		parts, about, err := b.takeImage(ctx, image, end, func(w workload.Image) error {
			err := runImage(containers, w, number, b.spec)
			if err == nil {
				notes = b.notesOn(containers, w, number)
			}
			return err
		})
		if err != nil {
			return err
		}
		m.Images, c.Images = append(m.Images, parts), append(c.Images, about)
		end = endOf(about.Disk)
		b.tellNotes(about, notes)
	}
	_, document, err := measuredConfig(b.spec, containers)
	if err != nil {
		return err
	}
	if m.MeasuredConfig, err = b.store.PutBytes(artifact.MediaTypeRunConfig, document); err != nil {
		return err
	}
	c.MeasuredConfig = placeOf(document, c.Images)
	c.Cmdline = commandLine(config.Digest(document), *c)
	return nil
}

// takeImage takes one image, whose file system begins at a block of the disk, and has describe say how it is run.
func (b *builder) takeImage(ctx context.Context, from source.Source, offset uint64, describe func(workload.Image) error) (parts artifact.ImageParts, about artifact.Image, err error) {
	b.progress.begin("read image %s", from)
	img, err := openImage(ctx, from)
	if err != nil {
		return parts, about, err
	}
	about.Source = artifact.Source{MediaType: img.manifest.MediaType, Manifest: img.digest(), Config: img.manifest.Config.Digest}
	if parts.Manifest, err = b.store.PutBytes(artifact.MediaTypeSourceManifest, img.manifestBytes); err != nil {
		return parts, about, err
	}
	if parts.Config, err = b.store.PutBytes(artifact.MediaTypeSourceConfig, img.configBytes); err != nil {
		return parts, about, err
	}
	err = newConverter(b.store, from.Open, b.withBlobs, b.progress).withStack(ctx, img.layers(), func(ready []readyLayer, s *stack) (err error) {
		parts.Layers, about.Layers = nil, nil
		for _, l := range ready {
			parts.Layers = append(parts.Layers, artifact.LayerDescriptor(l.blob.MediaType, l.blob, l.converted.Layer))
			about.Layers = append(about.Layers, l.converted.Layer)
		}
		b.progress.begin("merge %s", plural.Of(len(ready), "layer"))
		if about.Disk, err = diskOf(s, offset); err != nil {
			return err
		}
		return describe(workload.Image{Process: img.config.Process, Root: s.FS(), Disk: about.Disk})
	})
	if err != nil {
		return parts, about, fmt.Errorf("enclave %s: %w", from, err)
	}
	return parts, about, nil
}

// notesOn tells of containers that would begin with what the image of a number does not have, and of its volumes that are not made.
func (b *builder) notesOn(containers []config.Container, image workload.Image, number int) (notes []string) {
	for i, c := range b.spec.All() {
		if c.Image != number {
			continue
		}
		name := ""
		if len(b.spec.Containers) > 0 {
			name = "container " + c.Name + ": "
		}
		for _, at := range workload.Provided(image, c, b.spec) {
			notes = append(notes, fmt.Sprintf("%sthe image asks for a volume at %s, where the guest mounts its own: no other is made", name, at))
		}
		if err := workload.FindProgram(containers[i].Process, image.Root); err != nil {
			notes = append(notes, fmt.Sprintf("warning: %s%v: unless a volume or the confidential config brings it, each run ends at once with status 126 or 127; "+
				"name another with --entrypoint or --cmd, or in escrin.yaml, or mend the image", name, err))
		}
	}
	return notes
}

// tellNotes tells notes on the containers, and what of the layers is left out.
func (b *builder) tellNotes(about artifact.Image, notes []string) {
	if b.note == nil {
		return
	}
	for _, line := range notes {
		b.note(line)
	}
	for i, l := range about.Layers {
		info, _ := b.store.LayerInfo(layer.Version, l.DiffID)
		if info.Devices > 0 {
			b.note(fmt.Sprintf("layer %d of %d: left out %s, the first is %s", i+1, len(about.Layers), plural.Of(info.Devices, "device node"), info.FirstDevice))
		}
		if info.Attributes > 0 {
			b.note(fmt.Sprintf("layer %d of %d: left out %s that a guest does not need", i+1, len(about.Layers), plural.Of(info.Attributes, "extended attribute")))
		}
	}
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

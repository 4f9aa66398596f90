// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/workload"
	"github.com/escrin/escrin/plural"
)

// imageVerifier looks at one of an enclave's images.
type imageVerifier struct {
	*verifier
	number    int
	image     *image
	ready     []readyLayer
	stack     *stack
	converter *converter // of the layers
}

func (v *imageVerifier) about() artifact.Image { return v.enclave.config.Images[v.number] }

// verifyImage derives what follows from one image.
func (v *verifier) verifyImage(number int) {
	v.forget()
	v.one = imageVerifier{verifier: v, number: number}
	about, label := v.one.about(), v.enclave.label(number)
	v.check(label+"source image", about.Source.Manifest.String(), v.one.readImage)
	for i, l := range about.Layers {
		detail := fmt.Sprintf("%s, %d bytes, verity root %s", l.DiffID, l.Size, l.RootHash)
		v.check(fmt.Sprintf("%slayer %d of %d", label, i+1, len(about.Layers)), detail, func() error { return v.one.convert(i) })
	}
	v.check(label+"merged file system", fmt.Sprintf("%s, %d blocks", plural.Of(len(about.Layers), "layer"), about.Disk.DataBlocks), v.one.merge)
	v.check(label+"verity root", about.Disk.RootHash.String(), v.one.checkRoot)
	if err := v.one.describe(); err != nil && v.described == nil {
		v.described = err
	}
}

// readImage reads the source image's documents: the enclave's layers must be its layers.
func (v *imageVerifier) readImage() error {
	e, about := v.enclave, v.about()
	manifest, err := e.store.ReadDocument(v.ctx, e.manifest.Images[v.number].Manifest)
	if err != nil {
		return err
	}
	document, err := e.store.ReadDocument(v.ctx, e.manifest.Images[v.number].Config)
	if err != nil {
		return err
	}
	img, err := parseImage(manifest, about.Source.MediaType, document)
	if err != nil {
		return err
	}
	layers := img.layers()
	switch {
	case img.manifest.Config.Digest != about.Source.Config:
		return errors.New("the image's manifest names another config")
	case len(layers) != len(about.Layers):
		return fmt.Errorf("the image has %s, the enclave %d", plural.Of(len(layers), "layer"), len(about.Layers))
	}
	for i, l := range layers {
		if l.diffID != about.Layers[i].DiffID {
			return fmt.Errorf("layer %d of the image is %s, that of the enclave %s", i+1, l.diffID, about.Layers[i].DiffID)
		}
		if carries := e.manifest.Images[v.number].Layers[i]; !mayCarry(carries, l) {
			return fmt.Errorf("layer %d of the image is in the blob %s, that of the enclave in %s", i+1, l.blob.Digest, carries.Digest)
		}
	}
	v.image = &img
	return nil
}

// mayCarry says whether an enclave's blob can be the one of a source image's layer: the same blob if it is packed, and
// a packed one if it is a plain tar, which then is what the layer's diff id names (SPEC.md rule 5).
func mayCarry(carries oci.Descriptor, l rawLayer) bool {
	if isPlain(l.blob) {
		return l.blob.Digest == l.diffID && carries.MediaType == oci.MediaTypeLayerZstd
	}
	want := carried(l.blob)
	return carries.Digest == want.Digest && carries.MediaType == want.MediaType && carries.Size == want.Size
}

// convert makes one layer again from the enclave's blob.
func (v *imageVerifier) convert(i int) error {
	if v.scratch == nil {
		return errNotDerived
	}
	if v.converter == nil {
		v.converter = newConverter(v.scratch, v.enclave.open, false, nil)
		v.converter.left = newAllowance(v.enclave.layers(v.number))
	}
	ready, err := v.converter.ready(v.ctx, v.enclave.layers(v.number)[i:i+1])
	if err != nil {
		return err
	}
	if got, want := ready[0].converted.Layer, v.about().Layers[i]; got != want {
		return fmt.Errorf("it is converted to %d bytes with verity root %s", got.Size, got.RootHash)
	}
	if v.image != nil && isPlain(v.image.manifest.Layers[i]) {
		if err := v.unpacksTo(i, v.image.manifest.Layers[i]); err != nil {
			return err
		}
	}
	v.ready = append(v.ready, ready...)
	return nil
}

// unpacksTo holds what a layer's blob unpacks to against the plain tar of the source image, of which it is a packed copy.
func (v *imageVerifier) unpacksTo(i int, tar oci.Descriptor) error {
	blob := v.enclave.layers(v.number)[i].blob
	content, err := v.enclave.open(v.ctx, blob)
	if err != nil {
		return err
	}
	defer content.Close()
	none := Progress(nil).count(0, "")
	in, err := newConverter(v.scratch, nil, false, nil).unpack(v.ctx, &metered{from: content, step: none}, blob, false)
	if err != nil {
		return err
	}
	defer in.discard()
	if _, err := io.Copy(io.Discard, oci.NewVerifier(v.ctx, in, tar)); err != nil {
		return fmt.Errorf("the source image's tar has %d bytes: %w", tar.Size, err)
	}
	return in.finish(nil)
}

func (v *imageVerifier) merge() (err error) {
	if len(v.ready) != len(v.about().Layers) {
		return errNotDerived
	}
	if v.stack, err = openStack(v.scratch, v.about().Layers); err != nil {
		return err
	}
	if got := v.stack.DataBlocks(); got != v.about().Disk.DataBlocks {
		return fmt.Errorf("it has %d blocks", got)
	}
	return nil
}

func (v *imageVerifier) checkRoot() error {
	if v.stack == nil {
		return errNotDerived
	}
	d, err := diskOf(v.stack, v.about().Disk.OffsetBlocks)
	if err == nil && d != v.about().Disk {
		err = errWrongRoot
	}
	return err
}

// describe says how the image is run.
func (v *imageVerifier) describe() error {
	if v.stack == nil || v.image == nil {
		return errNotDerived
	}
	run := workload.Image{Process: v.image.config.Process, Root: v.stack.FS(), Disk: v.about().Disk}
	return runImage(v.containers, run, v.number, v.enclave.config.Spec)
}

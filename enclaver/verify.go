// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/store"
)

// Check is one line of a report: what was derived again, and whether it came out as the enclave says.
type Check struct {
	Name   string // what was looked at, for example "verity root"
	Detail string // what it is
	Err    error  // nil if it came out as the enclave says
}

// Report is what Verify found, in the order in which it looked.
type Report []Check

// Err returns the first failure, or nil if there is at least one check and all came out well.
func (r Report) Err() error {
	if len(r) == 0 {
		return errors.New("nothing was checked")
	}
	for _, c := range r {
		if c.Err != nil {
			return fmt.Errorf("%s: %w", c.Name, c.Err)
		}
	}
	return nil
}

// Verify derives every digest and every register of the enclave again, from its parts alone: the layers are unpacked
// and converted anew, whatever the store has of them. It goes on after a failure, so that the report names all of them.
func Verify(ctx context.Context, e *Enclave, progress Progress) Report {
	v := newVerifier(ctx, e, progress)
	defer v.close()
	v.verify()
	return v.report
}

// verifier carries what was derived from check to check. A check that needs what an earlier one could not derive fails.
type verifier struct {
	ctx      context.Context
	enclave  *Enclave
	progress Progress
	report   Report

	release func()       // of the enclave's store
	scratch *store.Store // empty at first: what was converted before is not believed
	dir     string
	image   *image
	base    *guestBase
	ready   []readyLayer
	stack   *stack

	converter *converter // of the layers
}

func newVerifier(ctx context.Context, e *Enclave, progress Progress) *verifier {
	return &verifier{ctx: ctx, enclave: e, progress: progress.serial()}
}

func (v *verifier) close() {
	v.forget()
	if v.dir != "" {
		os.RemoveAll(v.dir)
	}
	if v.release != nil {
		v.release()
	}
}

// forget gives back the memory of the merged file system.
func (v *verifier) forget() {
	if v.stack != nil {
		v.stack.Close()
	}
	v.stack = nil
}

var errNotDerived = errors.New("not checked, because of the failure above")

func (v *verifier) check(name, detail string, derive func() error) {
	v.progress.begin("verify %s", name)
	err := v.ctx.Err()
	if err == nil {
		err = derive()
	}
	v.report = append(v.report, Check{name, detail, err})
}

func (v *verifier) verify() {
	e := v.enclave
	v.check("documents", "manifest "+e.Digest().String(), v.reread)
	v.checkBlobs()
	v.check("guest base", guestBaseText(e), v.measureBase)
	v.check("source image", e.config.Source.Manifest.String(), v.readImage)
	for i, l := range e.config.Layers {
		detail := fmt.Sprintf("%s, %d bytes, verity root %s", l.DiffID, l.Size, l.RootHash)
		v.check(fmt.Sprintf("layer %d of %d", i+1, len(e.config.Layers)), detail, func() error { return v.convert(i) })
	}
	v.check("merged file system", fmt.Sprintf("%d layers, %d blocks", len(e.config.Layers), e.config.Disk.DataBlocks), v.merge)
	v.check("verity root", e.config.Disk.RootHash.String(), v.checkRoot)
	v.check("measured config", e.config.MeasuredConfig.Digest.String(), v.checkMeasured)
	v.check("command line", e.config.Cmdline, e.check)
	for _, m := range e.config.Measurements {
		v.check(fmt.Sprintf("registers of %s, %s", m.TEE, m.Shape), fmt.Sprintf("MRTD %.16s…", m.Registers.MRTD), func() error { return v.checkRegisters(m) })
	}
	v.check("measurement root", e.config.MeasurementRoot.String(), e.check)
}

// guestBaseText keeps apart what is measured and what the enclave's maker says of it.
func guestBaseText(e *Enclave) string {
	says := e.config.GuestBase
	return fmt.Sprintf("it says it is kernel %s, %s, %s; digests: kernel %s, initrd %s, firmware %s",
		says.Kernel, says.Runtime, says.Go, e.manifest.Kernel.Digest, e.manifest.Initrd.Digest, says.Firmware)
}

// reread reads manifest and config from the store again.
func (v *verifier) reread() error {
	if _, err := load(v.ctx, v.enclave.store, v.enclave.descriptor); err != nil {
		return err
	}
	release, err := v.enclave.store.Use()
	if err != nil {
		return err
	}
	v.release = release
	dir, err := os.MkdirTemp(filepath.Join(v.enclave.store.Dir(), "tmp"), "verify-")
	if err != nil {
		return err
	}
	v.dir = dir
	v.scratch, err = store.Open(dir)
	return err
}

// checkBlobs holds every blob but the layers, which are read once and later, against its digest.
func (v *verifier) checkBlobs() {
	m := v.enclave.manifest
	for _, part := range []struct {
		name string
		oci.Descriptor
	}{
		{"kernel", m.Kernel}, {"initrd", m.Initrd}, {"firmware", m.Firmware},
		{"source manifest", m.SourceManifest}, {"source config", m.SourceConfig},
	} {
		v.check(part.name, fmt.Sprintf("%s, %d bytes", part.Digest, part.Size), func() error {
			return v.enclave.store.Check(v.ctx, part.Descriptor)
		})
	}
}

func (v *verifier) measureBase() error {
	m := v.enclave.manifest
	base := guestBase{kernel: m.Kernel, initrd: m.Initrd, firmware: m.Firmware, about: v.enclave.config.GuestBase}
	if err := base.measure(v.ctx, v.enclave.store); err != nil {
		return err
	}
	v.base = &base
	return nil
}

// readImage reads the source image's documents: the enclave's layers must be its layers.
func (v *verifier) readImage() error {
	e := v.enclave
	manifest, err := e.store.ReadDocument(v.ctx, e.manifest.SourceManifest)
	if err != nil {
		return err
	}
	config, err := e.store.ReadDocument(v.ctx, e.manifest.SourceConfig)
	if err != nil {
		return err
	}
	img, err := parseImage(manifest, e.config.Source.MediaType, config)
	if err != nil {
		return err
	}
	layers := img.layers()
	switch {
	case img.manifest.Config.Digest != e.config.Source.Config:
		return errors.New("the image's manifest names another config")
	case len(layers) != len(e.config.Layers):
		return fmt.Errorf("the image has %d layers, the enclave %d", len(layers), len(e.config.Layers))
	}
	for i, l := range layers {
		if l.diffID != e.config.Layers[i].DiffID {
			return fmt.Errorf("layer %d of the image is %s, that of the enclave %s", i+1, l.diffID, e.config.Layers[i].DiffID)
		}
		if carries := e.manifest.Layers[i]; !mayCarry(carries, l) {
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
func (v *verifier) convert(i int) error {
	if v.scratch == nil {
		return errNotDerived
	}
	if v.converter == nil {
		v.converter = newConverter(v.scratch, v.enclave.open, false, nil)
		v.converter.left = newAllowance(v.enclave.layers())
	}
	ready, err := v.converter.ready(v.ctx, v.enclave.layers()[i:i+1])
	if err != nil {
		return err
	}
	if got, want := ready[0].converted.Layer, v.enclave.config.Layers[i]; got != want {
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
func (v *verifier) unpacksTo(i int, tar oci.Descriptor) error {
	blob := v.enclave.layers()[i].blob
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

func (v *verifier) merge() (err error) {
	if len(v.ready) != len(v.enclave.config.Layers) {
		return errNotDerived
	}
	if v.stack, err = openStack(v.scratch, v.enclave.config.Layers); err != nil {
		return err
	}
	if got := v.stack.DataBlocks(); got != v.enclave.config.Disk.DataBlocks {
		return fmt.Errorf("it has %d blocks", got)
	}
	return nil
}

func (v *verifier) checkRoot() error {
	if v.stack == nil {
		return errNotDerived
	}
	root, err := v.stack.Root()
	if err == nil && root != v.enclave.config.Disk.RootHash {
		err = errWrongRoot
	}
	return err
}

// checkMeasured makes the measured config again from the image's config, the spec and the image's own files.
func (v *verifier) checkMeasured() error {
	_, stored, err := v.enclave.measuredConfig(v.ctx)
	if err != nil {
		return err
	}
	if v.stack == nil || v.image == nil {
		return errNotDerived
	}
	_, document, err := measuredConfig(v.image.config, v.enclave.config.Spec, v.stack)
	if err != nil {
		return err
	}
	if !slices.Equal(document, stored) {
		return errors.New("image and spec make another one")
	}
	return nil
}

// checkRegisters predicts one measurement again from kernel, initrd, firmware and command line.
func (v *verifier) checkRegisters(claimed attest.Measurement) error {
	if v.base == nil {
		return errNotDerived
	}
	if claimed.TEE != attest.TDX || v.enclave.config.QEMU != string(measuredQEMU) {
		return fmt.Errorf("this version cannot predict %s with QEMU %q", claimed.TEE, v.enclave.config.QEMU)
	}
	predicted, err := v.base.registers(v.enclave.config.Cmdline, []attest.Shape{claimed.Shape})
	if err != nil {
		return err
	}
	if predicted[0] != claimed {
		return errors.New("predicted registers differ from the enclave's")
	}
	return nil
}

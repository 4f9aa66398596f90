// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/guestagent/config"
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
	base    *guestBase
	one     imageVerifier // the image that is looked at

	containers []config.Container // of the images that were looked at
	described  error              // why one of them has none
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

// forget gives back the memory of an image's file system.
func (v *verifier) forget() {
	if v.one.stack != nil {
		v.one.stack.Close()
	}
	v.one = imageVerifier{}
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
	v.containers = make([]config.Container, len(e.config.Spec.All()))
	for number := range e.config.Images {
		v.verifyImage(number)
	}
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
	type part struct {
		name string
		oci.Descriptor
	}
	parts := []part{{"kernel", m.Kernel}, {"initrd", m.Initrd}, {"firmware", m.Firmware}}
	for number, image := range m.Images {
		label := v.enclave.label(number)
		parts = append(parts, part{label + "source manifest", image.Manifest}, part{label + "source config", image.Config})
	}
	for _, part := range parts {
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

// checkMeasured makes the measured config again from the images' configs, the spec and the images' own files.
func (v *verifier) checkMeasured() error {
	_, stored, err := v.enclave.measuredConfig(v.ctx)
	if err != nil {
		return err
	}
	if v.described != nil {
		return v.described
	}
	_, document, err := measuredConfig(v.enclave.config.Spec, v.containers)
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

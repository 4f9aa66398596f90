// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/enclaver/oci"
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

// Verify derives every digest and every register of the enclave again, from its parts alone. It goes on
// after a failure, so that the report names all of them.
func Verify(ctx context.Context, e *Enclave, progress Progress) Report {
	v := verifier{ctx: ctx, enclave: e, progress: progress}
	v.check("documents", "manifest "+e.Digest().String(), e.reread)
	for _, part := range e.namedParts() {
		v.check(part.name, fmt.Sprintf("%s, %d bytes", part.Digest, part.Size), func(ctx context.Context) error {
			return e.store.Check(ctx, part.Descriptor)
		})
	}
	v.check("merged file system", fmt.Sprintf("%d layers", len(e.manifest.Layers)), e.checkMerge)
	v.check("verity root", e.config.Disk.RootHash.String(), e.checkRoot)
	v.check("measured config", e.config.MeasuredConfig.Digest.String(), func(ctx context.Context) error {
		_, _, err := e.measuredConfig(ctx)
		return err
	})
	v.check("command line", e.config.Cmdline, func(context.Context) error { return e.check() })
	for i, m := range e.config.Measurements {
		name := fmt.Sprintf("registers of %s, %s", m.TEE, m.Shape)
		v.check(name, fmt.Sprintf("MRTD %.16s…", m.Registers.MRTD), func(ctx context.Context) error {
			return e.checkRegisters(ctx, i)
		})
	}
	v.check("measurement root", e.config.MeasurementRoot.String(), func(context.Context) error { return e.check() })
	return v.report
}

type verifier struct {
	ctx      context.Context
	enclave  *Enclave
	progress Progress
	report   Report
}

func (v *verifier) check(name, detail string, derive func(context.Context) error) {
	v.progress.say("%s", name)
	err := v.ctx.Err()
	if err == nil {
		err = derive(v.ctx)
	}
	v.report = append(v.report, Check{name, detail, err})
}

type namedPart struct {
	name string
	oci.Descriptor
}

func (e *Enclave) namedParts() []namedPart {
	parts := []namedPart{
		{"kernel", e.manifest.Kernel},
		{"initrd", e.manifest.Initrd},
		{"firmware", e.manifest.Firmware},
		{"metadata", e.manifest.Metadata},
	}
	for i, d := range e.manifest.Layers {
		parts = append(parts, namedPart{fmt.Sprintf("layer %d of %d", i+1, len(e.manifest.Layers)), d})
	}
	return parts
}

// reread reads manifest and config from the store again.
func (e *Enclave) reread(ctx context.Context) error {
	_, err := load(ctx, e.store, e.descriptor)
	return err
}

// checkMerge merges the layers again: the metadata must be the one made from them and nothing else.
func (e *Enclave) checkMerge(ctx context.Context) error {
	stored, err := e.store.Open(e.manifest.Metadata)
	if err != nil {
		return err
	}
	defer stored.Close()
	if err := writeMetadata(&comparer{stored}, e.store, e.manifest.Layers); err != nil {
		return fmt.Errorf("merge the layers again: %w", err)
	}
	if n, _ := stored.Read(make([]byte, 1)); n != 0 {
		return errors.New("longer than what merging the layers gives")
	}
	return nil
}

func (e *Enclave) checkRoot(context.Context) error {
	d, err := openDisk(e.store, e.manifest)
	if err != nil {
		return err
	}
	defer d.Close()
	described, err := d.verity()
	if err != nil {
		return err
	}
	if described != e.config.Disk {
		return errWrongRoot
	}
	return nil
}

// checkRegisters predicts one measurement again from kernel, initrd, firmware and command line.
func (e *Enclave) checkRegisters(ctx context.Context, i int) error {
	claimed := e.config.Measurements[i]
	if claimed.TEE != attest.TDX || !slices.Contains(Shapes(), claimed.Shape) || e.config.QEMU != string(measuredQEMU) {
		return fmt.Errorf("this version cannot predict %s with QEMU %q", claimed.TEE, e.config.QEMU)
	}
	var files [3][]byte
	for i, d := range []oci.Descriptor{e.manifest.Firmware, e.manifest.Kernel, e.manifest.Initrd} {
		blob, err := e.store.Open(d)
		if err != nil {
			return err
		}
		files[i], err = io.ReadAll(oci.NewVerifier(ctx, blob, d))
		blob.Close()
		if err != nil {
			return err
		}
	}
	registers, err := predict.TDX(predict.Launch{
		Firmware: files[0], Kernel: files[1], Initrd: files[2],
		Cmdline: e.config.Cmdline, Shape: claimed.Shape, QEMU: measuredQEMU,
	})
	if err != nil {
		return err
	}
	if registers != claimed.Registers {
		return errors.New("predicted registers differ from the enclave's")
	}
	return nil
}

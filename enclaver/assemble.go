// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/imagebuild/verity"
)

// Boot is everything a machine is started with. The paths are absolute.
type Boot struct {
	Firmware string
	Kernel   string
	Initrd   string
	Disk     string // raw, read-only
	Scratch  bool   // the machine may write to the disk, which nobody keeps: its end is a hole for that
	Cmdline  string

	Config          config.Config // the measured config
	ConfigDigest    [32]byte      // its SHA-256
	Measurements    []attest.Measurement
	MeasurementRoot [32]byte
	Digest          v1.Hash // of the enclave's manifest
}

// Assemble lays out what a machine boots in a folder of dir named by the enclave's digest. Its layers are converted
// if the store has not done that before. The disk's verity tree is computed from its data and must have the root that
// the measured config states; an assembled disk that is there already is checked the same way and used again, or made
// again if it is not right. Several processes may assemble the same enclave at a time.
func (e *Enclave) Assemble(ctx context.Context, dir string) (Boot, error) {
	release, err := e.store.Use()
	if err != nil {
		return Boot{}, err
	}
	defer release()
	boot, err := e.assemble(ctx, dir)
	if err != nil {
		return Boot{}, fmt.Errorf("assemble enclave %s: %w", e.Digest(), err)
	}
	return boot, nil
}

func (e *Enclave) assemble(ctx context.Context, dir string) (Boot, error) {
	run, document, err := e.measuredConfig(ctx)
	if err != nil {
		return Boot{}, err
	}
	folder, err := filepath.Abs(filepath.Join(dir, e.Digest().Hex))
	if err != nil {
		return Boot{}, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return Boot{}, err
	}
	boot := Boot{
		Firmware: filepath.Join(folder, "firmware"),
		Kernel:   filepath.Join(folder, "kernel"),
		Initrd:   filepath.Join(folder, "initrd"),
		Disk:     filepath.Join(folder, "disk"),
		Cmdline:  e.config.Cmdline,

		Config:          run,
		ConfigDigest:    config.Digest(document),
		Measurements:    e.config.Measurements,
		MeasurementRoot: e.config.MeasurementRoot,
		Digest:          e.Digest(),
	}
	if err := e.place(ctx, e.manifest.Kernel, boot.Kernel); err != nil {
		return Boot{}, err
	}
	if err := e.place(ctx, e.manifest.Initrd, boot.Initrd); err != nil {
		return Boot{}, err
	}
	if err := e.placeFirmware(ctx, boot.Firmware); err != nil {
		return Boot{}, err
	}
	scratch := run.ScratchBlocks()
	boot.Scratch = scratch > 0
	if e.checkDisk(boot.Disk, document, scratch) == nil {
		return boot, nil
	}
	return boot, replaceFile(boot.Disk, func(f *os.File) error {
		if err := e.writeDisk(ctx, f, document); err != nil {
			return err
		}
		return f.Truncate(e.diskSize(document, scratch)) // what is behind the measured config is a hole
	})
}

// diskSize is that of the disk in bytes, with so many blocks of scratch disk.
func (e *Enclave) diskSize(document []byte, scratch uint64) int64 {
	where := config.Location{OffsetBlocks: e.config.MeasuredConfig.OffsetBlocks, Size: len(document)}
	return int64(where.ScratchOffset()+scratch) * config.BlockSize
}

// measuredConfig reads the measured config and holds it against the enclave config.
func (e *Enclave) measuredConfig(ctx context.Context) (config.Config, []byte, error) {
	document, err := e.store.ReadDocument(ctx, e.manifest.MeasuredConfig)
	if err != nil {
		return config.Config{}, nil, err
	}
	run, err := e.parseMeasured(document)
	return run, document, err
}

func (e *Enclave) parseMeasured(document []byte) (config.Config, error) {
	run, err := config.Parse(document)
	if err != nil {
		return config.Config{}, err
	}
	declared := e.config.Spec.All()
	if len(run.Containers) != len(declared) {
		return config.Config{}, errors.New("measured config and spec have different containers")
	}
	for i, c := range declared {
		if run.Containers[i].Disk != e.config.Images[c.Image].Disk {
			return config.Config{}, errors.New("measured config and enclave config describe different disks")
		}
	}
	return run, nil
}

// place puts a checked copy of a blob at path, unless a right one is there.
func (e *Enclave) place(ctx context.Context, d oci.Descriptor, path string) error {
	if old, err := os.Open(path); err == nil {
		defer old.Close()
		if _, err := io.Copy(io.Discard, oci.NewVerifier(ctx, old, d)); err == nil {
			return nil
		}
	}
	return replaceFile(path, func(f *os.File) error { return e.copyBlob(ctx, f, d) })
}

// placeFirmware puts the unpacked firmware at path, unless it is there.
func (e *Enclave) placeFirmware(ctx context.Context, path string) error {
	packed, err := e.store.ReadDocument(ctx, e.manifest.Firmware)
	if err != nil {
		return err
	}
	firmware, err := unpackFirmware(packed, e.config.GuestBase.Firmware)
	if err != nil {
		return err
	}
	if old, err := readBounded(path, maxFirmware); err == nil && bytes.Equal(old, firmware) {
		return nil
	}
	return replaceFile(path, func(f *os.File) error {
		_, err := f.Write(firmware)
		return err
	})
}

func (e *Enclave) copyBlob(ctx context.Context, dst io.Writer, d oci.Descriptor) error {
	blob, err := e.store.Open(d)
	if err != nil {
		return err
	}
	defer blob.Close()
	_, err = io.Copy(dst, oci.NewVerifier(ctx, blob, d))
	return err
}

// writeDisk lays out the merged file systems, each with its hash tree, then the measured config.
func (e *Enclave) writeDisk(ctx context.Context, f *os.File, document []byte) error {
	for number, image := range e.config.Images {
		if err := e.writeImage(ctx, f, number, image.Disk); err != nil {
			return err
		}
	}
	_, err := f.WriteAt(padToBlock(document), int64(e.config.MeasuredConfig.OffsetBlocks)*config.BlockSize)
	return err
}

func (e *Enclave) writeImage(ctx context.Context, f *os.File, number int, disk config.Disk) error {
	return e.converter(nil).withStack(ctx, e.layers(number), func(_ []readyLayer, s *stack) error {
		if s.DataBlocks() != disk.DataBlocks {
			return fmt.Errorf("the disk has %d blocks, not the %d of the measured config", s.DataBlocks(), disk.DataBlocks)
		}
		root, err := s.Write(io.NewOffsetWriter(f, int64(disk.OffsetBlocks)*config.BlockSize))
		if err == nil && root != disk.RootHash {
			err = errWrongRoot
		}
		return err
	})
}

// layers are those of one of the enclave's images, bottom first.
func (e *Enclave) layers(number int) []rawLayer {
	blobs := e.manifest.Images[number].Layers
	layers := make([]rawLayer, len(blobs))
	for i, d := range blobs {
		layers[i] = rawLayer{blob: d, diffID: e.config.Images[number].Layers[i].DiffID}
	}
	return layers
}

// converter converts the enclave's layers in the store that it is in.
func (e *Enclave) converter(progress Progress) *converter {
	return newConverter(e.store, e.open, true, progress)
}

// open is the opener of the enclave's own blobs.
func (e *Enclave) open(_ context.Context, d oci.Descriptor) (io.ReadCloser, error) {
	f, err := e.store.Open(d)
	if err != nil {
		return nil, hint.Wrap(err, "pull the enclave again")
	}
	return f, nil
}

var errWrongRoot = errors.New("the disk's verity root is not the measured one")

// checkDisk computes the whole disk again and compares.
func (e *Enclave) checkDisk(path string, document []byte, scratch uint64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() != e.diskSize(document, scratch) {
		return errors.New("the disk has another size")
	}
	at := func(block uint64) int64 { return int64(block) * config.BlockSize }
	for _, image := range e.config.Images {
		d := image.Disk
		data := io.NewSectionReader(f, at(d.OffsetBlocks), at(d.DataBlocks))
		tree := io.NewSectionReader(f, at(d.HashOffsetBlocks), at(endOf(d)-d.HashOffsetBlocks))
		root, err := verity.Tree(data, data.Size(), d.Salt[:], &comparer{tree})
		if err != nil {
			return err
		}
		if root != d.RootHash {
			return errWrongRoot
		}
	}
	_, err = (&comparer{io.NewSectionReader(f, at(e.config.MeasuredConfig.OffsetBlocks), info.Size())}).Write(padToBlock(document))
	return err
}

// comparer is a writer that takes only what the reader gives.
type comparer struct{ want io.Reader }

func (c *comparer) Write(p []byte) (int, error) {
	want := make([]byte, len(p))
	if _, err := io.ReadFull(c.want, want); err != nil {
		return 0, err
	}
	if !bytes.Equal(p, want) {
		return 0, errors.New("not the bytes that were expected")
	}
	return len(p), nil
}

func padToBlock(b []byte) []byte {
	return append(bytes.Clone(b), make([]byte, -len(b)&(config.BlockSize-1))...)
}

// replaceFile writes a read-only file whole or not at all.
func replaceFile(path string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = write(f)
	if err == nil {
		err = f.Chmod(0o444)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

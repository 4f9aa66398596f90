// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/predict"
	"github.com/escrin/escrin/enclaver/artifact"
	"github.com/escrin/escrin/enclaver/hint"
	"github.com/escrin/escrin/enclaver/oci"
	"github.com/escrin/escrin/enclaver/store"
	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/strictjson"
)

const (
	maxBootFile = 256 << 20 // bytes of kernel and initrd each
	maxFirmware = 16 << 20  // bytes, unpacked
)

// guestBase is what every enclave boots before it comes to its own disk: three blobs of a store.
type guestBase struct {
	kernel   oci.Descriptor
	initrd   oci.Descriptor
	firmware oci.Descriptor // packed
	about    artifact.GuestBase
	files    predict.Files // what they contribute to the registers
	unpinned bool          // made of other packages than those that its sources name
}

// initrdFile is the file of a guest base that is the initrd of an enclave with this network: with one, it has a gateway.
func initrdFile(n config.Network) string {
	if n.None() {
		return "initrd"
	}
	return "initrd-network"
}

// importGuestBase brings what an enclave with this network boots of the folder that scripts/guestbase writes into the store,
// and measures it.
func importGuestBase(ctx context.Context, dir string, n config.Network, into *store.Store) (guestBase, error) {
	base, err := readGuestBase(ctx, dir, initrdFile(n), into)
	if errors.Is(err, fs.ErrNotExist) {
		return guestBase{}, hint.Wrap(fmt.Errorf("open guest base: %w", err),
			"make it with `make guest-base`, or name its folder with --guest-base")
	}
	if err != nil {
		return guestBase{}, fmt.Errorf("open guest base: %w", err)
	}
	return base, nil
}

func readGuestBase(ctx context.Context, dir, initrd string, into *store.Store) (base guestBase, err error) {
	document, err := readBounded(filepath.Join(dir, "base.json"), artifact.MaxDocument)
	if err != nil {
		return base, err
	}
	about, err := strictjson.DecodeOpen[baseDocument](document, artifact.MaxDocument)
	if err != nil {
		return base, fmt.Errorf("base.json: %w", err)
	}
	firmware := about.Files["firmware"].Digest
	base.about = artifact.GuestBase{Kernel: about.Kernel, Runtime: about.Runtime, Go: about.Go, Firmware: firmware}
	base.unpinned = about.Pinned != nil && !*about.Pinned
	base.kernel = about.Files["kernel"].descriptor(artifact.MediaTypeKernel)
	base.initrd = about.Files[initrd].descriptor(artifact.MediaTypeInitrd)
	packed, err := readFirmware(dir)
	if err != nil {
		return base, err
	}
	base.firmware = oci.DescriptorOf(artifact.MediaTypeFirmware, packed)
	if base.recall(into) {
		return base, nil
	}
	if _, err := unpackFirmware(packed, firmware); err != nil {
		return base, fmt.Errorf("firmware is not what base.json says: %w", err)
	}
	if _, err := into.PutBytes(artifact.MediaTypeFirmware, packed); err != nil {
		return base, err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error { return importFile(groupCtx, filepath.Join(dir, "kernel"), base.kernel, into) })
	group.Go(func() error { return importFile(groupCtx, filepath.Join(dir, initrd), base.initrd, into) })
	if err := group.Wait(); err != nil {
		return base, err
	}
	if err := base.measure(ctx, into); err != nil {
		return base, err
	}
	return base, base.remember(into)
}

// key names what is measured of a guest base.
func (b *guestBase) key() [32]byte {
	return sha256.Sum256([]byte(b.kernel.Digest.Hex + b.initrd.Digest.Hex + b.firmware.Digest.Hex + b.about.Firmware.Hex))
}

// recall takes the measurement from the store, if the same guest base was measured there before and is still there.
func (b *guestBase) recall(from *store.Store) bool {
	line, ok := from.Measured(b.key())
	if !ok || !from.Has(b.kernel) || !from.Has(b.initrd) || !from.Has(b.firmware) {
		return false
	}
	var err error
	b.files, err = predict.ParseFiles(line)
	return err == nil
}

// remember notes the measurement in the store.
func (b *guestBase) remember(in *store.Store) error {
	line, err := b.files.Marshal()
	if err != nil {
		return err
	}
	return in.SetMeasured(b.key(), line)
}

// importFile stores a file that base.json describes, unless the store has it.
func importFile(ctx context.Context, path string, d oci.Descriptor, into *store.Store) error {
	if d.Size == 0 || d.Size > maxBootFile {
		return fmt.Errorf("base.json: %s of %d bytes, want 1…%d", filepath.Base(path), d.Size, maxBootFile)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if into.Check(ctx, d) == nil {
		return nil
	}
	if err := into.Put(ctx, d, f); err != nil {
		return fmt.Errorf("%s is not what base.json says: %w", filepath.Base(path), err)
	}
	return nil
}

// readFirmware returns the packed firmware of a guest base, and packs it if need be.
func readFirmware(dir string) ([]byte, error) {
	packed, err := readBounded(filepath.Join(dir, "firmware.zst"), maxFirmware)
	if !errors.Is(err, fs.ErrNotExist) {
		return packed, err
	}
	plain, err := readBounded(filepath.Join(dir, "firmware"), maxFirmware)
	if err != nil {
		return nil, err
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return nil, err
	}
	return encoder.EncodeAll(plain, nil), nil
}

// unpackFirmware unpacks firmware of a known digest.
func unpackFirmware(packed []byte, want v1.Hash) ([]byte, error) {
	decoder, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxFirmware))
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	plain, err := io.ReadAll(io.LimitReader(decoder, maxFirmware+1))
	if err != nil {
		return nil, fmt.Errorf("unpack firmware: %w", err)
	}
	if len(plain) > maxFirmware {
		return nil, fmt.Errorf("unpack firmware: more than %d bytes", maxFirmware)
	}
	if got := oci.DescriptorOf("", plain).Digest; got != want {
		return nil, fmt.Errorf("unpack firmware: it is %s, want %s: %w", got, want, oci.ErrMismatch)
	}
	return plain, nil
}

// measure reads the blobs, each once, and computes what they contribute to the registers. What it measures is what their
// descriptors name, or it is an error that wraps oci.ErrMismatch.
func (b *guestBase) measure(ctx context.Context, from *store.Store) error {
	packed, err := from.ReadDocument(ctx, b.firmware)
	if err != nil {
		return err
	}
	firmware, err := unpackFirmware(packed, b.about.Firmware)
	if err != nil {
		return err
	}
	kernel, err := from.Open(b.kernel)
	if err != nil {
		return err
	}
	defer kernel.Close()
	initrd, err := from.Open(b.initrd)
	if err != nil {
		return err
	}
	defer initrd.Close()
	return b.measureFiles(ctx, firmware, kernel, initrd)
}

func (b *guestBase) measureFiles(ctx context.Context, firmware []byte, kernelFile, initrdFile io.Reader) error {
	kernel, err := hold(ctx, kernelFile, b.kernel)
	if err != nil {
		return fmt.Errorf("read kernel: %w", err)
	}
	initrd, err := hold(ctx, initrdFile, b.initrd)
	if err != nil {
		return fmt.Errorf("read initrd: %w", err)
	}
	files, err := predict.MeasureFiles(firmware, kernel, initrd)
	if wrong := errors.Join(kernel.finish(), initrd.finish()); wrong != nil {
		return wrong
	}
	if err == nil {
		b.files = files
	}
	return err
}

// registers predicts what each shape reports when it is booted with this command line.
func (b *guestBase) registers(cmdline string, shapes []attest.Shape) ([]attest.Measurement, error) {
	measurements := make([]attest.Measurement, len(shapes))
	for i, shape := range shapes {
		registers, err := b.files.TDX(cmdline, shape, measuredQEMU)
		if err != nil {
			return nil, fmt.Errorf("predict the registers of %s: %w", shape, err)
		}
		measurements[i] = attest.Measurement{TEE: attest.TDX, Shape: shape, Registers: registers}
	}
	return measurements, nil
}

// readBounded reads a file that is neither empty nor larger than limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() == 0 || info.Size() > limit {
		return nil, fmt.Errorf("%s: size %d is not in 1…%d", path, info.Size(), limit)
	}
	return os.ReadFile(path)
}

// baseDocument is what is needed of base.json.
type baseDocument struct {
	Kernel  string              `json:"kernel"`
	Runtime string              `json:"runtime"`
	Go      string              `json:"go"`
	Pinned  *bool               `json:"pinned"` // whether its packages are those that its sources name; nil if it does not say
	Files   map[string]baseFile `json:"files"`
}

type baseFile struct {
	Digest v1.Hash `json:"digest"`
	Size   int64   `json:"size"`
}

func (f baseFile) descriptor(mediaType string) oci.Descriptor {
	return oci.Descriptor{MediaType: mediaType, Digest: f.Digest, Size: f.Size}
}

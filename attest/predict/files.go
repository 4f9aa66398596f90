// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"crypto/sha512"
	"errors"
	"fmt"
	"io"

	"github.com/escrin/escrin/attest"
)

// maxInitrd bounds what is hashed of an initrd.
const maxInitrd = 1 << 30

// Files is what firmware, kernel and initrd contribute to the registers. It is
// taken once, and serves any number of command lines and shapes. The zero value
// predicts nothing.
type Files struct {
	measured      bool
	sections      firmware // without their data
	mrtd          attest.Register
	configuration attest.Register // digest of the configuration firmware volume
	kernel        attest.Register
	initrd        attest.Register
}

// Content is a file that is read where it is needed, and never whole.
// [bytes.Reader] and [io.SectionReader] are such.
type Content interface {
	io.ReaderAt
	Size() int64
}

// MeasureFiles reads firmware (OVMF with TDX metadata), kernel (bzImage as it
// stands in the file) and initrd once, the latter two at the same time. It holds a
// few hundred kilobytes of them in memory.
func MeasureFiles(fw []byte, kernel, initrd Content) (Files, error) {
	f, err := measureFiles(fw, kernel, initrd)
	if err != nil {
		return Files{}, fmt.Errorf("predict registers: %w", err)
	}
	return f, nil
}

// measureFiles hashes the kernel, which is the largest, beside the other two.
func measureFiles(image []byte, kernel, initrd Content) (Files, error) {
	fw, err := parseFirmware(image)
	if err != nil {
		return Files{}, err
	}
	if size := initrd.Size(); size <= 0 || size > maxInitrd {
		return Files{}, errors.New("no initrd, or one of more than 1 GiB")
	}
	type result struct {
		sum attest.Register
		err error
	}
	kernels := make(chan result, 1)
	go func() {
		sum, err := authenticode(kernel)
		kernels <- result{sum, err}
	}()
	f := Files{measured: true, mrtd: fw.mrtd(), configuration: sha512.Sum384(fw.configuration())}
	for _, s := range fw {
		s.data = nil
		f.sections = append(f.sections, s)
	}
	f.initrd, err = digest(initrd, extent{0, initrd.Size()})
	k := <-kernels
	if k.err != nil {
		return Files{}, k.err
	}
	f.kernel = k.sum
	if err != nil {
		return Files{}, fmt.Errorf("read initrd: %w", err)
	}
	return f, nil
}

// extent is a range of a file in bytes, from its first to behind its last.
type extent struct{ from, to int64 }

// digest returns the SHA-384 of the extents of a file, laid end to end.
func digest(content io.ReaderAt, extents ...extent) (attest.Register, error) {
	h := sha512.New384()
	buffer := make([]byte, copyBuffer)
	for _, e := range extents {
		if err := copyExtent(h, content, e, buffer); err != nil {
			return attest.Register{}, err
		}
	}
	return attest.Register(h.Sum(nil)), nil
}

// copyBuffer is how much of a file is in memory, in bytes.
const copyBuffer = 64 << 10

// copyExtent writes one extent of a file, whole.
func copyExtent(to io.Writer, content io.ReaderAt, e extent, buffer []byte) error {
	n, err := io.CopyBuffer(to, struct{ io.Reader }{io.NewSectionReader(content, e.from, e.to-e.from)}, buffer)
	if err == nil && n != e.to-e.from {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// SPDX-License-Identifier: Apache-2.0

package qemu

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/escrin/escrin/imagebuild/initrd"
)

// bzImageOf is a kernel with this image in it.
func bzImageOf(t testing.TB, image []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	packed := append(w.EncodeAll(image, nil), 0, 0, 0, 0)
	kernel := make([]byte, 2*sectorSize)
	kernel[setupSectors] = 1
	copy(kernel[headerMagic:], "HdrS")
	binary.LittleEndian.PutUint16(kernel[protocolVersion:], 0x20f)
	binary.LittleEndian.PutUint32(kernel[payloadLength:], uint32(len(packed)))
	return append(kernel, packed...)
}

// elfOf is an ELF image with these notes.
func elfOf(notes []byte) []byte {
	head := make([]byte, 64+56)
	copy(head, "\x7fELF\x02\x01\x01")
	put := binary.LittleEndian
	put.PutUint16(head[16:], 2)  // ET_EXEC
	put.PutUint16(head[18:], 62) // x86-64
	put.PutUint32(head[20:], 1)
	put.PutUint64(head[32:], 64) // program headers
	put.PutUint16(head[52:], 64)
	put.PutUint16(head[54:], 56)
	put.PutUint16(head[56:], 1)
	put.PutUint32(head[64:], 4) // PT_NOTE
	put.PutUint64(head[72:], uint64(len(head)))
	put.PutUint64(head[96:], uint64(len(notes)))
	return append(head, notes...)
}

func note(kind uint32, name string, content []byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(name)))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(content)))
	out = binary.LittleEndian.AppendUint32(out, kind)
	out = append(out, name...)
	out = append(out, make([]byte, -len(out)&3)...)
	return append(out, content...)
}

func TestDirectImage(t *testing.T) {
	entry := note(xenNote, "Xen\x00", make([]byte, 8))
	good := elfOf(append(note(1, "GNU\x00", make([]byte, 20)), entry...))
	if image, err := DirectImage(bzImageOf(t, good)); err != nil || !bytes.Equal(image, good) {
		t.Fatalf("%d bytes, %v", len(image), err)
	}
	whole := bzImageOf(t, good)
	change := func(at int, with ...byte) []byte {
		return append(append(bytes.Clone(whole[:at]), with...), whole[at+len(with):]...)
	}
	for name, kernel := range map[string][]byte{
		"nothing":              nil,
		"only a header":        whole[:headerEnd],
		"cut":                  whole[:len(whole)-1],
		"another magic":        change(headerMagic, 'h'),
		"an older protocol":    change(protocolVersion, 7, 2),
		"payload beyond":       change(payloadLength, 0xff, 0xff, 0xff, 0xff),
		"payload too short":    change(payloadLength, 3, 0, 0, 0),
		"start beyond":         change(payloadOffset, 0xff, 0xff, 0xff, 0xff),
		"not packed":           change(2*sectorSize, 'x'),
		"no ELF image":         bzImageOf(t, []byte("an image")),
		"no notes":             bzImageOf(t, elfOf(nil)),
		"a note of another":    bzImageOf(t, elfOf(note(xenNote, "GNU\x00", make([]byte, 8)))),
		"another note":         bzImageOf(t, elfOf(note(17, "Xen\x00", make([]byte, 8)))),
		"a note that is cut":   bzImageOf(t, elfOf(entry[:len(entry)-8])),
		"a note without end":   bzImageOf(t, elfOf([]byte(strings.Repeat("\xff", 12)))),
		"notes beyond the end": bzImageOf(t, append(good[:96:96], append(bytes.Repeat([]byte{0xff}, 8), good[104:]...)...)),
	} {
		if _, err := DirectImage(kernel); !errors.Is(err, ErrNotDirect) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

// TestTheDistributionsKernelStartsDirectly: both kernels of the guest base do.
func TestTheDistributionsKernelStartsDirectly(t *testing.T) {
	kernel, _ := inputs(t)
	file, err := openDirect(kernel)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	magic := make([]byte, 4)
	if _, err := file.ReadAt(magic, 0); err != nil || string(magic) != "\x7fELF" {
		t.Errorf("%q, %v", magic, err)
	}
	if _, err := openDirect(os.DevNull); !errors.Is(err, ErrNotDirect) {
		t.Errorf("nothing: %v", err)
	}
}

func FuzzDirectImage(f *testing.F) {
	f.Add(bzImageOf(f, elfOf(note(xenNote, "Xen\x00", make([]byte, 8)))))
	f.Fuzz(func(t *testing.T, kernel []byte) {
		if image, err := DirectImage(kernel); err == nil && !hasPVHEntry(image) {
			t.Error("an image that does not start directly")
		}
	})
}

// TestTheInitrdIsHandedOverUnpacked: what the kernel would make of it, and the file itself where that is not known.
func TestTheInitrdIsHandedOverUnpacked(t *testing.T) {
	entries := []initrd.Entry{{Name: "init", Mode: 0o500, Data: []byte("a program")}}
	var plain bytes.Buffer
	if err := initrd.Write(&plain, entries); err != nil {
		t.Fatal(err)
	}
	packed, err := initrd.Pack(entries)
	if err != nil {
		t.Fatal(err)
	}
	kernel, _ := inputs(t)
	path := filepath.Join(t.TempDir(), "initrd")
	for name, c := range map[string]struct{ content, want []byte }{
		"one archive":                  {packed, plain.Bytes()},
		"two":                          {slices.Concat(packed, packed), slices.Concat(plain.Bytes(), plain.Bytes())},
		"one that is not packed":       {plain.Bytes(), nil},
		"one with another behind it":   {slices.Concat(packed, plain.Bytes()), nil},
		"nothing":                      {nil, nil},
		"one that is packed otherwise": {[]byte("\x1f\x8b an archive"), nil},
	} {
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, network := range []bool{false, true} {
			m := Machine{Kernel: kernel, Initrd: path, Direct: true, Network: network}
			files, err := m.unpack()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				defer f.Close()
			}
			if c.want == nil {
				if len(files) != 1 || m.Initrd != path {
					t.Errorf("%s: %d files, initrd %s", name, len(files), m.Initrd)
				}
				continue
			}
			if want := descriptor(m.kernelFD() + 1); len(files) != 2 || m.Initrd != want {
				t.Fatalf("%s: %d files, initrd %s instead of %s", name, len(files), m.Initrd, want)
			}
			got := make([]byte, len(c.want)+1)
			if n, err := files[1].ReadAt(got, 0); err != io.EOF || !bytes.Equal(got[:n], c.want) {
				t.Errorf("%s: %q, %v", name, got[:n], err)
			}
		}
	}
	m := Machine{Kernel: kernel, Initrd: path + ".none", Direct: true}
	if _, err := m.unpack(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no initrd: %v", err)
	}
	m = Machine{Kernel: os.DevNull, Initrd: path, Direct: true}
	if files, err := m.unpack(); err != nil || files != nil || m.Direct || m.Initrd != path {
		t.Errorf("a kernel that starts by the firmware: %v, %v, %v", files, m, err)
	}
}

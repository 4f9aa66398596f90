// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/merge"
	"github.com/escrin/escrin/imagebuild/verity"
)

// bootingDisk is the disk of an enclave: a program that says one word, and a file that makes it as large as it is.
type bootingDisk struct {
	path      string
	cmdline   string // for the agent
	arguments string // for the yardstick
}

func (b *bench) bootDisk(size int64) (bootingDisk, error) {
	hello, err := b.compileC("hello")
	if err != nil {
		return bootingDisk{}, err
	}
	return b.diskWith(hello, size, 1)
}

// diskWith is the disk of an enclave that runs a program, for so many tasks in a boot.
func (b *bench) diskWith(program []byte, size int64, tasks uint32) (_ bootingDisk, err error) {
	var files [3]*os.File
	for i, name := range []string{"image", "leaves", "scratch"} {
		if files[i], err = os.Create(filepath.Join(b.dir, "boot."+name)); err != nil {
			return bootingDisk{}, err
		}
		defer os.Remove(files[i].Name())
		defer files[i].Close()
	}
	info, err := layer.Convert(bootTar(program, size), layer.Output{Image: files[0], Leaves: files[1], Scratch: files[2]}, layer.DefaultLimits())
	if err != nil {
		return bootingDisk{}, err
	}
	opened, err := merge.OpenLayer(files[0], info.Size, files[1], info.RootHash)
	if err != nil {
		return bootingDisk{}, err
	}
	merged, err := merge.Stack([]*merge.Layer{opened})
	if err != nil {
		return bootingDisk{}, err
	}
	file, err := os.Create(filepath.Join(b.dir, fmt.Sprintf("boot.%d.%d.disk", size, tasks)))
	if err != nil {
		return bootingDisk{}, err
	}
	defer file.Close()
	root, err := merged.Write(file)
	if err != nil {
		return bootingDisk{}, err
	}
	return measuredDisk(file, merged.DataBlocks(), root, tasks)
}

// measuredDisk adds the config to a disk.
func measuredDisk(file *os.File, blocks uint64, root [32]byte, tasks uint32) (bootingDisk, error) {
	run := config.Config{
		Version: config.Version,
		Containers: []config.Container{{
			Name: config.MainName, Disk: config.Disk{DataBlocks: blocks, HashOffsetBlocks: blocks, RootHash: wire.Hash32(root)},
			Process:    config.Process{Args: []string{"/hello"}, Env: []string{"PATH=/"}, Cwd: "/"},
			StopSignal: "SIGTERM", IO: config.IO{Input: config.InputPath, Output: config.OutputPath},
		}},
		Bounds: config.DefaultBounds(), Tasks: config.Tasks{PerBoot: tasks},
	}
	document, err := run.Marshal()
	if err != nil {
		return bootingDisk{}, err
	}
	offset := blocks + verity.TreeBlocks(blocks)
	if _, err := file.WriteAt(document, int64(offset)*config.BlockSize); err != nil {
		return bootingDisk{}, err
	}
	return bootingDisk{
		path: file.Name(), cmdline: config.Location{Digest: config.Digest(document), OffsetBlocks: offset, Size: len(document), WipesFreed: run.Tasks.WipeFreed()}.CommandLine(),
		arguments: fmt.Sprintf("verity_root=%x verity_blocks=%d", root, blocks),
	}, file.Truncate(int64(offset+1) * config.BlockSize)
}

// bootTar is a layer with the program and this many bytes that no compression makes fewer.
func bootTar(hello []byte, size int64) io.Reader {
	r, out := io.Pipe()
	go func() {
		w := tar.NewWriter(out)
		put := func(name string, mode, size int64, content io.Reader) error {
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: size, Typeflag: tar.TypeReg}); err != nil {
				return err
			}
			_, err := io.CopyN(w, content, size)
			return err
		}
		err := put("hello", 0o755, int64(len(hello)), bytes.NewReader(hello))
		if err == nil {
			err = put("filler", 0o644, size, rand.NewChaCha8([32]byte{1}))
		}
		if err == nil {
			err = w.Close()
		}
		out.CloseWithError(err)
	}()
	return r
}

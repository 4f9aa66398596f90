// SPDX-License-Identifier: Apache-2.0

package boottest

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/wire"
	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/merge"
	"github.com/escrin/escrin/imagebuild/verity"
)

// disk is a measured disk and the command line that measures it.
type disk struct {
	path    string
	cmdline string
	cfg     config.Config
	scratch uint64 // first block of the scratch disk
}

// shellWorkload runs a script in a busybox image.
func shellWorkload(script string) config.Config {
	return config.Config{
		Version: config.Version,
		Containers: []config.Container{{
			Name: config.MainName,
			Process: config.Process{
				Args: []string{"/bin/sh", "-c", script}, Env: []string{"PATH=/bin", "GREETING=hello"}, Cwd: "/work",
				User: config.User{UID: 1000, GID: 1000},
			},
			StopSignal: "SIGTERM",
			IO:         config.IO{Input: config.InputPath, Output: config.OutputPath},
		}},
		Bounds: config.DefaultBounds(),
		Tasks:  config.Tasks{PerBoot: 1},
	}
}

// program is an executable in the image's root directory, or a symbolic link.
type program struct {
	name    string
	content []byte
	link    string // target
}

// makeDisk lays out the disk of one image, with a few programs more.
func makeDisk(t *testing.T, cfg config.Config, more ...program) disk {
	t.Helper()
	return makeDiskOf(t, cfg, more)
}

// makeDiskOf lays out file systems with their hash trees, one behind the other, and the config, as the enclaver does. Each
// container has the next image, and the last image all that are left.
func makeDiskOf(t *testing.T, cfg config.Config, images ...[]program) disk {
	t.Helper()
	d := disk{path: filepath.Join(t.TempDir(), "disk"), cfg: cfg}
	file := create(t, d.path)
	end := uint64(0)
	for i, more := range images {
		image := writeImage(t, file, end, more)
		for j := i; j < len(cfg.Containers); j++ {
			d.cfg.Containers[j].Disk = image
		}
		end = image.HashOffsetBlocks + verity.TreeBlocks(image.DataBlocks)
	}
	document, err := d.cfg.Marshal()
	check(t, err)
	_, err = file.WriteAt(document, int64(end)*config.BlockSize)
	check(t, err)
	scratch := cfg.ScratchBlocks()
	d.scratch = config.Location{OffsetBlocks: end, Size: len(document)}.ScratchOffset()
	check(t, file.Truncate(int64(d.scratch+scratch)*config.BlockSize))
	d.cmdline = config.Location{
		Digest: config.Digest(document), OffsetBlocks: end, Size: len(document), WipesFreed: cfg.Tasks.WipeFreed(),
	}.CommandLine()
	return d
}

// writeImage lays out metadata, layer and hash tree from a block of the disk on.
func writeImage(t *testing.T, file *os.File, offset uint64, more []program) config.Disk {
	t.Helper()
	dir := t.TempDir()
	image, leaves := create(t, filepath.Join(dir, "layer")), create(t, filepath.Join(dir, "leaves"))
	out := layer.Output{Image: image, Leaves: leaves, Scratch: create(t, filepath.Join(dir, "scratch"))}
	info, err := layer.Convert(busyboxLayer(t, more), out, layer.DefaultLimits())
	check(t, err)
	opened, err := merge.OpenLayer(image, info.Size, leaves, info.RootHash)
	check(t, err)
	merged, err := merge.Stack([]*merge.Layer{opened})
	check(t, err)
	root, err := merged.Write(io.NewOffsetWriter(file, int64(offset)*config.BlockSize))
	check(t, err)
	blocks := merged.DataBlocks()
	return config.Disk{OffsetBlocks: offset, DataBlocks: blocks, HashOffsetBlocks: offset + blocks, RootHash: wire.Hash32(root)}
}

// busyboxLayer is a layer with one static program and a few more.
func busyboxLayer(t *testing.T, more []program) io.Reader {
	t.Helper()
	path, err := exec.LookPath("busybox")
	if err != nil {
		t.Fatal("busybox is not installed: run scripts/setup.sh")
	}
	busybox, err := os.ReadFile(path)
	check(t, err)
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	entry := func(h tar.Header, data []byte) {
		h.Size = int64(len(data))
		check(t, w.WriteHeader(&h))
		_, err := w.Write(data)
		check(t, err)
	}
	entry(tar.Header{Name: "bin/", Typeflag: tar.TypeDir, Mode: 0o755}, nil)
	entry(tar.Header{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777}, nil)
	entry(tar.Header{Name: "bin/busybox", Typeflag: tar.TypeReg, Mode: 0o755}, busybox)
	for _, applet := range []string{"sh", "cat", "id", "ls", "wc", "sleep", "mount", "dd", "head", "grep", "ps", "tr", "od", "tail", "unshare", "mknod", "chroot", "touch", "test", "echo", "nproc", "rm", "cut", "stty", "tty", "trap", "kill", "sync", "mkdir", "cmp"} {
		entry(tar.Header{Name: "bin/" + applet, Typeflag: tar.TypeSymlink, Linkname: "busybox"}, nil)
	}
	entry(tar.Header{Name: "data/", Typeflag: tar.TypeDir, Mode: 0o750, Uid: 1000, Gid: 7}, nil)
	entry(tar.Header{Name: "data/seed", Typeflag: tar.TypeReg, Mode: 0o644}, []byte("seed\n"))
	entry(tar.Header{Name: "big", Typeflag: tar.TypeReg, Mode: 0o644}, bytes.Repeat([]byte("escrin!\n"), 1<<17))
	for _, p := range more {
		if p.link != "" {
			entry(tar.Header{Name: p.name, Typeflag: tar.TypeSymlink, Linkname: p.link}, nil)
			continue
		}
		entry(tar.Header{Name: p.name, Typeflag: tar.TypeReg, Mode: 0o755}, p.content)
	}
	check(t, w.Close())
	return &b
}

func create(t *testing.T, path string) *os.File {
	t.Helper()
	file, err := os.Create(path)
	check(t, err)
	t.Cleanup(func() { file.Close() })
	return file
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

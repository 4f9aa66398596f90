// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/escrin/escrin/imagebuild/layer"
	"github.com/escrin/escrin/imagebuild/merge"
	"github.com/escrin/escrin/imagebuild/verity"
)

// mounting boots a guest that mounts an image in the two ways that DESIGN.md weighs: merged into one file system, and a
// file system for each layer under overlayfs. It prints what each takes to mount, and to ask for the attributes of all files.
func (b *bench) mounting() error {
	ram, err := b.initrdWith("mountinit")
	if err != nil {
		return err
	}
	for _, n := range []int{1, 20, 100} {
		made, err := b.makeLayers(n)
		if err != nil {
			return err
		}
		merged, err := b.mergedDisk(made)
		if err != nil {
			return err
		}
		stacked, err := b.stackedDisk(made)
		if err != nil {
			return err
		}
		ours, err := b.bootAndMount(ram, merged)
		if err != nil {
			return err
		}
		theirs, err := b.bootAndMount(ram, stacked)
		if err != nil {
			return err
		}
		seconds(fmt.Sprintf("disk.mount_%d_layers", n), ours.mount, theirs.mount, "a file system for each layer under overlayfs")
		seconds(fmt.Sprintf("disk.walk_%d_layers", n), ours.walk, theirs.walk, "a file system for each layer under overlayfs")
	}
	return nil
}

// madeLayer is one converted layer.
type madeLayer struct {
	image, leaves *os.File
	info          layer.Info
}

// makeLayers converts n layers: 20 files of their own in each, and one that each layer replaces.
func (b *bench) makeLayers(n int) ([]madeLayer, error) {
	made := make([]madeLayer, n)
	for i := range made {
		var files [3]*os.File
		for j, name := range []string{"image", "leaves", "scratch"} {
			var err error
			if files[j], err = os.Create(filepath.Join(b.dir, fmt.Sprintf("mount.%d.%s", i, name))); err != nil {
				return nil, err
			}
		}
		info, err := layer.Convert(bytes.NewReader(layerTar(i)), layer.Output{Image: files[0], Leaves: files[1], Scratch: files[2]}, layer.DefaultLimits())
		if err != nil {
			return nil, err
		}
		made[i] = madeLayer{files[0], files[1], info}
	}
	return made, nil
}

func layerTar(i int) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	put := func(name string, size int) {
		w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(size), Typeflag: tar.TypeReg})
		w.Write(bytes.Repeat([]byte{byte(i)}, size))
	}
	for j := range 20 {
		put(fmt.Sprintf("usr/lib/%d/%d", j, i), 1000*j)
	}
	put("etc/version", 100)
	w.Close()
	return b.Bytes()
}

// mountDisk is a disk and what the guest is told about it.
type mountDisk struct {
	path, arguments string
}

func (b *bench) mergedDisk(made []madeLayer) (mountDisk, error) {
	layers := make([]*merge.Layer, len(made))
	for i, m := range made {
		var err error
		if layers[i], err = merge.OpenLayer(m.image, m.info.Size, m.leaves, m.info.RootHash); err != nil {
			return mountDisk{}, err
		}
	}
	disk, err := merge.Stack(layers)
	if err != nil {
		return mountDisk{}, err
	}
	path := filepath.Join(b.dir, "mount.merged")
	out, err := os.Create(path)
	if err != nil {
		return mountDisk{}, err
	}
	defer out.Close()
	root, err := disk.Write(out)
	return mountDisk{path, fmt.Sprintf("mount.root=%x mount.blocks=%d", root, disk.DataBlocks())}, err
}

func (b *bench) stackedDisk(made []madeLayer) (mountDisk, error) {
	path := filepath.Join(b.dir, "mount.stacked")
	out, err := os.Create(path)
	if err != nil {
		return mountDisk{}, err
	}
	defer out.Close()
	var lengths []string
	var size int64
	for _, m := range made {
		if _, err := io.Copy(out, io.NewSectionReader(m.image, 0, m.info.Size)); err != nil {
			return mountDisk{}, err
		}
		size += m.info.Size
		lengths = append(lengths, strconv.FormatInt(m.info.Size/verity.BlockSize, 10))
	}
	root, err := verity.Tree(out, size, make([]byte, 32), out)
	return mountDisk{path, fmt.Sprintf("mount.root=%x mount.blocks=%d mount.layers=%s", root, size/verity.BlockSize, strings.Join(lengths, ","))}, err
}

// mountTimes are those that a guest needed.
type mountTimes struct{ mount, walk time.Duration }

var mountLine = regexp.MustCompile(`mount: (\d+) us, walk: (\d+) us`)

// bootAndMount takes the best of three boots.
func (b *bench) bootAndMount(ram string, disk mountDisk) (best mountTimes, err error) {
	for range 3 {
		t, err := b.bootOnce(ram, disk)
		if err != nil {
			return best, err
		}
		if best.mount == 0 || t.mount < best.mount {
			best.mount = t.mount
		}
		if best.walk == 0 || t.walk < best.walk {
			best.walk = t.walk
		}
	}
	return best, nil
}

func (b *bench) bootOnce(ram string, disk mountDisk) (mountTimes, error) {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg", "-cpu", "max", "-m", "1024",
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio",
		"-kernel", filepath.Join(b.bin, "guest-base/kernel"), "-initrd", ram,
		"-append", "console=ttyS0 quiet panic=-1 "+disk.arguments,
		"-drive", "if=none,id=disk,format=raw,readonly=on,file="+disk.path, "-device", "virtio-blk-pci,drive=disk").CombinedOutput()
	if err != nil {
		return mountTimes{}, fmt.Errorf("boot: %w\n%s", err, out)
	}
	match := mountLine.FindSubmatch(out)
	if match == nil {
		return mountTimes{}, fmt.Errorf("the guest mounted nothing:\n%s", out)
	}
	mount, _ := strconv.Atoi(string(match[1]))
	walk, _ := strconv.Atoi(string(match[2]))
	return mountTimes{time.Duration(mount) * time.Microsecond, time.Duration(walk) * time.Microsecond}, nil
}

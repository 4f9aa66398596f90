// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/devicemapper"
	"github.com/escrin/escrin/guestagent/workload"
	"github.com/escrin/escrin/guestagent/workload/oci"
)

const containersPath = "/run/containers"

// OpenDisk reads the measured config that the kernel command line names, checks its digest and the
// machine against it, and mounts the containers' images: dm-verity, EROFS. It returns the config and its SHA-256.
func (Machine) OpenDisk() (config.Config, [32]byte, error) {
	disk, err := openDisk()
	if err != nil {
		return config.Config{}, [32]byte{}, err
	}
	defer disk.Close() // others have it open by then
	cfg, where, err := measuredConfig(disk)
	if err != nil {
		return config.Config{}, [32]byte{}, err
	}
	if err := checkSize(cfg.Bounds); err != nil {
		return config.Config{}, [32]byte{}, err
	}
	if err := openScratch(disk.Name(), where, cfg); err != nil {
		return config.Config{}, [32]byte{}, fmt.Errorf("open scratch disk: %w", err)
	}
	for i, container := range cfg.Containers {
		same := func(other config.Container) bool { return other.Disk == container.Disk }
		image := folderOf(slices.IndexFunc(cfg.Containers, same)) // containers may have one image
		if err := openRoot(disk.Name(), folderOf(i), image, container, cfg.Bounds); err != nil {
			return config.Config{}, [32]byte{}, fmt.Errorf("container %s: %w", container.Name, err)
		}
	}
	return cfg, where.Digest, nil
}

// openDisk opens the machine's one disk; a second one is refused, not ignored.
func openDisk() (*os.File, error) {
	disks, err := os.ReadDir("/sys/block")
	if err != nil {
		return nil, err
	}
	disks = slices.DeleteFunc(disks, func(d os.DirEntry) bool { return !strings.HasPrefix(d.Name(), "vd") })
	if len(disks) != 1 {
		return nil, fmt.Errorf("find disk: the machine has %d, want 1", len(disks))
	}
	return os.Open("/dev/" + disks[0].Name())
}

func measuredConfig(disk *os.File) (config.Config, config.Location, error) {
	line, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return config.Config{}, config.Location{}, err
	}
	where, err := config.ParseCommandLine(strings.TrimSuffix(string(line), "\n"))
	if err != nil {
		return config.Config{}, config.Location{}, err
	}
	document, err := readConfig(disk, where)
	if err != nil {
		return config.Config{}, config.Location{}, fmt.Errorf("read measured config: %w", err)
	}
	cfg, err := config.Parse(document)
	if err == nil && cfg.Tasks.WipeFreed() != where.WipesFreed {
		err = errors.New("the kernel wipes freed memory for several tasks, and for them alone")
	}
	return cfg, where, err
}

// readConfig reads the document and compares it with the digest that was measured.
func readConfig(disk io.ReaderAt, where config.Location) ([]byte, error) {
	document := make([]byte, where.Size) // ParseCommandLine bounds it
	if _, err := disk.ReadAt(document, int64(where.OffsetBlocks)*config.BlockSize); err != nil {
		return nil, err
	}
	if config.Digest(document) != where.Digest {
		return nil, errors.New("not the document that was measured")
	}
	return document, nil
}

// checkSize compares the machine with the bounds. The kernel and the firmware, and the buffers of a confidential machine,
// take their part of the memory before it can be counted, so that three quarters of what was asked for are enough.
func checkSize(b config.Bounds) error {
	have, err := memoryMiB()
	if err != nil {
		return err
	}
	if uint64(have)*4 < uint64(b.MinMemoryMiB)*3 {
		return fmt.Errorf("check size: %d MiB of memory, want %d", have, b.MinMemoryMiB)
	}
	if n := uint32(runtime.NumCPU()); n < b.MinVCPUs || n > b.MaxVCPUs {
		return fmt.Errorf("check size: %d processors, want %d…%d", n, b.MinVCPUs, b.MaxVCPUs)
	}
	return nil
}

// folder is where what a container is made of is.
type folder string

func folderOf(container int) folder {
	return folder(containersPath + "/" + strconv.Itoa(container))
}

// name is that of the container's device.
func (f folder) name() string { return "root-" + filepath.Base(string(f)) }

func (f folder) lower() string   { return string(f) + "/lower" }   // of the image
func (f folder) scratch() string { return string(f) + "/scratch" } // what is written
func (f folder) root() string    { return string(f) + "/root" }    // both
func (f folder) secrets() string { return string(f) + "/secrets" }

// volume is where the content of the volume with this index is.
func (f folder) volume(index int) string {
	return string(f) + "/volumes/" + strconv.Itoa(index) + "/root"
}

// paths are what the container with this index is made of.
func paths(c config.Config, container int) workload.Paths {
	in := folderOf(container)
	p := workload.Paths{
		Root: in.root(), Input: inputPath, Output: outputPath, Secrets: in.secrets(), Agent: socketPath,
		Cgroup: workload.Cgroup + "/" + filepath.Base(string(in)),
	}
	for i := range c.Containers[container].Volumes {
		home, at := c.Home(container, i)
		p.Volumes = append(p.Volumes, folderOf(home).volume(at))
	}
	if sharesNetwork(c) {
		p.Namespace, p.Hosts = namespacePath, hostsPath
	}
	return p
}

// mountImage mounts the checked file system of an image, or the one that is mounted for another container of it.
func mountImage(disk string, in, image folder, d config.Disk) error {
	if in != image {
		return mount{image.lower(), in.lower(), "", unix.MS_BIND, ""}.do()
	}
	device, err := devicemapper.Open(in.name(), devicemapper.Verity{
		Disk: disk, OffsetBlocks: d.OffsetBlocks, DataBlocks: d.DataBlocks, HashOffsetBlocks: d.HashOffsetBlocks, Salt: d.Salt, RootHash: d.RootHash,
	})
	if err != nil {
		return fmt.Errorf("open verity: %w", err)
	}
	return mount{device, in.lower(), "erofs", unix.MS_RDONLY | unix.MS_NODEV | unix.MS_NOSUID, ""}.do()
}

// openRoot mounts the file system of an image, and RAM for what is written unless that goes to the scratch disk.
func openRoot(disk string, in, image folder, container config.Container, bounds config.Bounds) error {
	if err := mountImage(disk, in, image, container.Disk); err != nil {
		return err
	}
	if bounds.ScratchMedium == config.ScratchMemory || container.ReadOnlyRoot { // mountpoints take little
		size := fmt.Sprintf("mode=0755,size=%dm", bounds.ScratchMiB)
		return mount{"tmpfs", in.scratch(), "tmpfs", unix.MS_NODEV | unix.MS_NOSUID, size}.do()
	}
	return nil
}

// stackRoot mounts overlay. What the image lacks is made before, in the layer that is written to.
func stackRoot(in folder, spec oci.Spec) error {
	root, err := os.Stat(in.lower())
	if err != nil {
		return err
	}
	upper := in.scratch() + "/upper"
	if err := workload.MakeLike(upper, root); err != nil {
		return err
	}
	if err := os.Mkdir(in.scratch()+"/work", 0o755); err != nil {
		return err
	}
	if err := writeNames(in.lower(), upper); err != nil {
		return err
	}
	if err := workload.MakeMountpoints(spec, in.lower(), upper); err != nil {
		return err
	}
	overlay := "lowerdir=" + in.lower() + ",upperdir=" + upper + ",workdir=" + in.scratch() + "/work"
	return mount{"overlay", in.root(), "overlay", unix.MS_NODEV | unix.MS_NOSUID, overlay}.do()
}

// SPDX-License-Identifier: Apache-2.0

// Command mountinit is PID 1 of a guest that mounts an image in one of two ways and says how long each part took: the image
// merged into one EROFS file system, or one EROFS file system for each layer under overlayfs. Both are behind one dm-verity
// device. It is what DESIGN.md's choice between the two was measured with; `make bench` runs it.
//
//	mount.root=HEX mount.blocks=N [mount.layers=N0,N1,…]     lengths of the layers in blocks, bottom first
package main

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/devicemapper"
)

func main() {
	if err := run(); err != nil {
		fmt.Println("mount: failed:", err)
	}
	unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}

func run() error {
	if err := prepare(); err != nil {
		return err
	}
	line, err := os.ReadFile("/proc/cmdline")
	if err != nil {
		return err
	}
	arguments := map[string]string{}
	for _, word := range strings.Fields(string(line)) {
		name, value, _ := strings.Cut(word, "=")
		arguments[name] = value
	}
	started := time.Now()
	device, err := openVerity(arguments)
	if err != nil {
		return err
	}
	root := "/merged"
	if layers := arguments["mount.layers"]; layers != "" {
		root, err = stack(device, strings.Split(layers, ","))
	} else {
		err = mount(device, root, "erofs", "")
	}
	if err != nil {
		return err
	}
	mounted := time.Since(started)
	entries, err := walk(root)
	if err != nil {
		return err
	}
	fmt.Printf("mount: %d us, walk: %d us, %d entries\n", mounted.Microseconds(), (time.Since(started) - mounted).Microseconds(), entries)
	return nil
}

// prepare mounts what the kernel offers and loads the modules of the initrd.
func prepare() error {
	for _, name := range []string{"proc", "sysfs", "devtmpfs"} {
		if err := mount(name, "/"+map[string]string{"proc": "proc", "sysfs": "sys", "devtmpfs": "dev"}[name], name, ""); err != nil && err != unix.EBUSY {
			return err
		}
	}
	modules, err := filepath.Glob("/modules/*.ko")
	if err != nil {
		return err
	}
	for _, path := range modules {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		err = unix.FinitModule(int(file.Fd()), "", 0)
		file.Close()
		if err != nil {
			return fmt.Errorf("load %s: %w", path, err)
		}
	}
	if err := os.MkdirAll("/dev/mapper", 0o755); err != nil {
		return err
	}
	if _, err := os.Stat("/dev/mapper/control"); err == nil {
		return nil
	}
	return unix.Mknod("/dev/mapper/control", unix.S_IFCHR|0o600, int(unix.Mkdev(10, 236)))
}

func mount(source, target, kind, options string) error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	flags := uintptr(0)
	if kind == "erofs" || kind == "overlay" {
		flags = unix.MS_RDONLY
	}
	return unix.Mount(source, target, kind, flags, options)
}

func openVerity(arguments map[string]string) (string, error) {
	blocks, err := strconv.ParseUint(arguments["mount.blocks"], 10, 32)
	if err != nil {
		return "", err
	}
	root, err := hex.DecodeString(arguments["mount.root"])
	if err != nil || len(root) != 32 {
		return "", fmt.Errorf("root hash %q", arguments["mount.root"])
	}
	return devicemapper.Open("data", devicemapper.Verity{
		Disk: "/dev/vda", DataBlocks: blocks, HashOffsetBlocks: blocks, RootHash: [32]byte(root),
	})
}

// stack mounts each layer from a slice of the device, and all of them under overlayfs.
func stack(device string, lengths []string) (string, error) {
	var at uint64
	lower := make([]string, len(lengths)) // overlayfs wants the top first
	for i, length := range lengths {
		blocks, err := strconv.ParseUint(length, 10, 32)
		if err != nil {
			return "", err
		}
		slice, err := openSlice(fmt.Sprintf("layer%d", i), device, at, blocks)
		if err != nil {
			return "", fmt.Errorf("open layer %d: %w", i, err)
		}
		target := fmt.Sprintf("/l/%d", i)
		if err := mount(slice, target, "erofs", ""); err != nil {
			return "", fmt.Errorf("mount layer %d: %w", i, err)
		}
		lower[len(lengths)-1-i] = strconv.Itoa(i)
		at += blocks
	}
	if err := os.Chdir("/l"); err != nil {
		return "", err
	}
	if len(lower) == 1 {
		return "/l/0", nil
	}
	return "/merged", mount("overlay", "/merged", "overlay", "lowerdir="+strings.Join(lower, ":"))
}

// walk asks for the attributes of every name.
func walk(root string) (entries int, err error) {
	err = filepath.WalkDir(root, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		entries++
		_, err = d.Info()
		return err
	})
	return entries, err
}

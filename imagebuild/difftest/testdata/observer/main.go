// SPDX-License-Identifier: Apache-2.0

// Command observer is the only program of a test machine. It mounts each file system on the disk, those with a root hash
// as the guest agent does (dm-verity, EROFS, overlay over memory), lists the tree, and tells the host the digest of the
// listing, and the listing if that is not what the host expects.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/devicemapper"
	"github.com/escrin/escrin/imagebuild/difftest/listing"
)

const (
	whole   = "/dev/vda"
	workers = 2
)

var speaking sync.Mutex

// worker observes one disk at a time.
type worker struct {
	partition int
	dir       string
}

// disk is one line of the list that the test puts into the initrd.
type disk struct {
	Offset     uint64 // in bytes
	Size       uint64 // with the hash tree, in bytes
	DataBlocks uint64
	RootHash   string // empty: not through dm-verity
	Listing    string // digest that the host expects
}

func main() {
	err := run()
	if err != nil {
		fmt.Println("observer:", err) // to the console
	}
	unix.Sync()
	fmt.Println("observer:", unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF))
}

func run() error {
	if err := prepare(); err != nil {
		return err
	}
	ports, _ := filepath.Glob("/dev/vport*")
	if len(ports) != 1 {
		return fmt.Errorf("%d ports to the host", len(ports))
	}
	host, err := os.OpenFile(ports[0], os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer host.Close()
	document, err := os.ReadFile("/disks.json")
	if err != nil {
		return err
	}
	var disks []disk
	if err := json.Unmarshal(document, &disks); err != nil {
		return err
	}
	return errors.Join(observeAll(disks, host), say(host, "end"))
}

// observeAll lists the disks side by side: a part of it is waiting.
func observeAll(disks []disk, host *os.File) error {
	var next atomic.Int64
	var group errgroup.Group
	for i := range workers {
		w := worker{partition: i + 1, dir: fmt.Sprint("/run/worker", i)}
		group.Go(func() error {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(disks) {
					return nil
				}
				text, err := w.observe(disks[n])
				if err != nil {
					return fmt.Errorf("disk %d: %w", n, err)
				}
				sum := sha256.Sum256([]byte(text))
				line := fmt.Sprintf("%d %x", n, sum)
				if hex.EncodeToString(sum[:]) != disks[n].Listing {
					line += " " + strconv.Quote(text)
				}
				if err := say(host, line); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// say sends one line, which must not be mixed with another's.
func say(host *os.File, line string) error {
	speaking.Lock()
	defer speaking.Unlock()
	_, err := fmt.Fprintln(host, line)
	return err
}

func prepare() error {
	for _, m := range [][3]string{{"proc", "/proc", "proc"}, {"sysfs", "/sys", "sysfs"}, {"devtmpfs", "/dev", "devtmpfs"}, {"tmpfs", "/run", "tmpfs"}} {
		if err := unix.Mount(m[0], m[1], m[2], 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m[1], err)
		}
	}
	modules, err := filepath.Glob("/modules/*.ko") // in load order
	if err != nil {
		return err
	}
	for _, path := range modules {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		if err := unix.FinitModule(int(file.Fd()), "", 0); err != nil {
			return fmt.Errorf("load %s: %w", path, err)
		}
		file.Close()
	}
	return nil
}

// observe lists one file system: as the guest agent opens it, or mounted without more.
func (w worker) observe(d disk) (string, error) {
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		return "", err
	}
	if err := addPartition(w.partition, d.Offset, d.Size); err != nil {
		return "", fmt.Errorf("add partition: %w", err)
	}
	part, open := fmt.Sprint(whole, w.partition), w.plainly
	if d.RootHash != "" {
		open = w.asTheAgent
	}
	text, err := open(part, d)
	if err != nil {
		return "", err
	}
	return text, deletePartition(w.partition)
}

// plainly mounts a partition and lists it.
func (w worker) plainly(part string, _ disk) (string, error) {
	var entries []listing.Entry
	err := mounted(part, w.dir, "erofs", unix.MS_RDONLY, "", func() (err error) {
		entries, err = listing.Directory(w.dir)
		return err
	})
	return listing.Text(entries), err
}

// asTheAgent opens a partition through dm-verity, and lists an overlay over memory. The attributes of the root are those
// of the file system: an overlay has them from its upper directory, which the guest agent makes.
func (w worker) asTheAgent(part string, d disk) (string, error) {
	v := devicemapper.Verity{Disk: part, DataBlocks: d.DataBlocks, HashOffsetBlocks: d.DataBlocks}
	if _, err := hex.Decode(v.RootHash[:], []byte(d.RootHash)); err != nil {
		return "", err
	}
	name := fmt.Sprint("disk", w.partition)
	device, err := devicemapper.Open(name, v)
	if err != nil {
		return "", err
	}
	lower, root, upper, work := w.dir+"/lower", w.dir+"/root", w.dir+"/upper", w.dir+"/work"
	for _, dir := range []string{lower, root, upper, work} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return "", err
		}
	}
	var entries []listing.Entry
	err = mounted(device, lower, "erofs", unix.MS_RDONLY, "", func() error {
		options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work)
		return mounted("overlay", root, "overlay", 0, options, func() (err error) {
			if entries, err = listing.Directory(root); err == nil {
				entries[0], err = listing.Read(lower, ".")
			}
			return err
		})
	})
	return listing.Text(entries), errors.Join(err, removeDevice(name), os.RemoveAll(w.dir))
}

// mounted calls use while a file system is mounted.
func mounted(source, target, kind string, flags uintptr, options string, use func() error) error {
	if err := unix.Mount(source, target, kind, flags|unix.MS_NODEV|unix.MS_NOSUID, options); err != nil {
		return fmt.Errorf("mount %s: %w", target, err)
	}
	err := use()
	if again := unix.Unmount(target, 0); err == nil && again != nil {
		err = fmt.Errorf("unmount %s: %w", target, again)
	}
	return err
}

// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/devicemapper"
	"github.com/escrin/escrin/guestagent/emptyfs"
)

const (
	scratchName = "scratch"
	tagsPath    = "/dev/ram0" // RAM, taken as it is written to
)

// openScratch makes the scratch disk behind the measured config, under keys of this boot, and mounts an empty file system on
// each of its slices. Nothing is read from the disk but what was written to it last (MB-13, MB-14, MB-15).
func openScratch(disk string, where config.Location, c config.Config) error {
	blocks := c.ScratchBlocks()
	if blocks == 0 {
		return nil
	}
	device, err := devicemapper.Scratch(scratchName, disk, tagsPath, where.ScratchOffset(), blocks)
	if err != nil {
		return err
	}
	for i, s := range c.ScratchSlices() {
		slice, err := devicemapper.Linear(fmt.Sprintf("%s-%d", scratchName, i), device, s.Offset, s.Blocks)
		if err == nil {
			err = makeFileSystem(slice, s.Blocks)
		}
		if err != nil {
			return err
		}
		if err := (mount{slice, sliceFolder(s), "ext4", unix.MS_NODEV | unix.MS_NOSUID | unix.MS_NOATIME, emptyfs.MountOptions}).do(); err != nil {
			return err
		}
	}
	return nil
}

// sliceFolder is where what it is for expects a slice.
func sliceFolder(s config.Slice) string {
	in := folderOf(s.Container)
	if s.Volume < 0 {
		return in.scratch()
	}
	return filepath.Dir(in.volume(s.Volume))
}

func makeFileSystem(device string, blocks uint64) error {
	file, err := os.OpenFile(device, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := emptyfs.Write(file, blocks); err != nil {
		return err
	}
	return file.Sync()
}

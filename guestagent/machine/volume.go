// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/guestagent/config"
	"github.com/escrin/escrin/guestagent/workload"
)

// makeVolume makes a directory at root, in RAM or on the scratch disk, with what the image has at the volume's path, owners
// and modes included. One that the image does not have belongs to the workload's user. No content comes from the
// host (IMG-15).
func makeVolume(lower, root string, v config.Volume, user config.User) error {
	base := filepath.Dir(root)
	if size := fmt.Sprintf("mode=0700,size=%dm", v.SizeMiB); !v.Disk { // else its slice is mounted there
		if err := (mount{"tmpfs", base, "tmpfs", unix.MS_NODEV | unix.MS_NOSUID, size}).do(); err != nil {
			return err
		}
	}
	image, err := inImage(lower, v.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return workload.MakeDirectory(root, 0o755, user.UID, user.GID)
	}
	if err != nil {
		return &workload.UnfitError{Path: v.Path, Err: err}
	}
	defer image.Close()
	return stackVolume(base, root, image)
}

// inImage opens a directory of the image, following no symbolic link.
func inImage(lower, path string) (*os.File, error) {
	image, err := os.Open(lower)
	if err != nil {
		return nil, err
	}
	defer image.Close()
	how := unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	}
	fd, err := unix.Openat2(int(image.Fd()), path[1:], &how)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), path), nil
}

// stackVolume mounts RAM over a directory of the image. The directory goes by a name of ours, for overlay's options give
// commas and colons a meaning.
func stackVolume(base, root string, image *os.File) error {
	info, err := image.Stat()
	if err != nil {
		return err
	}
	if err := workload.MakeLike(base+"/upper", info); err != nil {
		return err
	}
	if err := os.Mkdir(base+"/work", 0o700); err != nil {
		return err
	}
	source := fmt.Sprintf("/proc/self/fd/%d", image.Fd())
	if err := (mount{source, base + "/lower", "", unix.MS_BIND, ""}).do(); err != nil {
		return err
	}
	options := "lowerdir=" + base + "/lower,upperdir=" + base + "/upper,workdir=" + base + "/work"
	return mount{"overlay", root, "overlay", unix.MS_NODEV | unix.MS_NOSUID, options}.do()
}

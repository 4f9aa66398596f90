// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/containerd/v2/pkg/archive"
	"golang.org/x/sys/unix"

	"github.com/escrin/escrin/imagebuild/difftest/listing"
	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
	"github.com/escrin/escrin/imagebuild/layer"
)

// timeMark is where the oracle keeps the time that an entry gave a directory: unpacking into it changes the real one.
const timeMark = "trusted.difftest.time"

// unpack applies layers, uncompressed tar streams, with containerd's code to a new directory and returns what is there.
// Where the two differ by intent it helps containerd along; each such place names the rule of layer/SPEC.md.
func unpack(ctx context.Context, dir string, layers []io.Reader) ([]listing.Entry, error) {
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	for i, stream := range layers {
		a := &applier{root: dir, start: time.Now().Unix() - 1} // the clock of a file system is a little late
		if _, err := archive.Apply(ctx, dir, stream, archive.WithFilter(a.filter)); err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
		if err := a.settle(); err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
	}
	entries, err := listing.Directory(dir)
	for i := range entries {
		entries[i].Xattrs = slices.DeleteFunc(entries[i].Xattrs, func(x listing.Xattr) bool { return !layer.AllowedXattr(x.Name) })
	}
	return entries, err
}

// applier applies one layer.
type applier struct {
	root  string
	start int64         // no entry has a time between this and now
	dirs  []*tar.Header // directories that containerd gives their times in the end
	top   *tar.Header   // the last entry of the root itself
}

// filter sees each header before containerd uses it.
func (a *applier) filter(h *tar.Header) (bool, error) {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return false, nil // containerd removes the file of that name
	}
	h.Name = strings.TrimPrefix(h.Name, "/")
	at := filepath.Join(a.root, h.Name)
	if h.Typeflag == tar.TypeDir {
		if clean(h.Name) == "" {
			return false, a.describeRoot(h)
		}
		a.dirs = append(a.dirs, h)
		return true, removeXattrs(at) // the specification: attributes of a directory are replaced, all of them
	}
	if !strings.HasPrefix(path.Base(h.Name), ".wh.") {
		a.forget(h.Name)
	}
	switch h.Typeflag {
	case tar.TypeChar, tar.TypeBlock: // rule 6
		h.Name = path.Join(path.Dir(h.Name), ".wh."+path.Base(h.Name))
		h.Typeflag = tar.TypeReg
	case tar.TypeLink: // rule 10
		return true, a.attributesOfTarget(h)
	}
	return true, nil
}

// describeRoot does what containerd leaves out: an entry of the root gives it attributes as any directory.
func (a *applier) describeRoot(h *tar.Header) error {
	a.top = h
	if err := removeXattrs(a.root); err != nil {
		return err
	}
	for key, value := range h.PAXRecords {
		if name, ok := strings.CutPrefix(key, "SCHILY.xattr."); ok && layer.AllowedXattr(name) {
			if err := unix.Lsetxattr(a.root, name, []byte(value), 0); err != nil {
				return err
			}
		}
	}
	if err := unix.Lchown(a.root, h.Uid, h.Gid); err != nil {
		return err
	}
	return unix.Chmod(a.root, uint32(h.Mode&0o7777))
}

// forget keeps containerd from giving what takes the place of a directory the directory's time in the end.
func (a *applier) forget(name string) {
	for _, dir := range a.dirs {
		if dir.Name == name || strings.HasPrefix(dir.Name, name+"/") {
			dir.Name = "."
		}
	}
}

// attributesOfTarget makes a hard link's header repeat what its file says.
func (a *applier) attributesOfTarget(h *tar.Header) error {
	e, err := listing.Read(a.root, clean(h.Linkname))
	if err != nil {
		return nil // containerd will find that out
	}
	h.Uid, h.Gid, h.Mode = int(e.UID), int(e.GID), int64(e.Mode&0o7777)
	h.ModTime, h.AccessTime = time.Unix(e.Mtime, 0), time.Time{}
	h.PAXRecords = map[string]string{}
	for _, x := range e.Xattrs {
		h.PAXRecords["SCHILY.xattr."+x.Name] = string(x.Value)
	}
	return nil
}

// removeXattrs removes all attributes of a directory that is there.
func removeXattrs(at string) error {
	e, err := listing.Read(at, ".")
	if err != nil || e.Mode&unix.S_IFMT != unix.S_IFDIR {
		return nil
	}
	for _, x := range e.Xattrs {
		if err := unix.Lremovexattr(at, x.Name); err != nil {
			return err
		}
	}
	return nil
}

// settle gives directories that only unpacking changed the time, and those that no entry names the time and owner, that
// rules 8 and 16 give them.
func (a *applier) settle() error {
	return filepath.WalkDir(a.root, func(at string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(at, &st); err != nil {
			return err
		}
		seconds := st.Mtim.Sec
		switch {
		case at == a.root && a.top != nil:
			seconds = a.top.ModTime.Unix()
		case a.start <= seconds && seconds <= time.Now().Unix() || at == a.root:
			if seconds, err = lastTime(at); err != nil {
				return err
			}
		}
		if err := unix.Lsetxattr(at, timeMark, strconv.AppendInt(nil, seconds, 10), 0); err != nil {
			return err
		}
		times := []unix.Timespec{{Sec: seconds}, {Sec: seconds}}
		return unix.UtimesNanoAt(unix.AT_FDCWD, at, times, unix.AT_SYMLINK_NOFOLLOW)
	})
}

// lastTime is the time that an entry of a lower layer gave a directory. If there was none, the directory is new.
func lastTime(at string) (int64, error) {
	value := make([]byte, 20)
	n, err := unix.Lgetxattr(at, timeMark, value)
	if errors.Is(err, unix.ENODATA) {
		return 0, unix.Lchown(at, 0, 0)
	}
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(string(value[:n]), 10, 64)
}

// whiteoutsFirst returns a layer with each whiteout before what it would hide of its own layer: whiteouts are about the
// layers below, wherever they are in the tar (rule 12), but containerd removes what it has unpacked by then. In its old
// place stays a whiteout of nothing, for its directory.
func whiteoutsFirst(entries []Entry) []Entry {
	entries = slices.Clone(entries)
	for i := 0; i < len(entries); i++ {
		e := entries[i]
		dir, base := path.Split(clean(e.Name))
		if !strings.HasPrefix(base, ".wh.") || e.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		hides := func(other Entry) bool {
			name := clean(other.Name)
			if base == ".wh..wh..opq" {
				return strings.HasPrefix(name, dir)
			}
			hidden := dir + base[len(".wh."):]
			return name == hidden || strings.HasPrefix(name, hidden+"/")
		}
		if j := slices.IndexFunc(entries[:i], hides); j >= 0 {
			entries[i] = File(dir+".wh.nothing has this name", "")
			entries = slices.Insert(entries, j, e)
		}
	}
	return entries
}

// directoriesFirst returns a layer with a directory before what is in it, where only a later entry has its name. That entry
// replaces a lower file or link wherever it is in the tar (rule 19), but containerd would go through the link until then.
func directoriesFirst(entries []Entry) []Entry {
	var result []Entry
	named := map[string]bool{}
	for i, e := range entries {
		start := len(result)
		for dir := path.Dir(clean(e.Name)); dir != "." && e.Typeflag != tar.TypeXGlobalHeader; dir = path.Dir(dir) {
			if !named[dir] && slices.ContainsFunc(entries[i:], func(other Entry) bool { return clean(other.Name) == dir }) {
				result = slices.Insert(result, start, Dir(dir))
			}
			named[dir] = true
		}
		named[clean(e.Name)] = true
		result = append(result, e)
	}
	return result
}

// clean is a name of a tar without a leading slash, and without "." and empty components.
func clean(name string) string { return strings.TrimPrefix(path.Clean("/"+name), "/") }

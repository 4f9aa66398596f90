// SPDX-License-Identifier: Apache-2.0

package layer

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// Whiteouts of the OCI image specification, layer.md.
const (
	whiteoutPrefix = ".wh."
	opaqueName     = ".wh..wh..opq"
)

// entry takes one tar entry into the tree.
func (c *converter) entry(h *tar.Header) error {
	if c.info.Entries++; c.info.Entries > c.limits.Entries {
		return fmt.Errorf("%w: more than %d entries", ErrLimit, c.limits.Entries)
	}
	if h.Typeflag == tar.TypeXGlobalHeader {
		return checkGlobal(h)
	}
	if err := c.checkHeader(h); err != nil {
		return err
	}
	parts, err := splitPath(h.Name)
	if err != nil {
		return err
	}
	for i, part := range parts {
		if !strings.HasPrefix(part, whiteoutPrefix) {
			continue
		}
		if i < len(parts)-1 {
			return errors.New("a path through a whiteout")
		}
		return c.whiteout(h, parts)
	}
	return c.node(h, parts)
}

// checkGlobal allows global pax headers that say nothing about entries: "git archive" writes its commit into one.
func checkGlobal(h *tar.Header) error {
	for key := range h.PAXRecords {
		if key != "comment" {
			return fmt.Errorf("global pax header sets %q for later entries", key)
		}
	}
	return nil
}

func (c *converter) checkHeader(h *tar.Header) error {
	if h.Size < 0 || h.Size > c.content {
		return fmt.Errorf("%w: content of %d bytes", ErrLimit, h.Size)
	}
	if h.Uid < 0 || h.Uid >= math.MaxUint32 || h.Gid < 0 || h.Gid >= math.MaxUint32 {
		return fmt.Errorf("owner %d:%d is not between 0 and %d", h.Uid, h.Gid, uint32(math.MaxUint32-1))
	}
	return checkSparse(h.PAXRecords)
}

// checkSparse takes the forms of sparse files that GNU tar writes into pax headers. Package tar passes over records that
// are none of them, and so would give another content than other readers do.
func checkSparse(records map[string]string) error {
	const prefix = "GNU.sparse."
	sparse := false
	for key := range records {
		sparse = sparse || strings.HasPrefix(key, prefix)
	}
	if !sparse {
		return nil
	}
	_, hasMap := records[prefix+"map"]
	_, hasSize := records[prefix+"size"]
	_, hasRealSize := records[prefix+"realsize"]
	switch records[prefix+"major"] + "." + records[prefix+"minor"] {
	case ".", "0.0", "0.1":
		if hasMap && hasSize && !hasRealSize {
			return nil
		}
	case "1.0":
		if !hasMap && !hasSize && hasRealSize {
			return nil
		}
	}
	return errors.New("a sparse file in an unknown form")
}

// whiteout hides what lower layers have: one name, or all that is in a directory.
func (c *converter) whiteout(h *tar.Header, parts []string) error {
	if h.Typeflag != tar.TypeReg || h.Size != 0 {
		return errors.New("a whiteout must be an empty regular file")
	}
	dir, name := parts[:len(parts)-1], parts[len(parts)-1]
	if name == opaqueName {
		return c.tree.opaque(dir)
	}
	hidden := strings.TrimPrefix(name, whiteoutPrefix)
	if err := erofs.CheckName(hidden); err != nil || strings.HasPrefix(hidden, whiteoutPrefix) {
		return errors.New("a whiteout of nothing that can exist")
	}
	return c.tree.whiteout(append(slices.Clone(dir), hidden))
}

// node puts an entry that is no whiteout into the tree. The tree refers to a file's content only after it is stored.
func (c *converter) node(h *tar.Header, parts []string) error {
	n := &erofs.Node{Attributes: c.attributes(h)}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse:
		n.Mode |= erofs.ModeRegular
		if err := c.file(n, h.Size); err != nil {
			return err
		}
	case tar.TypeDir:
		n.Mode |= erofs.ModeDir
		n = erofs.NewDir(n.Attributes)
	case tar.TypeSymlink:
		if h.Linkname == "" || len(h.Linkname) > erofs.MaxTarget {
			return fmt.Errorf("link target of %d bytes", len(h.Linkname))
		}
		n.Mode, n.Target = erofs.ModeSymlink|0o777, strings.Clone(h.Linkname)
	case tar.TypeFifo:
		n.Mode |= erofs.ModeFIFO
	case tar.TypeLink:
		target, err := splitPath(h.Linkname)
		if err != nil {
			return fmt.Errorf("link target: %w", err)
		}
		return c.tree.link(parts, target)
	case tar.TypeChar, tar.TypeBlock:
		// No image may bring a device: the name becomes one that does not exist.
		if c.info.Devices++; c.info.Devices == 1 {
			c.info.FirstDevice = h.Name
		}
		n = c.tree.device
	default:
		return fmt.Errorf("unsupported entry type %q", h.Typeflag)
	}
	return c.tree.put(parts, n)
}

// file takes the content of a file: whole blocks go to the image, the tail waits until its inode has a place.
func (c *converter) file(n *erofs.Node, size int64) error {
	tail, err := n.InlineTail(size)
	if err != nil {
		return err
	}
	n.Size = size
	c.content -= size
	if whole := size - int64(tail); whole > 0 {
		if n.Block, err = c.sink.Block(); err != nil {
			return err
		}
		for whole > 0 {
			room := c.sink.Space(whole)
			if err := readContent(c.tar, room); err != nil {
				return err
			}
			c.sink.Grow(len(room))
			whole -= int64(len(room))
		}
		c.sink.Pad()
	}
	if tail == 0 {
		return nil
	}
	room, offset, err := c.tails.space(tail)
	if err != nil {
		return err
	}
	n.Tail = offset
	return readContent(c.tar, room)
}

func readContent(r io.Reader, p []byte) error {
	_, err := io.ReadFull(r, p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("copy content: %w", err)
	}
	return nil
}

func (c *converter) attributes(h *tar.Header) erofs.Attributes {
	a := erofs.Attributes{Mode: uint16(h.Mode & 0o7777), UID: uint32(h.Uid), GID: uint32(h.Gid), Mtime: h.ModTime.Unix()}
	for _, key := range slices.Sorted(maps.Keys(h.PAXRecords)) {
		name, ok := strings.CutPrefix(key, "SCHILY.xattr.")
		if !ok {
			continue
		}
		if !AllowedXattr(name) || strings.HasPrefix(name, "user.") && h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeDir {
			c.info.Attributes++
			continue
		}
		a.Xattrs = append(a.Xattrs, erofs.Xattr{Name: strings.Clone(name), Value: []byte(h.PAXRecords[key])})
	}
	return a
}

// AllowedXattr tells whether an extended attribute of an image is kept: file capabilities, which a nosuid mount
// ignores, and the user's own. What steers overlayfs, and labels and access lists of the machine that made the image,
// is left out. The user's own can only be on files and directories: the kernel keeps them from all else.
func AllowedXattr(name string) bool {
	if name == "security.capability" {
		return true
	}
	return strings.HasPrefix(name, "user.") && len(name) > len("user.") && !strings.HasPrefix(name, "user.overlay.")
}

// splitPath splits a name of a tar into its components. A leading slash means the image's root, as "./" does.
func splitPath(name string) ([]string, error) {
	if name == "" || len(name) > erofs.MaxTarget {
		return nil, fmt.Errorf("name of %d bytes", len(name))
	}
	var parts []string
	for _, part := range strings.Split(name, "/") {
		if part == "" || part == "." {
			continue
		}
		// a whiteout of the longest name is longer than any name
		if err := erofs.CheckName(strings.TrimPrefix(part, whiteoutPrefix)); err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

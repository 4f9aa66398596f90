// SPDX-License-Identifier: Apache-2.0

package source

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
)

const (
	// maxEntries bounds the entries of a root file system, and maxEntryBytes the bytes of their names, links and extended
	// attributes (threat IMG-08).
	maxEntries, maxEntryBytes = 1 << 20, 256 << 20
	// maxAttributes bounds the bytes of the names and values of one entry's extended attributes; each has a cost of
	// attributeCost more in memory.
	maxAttributes, attributeCost = 4 << 10, 256
	// maxName is the longest name with all its folders, in bytes.
	maxName = 4095
	// whiteout begins the names that a layer uses to remove others.
	whiteout = ".wh."
	// paxXattr begins the keys of extended attributes in a tar.
	paxXattr = "SCHILY.xattr."
)

// entry is a name of a root file system.
type entry struct {
	name         string // without a leading slash
	link         string // what a symbolic link says, or the name that a hard link repeats
	kind         byte   // as in a tar
	mode         int64  // permission bits, 07777
	uid, gid     int
	size         int64
	major, minor int64 // of a device
	group        int   // entries of one group are the same file; 0 for those that are alone
	offset       int64 // of the content in a tar
	attributes   map[string]string
	inode        uint64
}

// tally counts entries and what they hold in memory.
type tally struct{ entries, bytes int }

var errTooManyEntries = fmt.Errorf("more than %d entries, or %d bytes of names and attributes", maxEntries, maxEntryBytes)

func (t *tally) add(e entry) error {
	t.entries++
	t.bytes += len(e.name) + len(e.link) + len(e.attributes)*attributeCost + attributeBytes(e.attributes)
	if t.entries > maxEntries || t.bytes > maxEntryBytes {
		return errTooManyEntries
	}
	return nil
}

func attributeBytes(attributes map[string]string) (n int) {
	for name, value := range attributes {
		n += len(name) + len(value)
	}
	return n
}

var errAttributes = fmt.Errorf("more than %d bytes of extended attributes", maxAttributes)

// canonical sorts entries by name, gives those whose folders are missing folders of root's, and makes hard links of all
// names of a file but the first.
func canonical(entries []entry) ([]entry, error) {
	var count tally
	kinds := make(map[string]byte, len(entries))
	for _, e := range entries {
		if err := count.add(e); err != nil {
			return nil, err
		}
		if strings.HasPrefix(path.Base(e.name), whiteout) {
			return nil, fmt.Errorf("%q: in an image a name that begins with %q removes another: rename it", e.name, whiteout)
		}
		kinds[e.name] = e.kind
	}
	for _, e := range entries {
		for end := strings.LastIndexByte(e.name, '/'); end > 0; end = strings.LastIndexByte(e.name[:end], '/') {
			parent := e.name[:end]
			kind, known := kinds[parent]
			if known && kind != tar.TypeDir {
				return nil, fmt.Errorf("%q lies in %q, which is not a folder", e.name, parent)
			}
			if known {
				break
			}
			implied := entry{name: parent, kind: tar.TypeDir, mode: 0o755}
			if err := count.add(implied); err != nil {
				return nil, err
			}
			kinds[parent] = tar.TypeDir
			entries = append(entries, implied)
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	linkGroups(entries)
	return entries, nil
}

func linkGroups(entries []entry) {
	first := make(map[int]string)
	for i := range entries {
		e := &entries[i]
		if e.group == 0 {
			continue
		}
		if name, ok := first[e.group]; ok {
			e.kind, e.link, e.size = tar.TypeLink, name, 0
			continue
		}
		first[e.group] = e.name
	}
}

// writeTree writes entries as a tar.
func writeTree(ctx context.Context, w io.Writer, entries []entry, open func(entry) (io.ReadCloser, map[string]string, error)) error {
	out := tar.NewWriter(w)
	buffer := make([]byte, 256<<10)
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writeEntry(ctx, out, e, open, buffer); err != nil {
			return fmt.Errorf("%q: %w", e.name, err)
		}
	}
	return out.Close()
}

func writeEntry(ctx context.Context, out *tar.Writer, e entry, open func(entry) (io.ReadCloser, map[string]string, error), buffer []byte) error {
	header := &tar.Header{
		Typeflag: e.kind, Name: e.name, Linkname: e.link, Mode: e.mode, Uid: e.uid, Gid: e.gid, Size: e.size,
		Devmajor: e.major, Devminor: e.minor, ModTime: time.Unix(0, 0), Format: tar.FormatPAX,
	}
	if e.kind == tar.TypeDir {
		header.Name += "/"
	}
	if e.kind != tar.TypeReg && e.kind != tar.TypeDir {
		return out.WriteHeader(header)
	}
	content, attributes, err := open(e)
	if err != nil {
		return err
	}
	defer content.Close()
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		if header.PAXRecords == nil {
			header.PAXRecords = make(map[string]string)
		}
		header.PAXRecords[paxXattr+key] = attributes[key]
	}
	if err := out.WriteHeader(header); err != nil || e.kind == tar.TypeDir {
		return err
	}
	switch n, err := io.CopyBuffer(struct{ io.Writer }{out}, &counted{ctx: ctx, r: content}, buffer); {
	case errors.Is(err, tar.ErrWriteTooLong) || err == nil && n != e.size:
		return errChanged
	default:
		return err
	}
}

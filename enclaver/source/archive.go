// SPDX-License-Identifier: Apache-2.0

package source

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/escrin/escrin/imagebuild/layer"
)

const (
	// maxMembers bounds the files of an image's archive, and maxMemberNames the bytes of their names.
	maxMembers, maxMemberNames = 1 << 16, 16 << 20
	// maxLinks bounds how many links lead to a member.
	maxLinks = 8
)

// archive is a tar whose members are read in place.
type archive struct {
	file    *os.File
	members map[string]member
}

// member is a file of an archive, or a link to one.
type member struct {
	offset, size int64
	link         string // the member that it stands for, or ""
	repeated     bool   // the archive has the name twice, so that readers may disagree about what it is
}

// errTooMany says that a tar has more members than an image has.
var errTooMany = fmt.Errorf("more than %d files: it is not an image", maxMembers)

// newArchive reads the headers of a tar. The archive owns the file from then on, unless there is an error.
func newArchive(ctx context.Context, file *os.File) (*archive, error) {
	a := &archive{file: file, members: make(map[string]member)}
	names := 0
	err := scanTar(ctx, file, func(h *tar.Header, offset int64) error {
		name := path.Clean("/" + h.Name)[1:]
		if names += len(name) + len(h.Linkname); names > maxMemberNames || len(a.members) == maxMembers {
			return errTooMany
		}
		m := member{offset: offset, size: h.Size}
		switch h.Typeflag {
		case tar.TypeReg:
		case tar.TypeSymlink:
			m.link = path.Join("/", path.Dir(name), h.Linkname)[1:]
		case tar.TypeLink:
			m.link = path.Clean("/" + h.Linkname)[1:]
		default:
			return nil
		}
		_, m.repeated = a.members[name]
		a.members[name] = m
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// scanTar calls visit for each member of a tar with the offset of its content. It refuses what does not lie in the tar
// as it is read, and what would change the meaning of the members behind it (threats IMG-09, IMG-10).
func scanTar(ctx context.Context, file *os.File, visit func(h *tar.Header, offset int64) error) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	section := io.NewSectionReader(file, 0, info.Size())
	reader := tar.NewReader(section)
	start := int64(0) // of the next header
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := reader.Next()
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read tar: %w", err)
		}
		offset, failed := section.Seek(0, io.SeekCurrent)
		if failed == nil {
			failed = checkHeaders(file, start, offset, h)
		}
		if failed != nil {
			return fmt.Errorf("read tar: %w", failed)
		}
		if h == nil {
			return nil
		}
		if err := checkPlain(h); err != nil {
			return fmt.Errorf("read tar: %q: %w", h.Name, err)
		}
		start = (offset + h.Size + tarBlock - 1) &^ (tarBlock - 1)
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		if err := visit(h, offset); err != nil {
			return err
		}
	}
}

const (
	tarBlock = 512
	// maxHeaders bounds what may describe one member, in bytes: package tar takes extended headers of 1 MiB.
	maxHeaders = 4 << 20
)

// checkHeaders holds what describes a member, from start to end of the tar, to the rules for layers. At the tar's end, h
// is nil.
func checkHeaders(file io.ReaderAt, start, end int64, h *tar.Header) error {
	if end-start > maxHeaders {
		return fmt.Errorf("headers of more than %d bytes", maxHeaders)
	}
	raw := make([]byte, max(end-start, 0))
	if _, err := file.ReadAt(raw, start); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	err := layer.CheckHeaders(raw, h)
	if err != nil && h != nil {
		err = fmt.Errorf("%q: %w", h.Name, err)
	}
	return err
}

func checkPlain(h *tar.Header) error {
	if h.Typeflag == tar.TypeGNUSparse {
		return errors.New("sparse files are not read: make the tar without them")
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return errors.New("sparse files are not read: make the tar without them")
		}
		if h.Typeflag == tar.TypeXGlobalHeader && key != "comment" {
			return fmt.Errorf("global headers (%s) are refused", key)
		}
	}
	return nil
}

// find follows the links of a member.
func (a *archive) find(name string) (member, error) {
	at := name
	for range maxLinks {
		m, ok := a.members[at]
		switch {
		case !ok:
			return member{}, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		case m.repeated:
			return member{}, fmt.Errorf("%s appears twice in the archive", at)
		case m.link == "":
			return m, nil
		}
		at = m.link
	}
	return member{}, fmt.Errorf("%s: too many links", name)
}

func (a *archive) section(m member) *io.SectionReader {
	return io.NewSectionReader(a.file, m.offset, m.size)
}

func (a *archive) open(name string) (io.ReadCloser, error) {
	m, err := a.find(path.Clean("/" + name)[1:])
	if err != nil {
		return nil, err
	}
	return io.NopCloser(a.section(m)), nil
}

func (a *archive) has(name string) bool {
	_, ok := a.members[name]
	return ok
}

func (a *archive) Close() error { return a.file.Close() }

// SPDX-License-Identifier: Apache-2.0

package source

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/escrin/escrin/imagebuild/layer"
)

// rootTar is a root file system in a tar.
type rootTar struct {
	load func(context.Context) (*os.File, error)
	file *os.File // nil until it is listed
}

func (t *rootTar) entries(ctx context.Context) (_ []entry, err error) {
	if t.file == nil {
		if t.file, err = t.load(ctx); err != nil {
			return nil, err
		}
	}
	scan := tarScan{at: make(map[string]int)}
	err = scanTar(ctx, t.file, func(h *tar.Header, offset int64) error {
		if err := scan.add(h, offset); err != nil {
			return fmt.Errorf("%q: %w", h.Name, err)
		}
		return nil
	})
	if err == nil && scan.at[layoutFile]+scan.at[savedFile] > 0 {
		err = errors.New("it is an image already: leave --rootfs out")
	}
	return scan.entries, err
}

type tarScan struct {
	entries []entry
	at      map[string]int // one more than the place of a name in entries
	groups  int
	count   tally
}

func (s *tarScan) add(h *tar.Header, offset int64) error {
	name, err := cleanName(h.Name)
	if err != nil || name == "" {
		return err // the root folder itself says nothing: it is root's, and open to all
	}
	e := entry{name: name, kind: h.Typeflag, mode: h.Mode & 0o7777, uid: h.Uid, gid: h.Gid, offset: offset}
	switch h.Typeflag {
	case tar.TypeReg:
		e.size = h.Size
	case tar.TypeDir, tar.TypeFifo:
	case tar.TypeSymlink:
		e.link, e.mode = strings.Clone(h.Linkname), 0o777 // and not with all that stood beside it
	case tar.TypeChar, tar.TypeBlock:
		e.major, e.minor = h.Devmajor, h.Devminor
	case tar.TypeLink:
		if e, err = s.same(name, h.Linkname); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown type %q", h.Typeflag)
	}
	if h.Typeflag == tar.TypeReg || h.Typeflag == tar.TypeDir {
		if e.attributes, err = attributesIn(h); err != nil {
			return err
		}
	}
	if e.uid < 0 || e.gid < 0 || e.uid >= math.MaxUint32 || e.gid >= math.MaxUint32 {
		return fmt.Errorf("owner %d:%d is out of bounds", e.uid, e.gid)
	}
	return s.put(e)
}

// same returns the file that a hard link names, under the link's own name.
func (s *tarScan) same(name, target string) (entry, error) {
	clean, err := cleanName(target)
	if err != nil {
		return entry{}, err
	}
	i := s.at[clean] - 1
	if i < 0 || s.entries[i].kind == tar.TypeDir {
		return entry{}, fmt.Errorf("it is a hard link to %q, which is no file before it", target)
	}
	if s.entries[i].group == 0 && s.entries[i].kind == tar.TypeReg {
		s.groups++
		s.entries[i].group = s.groups
	}
	e := s.entries[i]
	e.name = name
	return e, nil
}

// put adds an entry. The same folder may come again, and has the later attributes; all else may come once, as readers
// differ in what they take (threat IMG-11).
func (s *tarScan) put(e entry) error {
	if err := s.count.add(e); err != nil {
		return err
	}
	if i := s.at[e.name] - 1; i >= 0 {
		if e.kind != tar.TypeDir || s.entries[i].kind != tar.TypeDir {
			return errors.New("it appears twice")
		}
		s.entries[i] = e
		return nil
	}
	s.entries = append(s.entries, e)
	s.at[e.name] = len(s.entries)
	return nil
}

// attributesIn copies those extended attributes that an enclave keeps, so that the rest of a header, which may be long,
// is let go.
func attributesIn(h *tar.Header) (map[string]string, error) {
	attributes, size := make(map[string]string), 0
	for key, value := range h.PAXRecords {
		name, ok := strings.CutPrefix(key, paxXattr)
		if !ok || !layer.AllowedXattr(name) {
			continue
		}
		if size += len(name) + len(value); size > maxAttributes {
			return nil, errAttributes
		}
		attributes[strings.Clone(name)] = strings.Clone(value)
	}
	if len(attributes) == 0 {
		return nil, nil
	}
	return attributes, nil
}

func (t *rootTar) open(e entry) (io.ReadCloser, map[string]string, error) {
	return io.NopCloser(io.NewSectionReader(t.file, e.offset, e.size)), e.attributes, nil
}

func (t *rootTar) Close() error {
	if t.file == nil {
		return nil
	}
	return t.file.Close()
}

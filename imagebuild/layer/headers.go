// SPDX-License-Identifier: Apache-2.0

package layer

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxHeaders bounds what may describe one entry, in bytes: package tar takes extended headers of 1 MiB.
const maxHeaders = 4 << 20

const tarBlock = 512

// headers passes an archive on to package tar and keeps what that reads to find the next entry. What other programs would
// read in another way is refused (IMG-10): package tar forgives it.
type headers struct {
	r    io.Reader
	at   int64
	keep bool
	kept []byte
}

// Read implements io.Reader.
func (h *headers) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.at += int64(n)
	if h.keep {
		if len(h.kept)+n > maxHeaders {
			return 0, fmt.Errorf("%w: headers of more than %d bytes", ErrLimit, maxHeaders)
		}
		h.kept = append(h.kept, p[:n]...)
	}
	return n, err
}

// next returns the next entry of the archive.
func (h *headers) next(t *tar.Reader) (*tar.Header, error) {
	if _, err := io.Copy(io.Discard, t); err != nil {
		return nil, err
	}
	padding := int(-h.at & (tarBlock - 1))
	h.keep, h.kept = true, h.kept[:0]
	header, err := t.Next()
	h.keep = false
	if err != nil && err != io.EOF && !errors.Is(err, tar.ErrInsecurePath) { // names are judged later, with the same result everywhere
		return nil, err
	}
	if len(h.kept) < padding {
		return nil, io.ErrUnexpectedEOF
	}
	if bad := CheckHeaders(h.kept[padding:], header); bad != nil {
		return nil, bad
	}
	if header == nil {
		return nil, io.EOF
	}
	return header, nil
}

// CheckHeaders refuses an entry of a tar that programs read in different ways: raw is its header with the extended headers
// before it, and header what package tar made of them, nil at the archive's end. The rules are in SPEC.md, 7.
func CheckHeaders(raw []byte, header *tar.Header) error {
	if err := checkHeaders(raw); err != nil || header == nil {
		return err
	}
	return checkOverrides(header)
}

// checkHeaders takes one header with at most one extended header of the pax kind, or with at most one long name and one
// long link target of GNU's kind; programs differ in which of several counts.
func checkHeaders(b []byte) error {
	seen := ""
	for len(b) >= tarBlock {
		block := b[:tarBlock]
		b = b[tarBlock:]
		kind := block[156]
		if err := errors.Join(checkPrefix(block), checkNumbers(block)); err != nil {
			return err
		}
		switch kind {
		case tar.TypeXHeader, tar.TypeGNULongName, tar.TypeGNULongLink:
			if strings.IndexByte(seen, kind) >= 0 || seen != "" && (kind == tar.TypeXHeader || seen[0] == tar.TypeXHeader) {
				return errors.New("several extended headers for one entry")
			}
			seen += string(kind)
		default:
			if (kind == tar.TypeXGlobalHeader || zero(block)) && seen != "" {
				return errors.New("an extended header without an entry")
			}
			if hasNoContent(kind) && strings.Trim(string(block[124:136]), " 0\x00\x80") != "" {
				return errSizeWithoutContent
			}
			return nil
		}
		// the size is octal, or else package tar would have found no entry
		size, err := strconv.ParseInt(strings.Trim(string(block[124:136]), " \x00"), 8, 64)
		if err != nil || size > int64(len(b)) {
			return errors.New("an extended header of unknown length")
		}
		if kind != tar.TypeXHeader && (size == 0 || b[0] == 0) {
			return errors.New("an empty long name")
		}
		b = b[min((size+tarBlock-1)&^(tarBlock-1), int64(len(b))):]
	}
	if seen != "" {
		return errors.New("an extended header without an entry")
	}
	return nil
}

// checkPrefix refuses a header with something where the POSIX format has the first part of a name, unless it is of that
// format: only some programs read it then.
func checkPrefix(block []byte) error {
	if string(block[257:263]) == "ustar\x00" || block[156] == tar.TypeGNUSparse || zero(block[345:500]) {
		return nil
	}
	return errors.New("a name's prefix, or times, in a header of another format")
}

// checkNumbers refuses numbers in a header that some programs end earlier than others, or cannot hold.
func checkNumbers(block []byte) error {
	const mode, owner, group, size, mtime, sum, kind, major, minor, end = 100, 108, 116, 124, 136, 148, 156, 329, 337, 345
	for _, f := range [][2]int{{mode, owner}, {owner, group}, {group, size}, {size, mtime}, {mtime, sum}, {sum, kind}, {major, minor}, {minor, end}} {
		b := block[f[0]:f[1]]
		if b[0] == 0x80 && f[0] != mode && f[0] != sum || b[0] == 0xff && f[0] == mtime {
			continue // binary
		}
		if err := checkOctal(b); err != nil {
			return err
		}
	}
	return nil
}

// checkOctal takes spaces, octal digits, and then spaces and zero bytes.
func checkOctal(b []byte) error {
	at := 0
	for at < len(b) && b[at] == ' ' {
		at++
	}
	for at < len(b) && b[at] >= '0' && b[at] <= '7' {
		at++
	}
	if at < len(b) && b[at] != ' ' && b[at] != 0 {
		return errors.New("a number that is not octal")
	}
	for _, c := range b[at:] {
		if c != ' ' && c != 0 {
			return errors.New("a number with something after its end")
		}
	}
	return nil
}

// errSizeWithoutContent refuses what some programs pass over content for, and others do not.
var errSizeWithoutContent = errors.New("a size of something that has no content")

// hasNoContent tells the types of which most programs believe no size: links, devices, directories and fifos.
func hasNoContent(kind byte) bool { return kind >= tar.TypeLink && kind <= tar.TypeFifo }

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// checkOverrides refuses values of extended headers, and names, that programs understand in different ways.
func checkOverrides(h *tar.Header) error {
	for i, key := range []string{"path", "linkpath", "size", "uid", "gid", "mtime"} {
		value, ok := h.PAXRecords[key]
		if ok && (value == "" || i >= 2 && value[0] == '+') && h.Typeflag != tar.TypeXGlobalHeader {
			return fmt.Errorf("extended header: %s is %q", key, value)
		}
	}
	if hasNoContent(h.Typeflag) && h.Size != 0 {
		return errSizeWithoutContent
	}
	if _, ok := h.PAXRecords["SCHILY.realsize"]; ok {
		return errors.New("a sparse file in an unknown form")
	}
	if (strings.HasSuffix(h.Name, "/") || strings.HasSuffix(h.Name, "/.")) && h.Typeflag != tar.TypeDir && h.Typeflag != tar.TypeXGlobalHeader {
		return fmt.Errorf("%q is not a directory, but its name ends in a slash or a dot alone", h.Name)
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

const (
	xattrHeader = 12 // name filter, number of shared attributes, reserved
	xattrEntry  = 4  // name length, namespace, value length
)

// xattrSpaces are the namespaces by their number in the format; the others are never written.
func xattrSpaces() map[uint8]string {
	return map[uint8]string{1: "user.", 4: "trusted.", 6: "security."}
}

func splitXattr(name string) (space uint8, rest string, err error) {
	for number, prefix := range xattrSpaces() {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" && len(rest) <= MaxName {
			return number, rest, nil
		}
	}
	return 0, "", fmt.Errorf("extended attribute %q: unsupported name", name)
}

// xattrSize is the number of bytes that the attributes take behind the inode. Inode and attributes share one block.
func (a Attributes) xattrSize() (int, error) {
	if len(a.Xattrs) == 0 {
		return 0, nil
	}
	size := xattrHeader
	for i, x := range a.Xattrs {
		_, rest, err := splitXattr(x.Name)
		if err != nil {
			return 0, err
		}
		if i > 0 && a.Xattrs[i-1].Name >= x.Name {
			return 0, fmt.Errorf("extended attribute %q: out of order", x.Name)
		}
		size += xattrEntry + align(len(rest)+len(x.Value), 4)
		if size > BlockSize-inodeSize {
			return 0, fmt.Errorf("extended attributes of more than %d bytes", BlockSize-inodeSize)
		}
	}
	return size, nil
}

func (a Attributes) appendXattrs(b []byte) []byte {
	if len(a.Xattrs) == 0 {
		return b
	}
	b = append(b, make([]byte, xattrHeader)...)
	for _, x := range a.Xattrs {
		space, rest, _ := splitXattr(x.Name) // names were checked by xattrSize
		b = append(b, uint8(len(rest)), space)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(x.Value)))
		b = append(append(b, rest...), x.Value...)
		b = append(b, make([]byte, align(len(rest)+len(x.Value), 4)-len(rest)-len(x.Value))...)
	}
	return b
}

// parseXattrs reads what appendXattrs writes and nothing else.
func parseXattrs(b []byte) ([]Xattr, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if len(b) <= xattrHeader {
		return nil, errors.New("extended attributes: too short")
	}
	var a Attributes
	for rest := b[xattrHeader:]; len(rest) > 0; {
		if len(rest) < xattrEntry {
			return nil, errors.New("extended attributes: cut short")
		}
		nameLen, valueLen := int(rest[0]), int(binary.LittleEndian.Uint16(rest[2:]))
		prefix, known := xattrSpaces()[rest[1]]
		end := xattrEntry + align(nameLen+valueLen, 4)
		if !known || end > len(rest) {
			return nil, errors.New("extended attributes: unknown namespace or cut short")
		}
		body := rest[xattrEntry:]
		a.Xattrs = append(a.Xattrs, Xattr{Name: prefix + string(body[:nameLen]), Value: append([]byte{}, body[nameLen:nameLen+valueLen]...)})
		rest = rest[end:]
	}
	if _, err := a.xattrSize(); err != nil {
		return nil, err
	}
	if string(a.appendXattrs(nil)) != string(b) {
		return nil, errors.New("extended attributes: not in canonical form")
	}
	return a.Xattrs, nil
}

func align(n, to int) int { return (n + to - 1) / to * to }

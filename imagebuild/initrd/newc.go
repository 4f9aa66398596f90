// SPDX-License-Identifier: Apache-2.0

package initrd

import (
	"bufio"
	"fmt"
	"io/fs"
)

// writer writes newc records and keeps the first error.
type writer struct {
	dst     *bufio.Writer
	written int64
	err     error
}

func (w *writer) bytes(b []byte) {
	if w.err != nil {
		return
	}
	var n int
	n, w.err = w.dst.Write(b)
	w.written += int64(n)
}

func (w *writer) pad(boundary int64) {
	if rest := w.written % boundary; rest != 0 {
		w.bytes(make([]byte, boundary-rest))
	}
}

// entry writes one record: header, name with a NUL, padding, data, padding. Inode number 0 is the trailer's.
func (w *writer) entry(inode uint32, e Entry) {
	links := 1
	if e.Mode.IsDir() {
		links = 2
	}
	header := fmt.Appendf(nil, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		inode, statMode(inode, e.Mode), 0, 0, links, 0, len(e.Data), 0, 0, 0, 0, len(e.Name)+1, 0)
	w.bytes(header)
	w.bytes(append([]byte(e.Name), 0))
	w.pad(4)
	w.bytes(e.Data)
	w.pad(4)
}

// statMode gives the st_mode of a record; the trailer has none.
func statMode(inode uint32, mode fs.FileMode) uint32 {
	if inode == 0 {
		return 0
	}
	bits := uint32(mode.Perm())
	for flag, bit := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if mode&flag != 0 {
			bits |= bit
		}
	}
	switch mode.Type() {
	case fs.ModeDir:
		return bits | 0o040000
	case fs.ModeSymlink:
		return bits | 0o120000
	}
	return bits | 0o100000
}

// SPDX-License-Identifier: Apache-2.0

package task

import (
	"fmt"
	"io"
	"strings"
)

// archive writes a tar of the interchange format of POSIX.1-2001 (pax): as little of it as outputs need, which
// archive/tar is 70 kB more than in the guest.
type archive struct{ w io.Writer }

const (
	tarBlock  = 512
	tarName   = 100 // bytes of the header's field
	tarFile   = '0'
	tarDir    = '5'
	tarExtend = 'x' // what follows applies to the next entry
)

// entry writes one entry: a file of size bytes of data, or a directory.
func (a archive) entry(kind byte, name string, mode uint32, size int64, data io.Reader) error {
	field := name
	if len(name) > tarName || strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 }) {
		record := paxRecord("path", name)
		field = "long name"
		if err := a.entry(tarExtend, "pax", 0, int64(len(record)), strings.NewReader(record)); err != nil {
			return err
		}
	}
	header := tarHeader(kind, field, mode, size)
	if _, err := a.w.Write(header[:]); err != nil || size == 0 {
		return err
	}
	n, err := io.CopyN(a.w, data, size)
	if err == io.EOF { // must not look like the end of the archive
		err = fmt.Errorf("%s ends after %d of %d bytes", name, n, size)
	}
	if err != nil {
		return err
	}
	_, err = a.w.Write(make([]byte, -size&(tarBlock-1)))
	return err
}

// close writes the end of the archive.
func (a archive) close() error {
	_, err := a.w.Write(make([]byte, 2*tarBlock))
	return err
}

// tarHeader is the block before an entry. Sizes are below 8 GiB. Owner and time are zero.
func tarHeader(kind byte, name string, mode uint32, size int64) (block [tarBlock]byte) {
	put := func(offset int, text string) { copy(block[offset:], text) }
	put(0, name)
	put(100, fmt.Sprintf("%07o\x00%07o\x00%07o\x00%011o\x00%011o\x00        ", mode, 0, 0, size, 0))
	block[156] = kind
	put(257, "ustar\x0000")
	put(329, "0000000\x000000000\x00") // device
	sum := 0
	for _, b := range block {
		sum += int(b)
	}
	put(148, fmt.Sprintf("%06o\x00 ", sum))
	return block
}

// paxRecord is "LENGTH key=value\n", whose length counts itself.
func paxRecord(key, value string) string {
	rest := " " + key + "=" + value + "\n"
	size := len(rest)
	for size != len(fmt.Sprint(size))+len(rest) {
		size = len(fmt.Sprint(size)) + len(rest)
	}
	return fmt.Sprint(size) + rest
}

// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"bytes"
	"fmt"
	"strings"
)

// block returns a tar header of the old kind with magic "ustar", changed and then given its checksum.
func block(kind byte, name, link string, size int, change ...func(b []byte)) []byte {
	b := make([]byte, 512)
	copy(b[0:100], name)
	copy(b[100:], "0000644\x000000001\x000000002\x00")
	copy(b[124:], fmt.Sprintf("%011o\x00%011o\x00", size, 1_000_000))
	b[156] = kind
	copy(b[157:257], link)
	copy(b[257:], "ustar\x0000")
	for _, c := range change {
		c(b)
	}
	return checksum(b)
}

func checksum(b []byte) []byte {
	copy(b[148:156], "        ")
	sum := 0
	for _, c := range b {
		sum += int(c)
	}
	copy(b[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

// field writes a field of a header.
func field(offset int, value string) func([]byte) {
	return func(b []byte) { copy(b[offset:], value) }
}

// Offsets of the fields of a header.
const (
	fieldMode     = 100
	fieldUID      = 108
	fieldSize     = 124
	fieldTime     = 136
	fieldChecksum = 148
	fieldMagic    = 257
	fieldPrefix   = 345
)

// gnuMagic turns a header into GNU's kind.
var gnuMagic = field(fieldMagic, "ustar  \x00")

// data returns content with its padding.
func data(content string) []byte {
	return append([]byte(content), make([]byte, -len(content)&511)...)
}

// join makes an archive of parts.
func join(parts ...[]byte) []byte {
	return append(bytes.Join(parts, nil), make([]byte, 1024)...)
}

func file(name, content string, change ...func([]byte)) []byte {
	return append(block('0', name, "", len(content), change...), data(content)...)
}

// pax returns an extended header: records as "key=value", or a body as it is.
func pax(kind byte, records ...string) []byte {
	var body strings.Builder
	for _, r := range records {
		n := len(r) + 3
		for len(fmt.Sprint(n))+len(r)+2 != n {
			n++
		}
		fmt.Fprintf(&body, "%d %s\n", n, r)
	}
	return paxBody(kind, body.String())
}

func paxBody(kind byte, body string) []byte {
	return append(block(kind, "PaxHeaders/x", "", len(body)), data(body)...)
}

// long returns an entry of GNU's with the name (kind L) or link target (kind K) of the next one.
func long(kind byte, value string) []byte {
	return append(block(kind, "././@LongLink", "", len(value), gnuMagic), data(value)...)
}

// oddTars are archives that are odd in one way each.
func oddTars() map[string][]byte {
	hidden := join(file("hidden", "x"))
	hidden = hidden[:1024]
	tars := map[string][]byte{
		"plain":                            join(file("a", "content")),
		"file with a slash and a dot":      join(file("a/.", "content")),
		"file for a directory by a dot":    join(block('5', "a/", "", 0), file("a/.", "content")),
		"file with a slash":                join(file("a/", "content")),
		"empty file with a slash":          join(file("a/", "")),
		"old file with a slash":            join(block(0, "a/", "", 0)),
		"old file":                         join(block(0, "a", "", 1), data("x")),
		"contiguous file":                  join(block('7', "a", "", 1), data("x")),
		"unknown type":                     join(block('Z', "a", "", 1), data("x")),
		"symlink with a slash":             join(block('2', "a/", "b", 0)),
		"hard link with a slash":           join(file("b", "x"), block('1', "a/", "b", 0)),
		"fifo with a slash":                join(block('6', "a/", "", 0)),
		"directory without a slash":        join(block('5', "a", "", 0)),
		"hard link with a size, no data":   join(file("b", "x"), block('1', "a", "b", 1024)),
		"hard link with a size and data":   join(file("b", "x"), block('1', "a", "b", 1024), hidden),
		"symlink with a size and data":     join(block('2', "a", "b", 1024), hidden),
		"symlink with a size, no data":     join(block('2', "a", "b", 1024)),
		"directory with a size, no data":   join(block('5', "a/", "", 1024)),
		"directory with a size and data":   join(block('5', "a/", "", 1024), hidden),
		"fifo with a size and data":        join(block('6', "a", "", 1024), hidden),
		"fifo with a size, no data":        join(block('6', "a", "", 1024)),
		"file with a link name":            join(block('0', "a", "b", 0)),
		"directory with a link name":       join(block('5', "a/", "b", 0)),
		"symlink to nothing":               join(block('2', "a", "", 0)),
		"hard link to nothing":             join(file("b", "x"), block('1', "a", "", 0)),
		"hard link to itself":              join(file("a", "x"), block('1', "a", "a", 0)),
		"hard link to what is missing":     join(block('1', "a", "b", 0)),
		"hard link to what comes later":    join(block('1', "a", "b", 0), file("b", "x")),
		"hard link to a directory":         join(block('5', "b/", "", 0), block('1', "a", "b", 0)),
		"hard link to a symlink":           join(file("c", "x"), block('2', "b", "c", 0), block('1', "a", "b", 0)),
		"hard link to a dangling symlink":  join(block('2', "b", "c", 0), block('1', "a", "b", 0)),
		"hard link with a leading slash":   join(file("b", "x"), block('1', "a", "/b", 0)),
		"hard link with a leading dot":     join(file("b", "x"), block('1', "a", "./b", 0)),
		"leading slash":                    join(file("/a", "x")),
		"leading dot":                      join(file("./a", "x")),
		"two slashes":                      join(file("a//b", "x")),
		"dot inside":                       join(file("a/./b", "x")),
		"dot dot":                          join(file("a/../b", "x")),
		"dot dot at the end":               join(block('5', "a/..", "", 0)),
		"no name":                          join(file("", "x")),
		"a dot":                            join(file(".", "x")),
		"file, then directory":             join(file("a", "x"), block('5', "a/", "", 0)),
		"directory, then file":             join(block('5', "a/", "", 0), file("a", "x")),
		"full directory, then file":        join(block('5', "a/", "", 0), file("a/b", "y"), file("a", "x")),
		"symlink, then directory":          join(block('5', "b/", "", 0), block('2', "a", "b", 0), block('5', "a/", "", 0)),
		"symlink, then file through it":    join(block('5', "b/", "", 0), block('2', "a", "b", 0), file("a/c", "x")),
		"file, then file through it":       join(file("a", "x"), file("a/c", "x")),
		"symlink, then file":               join(file("b", "x"), block('2', "a", "b", 0), file("a", "y")),
		"file, then symlink":               join(file("a", "x"), block('2', "a", "b", 0)),
		"hard link, then file":             join(file("b", "x"), block('1', "a", "b", 0), file("a", "y")),
		"the same file twice":              join(file("a", "x"), file("a", "longer")),
		"byte beyond the name":             join(block('0', "a\x00b", "", 0)),
		"name of 100 bytes":                join(file(strings.Repeat("n", 100), "x")),
		"prefix":                           join(file("a", "x", field(fieldPrefix, "dir"))),
		"prefix with a slash":              join(file("a", "x", field(fieldPrefix, "dir/"))),
		"prefix in GNU's header":           join(file("a", "x", field(fieldPrefix, "dir"), gnuMagic)),
		"times in GNU's header":            join(file("a", "x", gnuMagic, field(fieldPrefix, "00000000001\x0000000000002\x00"))),
		"prefix without magic":             join(file("a", "x", field(fieldPrefix, "dir"), field(fieldMagic, "\x00\x00\x00\x00\x00\x00\x00\x00"))),
		"magic with a space":               join(file("a", "x", field(fieldPrefix, "dir"), field(fieldMagic, "ustar 00"))),
		"version 01":                       join(file("a", "x", field(fieldPrefix, "dir"), field(fieldMagic, "ustar\x0001"))),
		"star's magic":                     join(file("a", "x", field(fieldPrefix, "dir"), field(508, "tar\x00"))),
		"size with leading spaces":         join(block('0', "a", "", 0, field(fieldSize, "          1\x00")), data("x")),
		"size with a zero before":          join(block('0', "a", "", 0, field(fieldSize, "\x000000000001\x00")), data("x")),
		"owner with a zero before":         join(file("a", "x", field(fieldUID, "\x00000005\x00"))),
		"binary mode":                      join(file("a", "x", field(fieldMode, "\x80\x00\x00\x00\x00\x00\x01\xa4"))),
		"size without an end":              join(block('0', "a", "", 0, field(fieldSize, "000000000001")), data("x")),
		"size with a sign":                 join(block('0', "a", "", 0, field(fieldSize, "-0000000001\x00")), data("x")),
		"size with a plus":                 join(block('0', "a", "", 0, field(fieldSize, "+0000000001\x00")), data("x")),
		"size with rubbish":                join(block('0', "a", "", 0, field(fieldSize, "00000000001x")), data("x")),
		"size with rubbish after its end":  join(block('0', "a", "", 0, field(fieldSize, "00001\x00777777")), data("x")),
		"size with a digit 8":              join(block('0', "a", "", 0, field(fieldSize, "00000000008\x00")), data("12345678")),
		"no size":                          join(block('0', "a", "", 0, field(fieldSize, strings.Repeat("\x00", 12)))),
		"binary size":                      join(block('0', "a", "", 0, field(fieldSize, "\x80"+strings.Repeat("\x00", 10)+"\x01")), data("x")),
		"negative binary size":             join(block('0', "a", "", 0, field(fieldSize, strings.Repeat("\xff", 12))), data("x")),
		"binary size with other high bits": join(block('0', "a", "", 0, field(fieldSize, "\xc0"+strings.Repeat("\x00", 10)+"\x01")), data("x")),
		"binary owner":                     join(file("a", "x", field(fieldUID, "\x80\x00\x00\x00\x00\x00\x00\x05"))),
		"negative owner":                   join(file("a", "x", field(fieldUID, "\xff\xff\xff\xff\xff\xff\xff\xfe"))),
		"no owner":                         join(file("a", "x", field(fieldUID, "\x00\x00\x00\x00\x00\x00\x00\x00"))),
		"mode with a type":                 join(file("a", "x", field(fieldMode, "0100644\x00"))),
		"mode with another type":           join(file("a", "x", field(fieldMode, "0040755\x00"))),
		"mode with high bits":              join(file("a", "x", field(fieldMode, "0006755\x00"))),
		"mode with rubbish":                join(file("a", "x", field(fieldMode, "rw-r--r\x00"))),
		"binary time":                      join(file("a", "x", field(fieldTime, "\x80"+strings.Repeat("\x00", 10)+"\x01"))),
		"negative time":                    join(file("a", "x", field(fieldTime, strings.Repeat("\xff", 12)))),
		"no checksum":                      join(broken("        ")),
		"wrong checksum":                   join(broken("000001\x00 ")),
		"one zero block":                   join(file("a", "x"), make([]byte, 512), file("b", "y")),
		"no end":                           file("a", "x"),
		"half an end":                      append(file("a", "x"), make([]byte, 512)...),
		"end and more":                     append(join(file("a", "x")), join(file("b", "y"))...),
		"cut in the padding":               file("a", "x")[:600],
		"cut in the data":                  block('0', "a", "", 1000),
		"cut in a header":                  file("a", "x")[:100],
		"signed checksum":                  join(signed(file("\xe9", "x"))),
		"nothing":                          {},
		"volume header":                    join(block('V', "label", "", 0, gnuMagic), file("a", "x")),
		"continued file":                   join(block('M', "a", "", 1, gnuMagic), data("x")),
		"GNU's dumped directory":           join(block('D', "a/", "", 4, gnuMagic), data("Yb\x00\x00")),
	}
	for name, stream := range oddExtensions() {
		tars[name] = stream
	}
	return tars
}

// broken is a file with a checksum of its own.
func broken(sum string) []byte {
	b := file("a", "x")
	copy(b[fieldChecksum:], sum)
	return b
}

// signed gives a header the checksum of tars that take bytes for signed.
func signed(b []byte) []byte {
	copy(b[fieldChecksum:], "        ")
	sum := 0
	for _, c := range b[:512] {
		sum += int(int8(c))
	}
	copy(b[fieldChecksum:], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

// oddExtensions are archives with odd extended headers.
func oddExtensions() map[string][]byte {
	a, size0 := file("a", "x"), file("a", "")
	tars := map[string][]byte{
		"long name":                            join(long('L', "b\x00"), a),
		"long name without an end":             join(long('L', "b"), a),
		"long name with more after its end":    join(long('L', "b\x00c"), a),
		"long name with a slash":               join(long('L', "b/\x00"), a),
		"empty long name":                      join(long('L', ""), a),
		"two long names":                       join(long('L', "b\x00"), long('L', "c\x00"), a),
		"long name of nothing":                 join(long('L', "b\x00")),
		"long name over a prefix":              join(long('L', "b\x00"), file("a", "x", field(fieldPrefix, "dir"))),
		"long link":                            join(long('K', "b\x00"), block('2', "a", "c", 0)),
		"long link of a file":                  join(long('K', "b\x00"), a),
		"long name, then pax":                  join(long('L', "b\x00"), pax('x', "path=c"), a),
		"pax, then long name":                  join(pax('x', "path=c"), long('L', "b\x00"), a),
		"pax for a long name":                  join(pax('x', "size=1"), long('L', "b\x00"), a),
		"pax path over a prefix":               join(pax('x', "path=b"), file("a", "x", field(fieldPrefix, "dir"))),
		"pax path with a slash":                join(pax('x', "path=b/"), a),
		"pax path with a zero":                 join(pax('x', "path=b\x00c"), a),
		"pax link with a zero":                 join(pax('x', "linkpath=b\x00c"), block('2', "a", "d", 0)),
		"pax link of a file":                   join(pax('x', "linkpath=b"), a),
		"pax link of a hard link":              join(file("b", "y"), file("c", "z"), pax('x', "linkpath=b"), block('1', "a", "c", 0)),
		"two pax headers":                      join(pax('x', "path=b"), pax('x', "path=c"), a),
		"two pax headers, different keys":      join(pax('x', "path=b"), pax('x', "uid=7"), a),
		"pax of nothing":                       join(pax('x', "path=b")),
		"two pax paths":                        join(pax('x', "path=b", "path=c"), a),
		"pax path, then an empty one":          join(pax('x', "path=b", "path="), a),
		"empty pax path":                       join(pax('x', "path="), a),
		"pax key in capitals":                  join(pax('x', "PATH=b"), a),
		"pax key with a space":                 join(pax('x', "path =b"), a),
		"pax without a key":                    join(pax('x', "=b"), a),
		"pax without a value":                  join(paxBody('x', "7 path\n"), a),
		"pax record of length 0":               join(paxBody('x', "0 path=b\n"), a),
		"pax record with a long length":        join(paxBody('x', "99 path=b\n"), a),
		"pax record with a short length":       join(paxBody('x', "8 path=b\n"), a),
		"pax record with zeros before":         join(paxBody('x', "0010 path=b"+"\n"), a),
		"pax record with a sign":               join(paxBody('x', "+10 path=b\n"), a),
		"pax record with a space before":       join(paxBody('x', " 10 path=b\n"), a),
		"pax record without a newline":         join(paxBody('x', "9 path=bc"), a),
		"pax record with a zero for a newline": join(paxBody('x', "9 path=b\x00"), a),
		"zeros after pax records":              join(paxBody('x', "9 path=b\n\x00\x00\x00"), a),
		"rubbish after pax records":            join(paxBody('x', "9 path=b\nrubbish"), a),
		"empty pax header":                     join(paxBody('x', ""), a),
		"Solaris' extended header":             join(pax('X', "path=b"), a),
		"global path":                          join(pax('g', "path=b"), a),
		"global owner":                         join(pax('g', "uid=7"), a),
		"global comment":                       join(pax('g', "comment=b"), a),
		"global size":                          join(pax('g', "size=1"), size0, data("x")),
		"pax binary names":                     join(pax('x', "hdrcharset=BINARY", "path=\xff"), a),
		"pax UTF-8 names":                      join(pax('x', "hdrcharset=ISO-IR 10646 2000 UTF-8", "path=é"), a),
		"pax other names":                      join(pax('x', "hdrcharset=latin1", "path=\xe9"), a),
		"pax name that is not UTF-8":           join(pax('x', "path=\xff"), a),
		"pax unknown key":                      join(pax('x', "VENDOR.key=value", "key=value"), a),
		"pax LIBARCHIVE type":                  join(pax('x', "LIBARCHIVE.symlinktype=dir", "LIBARCHIVE.creationtime=1"), a),
		"pax SCHILY keys":                      join(pax('x', "SCHILY.dev=1", "SCHILY.ino=2", "SCHILY.nlink=3"), a),
		"pax SCHILY.realsize":                  join(pax('x', "SCHILY.realsize=5"), a),
		"pax mode of an entry":                 join(pax('x', "mode=0777"), a),
		"pax owner by name":                    join(pax('x', "uname=daemon", "gname=daemon"), a),
	}
	for _, value := range []string{"1", "0", "2", "01", " 1", "1 ", "+1", "-1", "1.0", "0x1", "1x", "", "18446744073709551617", "9223372036854775807"} {
		tars[fmt.Sprintf("pax size %q", value)] = join(pax('x', "size="+value), size0, data("x"))
		tars[fmt.Sprintf("pax size %q of a link", value)] = join(file("b", "x"), pax('x', "size="+value), block('1', "a", "b", 0))
	}
	for _, value := range []string{"7", "07", "-7", " 7", "7.5", "", "x", "4294967295", "4294967296", "9223372036854775808"} {
		tars[fmt.Sprintf("pax owner %q", value)] = join(pax('x', "uid="+value), a)
	}
	for _, value := range []string{"7", "7.", "7.9", ".5", "-1", "-1.5", "-0.5", "1e3", "+7", " 7", "", "x", "1.2.3", "99999999999", "9223372036854775808"} {
		tars[fmt.Sprintf("pax time %q", value)] = join(pax('x', "mtime="+value), a)
	}
	return tars
}

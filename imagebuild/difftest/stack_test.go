// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"archive/tar"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"time"

	. "github.com/escrin/escrin/imagebuild/internal/imagetest"
)

// stack is one generated image: layers of tar entries, bottom first.
type stack struct {
	number int
	layers [][]Entry
}

// generator makes one stack. It keeps a rough model of the tree, so that most of what it makes is what a tar can do to
// the layers below; a small part is arbitrary.
type generator struct {
	*rand.Rand
	number int
	pool   []string        // components of names: few, so that entries meet
	lower  map[string]byte // paths of the layers below with the type of their entry, directories that are implied too
	own    map[string]byte // paths of this layer
	now    map[string]byte // both, as the layer is so far
	out    []Entry
	tails  int // how many of the stack's sizes with a tail that no other stack has are used up
}

// makeStack returns stack number n: always the same for the same n.
func makeStack(n int) stack {
	g := &generator{Rand: rand.New(rand.NewPCG(0x657363726e, uint64(n))), number: n, now: map[string]byte{}}
	for range 3 + g.IntN(6) {
		g.pool = append(g.pool, g.component())
	}
	s := stack{number: n}
	for range 1 + g.IntN(4) {
		g.layer()
		s.layers = append(s.layers, g.out)
	}
	return s
}

func (g *generator) layer() {
	g.lower, g.own, g.out = maps.Clone(g.now), map[string]byte{}, nil
	if g.number%50 == 7 {
		g.manyEntries()
	}
	if g.number%50 == 19 {
		g.deepTree()
	}
	if g.chance(20) {
		g.add(Entry{Header: tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "0123"}}})
	}
	for range g.IntN(24) {
		g.step()
	}
}

// step adds one entry, sometimes with what it needs.
func (g *generator) step() {
	switch n := g.IntN(100); {
	case n < 30:
		g.node(g.place(), tar.TypeReg)
	case n < 45:
		g.node(g.place(), tar.TypeDir)
	case n < 53:
		g.node(g.place(), tar.TypeSymlink)
	case n < 56:
		g.node(g.place(), tar.TypeFifo)
	case n < 58:
		g.node(g.place(), []byte{tar.TypeChar, tar.TypeBlock}[g.IntN(2)])
	case n < 66:
		g.link(g.place())
	case n < 80: // replace or describe what is there
		if name, ok := g.pick(g.now, 0); ok {
			g.replace(name)
		}
	case n < 90:
		if name, ok := g.pick(g.lower, 0); ok && g.reachable(name) {
			g.whiteout(name)
		}
	case n < 95:
		if dir, ok := g.pick(g.now, tar.TypeDir); ok {
			g.opaque(dir)
		}
	case n < 99:
		g.whiteout(g.place())
	case g.chance(20):
		g.node(path.Join(g.place(), g.name()), tar.TypeReg) // through whatever is there
	}
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

// oneOf returns one of its arguments.
func oneOf[T any](g *generator, values ...T) T { return values[g.IntN(len(values))] }

// pick returns a path of the model, of one type or of any.
func (g *generator) pick(tree map[string]byte, kind byte) (string, bool) {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if kind == 0 || tree[name] == kind {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "", false
	}
	return names[g.IntN(len(names))], true
}

// reachable tells whether a path leads through directories and missing names only.
func (g *generator) reachable(name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if kind, taken := g.now[dir]; taken && kind != tar.TypeDir {
			return false
		}
	}
	return true
}

// name is one component of a path.
func (g *generator) name() string { return g.pool[g.IntN(len(g.pool))] }

// component makes up a component of a path.
func (g *generator) component() string {
	switch g.IntN(4) {
	case 0:
		return oneOf(g, "a", "b", "etc", "bin", "usr")
	case 1:
		return oneOf(g, "Etc", "ETC", "é", "e\u0301", "ſ", "K", "\xff\xfe", "\x80", "日本語", "\u202e", "a\x7f")
	case 2:
		return oneOf(g, "...", "..x", "-rf", " ", " a ", "\t", "new\nline", "\\", "%00", "*", "~", ".wh", "wh.x", "x.wh.y", ":", "'", "\"", ".a", "a.")
	}
	n := oneOf(g, 1, 2, 3, 50, 99, 100, 101, 154, 155, 156, 250, 251)
	if g.chance(50) {
		n = 1 + g.IntN(30)
	}
	letters := []byte("abcdefghijklmnopqrstuvwxyz0123456789_-+=@,")
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[g.IntN(len(letters))]
	}
	return string(b)
}

// place is a path whose parent is a directory or nothing yet.
func (g *generator) place() string {
	parent := "."
	if dir, ok := g.pick(g.now, tar.TypeDir); ok && g.chance(75) {
		parent = dir
	}
	if g.chance(10) {
		if implied := path.Join(parent, g.name()); g.now[implied] == 0 {
			parent = implied
		}
	}
	return path.Join(parent, g.name())
}

// put enters a path into the model.
func (g *generator) put(name string, kind byte) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		g.now[dir], g.own[dir] = tar.TypeDir, tar.TypeDir
	}
	if kind != tar.TypeDir {
		g.remove(g.now, name)
		g.remove(g.own, name)
	}
	g.now[name], g.own[name] = kind, kind
}

func (g *generator) remove(tree map[string]byte, name string) {
	maps.DeleteFunc(tree, func(other string, _ byte) bool { return other == name || strings.HasPrefix(other, name+"/") })
}

func (g *generator) add(e Entry) {
	if e.Typeflag != tar.TypeXGlobalHeader {
		e.Name = oneOf(g, "", "", "", "./", "/", ".//") + e.Name
		if e.Typeflag == tar.TypeDir && g.chance(80) {
			e.Name += "/"
		}
		g.choose(&e)
	}
	g.out = append(g.out, e)
}

// choose picks a tar format that can hold the entry.
func (g *generator) choose(e *Entry) {
	plain := !strings.ContainsFunc(e.Name+e.Linkname, func(r rune) bool { return r >= 0x80 || r < ' ' })
	small := e.Uid < 1<<21 && e.Gid < 1<<21 && e.ModTime.Unix() < 1<<33
	switch {
	case e.PAXRecords != nil || e.ModTime.Nanosecond() != 0:
		e.Format = tar.FormatPAX
	case plain && small && len(e.Name) <= 100 && len(e.Linkname) <= 100:
		e.Format = oneOf(g, tar.FormatUSTAR, tar.FormatPAX, tar.FormatGNU)
	default:
		e.Format = oneOf(g, tar.FormatPAX, tar.FormatGNU)
	}
}

// header makes up owner, mode, time and extended attributes.
func (g *generator) header(name string, kind byte) tar.Header {
	id := func() int { return oneOf(g, 0, 0, 0, 1, 1000, 65534, 65536, 1<<21-1, 1<<21, 1<<31, math.MaxUint32-1) }
	mode := oneOf[int64](g, 0o644, 0o644, 0o755, 0o755, 0, 0o777, 0o4755, 0o2755, 0o6711, 0o1777, 0o7777, 0o400)
	if g.chance(10) {
		mode = g.Int64N(0o10000)
	}
	h := tar.Header{Typeflag: kind, Name: name, Uid: id(), Gid: id(), Mode: mode}
	h.ModTime = time.Unix(oneOf[int64](g, 0, 1, 1_000_000_000, 1<<31-1, 1<<31, 1<<32+5, 1<<33, 7_000_000_000, g.Int64N(1_700_000_000)), 0) // never that of the test
	if g.chance(10) {
		h.ModTime = h.ModTime.Add(oneOf(g, time.Nanosecond, time.Second-1, 500*time.Millisecond))
	}
	if g.chance(20) {
		h.PAXRecords = g.xattrs(kind)
	}
	return h
}

func (g *generator) xattrs(kind byte) map[string]string {
	records := map[string]string{}
	add := func(name, value string) { records["SCHILY.xattr."+name] = value }
	for range 1 + g.IntN(3) {
		value := g.bytes(oneOf(g, 0, 1, 3, 4, 5, 100, 255, 256, 700))
		add(oneOf(g, "user.a", "user.b", "user.A", "user.é", "user. ", "user."+strings.Repeat("n", 100), "user.a.b", "user.overlay"), value)
	}
	if kind == tar.TypeReg && g.chance(40) {
		add("security.capability", string(binary.LittleEndian.AppendUint32(nil, 0x02000001))+g.bytes(16))
	}
	if g.chance(20) {
		add(oneOf(g, "user.overlay.opaque", "trusted.overlay.opaque", "trusted.overlay.redirect", "trusted.escrin.implied", "trusted.a"), "y")
	}
	return records
}

func (g *generator) bytes(n int) string {
	b := make([]byte, (n+7)&^7)
	for i := 0; i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], g.Uint64())
	}
	return string(b[:n])
}

// size makes up the length of a file. All stacks together have every tail from 0 to 4095 bytes.
func (g *generator) size() int {
	if g.tails < 5 {
		g.tails++
		return g.IntN(3)*4096 + (g.number*5+g.tails-1)%4096
	}
	switch g.IntN(8) {
	case 0, 1:
		return 0
	case 2: // where an inode with its tail fills a block
		return 4096 - 64 - g.IntN(40)
	case 3:
		return 4096*g.IntN(4) + oneOf(g, 0, 1, 2047, 2048, 2049, 4032, 4064, 4095)
	case 4:
		if g.chance(10) {
			return 100_000 + g.IntN(300_000)
		}
	}
	return g.IntN(200)
}

// node adds a file, directory, symbolic link, fifo or device.
func (g *generator) node(name string, kind byte) {
	e := Entry{Header: g.header(name, kind)}
	switch kind {
	case tar.TypeReg:
		e.Content = g.bytes(g.size())
	case tar.TypeSymlink:
		e.Linkname = oneOf(g, "a", "..", "/", "/etc", "../../../x", name, "dangling", strings.Repeat("long/", 60), strings.Repeat("t", 4095), strings.Repeat("t", 3900+g.IntN(195)))
	case tar.TypeChar, tar.TypeBlock:
		e.Devmajor, e.Devminor = 1, 3
	}
	g.add(e)
	g.put(name, kind)
}

// replace adds an entry of any type under a name that is taken.
func (g *generator) replace(name string) {
	if g.chance(20) {
		g.link(name)
		return
	}
	g.node(name, oneOf[byte](g, tar.TypeReg, tar.TypeReg, tar.TypeDir, tar.TypeDir, tar.TypeDir, tar.TypeSymlink, tar.TypeFifo))
}

// link adds a hard link to what is there, in this layer or below. Its header repeats what the file's says, or does not:
// it says nothing that counts.
func (g *generator) link(name string) {
	target, ok := g.pick(g.now, oneOf[byte](g, tar.TypeReg, tar.TypeReg, tar.TypeReg, tar.TypeSymlink, tar.TypeFifo))
	if !ok || target == name || strings.HasPrefix(target, name+"/") {
		return
	}
	e := Entry{Header: g.header(name, tar.TypeLink)}
	e.Linkname = oneOf(g, "", "", "./", "/") + target
	g.add(e)
	g.put(name, g.now[target])
}

// whiteout hides a name of the layers below.
func (g *generator) whiteout(name string) {
	g.add(File(path.Join(path.Dir(name), ".wh."+path.Base(name)), ""))
	for other := range g.lower {
		if (other == name || strings.HasPrefix(other, name+"/")) && g.own[other] == 0 {
			delete(g.now, other)
		}
	}
}

// opaque hides all of a directory of the layers below.
func (g *generator) opaque(dir string) {
	g.add(File(path.Join(dir, ".wh..wh..opq"), ""))
	for other := range g.lower {
		if strings.HasPrefix(other, dir+"/") && g.own[other] == 0 {
			delete(g.now, other)
		}
	}
}

// manyEntries fills a directory with more names than a block holds.
func (g *generator) manyEntries() {
	dir := g.place()
	for i := range 100 + g.IntN(500) {
		g.node(path.Join(dir, fmt.Sprintf("%d-%s", i, strings.Repeat("n", g.IntN(60)))), oneOf[byte](g, tar.TypeReg, tar.TypeSymlink, tar.TypeDir))
	}
}

// deepTree nests directories.
func (g *generator) deepTree() {
	dir := "."
	for range 20 + g.IntN(200) {
		dir = path.Join(dir, fmt.Sprint("d", g.IntN(3)))
	}
	g.node(path.Join(dir, "leaf"), tar.TypeReg)
}

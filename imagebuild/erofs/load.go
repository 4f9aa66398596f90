// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// maxDepth is how deep a tree may be: a path of the kernel's PATH_MAX has no more components.
const maxDepth = 2048

// expected is how many inodes of an image there is room for at once. More are made room for as they are met.
const expected = 1 << 12

// Load is LoadWithin with a bound of directory entries alone.
func (im *Image) Load(entries int) (*Node, error) {
	return im.LoadWithin(&Budget{Entries: entries, Bytes: math.MaxInt64})
}

// LoadWithin reads the whole tree of an image into memory, and takes what it costs off the budget (threat IMG-08). File
// contents stay where they are: regular nodes keep their Block, and their Tail is an offset in the image. Every
// directory must have one name, every entry the type of its inode, and every inode as many names as it says.
func (im *Image) LoadWithin(budget *Budget) (*Node, error) { return (&Part{Image: im}).Load(budget) }

func (l *loader) load() (*Node, error) {
	l.im = l.part.Image
	l.index = make(map[uint64]int, min(l.im.super.Inodes, expected))
	root, err := l.im.inode(rootNID, &l.block)
	if err == nil && root.Type() != ModeDir {
		err = errors.New("it is no directory")
	}
	if err == nil {
		err = l.budget.take(inodeCost(root))
	}
	if err != nil {
		return nil, fmt.Errorf("load root: %w", err)
	}
	l.enter(root, rootNID, 0)
	for len(l.queue) > 0 {
		dir := l.queue[0]
		l.queue = l.queue[1:]
		if err := l.directory(dir); err != nil {
			return nil, fmt.Errorf("load directory at inode %d: %w", dir.node.nid, err)
		}
	}
	for _, n := range l.nodes {
		if n.names != n.node.links {
			return nil, fmt.Errorf("load tree: inode %d has %d names, but says %d", n.node.nid, n.names, n.node.links)
		}
	}
	if inodes := uint64(len(l.nodes)) + l.kept; inodes != l.im.super.Inodes {
		return nil, fmt.Errorf("load tree: %d inodes, but the superblock says %d", inodes, l.im.super.Inodes)
	}
	return l.nodes[0].node, nil
}

type loader struct {
	part    *Part
	im      *Image // of part
	budget  *Budget
	nodes   []loaded       // the root first
	kept    uint64         // how many inodes stay where they are
	made    []Node         // not used yet
	index   map[uint64]int // of nodes, by inode number
	queue   []pending
	block   [BlockSize]byte // of an inode
	entries direntBuffer
	sorted  []child // of a directory
}

// loaded is a node, and how many names of it were met.
type loaded struct {
	node  *Node
	names uint32
}

// pending is a directory that is still to be read.
type pending struct {
	node   *Node
	parent uint64
	depth  int
}

// enter makes the node of an inode that is met for the first time, and returns its index.
func (l *loader) enter(i inode, parent uint64, depth int) int {
	n := l.make()
	*n = Node{Attributes: i.Attributes, Size: i.size, Block: i.block, Tail: i.tailOffset(), links: i.links, nid: i.nid, part: l.part}
	if i.Type() == ModeDir {
		n.children = &children{}
		l.queue = append(l.queue, pending{node: n, parent: parent, depth: depth})
	}
	l.index[i.nid] = len(l.nodes)
	l.nodes = append(l.nodes, loaded{node: n})
	return len(l.nodes) - 1
}

func (l *loader) make() *Node {
	if len(l.made) == 0 {
		l.made = make([]Node, 64)
	}
	n := &l.made[0]
	l.made = l.made[1:]
	return n
}

// keep makes a node of an inode that stays where it is.
func (l *loader) keep(e dirent) (*Node, error) {
	n := l.make()
	*n = Node{links: 1, nid: e.nid, part: l.part, kept: true}
	switch e.kind {
	case direntKind(ModeRegular):
		n.Mode = ModeRegular
	case direntKind(ModeSymlink):
		n.Mode = ModeSymlink
	case direntKind(ModeFIFO):
		n.Mode = ModeFIFO
	default:
		return nil, fmt.Errorf("type %d of the entry is none that can stay where it is", e.kind)
	}
	l.kept++
	return n, l.budget.take(n.Cost())
}

func (l *loader) directory(dir pending) error {
	if dir.depth > maxDepth {
		return errors.New("too deep")
	}
	dots := 0
	l.sorted = l.sorted[:0]
	err := l.im.entries(dir.node.inode(), &l.entries, func(e dirent) error {
		if err := l.budget.entry(); err != nil {
			return err
		}
		switch e.name {
		case ".", "..":
			dots++
			want := dir.node.nid
			if e.name == ".." {
				want = dir.parent
			}
			if e.nid != want || e.kind != direntKind(ModeDir) {
				return fmt.Errorf("%q leads to inode %d", e.name, e.nid)
			}
			l.nodes[l.index[e.nid]].names++
			return nil
		}
		node, err := l.child(dir, e)
		if err != nil {
			return fmt.Errorf("%q: %w", e.name, err)
		}
		l.sorted = append(l.sorted, child{e.name, node})
		return l.budget.take(NameCost(e.name))
	})
	dir.node.children.sorted = slices.Clone(l.sorted)
	if err == nil && dots != 2 {
		err = errors.New(`"." or ".." is missing`)
	}
	return err
}

func (l *loader) child(dir pending, e dirent) (*Node, error) {
	if l.part.keeps(e.nid) {
		return l.keep(e)
	}
	at, known := l.index[e.nid]
	if known && l.nodes[at].node.IsDir() {
		return nil, errors.New("a directory with two names")
	}
	if !known {
		i, err := l.im.inode(e.nid, &l.block)
		if err == nil {
			err = l.budget.take(inodeCost(i))
		}
		if err != nil {
			return nil, fmt.Errorf("read inode %d: %w", e.nid, err)
		}
		at = l.enter(i, dir.node.nid, dir.depth+1)
		if i.Type() == ModeSymlink {
			if l.nodes[at].node.Target, err = l.im.target(i); err != nil {
				return nil, err
			}
		}
	}
	n := &l.nodes[at]
	if e.kind != direntKind(n.node.Mode) {
		return nil, fmt.Errorf("type %d of the entry is not its inode's", e.kind)
	}
	n.names++
	return n.node, nil
}

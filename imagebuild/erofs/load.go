// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
)

// maxDepth is how deep a tree may be: a path of the kernel's PATH_MAX has no more components.
const maxDepth = 2048

// Load reads the whole tree of an image into memory; entries bounds how many directory entries it may have. File
// contents stay where they are: regular nodes keep their Block, and their Tail is an offset in the image. Every
// directory must have one name, every entry the type of its inode, and every inode as many names as it says.
func (im *Image) Load(entries int) (*Node, error) {
	l := &loader{im: im, left: entries, nodes: map[uint64]*loaded{}}
	root, err := im.inode(rootNID, &l.block)
	if err == nil && root.Type() != ModeDir {
		err = errors.New("it is no directory")
	}
	if err != nil {
		return nil, fmt.Errorf("load root: %w", err)
	}
	top := l.enter(root, rootNID, 0)
	for len(l.queue) > 0 {
		dir := l.queue[0]
		l.queue = l.queue[1:]
		if err := l.directory(dir); err != nil {
			return nil, fmt.Errorf("load directory at inode %d: %w", dir.node.nid, err)
		}
	}
	for nid, n := range l.nodes {
		if n.names != n.node.links {
			return nil, fmt.Errorf("load tree: inode %d has %d names, but says %d", nid, n.names, n.node.links)
		}
	}
	if uint64(len(l.nodes)) != im.super.Inodes {
		return nil, fmt.Errorf("load tree: %d inodes, but the superblock says %d", len(l.nodes), im.super.Inodes)
	}
	return top.node, nil
}

type loader struct {
	im      *Image
	left    int
	nodes   map[uint64]*loaded
	queue   []*loaded
	block   [BlockSize]byte // of an inode
	entries [BlockSize]byte // of a directory
}

type loaded struct {
	node   *Node
	parent uint64 // of a directory
	depth  int
	names  uint32
}

// enter makes the node of an inode that is met for the first time.
func (l *loader) enter(i inode, parent uint64, depth int) *loaded {
	n := &loaded{
		node: &Node{
			Attributes: i.Attributes, Size: i.size, Block: i.block, Tail: l.im.tailOffset(i), links: i.links, nid: i.nid,
		},
		parent: parent, depth: depth,
	}
	if i.Type() == ModeDir {
		n.node.Children = map[string]*Node{}
		l.queue = append(l.queue, n)
	}
	l.nodes[i.nid] = n
	return n
}

func (l *loader) directory(dir *loaded) error {
	if dir.depth > maxDepth {
		return errors.New("too deep")
	}
	dots := 0
	err := l.im.entries(dir.node.inode(), &l.entries, func(e dirent) error {
		if l.left--; l.left < 0 {
			return errors.New("too many directory entries")
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
			l.nodes[e.nid].names++
			return nil
		}
		child, err := l.child(dir, e)
		if err != nil {
			return fmt.Errorf("%q: %w", e.name, err)
		}
		dir.node.Children[e.name] = child.node
		return nil
	})
	if err == nil && dots != 2 {
		err = errors.New(`"." or ".." is missing`)
	}
	return err
}

func (l *loader) child(dir *loaded, e dirent) (*loaded, error) {
	n, known := l.nodes[e.nid]
	if known && n.node.IsDir() {
		return nil, errors.New("a directory with two names")
	}
	if !known {
		i, err := l.im.inode(e.nid, &l.block)
		if err != nil {
			return nil, fmt.Errorf("read inode %d: %w", e.nid, err)
		}
		n = l.enter(i, dir.node.nid, dir.depth+1)
		if i.Type() == ModeSymlink {
			if n.node.Target, err = l.im.target(i); err != nil {
				return nil, err
			}
		}
	}
	if e.kind != direntKind(n.node.Mode) {
		return nil, fmt.Errorf("type %d of the entry is not its inode's", e.kind)
	}
	n.names++
	return n, nil
}

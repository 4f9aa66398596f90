// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
)

// maxDepth is how deep a tree may be: a path of the kernel's PATH_MAX has no more components.
const maxDepth = 2048

// Load reads the whole tree of an image into memory; entries bounds how many directory entries it may have. File
// contents stay where they are: regular nodes keep their Block. Every directory must have one name, every entry the
// type of its inode, and every inode as many names as it says.
func (im *Image) Load(entries int) (*Node, error) {
	l := &loader{im: im, left: entries, nodes: map[uint64]*loaded{}}
	root, err := im.Root()
	if err != nil {
		return nil, fmt.Errorf("load tree: %w", err)
	}
	top := l.enter(root, rootNID, 0)
	for len(l.queue) > 0 {
		dir := l.queue[0]
		l.queue = l.queue[1:]
		if err := l.directory(dir); err != nil {
			return nil, fmt.Errorf("load directory at inode %d: %w", dir.inode.NID, err)
		}
	}
	for nid, n := range l.nodes {
		if n.links != n.inode.Links {
			return nil, fmt.Errorf("load tree: inode %d has %d names, but says %d", nid, n.links, n.inode.Links)
		}
	}
	if uint64(len(l.nodes)) != im.super.Inodes {
		return nil, fmt.Errorf("load tree: %d inodes, but the superblock says %d", len(l.nodes), im.super.Inodes)
	}
	return top.node, nil
}

type loader struct {
	im    *Image
	left  int
	nodes map[uint64]*loaded
	queue []*loaded
}

type loaded struct {
	inode  Inode
	node   *Node
	parent uint64
	depth  int
	links  uint32
}

// enter makes the node of an inode that is met for the first time.
func (l *loader) enter(inode Inode, parent uint64, depth int) *loaded {
	n := &loaded{inode: inode, node: &Node{Attributes: inode.Attributes}, parent: parent, depth: depth}
	switch inode.Type() {
	case ModeDir:
		n.node.Children = map[string]*Node{}
		l.queue = append(l.queue, n)
	case ModeRegular:
		n.node.Size, n.node.Block = inode.Size, inode.Block
	}
	l.nodes[inode.NID] = n
	return n
}

func (l *loader) directory(dir *loaded) error {
	if dir.depth > maxDepth {
		return errors.New("too deep")
	}
	dots := 0
	err := l.im.entries(dir.inode, func(e dirent) error {
		if l.left--; l.left < 0 {
			return errors.New("too many directory entries")
		}
		switch e.name {
		case ".", "..":
			dots++
			want := dir.inode.NID
			if e.name == ".." {
				want = dir.parent
			}
			if e.nid != want || e.kind != direntKind(ModeDir) {
				return fmt.Errorf("%q leads to inode %d", e.name, e.nid)
			}
			l.nodes[e.nid].links++
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
		inode, err := l.im.Inode(e.nid)
		if err != nil {
			return nil, err
		}
		n = l.enter(inode, dir.inode.NID, dir.depth+1)
		if inode.Type() == ModeSymlink {
			if n.node.Target, err = l.im.Readlink(inode); err != nil {
				return nil, err
			}
		}
	}
	if e.kind != direntKind(n.inode.Mode) {
		return nil, fmt.Errorf("type %d of the entry is not its inode's", e.kind)
	}
	n.links++
	return n, nil
}

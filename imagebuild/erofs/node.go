// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The file types of st_mode that the profile has. ModeWhiteout is the type of character devices: the only one there is
// has number 0:0, which overlayfs reads as "this name does not exist". No other device can be expressed.
const (
	ModeType     uint16 = 0o170000
	ModeFIFO     uint16 = 0o010000
	ModeWhiteout uint16 = 0o020000
	ModeDir      uint16 = 0o040000
	ModeRegular  uint16 = 0o100000
	ModeSymlink  uint16 = 0o120000
)

// Lengths in bytes that the kernel allows.
const (
	MaxName   = 255
	MaxTarget = 4095
)

// Xattr is an extended attribute. Name includes its namespace: "user.", "trusted." or "security.".
type Xattr struct {
	Name  string
	Value []byte
}

// Attributes is what stat and listxattr tell about an inode, apart from its size and links.
type Attributes struct {
	// Mode is st_mode: file type and permission bits.
	Mode uint16
	// UID and GID own the inode.
	UID, GID uint32
	// Mtime is the time of the last change, in seconds since 1970.
	Mtime int64
	// Xattrs is sorted by name, without duplicates.
	Xattrs []Xattr
}

// Type is the file type part of Mode.
func (a Attributes) Type() uint16 { return a.Mode & ModeType }

// Xattr returns the value of one extended attribute.
func (a Attributes) Xattr(name string) ([]byte, bool) {
	for _, x := range a.Xattrs {
		if x.Name == name {
			return x.Value, true
		}
	}
	return nil, false
}

// SetXattr adds or replaces one extended attribute and keeps the order.
func (a *Attributes) SetXattr(name string, value []byte) {
	i, found := slices.BinarySearchFunc(a.Xattrs, name, func(x Xattr, n string) int { return strings.Compare(x.Name, n) })
	if found {
		a.Xattrs[i].Value = value
		return
	}
	a.Xattrs = slices.Insert(a.Xattrs, i, Xattr{Name: name, Value: value})
}

// DeleteXattr removes one extended attribute, if it is there.
func (a *Attributes) DeleteXattr(name string) {
	a.Xattrs = slices.DeleteFunc(a.Xattrs, func(x Xattr) bool { return x.Name == name })
}

// InlineTail is how many bytes at the end of a body of size bytes follow the inode, instead of being in a block of their
// own: the last, partial block if it fits into one block together with inode and attributes.
func (a Attributes) InlineTail(size int64) (int, error) {
	xattrs, err := a.xattrSize()
	if err != nil || size < 0 {
		return 0, errors.Join(err, checkSize(size))
	}
	return inlineTail(size, xattrs), nil
}

func checkSize(size int64) error {
	if size < 0 {
		return fmt.Errorf("%d bytes", size)
	}
	return nil
}

// Node is an inode of a tree in memory. Hard links are several names with the same *Node.
type Node struct {
	Attributes
	// Size is the length of a regular file's content in bytes. Layout and Load set it for link targets and directories.
	Size int64
	// Tail says where the last bytes of a regular file's content are, if they are inline: an offset in the image that the
	// node was loaded from, or else in what Metadata.Write reads them from.
	Tail int64
	// Block is the first block of the content before the tail, in the image that the node was loaded from or else in the one
	// that it is written to, 0 if there is none.
	Block uint32
	// Target is what a symbolic link names.
	Target string

	children *children // of a directory
	links    uint32
	nid      uint64
	layout   *Metadata // the last that met the node
	part     *Part     // of the image that the node was loaded from, nil if it was made here
	kept     bool      // the inode stays where it is in part; all that is known of it is its type
}

// NewDir returns an empty directory.
func NewDir(a Attributes) *Node {
	return &Node{Attributes: a, children: &children{}}
}

// IsDir tells whether the node is a directory.
func (n *Node) IsDir() bool { return n.Type() == ModeDir }

// Number is the inode number, once the tree is laid out or was loaded.
func (n *Node) Number() uint64 {
	if n.kept {
		return n.nid + uint64(n.part.Shift)*slots
	}
	return n.nid
}

// Links counts the names, once the tree is laid out or was loaded.
func (n *Node) Links() uint32 { return n.links }

// single tells whether an inode can stay where it is when its image becomes part of another file system: it has one name,
// nothing but its blocks depends on where it is, and nothing about it is only meant for whoever merges images.
func (n *Node) single() bool {
	meant := func(x Xattr) bool { return strings.HasPrefix(x.Name, "trusted.") }
	switch n.Type() {
	case ModeRegular, ModeFIFO:
		return n.links == 1 && !slices.ContainsFunc(n.Xattrs, meant)
	case ModeSymlink:
		return n.links == 1 && !slices.ContainsFunc(n.Xattrs, meant) && n.inode().bodyBlocks() == 0
	}
	return false
}

// Blocks is how many blocks the body takes from Block on.
func (n *Node) Blocks() uint64 { return n.inode().bodyBlocks() }

// inode returns the node as it is on disk. Its attributes were checked.
func (n *Node) inode() inode {
	xattrs, _ := n.xattrSize()
	return inode{nid: n.nid, Attributes: n.Attributes, links: n.links, size: n.Size, block: n.Block, xattrSize: xattrs}
}

// check refuses nodes that the format or the kernel cannot hold.
func (n *Node) check() error {
	if n.kept {
		return nil
	}
	if _, err := n.xattrSize(); err != nil {
		return err
	}
	switch n.Type() {
	case ModeRegular:
		if n.Size < 0 || (n.inode().bodyBlocks() == 0) != (n.Block == 0) {
			return fmt.Errorf("%d bytes at block %d", n.Size, n.Block)
		}
	case ModeSymlink:
		if len(n.Target) == 0 || len(n.Target) > MaxTarget || strings.IndexByte(n.Target, 0) >= 0 {
			return fmt.Errorf("link target of %d bytes or with a zero byte", len(n.Target))
		}
	case ModeDir:
		if n.children == nil {
			return errors.New("a directory that NewDir did not make")
		}
	case ModeFIFO, ModeWhiteout:
	default:
		return fmt.Errorf("file type %#o", n.Type())
	}
	return nil
}

// CheckName refuses what cannot be one component of a path.
func CheckName(name string) error {
	switch {
	case name == "", name == ".", name == "..":
		return fmt.Errorf("name %q", name)
	case len(name) > MaxName:
		return fmt.Errorf("name longer than %d bytes", MaxName)
	case strings.IndexByte(name, 0) >= 0, strings.IndexByte(name, '/') >= 0:
		return errors.New("name with a zero byte or a slash")
	}
	return nil
}

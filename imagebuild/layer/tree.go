// SPDX-License-Identifier: Apache-2.0

package layer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/escrin/escrin/imagebuild/erofs"
)

// Extended attributes by which a layer image says what only matters to the merge. Images cannot bring them along:
// AllowedXattr refuses the namespace.
const (
	// XattrOpaque marks a directory that hides what lower layers have in it. It is that of overlayfs, with value "y".
	XattrOpaque = "trusted.overlay.opaque"
	// XattrImplied marks a directory that no entry of the layer names: its attributes are those of the lower layers.
	XattrImplied = "trusted.escrin.implied"
	// XattrLowerLink marks a hard link to a file of the lower layers. Its value is the path of that file.
	XattrLowerLink = "trusted.escrin.link"
)

// tree is the layer's own tree while it grows. Later entries replace earlier ones. No symbolic link is ever followed:
// a path that leads through anything but directories is refused.
type tree struct {
	root   *erofs.Node
	device *erofs.Node // what stands for each device node
	used   int64
	limits Limits
}

func newTree(limits Limits) *tree {
	return &tree{root: impliedDir(), device: newWhiteout(), limits: limits}
}

func impliedDir() *erofs.Node {
	n := erofs.NewDir(defaultDir())
	n.SetXattr(XattrImplied, []byte("y"))
	return n
}

// defaultDir is what a directory is when nothing names it.
func defaultDir() erofs.Attributes {
	return erofs.Attributes{Mode: erofs.ModeDir | 0o755}
}

func newWhiteout() *erofs.Node {
	return &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeWhiteout}}
}

func setOpaque(n *erofs.Node) { n.SetXattr(XattrOpaque, []byte("y")) }

func (t *tree) charge(name string, n *erofs.Node) error {
	t.used += erofs.NameCost(name) + n.Cost()
	if t.used > t.limits.TreeBytes {
		return fmt.Errorf("%w: names and attributes take too much memory", ErrLimit)
	}
	if room := t.limits.Room; room != nil && t.used > SmallTree {
		t.limits.Room = nil
		return room()
	}
	return nil
}

// set gives a node its name, and keeps nothing of the header that the name comes from.
func (t *tree) set(dir *erofs.Node, name string, n *erofs.Node) error {
	if err := t.charge(name, n); err != nil {
		return err
	}
	dir.SetChild(strings.Clone(name), n)
	return nil
}

// dir returns the directory at a path and makes what is missing of it.
func (t *tree) dir(parts []string) (*erofs.Node, error) {
	dir := t.root
	for i, part := range parts {
		child := dir.Child(part)
		switch {
		case child == nil:
			child = impliedDir()
		case child.Type() == erofs.ModeWhiteout: // the lower one is gone, so there is nothing to take attributes from
			child = erofs.NewDir(defaultDir())
			setOpaque(child)
		case !child.IsDir():
			return nil, fmt.Errorf("the path leads through %q, which is not a directory", strings.Join(parts[:i+1], "/"))
		}
		if dir.Child(part) != child {
			if err := t.set(dir, part, child); err != nil {
				return nil, err
			}
		}
		dir = child
	}
	return dir, nil
}

// put places a node. A directory over a directory keeps what is in it; a directory over anything else hides the lower
// layers, as the thing that it replaces did.
func (t *tree) put(parts []string, n *erofs.Node) error {
	if len(parts) == 0 {
		if !n.IsDir() {
			return errors.New("the root must be a directory")
		}
		return t.describe(t.root, n)
	}
	parent, err := t.dir(parts[:len(parts)-1])
	if err != nil {
		return err
	}
	name := parts[len(parts)-1]
	old := parent.Child(name)
	if n.IsDir() && old != nil && old.IsDir() {
		return t.describe(old, n)
	}
	if n.IsDir() && old != nil {
		setOpaque(n)
	}
	return t.set(parent, name, n)
}

// describe gives a directory that is there already the attributes of an entry.
func (t *tree) describe(dir, entry *erofs.Node) error {
	_, opaque := dir.Xattr(XattrOpaque)
	dir.Attributes = entry.Attributes
	if opaque {
		setOpaque(dir)
	}
	return t.charge("", entry)
}

// whiteout hides a name of the lower layers. What this layer has under that name stays, whichever came first.
func (t *tree) whiteout(parts []string) error {
	parent, err := t.dir(parts[:len(parts)-1])
	if err != nil {
		return err
	}
	name := parts[len(parts)-1]
	old := parent.Child(name)
	switch {
	case old == nil:
		return t.set(parent, name, newWhiteout())
	case old.IsDir():
		old.DeleteXattr(XattrImplied)
		setOpaque(old)
	}
	return nil
}

// opaque hides all that the lower layers have in a directory.
func (t *tree) opaque(parts []string) error {
	dir, err := t.dir(parts)
	if err == nil {
		setOpaque(dir)
	}
	return err
}

// link gives a file one more name. A target that this layer does not have is one of the lower layers, as they are
// before this layer: the merge looks for it.
func (t *tree) link(parts, target []string) error {
	if len(parts) == 0 || len(target) == 0 || slices.Equal(parts, target) {
		return errors.New("a hard link needs two names")
	}
	n, err := t.find(target)
	if err != nil {
		return err
	}
	if n == nil || n.Type() == erofs.ModeWhiteout && n != t.device {
		n = &erofs.Node{Attributes: erofs.Attributes{Mode: erofs.ModeRegular}}
		n.SetXattr(XattrLowerLink, []byte(strings.Join(target, "/")))
	}
	if n.IsDir() {
		return errors.New("a hard link to a directory")
	}
	return t.put(parts, n)
}

// find returns the node at a path, nil if this layer has none.
func (t *tree) find(parts []string) (*erofs.Node, error) {
	n := t.root
	for i, part := range parts {
		if n == nil || n.Type() == erofs.ModeWhiteout {
			return nil, nil
		}
		if !n.IsDir() {
			return nil, fmt.Errorf("the link target leads through %q, which is not a directory", strings.Join(parts[:i], "/"))
		}
		n = n.Child(part)
	}
	return n, nil
}

// SPDX-License-Identifier: Apache-2.0

package merge

import (
	"errors"
	"fmt"
	"strings"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/layer"
)

// applier puts one layer's tree onto the merged tree of the layers below it.
type applier struct {
	lower  *erofs.Node // root of the layers below, unchanged until all nodes are adopted
	area   layer.Area
	budget *erofs.Budget
	// shared maps each node of the layer that has several names, or that is a link into the layers below, to the node that
	// takes its place: itself, or the lower file that it links to.
	shared map[*erofs.Node]*erofs.Node
}

// apply puts the part's tree onto that of the layers below. Its nodes become part of it.
func (p *part) apply(lower *erofs.Node, budget *erofs.Budget) error {
	if err := p.Check(); err != nil {
		return err
	}
	root, err := p.Load(budget)
	if err != nil {
		return err
	}
	root.DeleteXattr(layer.XattrArea)
	a := &applier{lower: lower, area: p.layer.area, budget: budget, shared: map[*erofs.Node]*erofs.Node{}}
	return a.apply(root)
}

func (a *applier) apply(root *erofs.Node) error {
	if err := a.adopt(root); err != nil {
		return fmt.Errorf("root: %w", err)
	}
	if err := a.adoptAll(root); err != nil {
		return err
	}
	return a.directory(a.lower, root)
}

// adoptAll checks all nodes under a directory before any is used.
func (a *applier) adoptAll(dir *erofs.Node) error {
	for name, child := range dir.Children() {
		if child.Links() > 1 && !child.IsDir() {
			if a.shared[child] != nil {
				continue
			}
			a.shared[child] = child
		}
		err := a.adopt(child)
		if err == nil && child.IsDir() {
			err = a.adoptAll(child)
		}
		if err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
	}
	return nil
}

// adopt checks one node, and looks up the lower file that it may link to. A node whose inode stays where it is is checked
// when that is read.
func (a *applier) adopt(n *erofs.Node) error {
	target, linked := n.Xattr(layer.XattrLowerLink)
	if err := checkXattrs(n.Attributes); err != nil {
		return err
	}
	if linked && n.Size > 0 {
		return errors.New("a link with content")
	}
	if linked {
		found, err := a.find(string(target))
		if err != nil {
			return fmt.Errorf("hard link to %q: %w", target, err)
		}
		a.shared[n] = found
		return nil
	}
	if n.Type() == erofs.ModeRegular && n.Block > 0 && (n.Block < erofs.HeadBlocks || uint64(n.Block)+n.Blocks() > uint64(a.area.Inodes)) {
		return errors.New("content outside the layer's data")
	}
	return nil
}

// checkXattrs refuses attributes that package layer does not write: they could steer overlayfs in the guest.
func checkXattrs(n erofs.Attributes) error {
	for _, x := range n.Xattrs {
		ok := layer.AllowedXattr(x.Name)
		switch x.Name {
		case layer.XattrOpaque, layer.XattrImplied:
			ok = n.Type() == erofs.ModeDir && string(x.Value) == "y"
		case layer.XattrLowerLink:
			ok = n.Type() == erofs.ModeRegular
		}
		if !ok {
			return fmt.Errorf("extended attribute %q is not allowed", x.Name)
		}
	}
	return nil
}

// find returns the file at a path of the layers below, which is to get one more name. It follows no symbolic links.
func (a *applier) find(name string) (*erofs.Node, error) {
	n := a.lower
	for _, part := range strings.Split(name, "/") {
		if n = n.Child(part); n == nil {
			return nil, errors.New("no such file in this layer or below")
		}
	}
	if n.IsDir() {
		return nil, errors.New("it is a directory")
	}
	if err := n.Detach(a.budget); err != nil {
		return nil, err
	}
	return n, checkXattrs(n.Attributes)
}

// directory applies the layer's directory upper to the directory lower of the same path.
func (a *applier) directory(lower, upper *erofs.Node) error {
	if _, opaque := upper.Xattr(layer.XattrOpaque); opaque {
		lower.RemoveChildren()
	}
	if _, implied := upper.Xattr(layer.XattrImplied); !implied {
		lower.Attributes = upper.Attributes
		lower.DeleteXattr(layer.XattrOpaque)
	}
	for name, child := range upper.Children() {
		old := lower.Child(name)
		switch {
		case child.Type() == erofs.ModeWhiteout:
			lower.RemoveChild(name)
		case !child.IsDir():
			lower.SetChild(name, a.place(child))
		case old != nil && old.IsDir():
			if err := a.directory(old, child); err != nil {
				return fmt.Errorf("%q: %w", name, err)
			}
		default:
			if _, implied := child.Xattr(layer.XattrImplied); old != nil && implied {
				return fmt.Errorf("%q: the path leads through it, but it is not a directory in the layers below", name)
			}
			a.settle(child)
			lower.SetChild(name, child)
		}
	}
	return nil
}

// settle makes a directory of the layer part of the merged tree where the layers below have none.
func (a *applier) settle(dir *erofs.Node) {
	if _, implied := dir.Xattr(layer.XattrImplied); implied {
		dir.Attributes = newRoot().Attributes
	}
	dir.DeleteXattr(layer.XattrOpaque)
	for name, child := range dir.Children() {
		switch {
		case child.Type() == erofs.ModeWhiteout:
			dir.RemoveChild(name)
		case child.IsDir():
			a.settle(child)
		case a.shared[child] != nil:
			dir.SetChild(name, a.shared[child])
		}
	}
}

// place returns the node that takes the place of one of the layer.
func (a *applier) place(n *erofs.Node) *erofs.Node {
	if other := a.shared[n]; other != nil {
		return other
	}
	return n
}

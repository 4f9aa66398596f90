// SPDX-License-Identifier: Apache-2.0

package merge

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/escrin/escrin/imagebuild/erofs"
	"github.com/escrin/escrin/imagebuild/layer"
)

// applier puts one layer's tree onto the merged tree of the layers below it.
type applier struct {
	lower *erofs.Node // root of the layers below, unchanged until all nodes are adopted
	layer int
	data  uint64 // blocks of data of the layer, from block 1 on
	base  uint64 // blocks of data of the layers below
	// seen maps each node of the layer to the node that takes its place: itself, or the lower file that it links to.
	seen map[*erofs.Node]*erofs.Node
}

func (a *applier) apply(root *erofs.Node) error {
	if err := a.adoptTree(root); err != nil {
		return err
	}
	return a.directory(a.lower, root, "")
}

// adoptTree checks all nodes of the layer before any is used.
func (a *applier) adoptTree(root *erofs.Node) error {
	queue := []*erofs.Node{root}
	a.seen[root] = root
	if err := a.adopt(root); err != nil {
		return fmt.Errorf("root: %w", err)
	}
	for len(queue) > 0 {
		dir := queue[0]
		queue = queue[1:]
		for _, name := range slices.Sorted(maps.Keys(dir.Children)) {
			child := dir.Children[name]
			if a.seen[child] != nil {
				continue
			}
			a.seen[child] = child
			if err := a.adopt(child); err != nil {
				return fmt.Errorf("%q: %w", name, err)
			}
			if child.IsDir() {
				queue = append(queue, child)
			}
		}
	}
	return nil
}

// adopt checks one node, gives its data its place behind the layers below, and looks up the lower file that it may
// link to.
func (a *applier) adopt(n *erofs.Node) error {
	target, linked := n.Xattr(layer.XattrLowerLink)
	if err := checkXattrs(n); err != nil {
		return err
	}
	if linked {
		found, err := find(a.lower, string(target))
		if err != nil {
			return fmt.Errorf("hard link to %q: %w", target, err)
		}
		a.seen[n] = found
		return nil
	}
	if n.Type() != erofs.ModeRegular {
		return nil
	}
	n.Tail |= int64(a.layer) << tailLayer
	if n.Block == 0 {
		return nil
	}
	end := uint64(n.Block) + n.Blocks() - 1
	if end > a.data {
		return errors.New("content outside the layer's data")
	}
	if a.base+end > math.MaxUint32 {
		return errors.New("content beyond the last block")
	}
	n.Block += uint32(a.base)
	return nil
}

// checkXattrs refuses attributes that package layer does not write: they could steer overlayfs in the guest.
func checkXattrs(n *erofs.Node) error {
	for _, x := range n.Xattrs {
		ok := layer.AllowedXattr(x.Name)
		switch x.Name {
		case layer.XattrOpaque, layer.XattrImplied:
			ok = n.IsDir() && string(x.Value) == "y"
		case layer.XattrLowerLink:
			ok = n.Type() == erofs.ModeRegular && n.Size == 0
		}
		if !ok {
			return fmt.Errorf("extended attribute %q is not allowed", x.Name)
		}
	}
	return nil
}

// find returns the file at a path of the layers below. It follows no symbolic links.
func find(root *erofs.Node, name string) (*erofs.Node, error) {
	n := root
	for _, part := range strings.Split(name, "/") {
		if n = n.Children[part]; n == nil {
			return nil, errors.New("no such file in this layer or below")
		}
	}
	if n.IsDir() {
		return nil, errors.New("it is a directory")
	}
	return n, nil
}

// directory applies the layer's directory upper to the directory lower of the same path.
func (a *applier) directory(lower, upper *erofs.Node, at string) error {
	if _, opaque := upper.Xattr(layer.XattrOpaque); opaque {
		clear(lower.Children)
	}
	if _, implied := upper.Xattr(layer.XattrImplied); !implied {
		lower.Attributes = upper.Attributes
		lower.DeleteXattr(layer.XattrOpaque)
	}
	for _, name := range slices.Sorted(maps.Keys(upper.Children)) {
		if err := a.child(lower, name, upper.Children[name], path.Join(at, name)); err != nil {
			return err
		}
	}
	return nil
}

// child applies one name of the layer to the lower directory dir.
func (a *applier) child(dir *erofs.Node, name string, upper *erofs.Node, at string) error {
	old := dir.Children[name]
	switch {
	case upper.Type() == erofs.ModeWhiteout:
		delete(dir.Children, name)
		return nil
	case !upper.IsDir():
		dir.Children[name] = a.seen[upper]
		return nil
	}
	if old == nil || !old.IsDir() {
		if _, implied := upper.Xattr(layer.XattrImplied); old != nil && implied {
			return fmt.Errorf("%q: the path leads through it, but it is not a directory in the layers below", at)
		}
		old = newRoot()
		dir.Children[name] = old
	}
	return a.directory(old, upper, at)
}

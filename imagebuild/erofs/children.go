// SPDX-License-Identifier: Apache-2.0

package erofs

import (
	"iter"
	"slices"
	"strings"
)

// children are the entries of a directory, without "." and "..": those that were there when it was loaded or laid out, and
// those that came since. Most directories of an image are loaded and never changed.
type children struct {
	sorted []child // by name
	fresh  map[string]*Node
}

// child is one entry.
type child struct {
	name string
	node *Node // nil if the entry was removed
}

func compareChild(c child, name string) int { return strings.Compare(c.name, name) }

// Child returns the entry of a directory with this name, nil if there is none.
func (n *Node) Child(name string) *Node {
	if n.children == nil {
		return nil
	}
	if found := n.children.fresh[name]; found != nil {
		return found
	}
	if i, found := slices.BinarySearchFunc(n.children.sorted, name, compareChild); found {
		return n.children.sorted[i].node
	}
	return nil
}

// SetChild adds or replaces an entry of a directory.
func (n *Node) SetChild(name string, node *Node) {
	c := n.children
	if i, found := slices.BinarySearchFunc(c.sorted, name, compareChild); found {
		c.sorted[i].node = node
		return
	}
	if c.fresh == nil {
		c.fresh = map[string]*Node{}
	}
	c.fresh[name] = node
}

// RemoveChild removes an entry of a directory, if it is there.
func (n *Node) RemoveChild(name string) {
	if i, found := slices.BinarySearchFunc(n.children.sorted, name, compareChild); found {
		n.children.sorted[i].node = nil
	}
	delete(n.children.fresh, name)
}

// RemoveChildren empties a directory.
func (n *Node) RemoveChildren() { *n.children = children{} }

// Children gives the entries of a directory in no order. Those that were given may be replaced or removed meanwhile.
func (n *Node) Children() iter.Seq2[string, *Node] {
	return func(yield func(string, *Node) bool) {
		if n.children == nil {
			return
		}
		for _, c := range n.children.sorted {
			if c.node != nil && !yield(c.name, c.node) {
				return
			}
		}
		for name, node := range n.children.fresh {
			if !yield(name, node) {
				return
			}
		}
	}
}

// sort brings all entries into order and returns them.
func (c *children) sort() []child {
	if c == nil {
		return nil
	}
	removed := func(c child) bool { return c.node == nil }
	if len(c.fresh) > 0 || slices.ContainsFunc(c.sorted, removed) {
		all := slices.Grow(slices.DeleteFunc(c.sorted, removed), len(c.fresh))
		for name, node := range c.fresh {
			all = append(all, child{name, node})
		}
		slices.SortFunc(all, func(a, b child) int { return strings.Compare(a.name, b.name) })
		c.sorted, c.fresh = all, nil
	}
	return c.sorted
}

// entries appends all entries of a directory to an empty list, in order, "." and ".." among them.
func (n *Node) entries(list []child, parent *Node) []child {
	list = append(list, n.children.sort()...)
	for _, dot := range []child{{".", n}, {"..", parent}} {
		i, _ := slices.BinarySearchFunc(list, dot.name, compareChild)
		list = slices.Insert(list, i, dot)
	}
	return list
}

// SPDX-License-Identifier: Apache-2.0

package erofs

import "errors"

// Budget is what trees that are loaded into memory together may still take. The zero value allows nothing.
type Budget struct {
	// Entries is how many directory entries they may have, "." and ".." included.
	Entries int
	// Bytes is how much memory they may take, as Cost counts it.
	Bytes int64
}

// ErrBudget says that trees would take more than their Budget.
var ErrBudget = errors.New("more files, names and attributes than there is memory for")

func (b *Budget) entry() error {
	if b.Entries--; b.Entries < 0 {
		return ErrBudget
	}
	return nil
}

func (b *Budget) take(bytes int64) error {
	if b.Bytes -= bytes; b.Bytes < 0 {
		return ErrBudget
	}
	return nil
}

// What is taken apart from the bytes of strings, in bytes. It was measured, and holds what is needed to merge, lay out and
// write a tree too.
const (
	nameCost  = 96
	nodeCost  = 160
	dirCost   = 256 // more than another node
	xattrCost = 64
)

// NameCost is the memory that one more name of a node takes, in bytes.
func NameCost(name string) int64 { return nameCost + stringCost(len(name)) }

// Cost is the memory that a node takes, in bytes, without its names.
func (n *Node) Cost() int64 {
	cost := int64(nodeCost) + stringCost(len(n.Target))
	if n.IsDir() {
		cost += dirCost
	}
	for _, x := range n.Xattrs {
		cost += xattrCost + stringCost(len(x.Name)) + stringCost(len(x.Value))
	}
	return cost
}

// inodeCost is what the node of an inode will cost.
func inodeCost(i inode) int64 {
	cost := (&Node{Attributes: i.Attributes}).Cost()
	if i.Type() == ModeSymlink {
		cost += stringCost(int(i.size))
	}
	return cost
}

// stringCost counts what is lost when memory is given out in some sizes only: up to an eighth, or 15 bytes.
func stringCost(length int) int64 {
	if length == 0 {
		return 0
	}
	return int64(length) + int64(length)/8 + 15
}

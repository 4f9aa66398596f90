// SPDX-License-Identifier: Apache-2.0

package stateproof

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/ethereum/go-ethereum/rlp"

	"github.com/escrin/escrin/keyholder/internal/abi"
)

const (
	keyNibbles = 64
	// maxNodes bounds the nodes of a proof: each takes up a nibble of the key at
	// least, but the last.
	maxNodes = keyNibbles + 1
	// maxNode bounds a node, in bytes: a branch has 532, a leaf with an account fewer.
	maxNode = 1 << 10

	branchItems, shortItems = 17, 2

	hashSize = 32
)

// errProof reports that a proof does not prove anything.
var errProof = errors.New("proof does not verify")

// lookup returns the value of a key in the Merkle-Patricia trie with this root, nil
// if the trie has none. The proof is the nodes on the way to it, from the root on, and no
// others; nodes of less than 32 bytes are within those above them. An empty proof
// proves that the empty trie has no value.
func lookup(root, key [32]byte, proof [][]byte) ([]byte, error) {
	if len(proof) == 0 && root == emptyRoot() {
		return nil, nil
	}
	if len(proof) > maxNodes {
		return nil, fmt.Errorf("%w: %d nodes", errProof, len(proof))
	}
	at := step{next: root[:], path: nibbles(key)}
	for i, node := range proof {
		if at.ended {
			return nil, fmt.Errorf("%w: nodes after the end", errProof)
		}
		if hash := abi.Keccak(node); len(node) > maxNode || !bytes.Equal(hash[:], at.next) {
			return nil, fmt.Errorf("%w: node %d is not the one that is named above it", errProof, i)
		}
		var err error
		if at, err = walk(node, at.path); err != nil {
			return nil, fmt.Errorf("%w: node %d: %w", errProof, i, err)
		}
	}
	if !at.ended {
		return nil, fmt.Errorf("%w: it ends before the key does", errProof)
	}
	return at.value, nil
}

// emptyRoot is the root of the trie without values.
func emptyRoot() [32]byte { return abi.Keccak([]byte{0x80}) }

// step is how far a node leads.
type step struct {
	ended bool
	value []byte // if it ended: nil if there is none
	next  []byte // else: hash of the next node
	path  []byte // and the nibbles that are left
}

// walk follows a path through a node and those within it.
func walk(node, path []byte) (step, error) {
	for {
		items, err := split(node)
		if err != nil {
			return step{}, err
		}
		var child item
		switch len(items) {
		case 0:
			return step{ended: true}, nil
		case branchItems:
			if len(path) == 0 {
				return step{}, errors.New("branch where the key ends")
			}
			child, path = items[path[0]], path[1:]
		case shortItems:
			part, leaf, err := items[0].compact()
			if err != nil {
				return step{}, err
			}
			if leaf {
				return atLeaf(part, path, items[1]), nil
			}
			if !bytes.HasPrefix(path, part) {
				return step{ended: true}, nil
			}
			child, path = items[1], path[len(part):]
		}
		switch {
		case child.list:
			node = child.raw // smaller than the one that it is in
		case len(child.content) == 0:
			return step{ended: true}, nil
		default:
			return step{next: child.content, path: path}, nil
		}
	}
}

func atLeaf(part, path []byte, value item) step {
	if !bytes.Equal(part, path) {
		return step{ended: true}
	}
	return step{ended: true, value: value.content}
}

// item is an element of a node.
type item struct {
	list    bool
	content []byte
	raw     []byte // with its header
}

// split returns the elements of a node, with all that is within it well-formed: 17, 2, or none if it is the empty trie.
func split(node []byte) ([]item, error) {
	if bytes.Equal(node, []byte{0x80}) {
		return nil, nil
	}
	rest, after, err := rlp.SplitList(node)
	if err != nil || len(after) != 0 {
		return nil, errors.New("not a list")
	}
	var items []item
	for len(rest) > 0 {
		kind, content, after, err := rlp.Split(rest)
		if err != nil || len(items) == branchItems {
			return nil, errors.New("malformed list")
		}
		items = append(items, item{kind == rlp.List, content, rest[:len(rest)-len(after)]})
		rest = after
	}
	return items, check(items)
}

// check refuses the elements of what is no node, be they on the way to a key or not.
func check(items []item) error {
	var children []item
	switch len(items) {
	case branchItems:
		if items[branchItems-1].list {
			return errors.New("malformed value")
		}
		children = items[:branchItems-1]
	case shortItems:
		_, leaf, err := items[0].compact()
		if err != nil {
			return err
		}
		if leaf && (items[1].list || len(items[1].content) == 0) {
			return errors.New("malformed leaf")
		}
		if !leaf {
			children = items[1:]
		}
	default:
		return fmt.Errorf("%d elements", len(items))
	}
	for _, c := range children {
		if err := c.child(); err != nil {
			return err
		}
	}
	return nil
}

// child refuses what is neither nothing, nor the hash of a node, nor a node that is smaller than a hash.
func (i item) child() error {
	switch {
	case !i.list && (len(i.content) == 0 || len(i.content) == hashSize):
		return nil
	case i.list && len(i.raw) < hashSize:
		_, err := split(i.raw)
		return err
	}
	return errors.New("malformed child")
}

// compact decodes a hex-prefix encoding: some nibbles, and whether they end a key.
func (i item) compact() (part []byte, leaf bool, err error) {
	if i.list || len(i.content) == 0 || len(i.content) > keyNibbles/2+1 {
		return nil, false, errors.New("malformed path")
	}
	flags := i.content[0] >> 4
	leaf = flags&2 != 0
	if flags&1 != 0 {
		part = append(part, i.content[0]&15)
	} else if i.content[0]&15 != 0 {
		return nil, false, errors.New("malformed path")
	}
	for _, b := range i.content[1:] {
		part = append(part, b>>4, b&15)
	}
	if flags > 3 || (!leaf && len(part) == 0) {
		return nil, false, errors.New("malformed path")
	}
	return part, leaf, nil
}

func nibbles(key [32]byte) []byte {
	out := make([]byte, 0, keyNibbles)
	for _, b := range key {
		out = append(out, b>>4, b&15)
	}
	return out
}

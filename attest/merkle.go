// SPDX-License-Identifier: Apache-2.0

package attest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// MaxMeasurements bounds the measurements of one enclave, and with it the length
// of a proof (MaxProof).
const (
	MaxMeasurements = 1 << MaxProof
	MaxProof        = 16
)

// Root returns the Merkle root over ms (SPEC.md §2). It does not depend on their
// order. No measurement at all, more than MaxMeasurements, an invalid TEE, and
// two measurements for one TEE and shape are errors.
func Root(ms []Measurement) ([32]byte, error) {
	tree, err := newTree(ms)
	if err != nil {
		return [32]byte{}, fmt.Errorf("compute measurement root: %w", err)
	}
	return tree[0], nil
}

// Proof returns the siblings on the way from the leaf of the measurement of this
// shape and TEE to the root over ms, leaf first.
func Proof(ms []Measurement, s Shape, tee TEE) ([][32]byte, error) {
	at := slices.IndexFunc(ms, func(m Measurement) bool { return m.Shape == s && m.TEE == tee })
	if at < 0 {
		return nil, fmt.Errorf("prove measurement: none for %v with %v", tee, s)
	}
	tree, err := newTree(ms)
	if err != nil {
		return nil, fmt.Errorf("prove measurement: %w", err)
	}
	proof := [][32]byte{}
	leaf := ms[at].Leaf()
	for i := len(tree)/2 + slices.Index(tree[len(tree)/2:], leaf); i > 0; i = (i - 1) / 2 {
		sibling := i + 1
		if i%2 == 0 {
			sibling = i - 1
		}
		proof = append(proof, tree[sibling])
	}
	return proof, nil
}

// VerifyProof reports whether proof leads from leaf to root. A proof longer than
// MaxProof does not.
func VerifyProof(root, leaf [32]byte, proof [][32]byte) bool {
	if len(proof) > MaxProof {
		return false
	}
	for _, sibling := range proof {
		leaf = pair(leaf, sibling)
	}
	return leaf == root
}

// newTree lays out a complete binary tree as an array: root at 0, the children
// of i at 2i+1 and 2i+2, the sorted leaves from the end backwards. A leaf is the
// hash of a hash of 128 bytes and a node the hash of 64, so that neither can be
// taken for the other.
func newTree(ms []Measurement) ([][32]byte, error) {
	leaves, err := sortedLeaves(ms)
	if err != nil {
		return nil, err
	}
	tree := make([][32]byte, 2*len(leaves)-1)
	for i, leaf := range leaves {
		tree[len(tree)-1-i] = leaf
	}
	for i := len(leaves) - 2; i >= 0; i-- {
		tree[i] = pair(tree[2*i+1], tree[2*i+2])
	}
	return tree, nil
}

func sortedLeaves(ms []Measurement) ([][32]byte, error) {
	if len(ms) == 0 {
		return nil, errors.New("no measurements")
	}
	if len(ms) > MaxMeasurements {
		return nil, fmt.Errorf("%d measurements, at most %d allowed", len(ms), MaxMeasurements)
	}
	type key struct {
		tee   TEE
		shape Shape
	}
	seen := make(map[key]bool, len(ms))
	leaves := make([][32]byte, 0, len(ms))
	for _, m := range ms {
		k := key{m.TEE, m.Shape}
		if !m.TEE.Valid() {
			return nil, fmt.Errorf("measurement with unknown %v", m.TEE)
		}
		if m.TEE == TDX && m.LaunchDigest != (Register{}) || m.TEE == SNP && m.Registers != (Registers{}) {
			return nil, fmt.Errorf("measurement for %v has a register of another TEE", m.TEE)
		}
		if seen[k] {
			return nil, fmt.Errorf("two measurements for %v with %v", m.TEE, m.Shape)
		}
		seen[k] = true
		leaves = append(leaves, m.Leaf())
	}
	slices.SortFunc(leaves, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	return leaves, nil
}

// pair hashes two nodes, the smaller first, so that a proof needs no directions.
func pair(a, b [32]byte) [32]byte {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return keccak(a[:], b[:])
}

// SPDX-License-Identifier: Apache-2.0

package simulation

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/escrin/escrin/keyholder/curve"
	"github.com/escrin/escrin/keyholder/dkg"
	"github.com/escrin/escrin/keyholder/keystore"
)

// storedShare is the part of epoch's record of a share that is looked at here.
type storedShare struct {
	Index        uint32   `json:"index"`
	Secret       []byte   `json:"secret"`
	Threshold    int      `json:"threshold"`
	GroupKey     []byte   `json:"groupKey"`
	PublicShares [][]byte `json:"publicShares"`
}

// shareOf reads a share from the holder's disk; nil if it is not there.
func (h *holder) shareOf(number uint64) *storedShare {
	b, ok := h.disk.keys[keystore.ShareOf(number)]
	if !ok {
		return nil
	}
	known, ok := h.w.parsed[string(b)]
	if !ok {
		known = &storedShare{}
		h.w.must(json.Unmarshal(b, known))
		h.w.parsed[string(b)] = known
	}
	return known
}

func (s *storedShare) scalar() curve.Scalar {
	k, err := curve.ScalarFromBytes(s.Secret)
	if err != nil {
		panic(err)
	}
	return k
}

// previous is what a dealer knows of the epoch that it hands on.
func (s *storedShare) previous(number uint64) *dkg.Previous {
	p := &dkg.Previous{Epoch: number, Threshold: s.Threshold}
	var err error
	if p.GroupKey, err = curve.G2FromBytes(s.GroupKey); err != nil {
		panic(err)
	}
	for _, b := range s.PublicShares {
		point, err := curve.G2FromBytes(b)
		if err != nil {
			panic(err)
		}
		p.PublicShares = append(p.PublicShares, point)
	}
	return p
}

func indexIn(members []dkg.Member, signer [20]byte) uint32 {
	for i, m := range members {
		if m.Signer == signer {
			return uint32(i) + 1
		}
	}
	return 0
}

// interpolate returns what shares come to together.
func interpolate(points map[uint32]curve.Scalar) curve.Scalar {
	indexes := slices.Sorted(maps.Keys(points))
	weights, err := curve.Lagrange(indexes)
	if err != nil {
		panic(err)
	}
	var sum curve.Scalar
	for i, index := range indexes {
		sum = sum.Add(points[index].Mul(weights[i]))
	}
	return sum
}

// secrets are all shares that ever were on a disk, by epoch and index. The
// simulation alone may see them: it knows the group secret.
type secrets struct {
	group  curve.Scalar // zero while it is not known
	epochs map[uint64]map[uint32]curve.Scalar
	need   map[uint64]int
	key    string
}

// add takes a share and says what is wrong with it, given all others.
func (s *secrets) add(number uint64, share *storedShare) error {
	if s.key == "" {
		s.key = string(share.GroupKey)
	} else if s.key != string(share.GroupKey) {
		return fmt.Errorf("share of epoch %d is of another group key", number)
	}
	known := s.epochs[number]
	if known == nil {
		known = map[uint32]curve.Scalar{}
		s.epochs[number], s.need[number] = known, share.Threshold
	}
	value := share.scalar()
	if before, ok := known[share.Index]; ok {
		if before.Bytes() != value.Bytes() {
			return fmt.Errorf("epoch %d has two shares of index %d", number, share.Index)
		}
		return nil
	}
	known[share.Index] = value
	return s.check(number, share.Index)
}

// check demands that a threshold of shares of the epoch makes the group secret,
// that the new one is of the same polynomial, and that neither fewer nor a mixture
// with another epoch make it.
func (s *secrets) check(number uint64, added uint32) error {
	t, points := s.need[number], map[uint32]curve.Scalar{added: s.epochs[number][added]}
	for _, i := range slices.Sorted(maps.Keys(s.epochs[number])) {
		if len(points) < t-1 && i != added {
			points[i] = s.epochs[number][i]
		}
	}
	if sum := interpolate(points); len(points) < t && !s.group.IsZero() && sum.Bytes() == s.group.Bytes() {
		return fmt.Errorf("%d shares of epoch %d suffice, of %d", len(points), number, t)
	}
	for _, other := range slices.Sorted(maps.Keys(s.epochs)) {
		if err := s.mixed(points, number, other); err != nil {
			return err
		}
	}
	for _, i := range slices.Sorted(maps.Keys(s.epochs[number])) {
		if _, in := points[i]; in || len(points) != t-1 {
			continue
		}
		whole := maps.Clone(points)
		whole[i] = s.epochs[number][i]
		sum := interpolate(whole)
		if s.group.IsZero() {
			s.group = sum
		}
		if sum.Bytes() != s.group.Bytes() {
			return fmt.Errorf("shares %v of epoch %d make another secret", slices.Sorted(maps.Keys(whole)), number)
		}
	}
	return nil
}

// mixed demands that shares that lack one do not make the secret with one of
// another epoch (KR-21).
func (s *secrets) mixed(points map[uint32]curve.Scalar, number, other uint64) error {
	if other == number || s.group.IsZero() || len(points) != s.need[number]-1 {
		return nil
	}
	for _, i := range slices.Sorted(maps.Keys(s.epochs[other])) {
		if _, in := points[i]; in {
			continue
		}
		mixture := maps.Clone(points)
		mixture[i] = s.epochs[other][i]
		if sum := interpolate(mixture); sum.Bytes() == s.group.Bytes() {
			return fmt.Errorf("shares of epochs %d and %d combine", number, other)
		}
	}
	return nil
}

// SPDX-License-Identifier: Apache-2.0

package curve

import (
	"crypto/rand"

	gnark "github.com/consensys/gnark-crypto/ecc/bls12-381"
)

// G2Lists decodes lists of points, each list 192-byte forms one after the other.
// A list is nil in the result if any of its points is invalid, or it is empty.
func G2Lists(encoded [][]byte) [][]G2 {
	lists := make([][]G2, len(encoded))
	var all []G2
	for i, b := range encoded {
		lists[i] = listOnCurve(b)
		all = append(all, lists[i]...)
	}
	if inSubgroup(all) {
		return lists
	}
	for i, list := range lists {
		for _, g := range list {
			if !g.p.IsInSubGroup() {
				lists[i] = nil
				break
			}
		}
	}
	return lists
}

func listOnCurve(b []byte) []G2 {
	if len(b)%G2RawSize != 0 {
		return nil
	}
	list := make([]G2, 0, len(b)/G2RawSize)
	for ; len(b) > 0; b = b[G2RawSize:] {
		g, err := coordinates(b[:G2RawSize])
		if err != nil {
			return nil
		}
		list = append(list, g)
	}
	return list
}

// The twist has points of small order, of which 13 is the least. A sum of points
// with weights that are uniform modulo 13 hides one outside the subgroup with a
// probability of at most 1/13; eighteen such sums, of below 2⁻⁶⁶. Weights go from
// −6 to 6.
const (
	largestWeight = 6
	weightCount   = 2*largestWeight + 1
	subgroupSums  = 18
)

// inSubgroup reports whether all points on the curve are in the subgroup, in a
// third of the time that one by one takes. Weights are drawn anew each time, so
// that nobody can choose points to fit them.
func inSubgroup(points []G2) bool {
	for range subgroupSums {
		if sum := weightedSum(points, randomWeights(len(points))); sum.valid() && !sum.p.IsInSubGroup() {
			return false
		}
	}
	return true
}

// randomWeights draws n numbers that are uniform from −6 to 6.
func randomWeights(n int) []int {
	out := make([]int, 0, n)
	buffer := make([]byte, n+64)
	for len(out) < n {
		rand.Read(buffer)
		for _, b := range buffer {
			if int(b) < 256/weightCount*weightCount && len(out) < n {
				out = append(out, int(b)%weightCount-largestWeight)
			}
		}
	}
	return out
}

// weightedSum adds up the points of each weight first.
func weightedSum(points []G2, weights []int) G2 {
	var byWeight [largestWeight + 1][]gnark.G2Affine
	for w := range byWeight {
		byWeight[w] = make([]gnark.G2Affine, 0, len(points)/largestWeight+1)
	}
	for i, w := range weights {
		if w == 0 {
			continue
		}
		p := points[i].p
		if w < 0 {
			p.Neg(&p)
			w = -w
		}
		byWeight[w] = append(byWeight[w], p)
	}
	sums := sumAll(byWeight[1:])
	var running, total gnark.G2Jac
	for w := largestWeight; w > 0; w-- {
		running.AddMixed(&sums[w-1])
		total.AddAssign(&running)
	}
	return affine(&total)
}

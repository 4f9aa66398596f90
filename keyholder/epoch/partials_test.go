// SPDX-License-Identifier: Apache-2.0

package epoch

import (
	"crypto/rand"
	"testing"

	"github.com/escrin/escrin/keyholder/curve"
)

// KR-18: where the chain reorganises and an epoch of the same number comes to another completion, no partial
// signature of the one before is kept.
func TestKR18PartialsAreOfOneCompletion(t *testing.T) {
	t.Parallel()
	secret, err := curve.RandomScalar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	one := turn{node: &Node{partials: map[uint64]partials{}}}
	s := session{record: Record{Epoch: 7}}
	for i := range byte(3) {
		own := &Share{Epoch: 7, Index: 1, Threshold: 1, Completion: [32]byte{i / 2}, secret: secret}
		one.node.partials[7] = partials{[32]byte{}, []curve.Partial{{Index: 2}}}
		want, point := uint32(2), curve.G1{}
		if i == 2 {
			want, point = 1, own.partial()
		}
		if got := one.collect(t.Context(), s, own); len(got) != 1 || got[0].Index != want || got[0].Point != point {
			t.Fatalf("completion %x: %+v", own.Completion, got)
		}
	}
}

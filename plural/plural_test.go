// SPDX-License-Identifier: Apache-2.0

package plural

import "testing"

func TestOneOfAThingHasNoPlural(t *testing.T) {
	for n, want := range map[int]string{-1: "-1 layers", 0: "0 layers", 1: "1 layer", 2: "2 layers", 11: "11 layers"} {
		if got := Of(n, "layer"); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

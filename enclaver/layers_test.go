// SPDX-License-Identifier: Apache-2.0

package enclaver

import "testing"

func TestIMG08WhatALayerUnpacksToIsBounded(t *testing.T) {
	for packed, want := range map[int64]int64{0: 1 << 30, 1 << 20: 1<<30 + 256<<20, 1 << 62: 32 << 30} {
		if got := limitsFor(packed).StreamBytes; got != want {
			t.Errorf("%d bytes may unpack to %d, want %d", packed, got, want)
		}
	}
}

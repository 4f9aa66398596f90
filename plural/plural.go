// SPDX-License-Identifier: Apache-2.0

// Package plural says how many of something there are, for people.
package plural

import "fmt"

// Of is "1 layer", and "0 layers" or "2 layers", for the noun "layer". Nouns take an s.
func Of[N int | uint32 | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// SPDX-License-Identifier: Apache-2.0

package enclaver

import (
	"encoding/hex"
	"fmt"
)

// sum is the SHA-256 that 64 hex digits spell.
func sum(digits string) (sum [32]byte, err error) {
	n, err := hex.Decode(sum[:], []byte(digits[:min(len(digits), 64)]))
	if err != nil || n != len(sum) {
		return sum, fmt.Errorf("%q is not a SHA-256 digest", digits)
	}
	return sum, nil
}

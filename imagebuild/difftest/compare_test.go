// SPDX-License-Identifier: Apache-2.0

package difftest

import (
	"fmt"
	"strings"
)

// diff shows the lines that only one of two listings has.
func diff(ours, theirs string) string {
	var b strings.Builder
	only := func(sign, a, other string) {
		lines := map[string]bool{}
		for line := range strings.Lines(other) {
			lines[line] = true
		}
		for line := range strings.Lines(a) {
			if !lines[line] {
				fmt.Fprintf(&b, "%s %s", sign, line)
			}
		}
	}
	only("\nours  ", ours, theirs)
	only("\ntheirs", theirs, ours)
	return b.String()
}

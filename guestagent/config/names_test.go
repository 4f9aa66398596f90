// SPDX-License-Identifier: Apache-2.0

package config

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// TestNamesAreThoseOfThePatterns holds the checks of names, which the guest makes without regular expressions, against these.
func TestNamesAreThoseOfThePatterns(t *testing.T) {
	const label, last = `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`, `[a-z]([a-z0-9-]{0,61}[a-z0-9])?`
	host, variable := regexp.MustCompile(`\A(`+label+`\.)*`+last+`\z`), regexp.MustCompile(`\A[A-Za-z_][A-Za-z0-9_]*\z`)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.StringOfN(rapid.RuneFrom([]rune("a0-.")), -1, 80, -1), rapid.StringOfN(rapid.RuneFrom([]rune("aZ_9é\n")), -1, 5, -1)).Draw(t, "name")
		if got := validHostName(name); got != host.MatchString(name) {
			t.Errorf("host name %q: %v", name, got)
		}
		if got := ValidVariable(name); got != variable.MatchString(name) {
			t.Errorf("variable %q: %v", name, got)
		}
	})
}

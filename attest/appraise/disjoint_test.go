// SPDX-License-Identifier: Apache-2.0

package appraise_test

import (
	"testing"

	"github.com/escrin/escrin/attest/appraise"
	"github.com/escrin/escrin/attest/verify"
)

// Whoever reads a code knows which half of the relying party gave it.
func TestNoCodeIsOfVerificationToo(t *testing.T) {
	authentic := map[string]bool{}
	for _, c := range verify.Codes() {
		authentic[string(c)] = true
	}
	for _, c := range appraise.Codes() {
		if authentic[string(c)] {
			t.Errorf("%s is a code of both", c)
		}
	}
}

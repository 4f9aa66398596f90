// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"testing"

	"github.com/escrin/escrin/guestagent"
)

// TestAG07LastWords: why an attempt failed is said as long as nothing of the inputs can be in it.
func TestAG07LastWords(t *testing.T) {
	why := errors.New("why")
	for want, err := range map[string]error{
		"open disk: why":      &guestagent.Error{Stage: "open disk", Err: why},
		"run workload failed": &guestagent.Error{Stage: "run workload", Err: why, Confidential: true},
		"unexpected failure":  why,
	} {
		if got := lastWords(err); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

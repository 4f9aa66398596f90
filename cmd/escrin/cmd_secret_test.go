// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"strings"
	"testing"
)

// TestMB15SecretsHaveNoLabelOfEscrin: the key of the confidential config is for nothing that a submitter names.
func TestMB15SecretsHaveNoLabelOfEscrin(t *testing.T) {
	for _, args := range [][]string{{"secret", "set"}, {"secret", "show"}} {
		cmd := newRootCommand()
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		cmd.SetArgs(append(args, "0x"+strings.Repeat("11", 32), "escrin.config"))
		if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), "not with escrin.") {
			t.Errorf("%v: %v", args, err)
		}
	}
}

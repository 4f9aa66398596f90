// SPDX-License-Identifier: Apache-2.0

package runner

import (
	"strings"
	"testing"

	"github.com/escrin/escrin/attest/predict"
)

// A guest on other virtual hardware than the measured one would boot for nothing.
func TestEnclavesAreMeasuredForTheHostsQEMU(t *testing.T) {
	if err := measuredFor(predict.QEMU10_0, "10.0.2"); err != nil {
		t.Error(err)
	}
	for series, release := range map[predict.QEMUVersion]string{predict.QEMU10_0: "11.1.3", predict.QEMU11_1: "10.0.2", "9.2": "9.2.0", "": "10.0.2"} {
		if err := measuredFor(series, release); err == nil || !strings.Contains(err.Error(), release) {
			t.Errorf("for %q, on %s: %v", series, release, err)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package predict

import (
	"testing"
)

func TestPredictRealLaunch(t *testing.T) {
	r, err := TDX(realLaunch(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r)
}

// SPDX-License-Identifier: Apache-2.0

package describe_test

import (
	"slices"
	"testing"

	"github.com/escrin/escrin/attest"
	"github.com/escrin/escrin/attest/describe"
)

// Everything that a PCK certificate says of its platform is shown.
func TestAT08ShowsThePlatform(t *testing.T) {
	e := evidence(t)["TDX 4"]
	d := describe.Signed(attest.TDX, e.Signed, e.Collateral)
	said := []string{"true", "false", "unsaid"}
	for name, values := range map[string][]string{
		"smt": said, "dynamicPlatform": said, "cachedKeys": said, "sgxType": {"0", "1", "2"}, "instanceId": nil,
	} {
		f, ok := field(d, "tdx.chain.0", name)
		if !ok || values != nil && !slices.Contains(values, f.Value) || f.Meaning == "" || len(f.Value) == 0 {
			t.Errorf("%s is %+v", name, f)
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package config

import (
	"testing"

	"github.com/escrin/escrin/strictjson/strictjsontest"
)

// TestConfigsAreThoseOfGo: what is measured is what encoding/json makes of it.
func TestConfigsAreThoseOfGo(t *testing.T) {
	strictjsontest.Compare[Config](t, 300)
	strictjsontest.Compare[Additions](t, 300)
}

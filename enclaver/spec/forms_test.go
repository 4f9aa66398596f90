// SPDX-License-Identifier: Apache-2.0

package spec

import (
	"testing"

	"github.com/escrin/escrin/strictjson/strictjsontest"
)

// TestSpecsAreThoseOfGo: what an author declares is written as encoding/json writes it.
func TestSpecsAreThoseOfGo(t *testing.T) { strictjsontest.Compare[Spec](t, 300) }

// SPDX-License-Identifier: Apache-2.0

package task

import (
	"testing"

	"github.com/escrin/escrin/strictjson/strictjsontest"
)

// TestManifestsAreThoseOfGo: what a task names by its digest is what encoding/json makes of it.
func TestManifestsAreThoseOfGo(t *testing.T) { strictjsontest.Compare[Manifest](t, 500) }

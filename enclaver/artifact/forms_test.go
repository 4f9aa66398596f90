// SPDX-License-Identifier: Apache-2.0

package artifact

import (
	"testing"

	"github.com/escrin/escrin/strictjson/strictjsontest"
)

// TestDocumentsAreThoseOfGo: what an enclave is named by is what encoding/json makes of it. (Digests are
// refused if they are none, so that few of these documents are read.)
func TestDocumentsAreThoseOfGo(t *testing.T) {
	strictjsontest.CompareSome[Config](t, 200)
	strictjsontest.CompareSome[manifestDocument](t, 200)
}

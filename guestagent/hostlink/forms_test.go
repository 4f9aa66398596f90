// SPDX-License-Identifier: Apache-2.0

package hostlink

import (
	"testing"

	"github.com/escrin/escrin/guestagent/hostlink/internal/frame"
	"github.com/escrin/escrin/strictjson/strictjsontest"
)

// TestHeadersAreThoseOfGo: what goes over the link is what encoding/json makes of it.
func TestHeadersAreThoseOfGo(t *testing.T) {
	const values = 100
	strictjsontest.Compare[frame.Request](t, values)
	strictjsontest.Compare[frame.Reply](t, values)
	strictjsontest.Compare[frame.None](t, values)
	strictjsontest.Compare[frame.ObjectParams](t, values)
	strictjsontest.Compare[Assignment](t, values)
	strictjsontest.Compare[PermitRequest](t, values)
	strictjsontest.Compare[Permit](t, values)
	strictjsontest.Compare[Heartbeat](t, values)
	strictjsontest.Compare[Result](t, values)
	strictjsontest.Compare[Receipt](t, values)
	strictjsontest.Compare[Advance](t, values)
}

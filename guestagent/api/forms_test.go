// SPDX-License-Identifier: Apache-2.0

package api

import (
	"testing"

	"github.com/escrin/escrin/strictjson/strictjsontest"
)

// TestMessagesAreThoseOfGo: a workload is asked for, and told, what encoding/json reads and writes.
func TestMessagesAreThoseOfGo(t *testing.T) {
	const values = 100
	strictjsontest.Compare[Task](t, values)
	strictjsontest.Compare[Error](t, values)
	strictjsontest.Compare[rpcRequest](t, values)
	strictjsontest.Compare[rpcReply](t, values)
	strictjsontest.Compare[transaction](t, values)
	strictjsontest.Compare[signedReply](t, values)
}

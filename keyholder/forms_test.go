// SPDX-License-Identifier: Apache-2.0

package keyholder

import (
	"testing"

	"github.com/escrin/escrin/strictjson/strictjsontest"
)

// TestMessagesAreThoseOfGo: the forms of all messages are what encoding/json makes of them.
func TestMessagesAreThoseOfGo(t *testing.T) {
	const values = 200
	strictjsontest.Compare[networkJSON](t, values)
	strictjsontest.Compare[certificateRequestJSON](t, values)
	strictjsontest.Compare[certificateReplyJSON](t, values)
	strictjsontest.Compare[releaseRequestJSON](t, values)
	strictjsontest.Compare[releaseReplyJSON](t, values)
	strictjsontest.Compare[signedRequestJSON](t, values)
	strictjsontest.Compare[stateRequestJSON](t, values)
	strictjsontest.Compare[stateReplyJSON](t, values)
	strictjsontest.Compare[holderReplyJSON](t, values)
	strictjsontest.Compare[keyReplyJSON](t, values)
	strictjsontest.Compare[completionReplyJSON](t, values)
	strictjsontest.Compare[proofJSON](t, values)
	strictjsontest.Compare[errorJSON](t, values)
}
